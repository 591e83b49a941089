"""Trails: where a face is between its sights, and when it may stay visible."""

import numpy as np
import pytest

from vidimus.analyses.face_trails import (
    LONGEST_CHECK_GAP_MS,
    REACH_MS,
    Check,
    CoverPlan,
    Trail,
    moments_apart,
)


def trail(*times: int, checks: tuple[tuple[int, float], ...] = ()) -> Trail:
    """A face that moves one pixel to the right in each millisecond."""
    made = Trail()
    for time in times:
        made.add(time, np.array([time, 0, time + 10, 10], np.float32))
    made.checks = [Check(time, (similarity,)) for time, similarity in checks]
    return made


def boxes(plan: CoverPlan, time: int) -> list[list[float]]:
    return [[float(edge) for edge in box] for box in plan.covering_at(time).boxes]


def test_a_missed_face_is_covered_between_its_sights() -> None:
    plan = CoverPlan([trail(0, 40, 240)])
    assert boxes(plan, 40) == [[40, 0, 50, 10]]
    covering = plan.covering_at(140)
    assert covering.boxes.tolist() == [[140, 0, 150, 10]]
    assert not covering.found
    assert plan.covering_at(240).found


def test_a_face_is_covered_before_its_first_and_after_its_last_sight() -> None:
    early = 2000 - REACH_MS
    plan = CoverPlan([trail(2000, 2100)])
    assert boxes(plan, early - 1) == []
    assert boxes(plan, early) == [[2000, 0, 2010, 10]]
    assert boxes(plan, 2100 + REACH_MS) == [[2100, 0, 2110, 10]]
    assert boxes(plan, 2101 + REACH_MS) == []


def test_several_faces_at_once_in_any_order() -> None:
    plan = CoverPlan([trail(5000, 5040), trail(0, 40), trail(4900, 5100)])
    assert len(boxes(plan, 0)) == 1
    assert len(boxes(plan, 5020)) == 2
    assert boxes(plan, 9000) == []


def test_a_face_stays_visible_only_between_two_checks_that_agree() -> None:
    kept = trail(0, 1000, checks=((0, 95), (200, 95), (400, 20), (600, 95), (800, 95)))
    seen = {time: kept.stays_visible_at(time, 90) for time in range(0, 1001, 100)}
    visible = {time for time, stays in seen.items() if stays}
    assert visible == {0, 100, 200, 600, 700, 800}


def test_in_doubt_a_face_is_covered() -> None:
    assert not trail(0, 1000).stays_visible_at(500, 90)
    apart = LONGEST_CHECK_GAP_MS + 1
    assert not trail(0, apart, checks=((0, 99), (apart, 99))).stays_visible_at(10, 90)
    plan = CoverPlan([trail(0, 200, checks=((0, 99), (200, 99)))])
    assert len(boxes(plan, 100)) == 1


def test_two_checks_must_agree_on_who_it_is() -> None:
    swapped = trail(0, 200)
    swapped.checks = [Check(0, (95, 10)), Check(200, (10, 95))]
    assert not swapped.stays_visible_at(100, 90)
    assert swapped.stays_visible_at(0, 90)
    assert swapped.highest_similarities == (95, 95)


def test_a_plan_counts_who_stays_visible() -> None:
    plan = CoverPlan([trail(0, 200, checks=((0, 99), (200, 99))), trail(0, 200)], keep_from=90)
    covering = plan.covering_at(100)
    assert (len(covering.boxes), covering.kept) == (1, 1)
    assert trail(0, 200).ever_stays_visible(90) is False


@pytest.mark.parametrize(
    ("times", "kept"), [([], []), ([5, 1, 3], [1, 5]), ([0, 4, 8], [0, 4, 8]), ([0, 1], [0])]
)
def test_moments_apart(times: list[int], kept: list[int]) -> None:
    assert list(moments_apart(times, 4)) == kept
