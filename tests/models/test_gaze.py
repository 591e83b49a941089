import numpy as np
import pytest

from tests.models.fake_session import FakeSession, card, constant, upright_points
from vidimus.models.face_frame import FaceFrames
from vidimus.models.gaze import Gaze

PICTURE = np.zeros((200, 200, 3), np.uint8)
INPUTS = {"left_eye": "l", "right_eye": "r", "pose": "p"}


def gaze_of(vector: list[float], points: np.ndarray) -> np.ndarray:
    session = FakeSession(
        lambda inputs: {"g": np.tile(np.array(vector, np.float32), (len(inputs["l"]), 1))},
        ("l", "r", "p"),
    )
    gaze = Gaze(
        (card("gaze", input_names=INPUTS, output_names={"gaze": "g"}), session),
        (card("head", output_names={"yaw": "y", "pitch": "q"}), constant(y=[3], q=[4])),
    )
    return gaze.estimate(PICTURE, FaceFrames(points), points[:, :2])


def test_towards_the_camera_is_zero_and_right_and_up_are_positive() -> None:
    points = upright_points()
    np.testing.assert_allclose(gaze_of([0, 0, -1], points), [[0, 0]], atol=1e-4)
    assert gaze_of([1, 0, -1], points)[0] == pytest.approx([45, 0], abs=1e-3)
    assert gaze_of([0, 0.5, -(0.75**0.5)], points)[0] == pytest.approx([0, 30], abs=1e-3)


def test_a_face_upside_down_has_its_gaze_turned_back() -> None:
    upside_down = 100 - upright_points()
    assert gaze_of([1, 0, -1], upside_down)[0] == pytest.approx([-45, 0], abs=1e-3)


def test_a_face_on_its_side_has_its_gaze_turned_back() -> None:
    # Turned clockwise by a quarter: what was right of the face is now below it.
    points = upright_points() - 50
    on_its_side = np.stack([-points[..., 1], points[..., 0]], -1) + 50
    assert gaze_of([1, 0, -1], on_its_side)[0] == pytest.approx([0, -45], abs=1e-3)
