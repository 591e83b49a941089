"""Anchors, decoding and blending of MediaPipe's detectors."""

from typing import Any

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from numpy.typing import NDArray

from tests.models.fake_session import FakeSession, card
from vidimus.errors import ConfigurationError
from vidimus.models.keypoint_detector import (
    KeypointDetector,
    KeypointRegions,
    anchor_centers,
    blend_overlaps,
)
from vidimus.runtime.session import Arrays

ANCHORS = [[8, 2], [16, 1]]
COUNT = 4 * 4 * 2 + 2 * 2
"""Anchors of a square of 32 pixels."""


def detector_that_says(rows: dict[int, list[float]], logits: dict[int, float]) -> KeypointDetector:
    """A detector whose network gives these rows and logits for these anchors."""

    def answer(inputs: Arrays) -> dict[str, NDArray[Any]]:
        count = len(next(iter(inputs.values())))
        regions = np.zeros((count, COUNT, 8), np.float32)
        scores = np.full((count, COUNT, 1), -1000, np.float32)
        for which, row in rows.items():
            regions[:, which] = row
            scores[:, which] = logits[which]
        return {"regions": regions, "scores": scores}

    return KeypointDetector(card("palms", 32, anchors=ANCHORS, keypoints=2), FakeSession(answer))


def chips(count: int) -> NDArray[np.uint8]:
    return np.zeros((count, 32, 32, 3), np.uint8)


@pytest.mark.parametrize(
    ("size", "anchors", "count"),
    [(224, [[8, 2], [16, 2], [32, 6]], 2254), (192, [[8, 2], [16, 6]], 2016)],
)
def test_there_is_an_anchor_for_each_row_of_the_real_networks(
    size: int, anchors: list[list[int]], count: int
) -> None:
    assert anchor_centers(size, anchors).shape == (count, 2)


def test_anchors_run_along_the_rows_grid_by_grid() -> None:
    centers = anchor_centers(32, ANCHORS)
    assert centers[[0, 1, 2, 8, 32, 33, 34]].tolist() == [
        [4, 4],
        [4, 4],
        [12, 4],
        [4, 12],
        [8, 8],
        [24, 8],
        [8, 24],
    ]


def test_a_region_is_told_from_its_anchor() -> None:
    detector = detector_that_says({33: [1, 2, 10, 6, 0, 0, -3, 4]}, {33: 0.0})
    (found,) = detector.find_regions(chips(1), 0.5)
    assert found.boxes.tolist() == [[20, 7, 30, 13]]
    assert found.points.tolist() == [[[24, 8], [21, 12]]]
    assert found.scores.tolist() == [0.5]


def test_every_square_has_its_own_answer_and_logits_without_bounds_do_no_harm() -> None:
    detector = detector_that_says({0: [0, 0, 4, 4, 0, 0, 0, 0]}, {0: 1e30})
    answers = detector.find_regions(chips(3), 0.5)
    assert [len(found) for found in answers] == [1, 1, 1]
    assert detector.find_regions(chips(0), 0.5) == []


def test_nothing_seen_is_nothing_told() -> None:
    (found,) = detector_that_says({}, {}).find_regions(chips(1), 0.5)
    assert len(found) == 0
    assert found.boxes.shape == (0, 4)
    assert found.points.shape == (0, 2, 2)


def test_what_overlaps_is_averaged_by_score() -> None:
    boxes = np.array([[0, 0, 10, 10], [2, 0, 12, 10], [50, 50, 60, 60]], np.float32)
    points = np.array([[[0, 0]], [[4, 0]], [[9, 9]]], np.float32)
    found = blend_overlaps(KeypointRegions(boxes, points, np.array([0.6, 0.2, 0.9], np.float32)))
    assert found.scores.tolist() == pytest.approx([0.9, 0.6])
    expected = np.array([[50, 50, 60, 60], [0.5, 0, 10.5, 10]], np.float32)
    np.testing.assert_allclose(found.boxes, expected, atol=1e-5)
    np.testing.assert_allclose(found.points, [[[9, 9]], [[1, 0]]], atol=1e-5)


@given(
    st.lists(
        st.tuples(st.integers(0, 60), st.integers(0, 60), st.integers(1, 40)),
        min_size=1,
        max_size=10,
    )
)
def test_a_blend_lies_within_what_it_was_made_of(rows: list[tuple[int, int, int]]) -> None:
    boxes = np.array([[x, y, x + side, y + side] for x, y, side in rows], np.float32)
    scores = np.linspace(0.9, 0.1, len(rows), dtype=np.float32)
    found = blend_overlaps(KeypointRegions(boxes, boxes[:, None, :2], scores))
    assert 1 <= len(found) <= len(rows)
    assert found.scores[0] == scores[0]
    assert (found.boxes >= boxes.min(0) - 1e-3).all()
    assert (found.boxes <= boxes.max(0) + 1e-3).all()


def test_a_card_without_anchors_is_refused() -> None:
    with pytest.raises(ConfigurationError, match="anchors"):
        KeypointDetector(card("palms", 32, keypoints=2), FakeSession(lambda _: {}))
