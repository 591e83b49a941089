"""Tracks of boxes whose truth is known because they are drawn."""

import json
from collections.abc import Sequence
from pathlib import Path

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from numpy.typing import NDArray

from vidimus.video.tracking import UNTRACKED, ByteTracker, TrackSettings, grown, overlap

Floats = NDArray[np.float64]

AT_ONCE = TrackSettings(looks_to_confirm=1)


def walker(x: float, y: float = 100, width: float = 40, height: float = 100) -> list[float]:
    """Return a box whose upper left corner is at x, y."""
    return [x, y, x + width, y + height]


def told(
    tracker: ByteTracker, timestamp_ms: int, boxes: Sequence[Sequence[float]], score: float = 0.9
) -> list[int]:
    count = len(boxes)
    places = np.array(boxes, np.float64).reshape(count, 4)
    ids = tracker.update(timestamp_ms, places, np.full(count, score))
    return [int(each) for each in ids]


@pytest.mark.parametrize("every_ms", [33, 200])
def test_who_walks_keeps_the_id_however_often_one_looks(every_ms: int) -> None:
    tracker = ByteTracker(AT_ONCE)
    for timestamp in range(0, 5000, every_ms):
        x = 0.1 * timestamp
        assert told(tracker, timestamp, [walker(x), walker(900 - x, 300)]) == [0, 1]
    assert tracker.ended == ()


def test_looks_may_be_unevenly_apart() -> None:
    tracker = ByteTracker(AT_ONCE)
    for timestamp in (0, 40, 80, 120, 160, 700, 720, 1100, 1900):
        assert told(tracker, timestamp, [walker(0.12 * timestamp)]) == [0]


def test_two_who_cross_unseen_go_on_as_they_went() -> None:
    tracker = ByteTracker(AT_ONCE)
    for timestamp in range(0, 4000, 100):
        right, left = 0.1 * timestamp, 380 - 0.1 * timestamp
        hidden = abs(right - left) < 50
        ids = told(tracker, timestamp, [walker(right)] if hidden else [walker(right), walker(left)])
        if not hidden:
            assert ids == [0, 1]


def test_a_track_needs_two_looks_unless_told_otherwise() -> None:
    tracker = ByteTracker()
    assert told(tracker, 0, [walker(0)]) == [UNTRACKED]
    assert told(tracker, 40, [walker(2)]) == [0]


def test_what_was_seen_once_and_not_again_leaves_nothing() -> None:
    tracker = ByteTracker()
    told(tracker, 0, [walker(0)])
    assert told(tracker, 40, []) == []
    assert told(tracker, 80, [walker(2)]) == [UNTRACKED]
    assert tracker.open_ids == ()


def test_weak_detections_carry_a_track_on_and_begin_none() -> None:
    tracker = ByteTracker(AT_ONCE)
    assert told(tracker, 0, [walker(0)], 0.3) == [UNTRACKED]
    assert told(tracker, 40, [walker(0)], 0.9) == [0]
    assert told(tracker, 80, [walker(1)], 0.3) == [0]
    assert told(tracker, 120, [walker(1)], 0.05) == [UNTRACKED]


def test_strong_detections_choose_before_weak_ones() -> None:
    tracker = ByteTracker(AT_ONCE)
    told(tracker, 0, [walker(0)])
    boxes = np.array([walker(1), walker(12)])
    assert tracker.update(40, boxes, np.array([0.3, 0.9])).tolist() == [UNTRACKED, 0]


def test_a_track_that_is_lost_for_long_ends_and_its_id_is_not_given_again() -> None:
    tracker = ByteTracker(AT_ONCE)
    told(tracker, 0, [walker(0)])
    told(tracker, 1000, [])
    assert [tracker.ended, tracker.open_ids] == [(), (0,)]
    told(tracker, 1001, [])
    assert [tracker.ended, tracker.open_ids] == [(0,), ()]
    assert told(tracker, 1040, [walker(0)]) == [1]
    assert [tracker.ended] == [()]


def test_a_cut_ends_all_tracks() -> None:
    tracker = ByteTracker(AT_ONCE)
    told(tracker, 0, [walker(0), walker(200)])
    tracker.cut()
    assert told(tracker, 40, [walker(0), walker(200)]) == [2, 3]
    assert list(tracker.ended) == [0, 1]
    told(tracker, 80, [])
    assert list(tracker.ended) == []


def test_single_tracks_can_be_ended() -> None:
    tracker = ByteTracker(AT_ONCE)
    told(tracker, 0, [walker(0), walker(200)])
    tracker.end([1, 7])
    assert told(tracker, 40, [walker(0), walker(200)]) == [0, 2]
    assert tracker.ended == (1,)


def test_places_follow_who_is_hidden() -> None:
    tracker = ByteTracker(AT_ONCE)
    for timestamp in range(0, 2000, 100):
        told(tracker, timestamp, [walker(0.1 * timestamp)])
    told(tracker, 2400, [])
    assert np.allclose(tracker.places[0], walker(240), atol=4)


def test_small_things_that_are_looked_at_rarely_are_found_within_reach() -> None:
    boxes = [[walker(x, 100, 30, 30)] for x in (0, 45, 90)]
    far = ByteTracker(AT_ONCE)
    assert [told(far, 200 * which, each) for which, each in enumerate(boxes)] == [[0], [1], [2]]
    near = ByteTracker(TrackSettings(looks_to_confirm=1, reach_per_s=3))
    assert [told(near, 200 * which, each) for which, each in enumerate(boxes)] == [[0], [0], [0]]


def test_who_was_lost_does_not_reach_for_who_comes_by() -> None:
    tracker = ByteTracker(TrackSettings(looks_to_confirm=1, reach_per_s=3))
    told(tracker, 0, [walker(0, 100, 30, 30)])
    told(tracker, 200, [])
    assert told(tracker, 400, [walker(45, 100, 30, 30)]) == [1]


def test_frames_without_boxes_are_fine() -> None:
    tracker = ByteTracker()
    assert tracker.update(0, np.zeros((0, 4)), np.zeros(0)).shape == (0,)
    assert tracker.places == {}


@st.composite
def looks(draw: st.DrawFn) -> list[Floats]:
    count = st.integers(0, 5)
    side = st.floats(5, 80)
    corner = st.floats(-20, 400)
    box = st.tuples(corner, corner, side, side, st.floats(0, 1))
    frames = draw(
        st.lists(count.flatmap(lambda n: st.lists(box, min_size=n, max_size=n)), max_size=8)
    )
    return [np.array(each, np.float64).reshape(-1, 5) for each in frames]


def shown(tracker: ByteTracker, frames: Sequence[Floats], start: int = 0) -> list[list[int]]:
    told = []
    for which, frame in enumerate(frames, start):
        boxes = np.concatenate([frame[:, :2], frame[:, :2] + frame[:, 2:4]], 1)
        told.append(tracker.update(150 * which, boxes, frame[:, 4]).tolist())
    return told


@settings(max_examples=60, deadline=None)
@given(looks())
def test_no_two_detections_of_a_frame_share_a_track(frames: list[Floats]) -> None:
    for ids in shown(ByteTracker(AT_ONCE), frames):
        given_out = [each for each in ids if each != UNTRACKED]
        assert len(set(given_out)) == len(given_out)


@settings(max_examples=60, deadline=None)
@given(looks(), st.integers(0, 8))
def test_a_restored_tracker_goes_on_as_if_nothing_had_happened(
    frames: list[Floats], stop: int
) -> None:
    whole = ByteTracker(TrackSettings(reach_per_s=1.5))
    broken = ByteTracker(TrackSettings(reach_per_s=1.5))
    expected = shown(whole, frames)
    before = shown(broken, frames[:stop])
    later = ByteTracker(TrackSettings(reach_per_s=1.5))
    later.restore(broken.snapshot())
    assert before + shown(later, frames[stop:], min(stop, len(frames))) == expected
    assert (later.ended, later.open_ids) == (whole.ended, whole.open_ids)


def test_overlap_is_intersection_over_union() -> None:
    some, others = np.array([[0.0, 0, 10, 10]]), np.array([[5.0, 0, 15, 10], [20, 20, 30, 30]])
    assert np.allclose(overlap(some, others), [[1 / 3, 0]])
    assert grown(some, 0.5).tolist() == [[-5, -5, 15, 15]]


@pytest.mark.parametrize("scene", ["crossings 54", "exits 52"])
def test_tracks_are_those_of_trackers_2_6_1(scene: str) -> None:
    """It gives no id to the first detection of a track; all others must be parted alike.

    The scenes and its ids were written by benchmarks/tracking.py.
    """
    frames = json.loads(Path(__file__).with_name("trackers_2_6_1.json").read_text())[scene]
    tracker = ByteTracker(
        TrackSettings(high_score=0.5, start_score=0.5, least_overlap=0.2, looks_to_confirm=1)
    )
    pairs = []
    for timestamp, boxes, scores, others in frames:
        places = np.array(boxes, np.float64).reshape(-1, 4)
        ids = tracker.update(timestamp, places, np.array(scores, np.float64)).tolist()
        pairs += [pair for pair in zip(ids, others, strict=True) if pair[1] != UNTRACKED]
    assert UNTRACKED not in {one for one, _ in pairs}
    assert len(set(pairs)) == len({one for one, _ in pairs}) == len({other for _, other in pairs})
