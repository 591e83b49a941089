"""Spotting finds at least what detecting finds, and tells of the doubtful."""

from pathlib import Path

import numpy as np
import pytest
from numpy.typing import NDArray

from vidimus.engine.engine import Engine, read_picture
from vidimus.models.face_detector import FaceDetections
from vidimus.vision.face_spotter import DOUBTFUL_SCORE, LEAST_SCORE, FaceSpotter

Pixels = NDArray[np.uint8]


@pytest.fixture(scope="module")
def spotter(engine: Engine) -> FaceSpotter:
    return FaceSpotter(engine.models)


@pytest.fixture(scope="module")
def portrait(people: Path) -> Pixels:
    return read_picture(people / "face_3.jpg").pixels


def sure(found: FaceDetections) -> FaceDetections:
    return found.chosen(found.scores >= 0.7)


def centre(found: FaceDetections) -> tuple[float, float]:
    box = sure(found).boxes[0]
    return float((box[0] + box[2]) / 2), float((box[1] + box[3]) / 2)


def test_a_face_is_found_once_with_its_eyes_in_order(
    spotter: FaceSpotter, portrait: Pixels
) -> None:
    found = sure(spotter.spot_faces(portrait))
    assert len(found) == 1
    assert found.points[0, 0, 0] < found.points[0, 1, 0]
    assert found.points[0, 3, 0] < found.points[0, 4, 0]


@pytest.mark.parametrize("number", range(6))
def test_every_frame_tells_places_as_they_stand(
    spotter: FaceSpotter, portrait: Pixels, number: int
) -> None:
    """Every second frame is looked at mirrored; that must not show."""
    wide = np.zeros((portrait.shape[0], 2 * portrait.shape[1], 3), np.uint8)
    wide[:, : portrait.shape[1]] = portrait
    found = spotter.spot_in_frame(wide, number)
    expected = centre(spotter.spot_faces(portrait))
    assert centre(found) == pytest.approx(expected, abs=0.05 * portrait.shape[1])
    assert found.points[0, 0, 0] < found.points[0, 1, 0]


def test_a_face_on_its_side_is_found_beside_an_upright_one(
    spotter: FaceSpotter, portrait: Pixels
) -> None:
    side = min(portrait.shape[:2])
    square = portrait[:side, :side]
    both = np.concatenate([square, np.rot90(square)], axis=1)
    found = spotter.spot_faces(np.ascontiguousarray(both))
    strong = found.chosen(found.scores >= LEAST_SCORE)
    middles = (strong.boxes[:, 0] + strong.boxes[:, 2]) / 2
    assert (middles < side).any()
    assert (middles > side).any()


def test_scores_go_down_to_the_doubtful(spotter: FaceSpotter, people: Path) -> None:
    found = spotter.spot_faces(np.zeros((300, 400, 3), np.uint8))
    assert len(found) == 0
    noise = np.random.default_rng(1).integers(0, 256, (300, 400, 3), np.uint8)
    assert (spotter.spot_faces(noise).scores >= DOUBTFUL_SCORE).all()
