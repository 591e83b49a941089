import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from tests.models.fake_session import card, constant, upright_points
from vidimus.models import face_mesh, head_pose
from vidimus.models.face_frame import FaceFrames
from vidimus.models.face_mesh import MeshPoints
from vidimus.models.head_pose import FsaNet, poses_of_meshes


def mesh_turned(roll: float, yaw: float, pitch: float, scale: float = 100.0) -> MeshPoints:
    """The average face as a head with these angles shows it."""
    r, y, p = np.radians([roll, yaw, pitch])
    nod = np.array([[1, 0, 0], [0, np.cos(p), np.sin(p)], [0, -np.sin(p), np.cos(p)]])
    shake = np.array([[np.cos(y), 0, -np.sin(y)], [0, 1, 0], [np.sin(y), 0, np.cos(y)]])
    tilt = np.array([[np.cos(r), -np.sin(r), 0], [np.sin(r), np.cos(r), 0], [0, 0, 1]])
    points = np.zeros((1, 468, 3), np.float32)
    turn = shake @ nod
    firm = face_mesh._FIRM_PLACES @ (tilt @ turn).T
    points[0, face_mesh._FIRM_INDEX] = firm * scale + [300, 200, 7]
    return MeshPoints(points, np.full(1, 20, np.float32))


@given(st.floats(-40, 40), st.floats(-70, 70))
def test_a_mesh_turned_about_one_axis_tells_that_angle(pitch: float, yaw: float) -> None:
    rest = head_pose._MESH_PITCH_AT_REST
    nodded = poses_of_meshes(mesh_turned(0, 0, pitch))[0]
    np.testing.assert_allclose(nodded, [0, 0, pitch - rest], atol=0.01)
    shaken = poses_of_meshes(mesh_turned(0, yaw, 0))[0]
    np.testing.assert_allclose(shaken, [0, yaw, -rest], atol=0.01)


@given(st.floats(-170, 170))
def test_a_mesh_turned_in_the_picture_tells_its_roll(roll: float) -> None:
    np.testing.assert_allclose(poses_of_meshes(mesh_turned(roll, 0, 0))[0, 0], roll, atol=0.01)


def test_a_face_to_the_right_shows_its_nose_to_the_right_of_its_eyes() -> None:
    mesh = mesh_turned(0, 30, 0).points[0]
    assert mesh[4, 0] > (mesh[33, 0] + mesh[263, 0]) / 2
    mesh = mesh_turned(0, 0, 30).points[0]
    assert mesh[4, 1] < mesh_turned(0, 0, 0).points[0, 4, 1]


def test_a_frontal_mesh_undoes_turn_and_scale() -> None:
    plain = mesh_turned(0, 0, 0, 50).frontal
    turned = mesh_turned(20, 35, -10, 400).frontal
    firm = list(face_mesh._FIRM_INDEX)
    np.testing.assert_allclose(plain[0, firm], turned[0, firm], atol=1e-4)


def test_fsanet_answers_are_averaged_and_take_the_cuts_turn_into_account() -> None:
    networks = [(card("a"), constant(out=[10, 4, 1])), (card("b"), constant(out=[20, 6, 3]))]
    pose = FsaNet(networks).estimate_poses(
        np.zeros((100, 100, 3), np.uint8), FaceFrames(100 - upright_points())
    )[0]
    rest = head_pose._FSANET_PITCH_AT_REST
    assert abs(pose[0]) == pytest.approx(178, abs=0.01)
    assert pose[1:] == pytest.approx([-15, 5 - rest], abs=0.01)
