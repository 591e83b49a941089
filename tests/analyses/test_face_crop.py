"""Cutting faces out, keeping the best of them, and fusing what is kept."""

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from tests.analyses.actors import Reader, crop, detail, resemblance, vector
from vidimus.analyses.face_crop import (
    MOST_CROPS,
    FaceCrop,
    alikeness,
    crop_face,
    keep_best,
    store_crop,
    stored_crop,
)
from vidimus.geometry import BoundingBox
from vidimus.vision.face_types import DetectedFace


def marked(width: int, height: int, points: np.ndarray) -> np.ndarray:
    """A black picture with a white spot around each point."""
    pixels = np.zeros((height, width, 3), np.uint8)
    for x, y in points.astype(int):
        pixels[y - 3 : y + 4, x - 3 : x + 4] = 255
    return pixels


@pytest.mark.parametrize("left", [20, 250, 520])
@pytest.mark.parametrize("side", [60, 400])
def test_a_crop_holds_the_face_and_its_points(left: int, side: int) -> None:
    shares = np.array([[0.3, 0.35], [0.7, 0.35], [0.5, 0.55], [0.35, 0.75], [0.65, 0.75]])
    points = (np.array([left, 40]) + shares * side).astype(np.float32)
    box = BoundingBox.from_pixels(np.array([left, 40, left + side, 40 + side]), 960, 480)
    pixels = marked(960, 480, points)
    cut = crop_face(pixels, DetectedFace(box, 99.0, points), detail(0.5), 400)
    assert cut.timestamp_ms == 400
    assert max(cut.pixels.shape[:2]) <= 192
    for x, y in cut.points:
        assert cut.pixels[int(y), int(x)].min() > 200


def test_a_crop_keeps_nothing_of_the_frame() -> None:
    pixels = np.zeros((480, 640, 3), np.uint8)
    points = np.full((5, 2), 100, np.float32)
    box = BoundingBox(0.1, 0.1, 0.1, 0.1)
    assert crop_face(pixels, DetectedFace(box, 99.0, points), detail(0.5), 0).pixels.base is None


def test_small_faces_are_worth_less() -> None:
    pixels = np.zeros((480, 640, 3), np.uint8)
    points = np.full((5, 2), 100, np.float32)
    worths = [
        crop_face(
            pixels, DetectedFace(BoundingBox(0.1, 0.1, side, side), 99.0, points), detail(0.5), 0
        ).worth
        for side in (0.05, 0.1, 0.3, 0.5)
    ]
    assert worths[0] < worths[1] < worths[2] == worths[3]


@given(st.lists(st.tuples(st.integers(200, 900), st.floats(0.1, 1)), max_size=40))
def test_the_best_crops_that_lie_apart_are_kept(steps: list[tuple[int, float]]) -> None:
    kept: tuple[FaceCrop, ...] = ()
    now = 0
    for step, worth in steps:
        now += step
        kept = keep_best(kept, crop(1, now, worth))
    assert len(kept) <= MOST_CROPS
    times = [each.timestamp_ms for each in kept]
    assert times == sorted(times)
    if steps:
        best = max(worth for _, worth in steps)
        assert best in [each.worth for each in kept]


def test_of_crops_close_together_the_better_one_is_kept() -> None:
    kept = keep_best((crop(1, 0, 0.5),), crop(1, 200, 0.4))
    assert [each.timestamp_ms for each in kept] == [0]
    kept = keep_best(kept, crop(1, 300, 0.9))
    assert [each.timestamp_ms for each in kept] == [300]


def test_a_stored_crop_is_the_same() -> None:
    first = crop(4, 800, 0.25)
    again = stored_crop(store_crop(first))
    assert (again.timestamp_ms, again.worth) == (800, 0.25)
    np.testing.assert_array_equal(again.pixels, first.pixels)
    np.testing.assert_array_equal(again.points, first.points)


def test_crops_of_one_picture_are_alike_and_others_are_not() -> None:
    assert alikeness(crop(1), crop(1, 200)) == pytest.approx(1)
    assert alikeness(crop(1), crop(2)) < 0.5


def test_the_score_with_a_fusion_is_the_mean_of_the_scores() -> None:
    reader = Reader()
    fused = resemblance(reader).fuse([crop(1), crop(1, off=0.5), crop(2)])
    assert reader.embedded == 3
    assert fused is not None
    assert fused.dtype == np.float32
    assert float(fused @ vector(1)) == pytest.approx((1 + 0.5 + 0) / 3)
    assert resemblance().fuse([]) is None


def test_similarity_is_read_from_the_scale() -> None:
    assert resemblance().similarity(vector(1), vector(1)) == 100
    assert resemblance().similarity(vector(1), vector(1, off=0.2)) == pytest.approx(80)
    assert resemblance().similarity(vector(1), vector(2)) == 0
