import numpy as np
import pytest

from vidimus.models.face_detector import FaceDetections
from vidimus.vision.upright import find_faces

FACE = np.array([[10, 20, 50, 70]], np.float32)
POINTS = np.array([[[20, 35], [40, 35], [30, 45], [22, 60], [38, 60]]], np.float32)


class SidewaysDetector:
    """Finds one face, and only in a picture as wide as `width`."""

    def __init__(self, width: int, score: float) -> None:
        self.width = width
        self.score = score
        self.looks = 0

    def detect_faces(self, pixels: np.ndarray) -> FaceDetections:
        self.looks += 1
        if pixels.shape[1] != self.width:
            return FaceDetections.joined([])
        return FaceDetections(FACE, np.full(1, self.score, np.float32), POINTS)

    def glance_at_faces(self, pixels: np.ndarray) -> FaceDetections:
        return self.detect_faces(pixels)

    def scan_for_faces(self, pixels: np.ndarray) -> FaceDetections:
        return self.detect_faces(pixels)

    def with_least_score(self, score: float) -> "SidewaysDetector":
        return self


def test_a_face_on_its_side_is_given_in_the_pictures_own_places() -> None:
    detector = SidewaysDetector(width=80, score=0.9)
    pixels = np.zeros((80, 200, 3), np.uint8)
    found = find_faces(detector, pixels)
    assert detector.looks == 3
    # Turned counter-clockwise, the picture's right edge was on top.
    np.testing.assert_allclose(found.boxes, [[130, 10, 180, 50]])
    np.testing.assert_allclose(found.points[0, 0], [165, 20])


def test_a_picture_with_an_upright_face_is_looked_at_once() -> None:
    detector = SidewaysDetector(width=200, score=0.75)
    found = find_faces(detector, np.zeros((80, 200, 3), np.uint8))
    assert detector.looks == 1
    np.testing.assert_array_equal(found.boxes, FACE)


@pytest.mark.parametrize("score", [0.3, 0.75])
def test_an_unsure_face_on_its_side_is_none(score: float) -> None:
    detector = SidewaysDetector(width=80, score=score)
    assert len(find_faces(detector, np.zeros((80, 200, 3), np.uint8))) == 0
