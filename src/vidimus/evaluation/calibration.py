"""From impostor scores to a table of false match rates, with intervals.

Where at least ten pairs reach a score, the rate is counted. Beyond, it is told by a tail law
fitted to the highest pairs (`tail.py`) and marked as extrapolated: the exponential law, unless
all pairs together show a heavier tail. The interval, within that law, comes from drawing whole
people, not pairs, again and again: pairs that share a person are not independent, and one person
with many look-alikes moves thousands of pairs at once. What similarities are made of is the upper
end of the interval: the rate is rather stated too high than too low.
"""

from collections.abc import Callable
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from vidimus.errors import ConfigurationError
from vidimus.evaluation.impostors import ImpostorPairs
from vidimus.evaluation.tail import Tail, fit_tail
from vidimus.runtime.calibrations import CalibrationPoint, TailFit

LEAST_COUNTED_PAIRS = 10
LEAST_PAIRS = 1000
LEAST_SUBJECTS = 20
_TAIL_SHARE = 1e-3
_TAIL_PAIRS = (200, 5000)
_KNOTS_PER_DECADE = 8
_LOWEST_SCORE, _HIGHEST_SCORE = -1.0, 1.0
_SURE_DECADES = 8.0
_NEVER = -99.0

Floats = NDArray[np.float64]


@dataclass(frozen=True, slots=True)
class Fit:
    """A table of rates, the tail law behind its far end, and the least rate that was counted."""

    points: tuple[CalibrationPoint, ...]
    tail: TailFit
    least_counted_fmr: float


def fit_calibration(
    pairs: ImpostorPairs,
    *,
    replicates: int = 1000,
    seed: int = 0,
    progress: Callable[[int, int], None] | None = None,
) -> Fit:
    """Fit the table; `progress` is told bootstrap replicates done and in all.

    Raises ConfigurationError for fewer than 20 subjects or 1,000 pairs.
    """
    _refuse_too_few(pairs)
    rates = _Rates.of(pairs)
    everyone = np.ones(pairs.subject_count, np.int64)
    tail = rates.tail(everyone)
    scores = _knots(rates, tail)
    drawn = np.empty((replicates, len(scores)))
    generator = np.random.default_rng(seed)
    for replicate in range(replicates):
        drawn[replicate] = rates.cautious(scores, _draw_subjects(generator, pairs.subject_count))
        if progress is not None:
            progress(replicate + 1, replicates)
    lower, upper = np.percentile(drawn, (2.5, 97.5), axis=0)
    upper = np.maximum(upper, rates.cautious(scores, everyone))
    estimate = rates.estimate(scores, everyone)
    points = _points(scores, estimate, np.minimum(lower, estimate), upper, rates.last_counted)
    law = TailFit(tail.family, tail.threshold, rates.exceedances, tail.scale, tail.shape)
    return Fit(points, law, LEAST_COUNTED_PAIRS / pairs.total)


def _refuse_too_few(pairs: ImpostorPairs) -> None:
    if pairs.subject_count < LEAST_SUBJECTS or pairs.total < LEAST_PAIRS:
        raise ConfigurationError(
            f"A calibration needs at least {LEAST_SUBJECTS} subjects and {LEAST_PAIRS} pairs of "
            f"different subjects; there are {pairs.subject_count} and {pairs.total}."
        )


def _draw_subjects(generator: np.random.Generator, count: int) -> NDArray[np.int64]:
    drawn = generator.integers(0, count, count)
    return np.bincount(drawn, minlength=count).astype(np.int64)


@dataclass(frozen=True, slots=True)
class _Rates:
    """log10 of the rates at given scores, when subjects count as often as they are drawn."""

    pairs: ImpostorPairs
    exceedances: int
    threshold: float
    last_counted: float
    heavy: bool

    @classmethod
    def of(cls, pairs: ImpostorPairs) -> "_Rates":
        wanted = int(np.clip(pairs.total * _TAIL_SHARE, *_TAIL_PAIRS))
        exceedances = min(wanted, pairs.total // 5, len(pairs.scores) - 1)
        threshold = float(pairs.scores[-exceedances - 1])
        top = pairs.scores[-exceedances:]
        law = fit_tail(top, np.ones(exceedances, np.int64), threshold, pairs.total)
        last_counted = float(pairs.scores[-LEAST_COUNTED_PAIRS])
        return cls(pairs, exceedances, threshold, last_counted, heavy=law.shape > 0)

    def tail(self, subject_weights: NDArray[np.int64]) -> Tail:
        weights = self.pairs.weight(subject_weights)
        return self._tail(weights, self.pairs.total_weight(subject_weights))

    def _tail(self, weights: NDArray[np.int64], total: int) -> Tail:
        top = slice(-self.exceedances, None)
        scores = self.pairs.scores[top]
        return fit_tail(scores, weights[top], self.threshold, total, shape_free=self.heavy)

    def cautious(self, scores: Floats, subject_weights: NDArray[np.int64]) -> Floats:
        """The greater of count and law where both are known, the law alone beyond."""
        counted, law = self._both(scores, subject_weights)
        return np.where(scores > self.last_counted, law, np.maximum(counted, law))

    def estimate(self, scores: Floats, subject_weights: NDArray[np.int64]) -> Floats:
        """The count where it is known, the law beyond."""
        counted, law = self._both(scores, subject_weights)
        return np.where(scores > self.last_counted, law, counted)

    def _both(self, scores: Floats, subject_weights: NDArray[np.int64]) -> tuple[Floats, Floats]:
        weights = self.pairs.weight(subject_weights)
        total = self.pairs.total_weight(subject_weights)
        counted = _log10_counted(self.pairs.scores, weights, scores, total)
        law = np.full(len(scores), _NEVER)
        in_tail = scores >= self.threshold
        law[in_tail] = self._tail(weights, total).log10_rate(scores[in_tail])
        return counted, law


def _log10_counted(
    sorted_scores: NDArray[np.float32], weights: NDArray[np.int64], at: Floats, total: int
) -> Floats:
    """Return log10 of the weight of scores >= each of `at`, over `total`."""
    places = np.searchsorted(sorted_scores, at, side="left")
    below = np.concatenate([[0], np.cumsum(weights)])
    with np.errstate(divide="ignore"):
        rates = np.log10((below[-1] - below[places]) / total)
    return np.asarray(np.maximum(rates, _NEVER))


def _knots(rates: _Rates, tail: Tail) -> Floats:
    """Return the scores to tabulate: equal steps of log10 rate, then equal steps of score."""
    pairs = rates.pairs
    least = np.log10(LEAST_COUNTED_PAIRS / pairs.total)
    levels = np.linspace(0, least, int(-least * _KNOTS_PER_DECADE) + 1)
    places = np.maximum(np.round(10**levels * pairs.total).astype(np.int64), 1)
    counted = pairs.scores[-places[places <= len(pairs.scores)]].astype(np.float64)
    step = (tail.score_at(-7.0) - tail.score_at(-6.0)) / _KNOTS_PER_DECADE
    beyond = np.arange(rates.last_counted + step, _HIGHEST_SCORE, step)
    inside = np.concatenate([counted, beyond])
    return np.unique(inside[(inside > _LOWEST_SCORE) & (inside < _HIGHEST_SCORE)])


def _points(
    scores: Floats, estimate: Floats, lower: Floats, upper: Floats, last_counted: float
) -> tuple[CalibrationPoint, ...]:
    """Make the table, keeping only points at which the stated rate falls, down past 1e-8."""
    points = [CalibrationPoint(_LOWEST_SCORE, 0.0, 0.0, 0.0, 0.0, "bound")]
    for score, middle, low, high in zip(scores, estimate, lower, upper, strict=True):
        if round(high, 4) >= points[-1].log10_fmr:
            continue
        points.append(
            CalibrationPoint(
                score=round(float(score), 6),
                log10_fmr=round(float(high), 4),
                estimate=round(float(middle), 4),
                lower=round(float(low), 4),
                upper=round(float(high), 4),
                basis="extrapolated" if score > last_counted else "counted",
            )
        )
        if high < -_SURE_DECADES:
            break
    return tuple(points)
