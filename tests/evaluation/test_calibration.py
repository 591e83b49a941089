"""Tables of rates, against vectors whose false match rate is known exactly."""

from itertools import pairwise

import numpy as np
import pytest
from numpy.typing import NDArray
from scipy.stats import beta

from vidimus.errors import ConfigurationError
from vidimus.evaluation.calibration import LEAST_COUNTED_PAIRS, Fit, fit_calibration
from vidimus.evaluation.impostors import ImpostorPairs, compare_impostors
from vidimus.gallery.similarity import SimilarityScale

DIMENSIONS = 24


def strangers(count: int, seed: int = 3) -> ImpostorPairs:
    rows = np.random.default_rng(seed).normal(size=(count, DIMENSIONS))
    vectors = (rows / np.linalg.norm(rows, axis=1, keepdims=True)).astype(np.float32)
    return compare_impostors(vectors, np.arange(count))


def true_log10_fmr(scores: NDArray[np.float64]) -> NDArray[np.float64]:
    """The cosine of two random directions: (1 + cos) / 2 follows a beta law."""
    half = (DIMENSIONS - 1) / 2
    return np.asarray(beta.logsf((1 + scores) / 2, half, half) / np.log(10))


@pytest.fixture(scope="module")
def fit() -> Fit:
    return fit_calibration(strangers(500), replicates=200)


def test_the_table_is_strictly_monotone_and_reaches_both_ends(fit: Fit) -> None:
    assert fit.points[0].score == -1.0
    assert fit.points[0].log10_fmr == 0.0
    assert fit.points[-1].log10_fmr < -8
    for first, second in pairwise(fit.points):
        assert first.score < second.score
        assert first.log10_fmr > second.log10_fmr
    SimilarityScale.from_calibration(fit.points)


def test_the_stated_rate_is_the_upper_end_of_the_interval(fit: Fit) -> None:
    for point in fit.points:
        assert point.lower <= point.estimate <= point.upper
        assert point.log10_fmr == point.upper


def test_counted_ends_where_ten_pairs_are_left(fit: Fit) -> None:
    assert fit.least_counted_fmr == pytest.approx(LEAST_COUNTED_PAIRS / (500 * 499 / 2))
    bases = [point.basis for point in fit.points]
    assert bases == sorted(bases, key=["bound", "counted", "extrapolated"].index)
    counted = [point for point in fit.points if point.basis == "counted"]
    assert counted[-1].estimate == pytest.approx(np.log10(fit.least_counted_fmr), abs=0.01)


def test_counted_rates_are_the_true_ones(fit: Fit) -> None:
    counted = [point for point in fit.points if point.basis == "counted" and point.estimate > -3]
    truth = true_log10_fmr(np.array([point.score for point in counted]))
    np.testing.assert_allclose([point.estimate for point in counted], truth, atol=0.1)


def test_extrapolated_rates_are_never_stated_too_low(fit: Fit) -> None:
    beyond = [point for point in fit.points if point.basis == "extrapolated"]
    truth = true_log10_fmr(np.array([point.score for point in beyond]))
    assert (np.array([point.log10_fmr for point in beyond]) >= truth).all()


def test_more_people_narrow_the_interval(fit: Fit) -> None:
    few = fit_calibration(strangers(100), replicates=200)
    few_scale = SimilarityScale.from_calibration(few.points)
    scale = SimilarityScale.from_calibration(fit.points)
    assert few_scale.score_at(70) > scale.score_at(70)


def test_a_seed_gives_the_same_table_again() -> None:
    pairs = strangers(60)
    assert fit_calibration(pairs, replicates=50) == fit_calibration(pairs, replicates=50)


def test_progress_counts_replicates() -> None:
    told: list[tuple[int, int]] = []
    fit_calibration(
        strangers(60), replicates=3, progress=lambda done, total: told.append((done, total))
    )
    assert told == [(1, 3), (2, 3), (3, 3)]


@pytest.mark.parametrize("count", [2, 19, 40])
def test_too_few_people_are_refused(count: int) -> None:
    with pytest.raises(ConfigurationError, match="at least 20 subjects and 1000 pairs"):
        fit_calibration(strangers(count))
