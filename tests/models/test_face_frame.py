import numpy as np
from hypothesis import given
from hypothesis import strategies as st

from tests.models.fake_session import upright_points
from vidimus.models.face_frame import FaceFrames


def turned(points: np.ndarray, degrees: float, scale: float = 1.0) -> np.ndarray:
    angle = np.radians(degrees)
    turn = np.array([[np.cos(angle), np.sin(angle)], [-np.sin(angle), np.cos(angle)]])
    return np.asarray(((points - 50) @ turn) * scale + 50, np.float32)


def test_an_upright_face_has_no_angle_and_the_scale_of_its_longer_span() -> None:
    frames = FaceFrames(upright_points())
    assert abs(float(frames.angles[0])) < 1e-6
    assert frames.scales[0] == 22
    np.testing.assert_allclose(frames.centers[0], [50, 51])


@given(st.floats(-179, 179), st.floats(0.5, 20))
def test_turning_and_growing_a_face_turns_and_grows_its_frame(degrees: float, scale: float) -> None:
    frames = FaceFrames(turned(upright_points(), degrees, scale))
    assert abs((np.degrees(frames.angles[0]) - degrees + 180) % 360 - 180) < 0.01
    assert abs(frames.scales[0] / (22 * scale) - 1) < 0.01


def test_a_cut_stands_upright_however_the_face_lies() -> None:
    y, x = np.mgrid[:100, :100]
    picture = np.stack([x, y, np.zeros_like(x)], 2).astype(np.uint8)
    frames = FaceFrames(np.concatenate([upright_points(), turned(upright_points(), 180)]))
    upright, upside_down = frames.cut(picture, 1.0, 22).pixels
    assert upright[0, 0, 1] < upright[21, 0, 1]
    assert upside_down[0, 0, 1] > upside_down[21, 0, 1]


def test_a_cut_can_be_moved_towards_the_chin() -> None:
    picture = np.zeros((100, 100, 3), np.uint8)
    frames = FaceFrames(upright_points())
    plain = frames.cut(picture, 2, 10).to_picture(np.full((1, 1, 2), 5, np.float32))
    moved = frames.cut(picture, 2, 10, down=0.1).to_picture(np.full((1, 1, 2), 5, np.float32))
    np.testing.assert_allclose(moved - plain, [[[0, 4.4]]], atol=1e-4)
