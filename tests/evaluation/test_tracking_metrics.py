"""HOTA and IDF1 on tracks small enough to be counted by hand."""

from collections.abc import Mapping, Sequence

import numpy as np
import pytest

from vidimus.evaluation.tracking_metrics import TrackedFrame, hota, idf1

HERE, THERE = (0.0, 0.0, 10.0, 20.0), (50.0, 0.0, 60.0, 20.0)
Place = tuple[float, float, float, float]


def told(*frames: Mapping[int, Place]) -> list[TrackedFrame]:
    return [
        TrackedFrame(
            np.array(list(each), np.int64), np.array(list(each.values())).reshape(len(each), 4)
        )
        for each in frames
    ]


def test_the_truth_agrees_with_itself_whatever_the_ids_are_called() -> None:
    truth = told({1: HERE, 2: THERE}, {1: HERE}, {}, {2: THERE})
    same = told({70: HERE, 5: THERE}, {70: HERE}, {}, {5: THERE})
    assert idf1(truth, same) == 1
    assert hota(truth, same).hota == pytest.approx(1)


def test_an_id_that_changes_halfway_keeps_half() -> None:
    truth = told(*[{1: HERE}] * 10)
    broken = told(*[{1: HERE}] * 5, *[{2: HERE}] * 5)
    assert idf1(truth, broken) == pytest.approx(0.5)
    found = hota(truth, broken)
    assert found.detection == pytest.approx(1)
    assert found.association == pytest.approx(0.5)
    assert found.hota == pytest.approx(0.5**0.5)


def test_a_swap_costs_both() -> None:
    truth = told(*[{1: HERE, 2: THERE}] * 4)
    swapped = told(*[{1: HERE, 2: THERE}] * 2, *[{2: HERE, 1: THERE}] * 2)
    assert idf1(truth, swapped) == pytest.approx(0.5)
    assert hota(truth, swapped).association == pytest.approx(1 / 3)


def test_missed_and_made_up_boxes_count_the_same() -> None:
    truth = told(*[{1: HERE, 2: THERE}] * 4)
    for one, other in [(truth, told(*[{1: HERE}] * 4)), (told(*[{1: HERE}] * 4), truth)]:
        assert idf1(one, other) == pytest.approx(2 * 4 / 12)
        assert hota(one, other).detection == pytest.approx(0.5)


def test_a_box_that_is_off_counts_for_the_overlaps_it_reaches() -> None:
    off = (5.0, 0.0, 15.0, 20.0)  # a third of the union
    truth, moved = told({1: HERE}), told({1: off})
    assert idf1(truth, moved) == 0
    assert hota(truth, moved).hota == pytest.approx(6 / 19)


@pytest.mark.parametrize("frames", [[], told({}, {})])
def test_nothing_to_find_is_found(frames: Sequence[TrackedFrame]) -> None:
    assert idf1(frames, frames) == 1
    assert hota(frames, frames).hota == 1


def test_unlike_lengths_are_refused() -> None:
    with pytest.raises(ValueError, match="equally many"):
        idf1(told({}), told())
