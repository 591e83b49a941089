"""The tail law against samples whose law is known."""

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from vidimus.evaluation.tail import Tail, closeness, fit_tail, score_of_closeness


def ones(size: int) -> np.ndarray[tuple[int], np.dtype[np.int64]]:
    return np.ones(size, np.int64)


@given(st.floats(-1, 0.999))
def test_closeness_and_score_are_inverse(score: float) -> None:
    back = score_of_closeness(closeness(np.array([score])))[0]
    assert back == pytest.approx(score, abs=1e-9)


def test_the_same_picture_is_finitely_close() -> None:
    assert np.isfinite(closeness(np.array([1.0, 1.0000001])).astype(float)).all()


def test_an_exponential_sample_gives_its_scale() -> None:
    sample = np.sort(2.0 + np.random.default_rng(0).exponential(0.05, 5000))
    tail = fit_tail(sample, ones(5000), 2.0, 5_000_000)
    assert tail.scale == pytest.approx(0.05, rel=0.05)
    assert tail.shape == pytest.approx(0, abs=0.05)
    assert tail.log10_rate(np.array([2.0]))[0] == pytest.approx(-3)


def test_a_bounded_sample_counts_as_exponential() -> None:
    sample = np.sort(np.random.default_rng(0).uniform(0, 1, 2000))
    tail = fit_tail(sample, ones(2000), 0.0, 2000)
    assert tail.shape == 0.0
    assert tail.family == "exponential"


def test_a_heavy_sample_gives_its_shape() -> None:
    uniform = np.random.default_rng(0).uniform(size=20_000)
    sample = np.sort((uniform**-0.3 - 1) / 0.3)
    tail = fit_tail(sample, ones(20_000), 0.0, 20_000)
    assert tail.family == "generalised Pareto"
    assert tail.shape == pytest.approx(0.3, abs=0.05)


def test_a_weight_counts_as_so_many_copies() -> None:
    sample = np.sort(np.random.default_rng(1).exponential(1.0, 300))
    weights = np.random.default_rng(2).integers(1, 4, 300)
    weighted = fit_tail(sample, weights, 0.0, 10_000)
    repeated = np.repeat(sample, weights)
    copied = fit_tail(repeated, ones(len(repeated)), 0.0, 10_000)
    assert weighted.rate == pytest.approx(copied.rate)
    assert weighted.scale == pytest.approx(copied.scale, rel=0.02)


@given(st.floats(0.01, 2), st.just(0.0) | st.floats(1e-6, 0.5))
def test_rates_fall(scale: float, shape: float) -> None:
    rates = Tail(1.0, 1e-3, scale, shape).log10_rate(np.linspace(1, 3, 20))
    assert (np.diff(rates) < 0).all()
