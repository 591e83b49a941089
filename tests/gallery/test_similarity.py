"""Laws of the similarity scale."""

import math
from itertools import pairwise

import pytest
from hypothesis import given
from hypothesis import strategies as st

from vidimus.errors import ConfigurationError
from vidimus.gallery.similarity import (
    SimilarityScale,
    log10_fmr_of_similarity,
    similarity_of_fmr,
)

_SCALE = SimilarityScale.from_points(
    [(-1.0, 0.0), (0.2, -1.0), (0.45, -3.0), (0.5, -4.0), (0.7, -7.0), (0.8, -8.5)]
)


@st.composite
def scales(draw: st.DrawFn) -> SimilarityScale:
    size = draw(st.integers(2, 12))
    scores = draw(
        st.lists(st.integers(-1000, 1000), min_size=size, max_size=size, unique=True).map(sorted)
    )
    rates = draw(
        st.lists(st.integers(-1200, 0), min_size=size, max_size=size, unique=True).map(sorted)
    )
    return SimilarityScale.from_points(
        [(s / 1000, r / 100) for s, r in zip(scores, reversed(rates), strict=True)]
    )


@pytest.mark.parametrize(
    ("fmr", "similarity"),
    [(1, 0), (1e-3, 50), (1e-4, 60), (1e-5, 70), (1e-6, 80), (1e-7, 90), (10**-7.9, 99), (0, 100)],
)
def test_similarity_means_a_false_match_rate(fmr: float, similarity: float) -> None:
    assert similarity_of_fmr(math.log10(fmr) if fmr else -math.inf) == pytest.approx(similarity)


@given(st.floats(0, 100))
def test_fmr_and_similarity_are_inverse(similarity: float) -> None:
    assert similarity_of_fmr(log10_fmr_of_similarity(similarity)) == pytest.approx(similarity)


@given(scales(), st.floats(-2, 2), st.floats(-2, 2))
def test_similarity_never_falls_as_the_score_rises(
    scale: SimilarityScale, first: float, second: float
) -> None:
    low, high = sorted((first, second))
    assert scale.similarity(low) <= scale.similarity(high)


@given(scales())
def test_similarity_rises_strictly_inside_the_table(scale: SimilarityScale) -> None:
    inside = [s for s, rate in zip(scale.scores, scale.log10_fmrs, strict=True) if rate >= -8]
    assert all(scale.similarity(a) < scale.similarity(b) for a, b in pairwise(inside))


@given(scales(), st.floats(allow_nan=False))
def test_similarity_is_between_0_and_100(scale: SimilarityScale, score: float) -> None:
    assert 0.0 <= scale.similarity(score) <= 100.0


@given(scales(), st.floats(0, 1))
def test_score_at_is_the_inverse_inside_the_table(scale: SimilarityScale, share: float) -> None:
    low, high = scale.similarity(scale.scores[0]), scale.similarity(scale.scores[-1])
    wanted = low + share * (high - low)
    assert scale.similarity(scale.score_at(wanted)) == pytest.approx(wanted, abs=1e-6)


@given(st.floats(-3, 3))
def test_scores_outside_the_table_count_as_its_ends(score: float) -> None:
    bounded = min(max(score, -1.0), 0.8)
    assert _SCALE.similarity(score) == _SCALE.similarity(bounded)


def test_a_full_table_reaches_from_0_to_100() -> None:
    assert _SCALE.similarity(-1.0) == 0.0
    assert _SCALE.similarity(0.8) == 100.0
    assert _SCALE.score_at(0.0) == -1.0
    assert _SCALE.score_at(-5.0) == -1.0
    assert _SCALE.score_at(120.0) == _SCALE.score_at(100.0)
    assert 0.7 < _SCALE.score_at(100.0) < 0.8


@pytest.mark.parametrize(("similarity", "fmr"), [(0, 1), (50, 1e-3), (80, 1e-6), (100, 1e-8)])
def test_fmr_at(similarity: float, fmr: float) -> None:
    assert _SCALE.fmr_at(similarity) == pytest.approx(fmr)


@pytest.mark.parametrize(
    "points",
    [
        [],
        [(0.0, 0.0)],
        [(0.0, 0.0), (0.0, -1.0)],
        [(0.0, 0.0), (1.0, 0.0)],
        [(0.0, -1.0), (1.0, 0.0)],
    ],
)
def test_a_table_that_is_not_monotone_is_refused(points: list[tuple[float, float]]) -> None:
    with pytest.raises(ConfigurationError):
        SimilarityScale.from_points(points)
