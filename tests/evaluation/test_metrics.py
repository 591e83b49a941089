"""Error rates and their intervals."""

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from hypothesis.extra.numpy import arrays

from vidimus.evaluation.metrics import (
    Proportion,
    Searches,
    share_at_or_above,
    threshold_at_fmr,
    wilson_interval,
)

SEARCHES = Searches(
    np.array([[0.9, 0.2, 0.1], [0.6, 0.5, 0.3], [0.4, 0.3, 0.8]], np.float32),
    np.array(["ada", "grace", "stranger"]),
    np.array(["ada", "grace", "mary"]),
)


def test_wilson_interval_of_a_known_case() -> None:
    # R: binom::binom.wilson(8, 10)
    assert wilson_interval(8, 10) == pytest.approx((0.4901625, 0.9433178), abs=1e-6)


def test_wilson_interval_of_nothing_tried_is_everything() -> None:
    assert wilson_interval(0, 0) == (0.0, 1.0)
    assert np.isnan(Proportion(0, 0).rate)


@given(st.integers(1, 10_000), st.data())
def test_wilson_interval_holds_the_rate(trials: int, data: st.DataObject) -> None:
    count = data.draw(st.integers(0, trials))
    low, high = Proportion(count, trials).interval()
    assert 0 <= low <= count / trials + 1e-12
    assert count / trials - 1e-12 <= high <= 1


@given(
    arrays(np.float32, st.integers(1, 200), elements=st.floats(-1, 1, width=32)),
    st.floats(1e-4, 1),
)
def test_at_most_the_stated_share_of_impostors_reaches_the_threshold(
    scores: np.ndarray[tuple[int], np.dtype[np.float32]], fmr: float
) -> None:
    threshold = threshold_at_fmr(scores, fmr)
    assert share_at_or_above(scores, threshold).rate <= fmr + 1e-9


def test_the_threshold_is_the_least_possible() -> None:
    scores = np.arange(1000, dtype=np.float32)
    threshold = threshold_at_fmr(scores, 0.01)
    assert share_at_or_above(scores, threshold).count == 10
    assert 989 < threshold < 989.001


def test_searches_tell_mates_from_strangers() -> None:
    assert SEARCHES.mated.tolist() == [True, True, False]
    assert sorted(SEARCHES.mated_scores.tolist()) == pytest.approx([0.5, 0.9])
    assert len(SEARCHES.impostor_scores) == 7


def test_rank_1_wants_the_mate_first() -> None:
    assert SEARCHES.rank_1() == Proportion(1, 2)


def test_tpir_counts_mates_at_the_threshold_whatever_stands_above_them() -> None:
    assert SEARCHES.tpir(0.5) == Proportion(2, 2)
    assert SEARCHES.tpir(0.51) == Proportion(1, 2)


def test_fpir_counts_strangers_with_any_candidate() -> None:
    assert SEARCHES.fpir(0.8) == Proportion(1, 1)
    assert SEARCHES.fpir(0.81) == Proportion(0, 1)


def test_false_matches_count_pairs_of_all_probes() -> None:
    assert SEARCHES.false_matches(0.55) == Proportion(2, 7)


def test_some_probes_only() -> None:
    part = SEARCHES.of_probes(np.array([True, False, True]))
    assert part.tpir(0.0) == Proportion(1, 1)
    assert part.fpir(0.0) == Proportion(1, 1)
