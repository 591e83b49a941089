import numpy as np
from hypothesis import given
from hypothesis import strategies as st

from tests.models.fake_session import card, constant, upright_points
from vidimus.models.eyes import Eyes, EyeState
from vidimus.models.face_frame import FaceFrames


def eyes_of(height: float, angle: float = 0.0, size: float = 20.0) -> Eyes:
    places = np.arange(16) / 16 * 2 * np.pi
    ring = np.stack([np.cos(places), np.sin(places) * height], 1) * size
    turn = np.array([[np.cos(angle), np.sin(angle)], [-np.sin(angle), np.cos(angle)]])
    order = np.random.default_rng(0).permutation(16)
    contour = (ring @ turn)[order] + [100, 50]
    contours = np.tile(contour.astype(np.float32), (1, 2, 1, 1))
    return Eyes(contours, np.zeros((1, 2, 5, 2), np.float32))


@given(st.floats(0.05, 0.8), st.floats(-3, 3), st.floats(3, 200))
def test_openness_is_a_shape_whatever_size_and_turn(
    height: float, angle: float, size: float
) -> None:
    # Sixteen places on an ellipse span sin(pi/8) * 8 / pi of its area.
    area = 16 / 2 * np.sin(np.pi / 8) * height / 4
    np.testing.assert_allclose(eyes_of(height, angle, size).openness(), area, rtol=1e-3)


@given(st.floats(0.05, 0.7))
def test_a_narrower_eye_is_less_open(height: float) -> None:
    assert (eyes_of(height).openness() < eyes_of(height + 0.05).openness()).all()


def test_the_eye_state_is_read_by_its_label_for_both_eyes() -> None:
    net = card(labels=["closed", "open"], output_names={"probability": "y"})
    state = EyeState(net, constant(y=[0.2, 0.8]))
    centers = upright_points(3)[:, :2]
    found = state.open_probabilities(
        np.zeros((100, 100, 3), np.uint8), FaceFrames(upright_points(3)), centers
    )
    np.testing.assert_allclose(found, np.full((3, 2), 0.8))
