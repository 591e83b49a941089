"""From impostor scores to a table of false match rates, with intervals.

Where at least ten pairs reach a score, the rate is counted. Beyond, it is told by a tail law
fitted to the highest pairs (`tail.py`) and marked as extrapolated. The interval comes from
drawing whole people, not pairs, again and again: pairs that share a person are not independent,
and one person with many look-alikes moves thousands of pairs at once. Each draw fits the law
anew, its shape too, so the interval admits heavier tails than the best guess. What similarities
are made of is the upper end of the interval: the rate is rather stated too high than too low.
"""

from collections.abc import Callable
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from vidimus.errors import ConfigurationError
from vidimus.evaluation.impostors import ImpostorPairs
from vidimus.evaluation.tail import Tail, closeness, fit_tail, score_of_closeness
from vidimus.runtime.calibrations import CalibrationPoint, TailFit

LEAST_COUNTED_PAIRS = 10
LEAST_PAIRS = 1000
LEAST_SUBJECTS = 20
_TAIL_SHARE = 3e-3
_TAIL_PAIRS = (200, 20_000)
_KNOTS_PER_DECADE = 8
_SURE_DECADES = 8.0
_NEVER = -99.0

Floats = NDArray[np.float64]
Counts = NDArray[np.int64]


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
    rates = _Rates(pairs)
    everyone = np.ones(pairs.subject_count, np.int64)
    tail = rates.tail(everyone)
    scores = rates.knots(tail)
    drawn = np.empty((replicates, len(scores)))
    generator = np.random.default_rng(seed)
    for replicate in range(replicates):
        people = generator.integers(0, pairs.subject_count, pairs.subject_count)
        counts = np.bincount(people, minlength=pairs.subject_count).astype(np.int64)
        drawn[replicate] = rates.cautious(scores, counts)
        if progress is not None:
            progress(replicate + 1, replicates)
    lower, upper = np.percentile(drawn, (2.5, 97.5), axis=0)
    upper = np.maximum(upper, rates.cautious(scores, everyone))
    estimate = rates.estimate(scores, everyone)
    points = _points(scores, estimate, np.minimum(lower, estimate), upper, rates.last_counted)
    return Fit(points, rates.describe(tail), LEAST_COUNTED_PAIRS / pairs.total)


def _refuse_too_few(pairs: ImpostorPairs) -> None:
    if pairs.subject_count < LEAST_SUBJECTS or pairs.total < LEAST_PAIRS:
        raise ConfigurationError(
            f"A calibration needs at least {LEAST_SUBJECTS} subjects and {LEAST_PAIRS} pairs of "
            f"different subjects; there are {pairs.subject_count} and {pairs.total}."
        )


class _Rates:
    """log10 of the rates at given scores, when each subject counts as often as it is drawn."""

    def __init__(self, pairs: ImpostorPairs) -> None:
        self._pairs = pairs
        wanted = int(np.clip(pairs.total * _TAIL_SHARE, *_TAIL_PAIRS))
        self._exceedances = min(wanted, pairs.total // 5, len(pairs.scores) - 1)
        highest = closeness(pairs.scores[-self._exceedances - 1 :])
        self._threshold, self._highest = float(highest[0]), highest[1:]
        self.last_counted = float(pairs.scores[-LEAST_COUNTED_PAIRS])

    def tail(self, subjects: Counts) -> Tail:
        """Fit the law."""
        return self._fit(self._pairs.weight(subjects), self._pairs.total_weight(subjects))

    def _fit(self, weights: Counts, total: int) -> Tail:
        return fit_tail(self._highest, weights[-self._exceedances :], self._threshold, total)

    def describe(self, tail: Tail) -> TailFit:
        """Put the law into the table's words."""
        return TailFit(
            variable="-ln(1 - score)",
            family=tail.family,
            threshold=tail.threshold,
            exceedances=self._exceedances,
            scale=tail.scale,
            shape=tail.shape,
        )

    def cautious(self, scores: Floats, subjects: Counts) -> Floats:
        """Return the greater of count and law where both are known, the law alone beyond."""
        counted, law = self._both(scores, subjects)
        return np.where(scores > self.last_counted, law, np.maximum(counted, law))

    def estimate(self, scores: Floats, subjects: Counts) -> Floats:
        """Return the count where it is known, the law beyond."""
        counted, law = self._both(scores, subjects)
        return np.where(scores > self.last_counted, law, counted)

    def _both(self, scores: Floats, subjects: Counts) -> tuple[Floats, Floats]:
        weights, total = self._pairs.weight(subjects), self._pairs.total_weight(subjects)
        counted = _log10_counted(self._pairs.scores, weights, scores, total)
        places = closeness(scores)
        in_tail = places >= self._threshold
        law = np.full(len(scores), _NEVER)
        law[in_tail] = self._fit(weights, total).log10_rate(places[in_tail])
        return counted, law

    def knots(self, tail: Tail) -> Floats:
        """Return the scores to tabulate: steps of log10 rate, then equal steps of closeness."""
        total, scores = self._pairs.total, self._pairs.scores
        least = np.log10(LEAST_COUNTED_PAIRS / total)
        levels = np.linspace(0, least, int(-least * _KNOTS_PER_DECADE) + 1)
        ranks = np.maximum(np.round(10**levels * total).astype(np.int64), 1)
        counted = scores[-ranks[ranks <= len(scores)]].astype(np.float64)
        start = closeness(np.array([self.last_counted]))[0]
        step = tail.scale * np.log(10) / _KNOTS_PER_DECADE
        beyond = score_of_closeness(start + step * np.arange(1, 24 * _KNOTS_PER_DECADE))
        inside = np.concatenate([counted, beyond])
        return np.unique(inside[(inside > -1) & (inside < 1)])


def _log10_counted(
    sorted_scores: NDArray[np.float32], weights: Counts, at: Floats, total: int
) -> Floats:
    """Return log10 of the weight of scores >= each of `at`, over `total`."""
    places = np.searchsorted(sorted_scores, at, side="left")
    below = np.concatenate([[0], np.cumsum(weights)])
    with np.errstate(divide="ignore"):
        rates = np.log10((below[-1] - below[places]) / total)
    return np.asarray(np.maximum(rates, _NEVER))


def _points(
    scores: Floats, estimate: Floats, lower: Floats, upper: Floats, last_counted: float
) -> tuple[CalibrationPoint, ...]:
    """Make the table, keeping only points at which the stated rate falls, down past 1e-8."""
    points = [CalibrationPoint(-1.0, 0.0, 0.0, 0.0, 0.0, "bound")]
    for score, middle, low, high in zip(scores, estimate, lower, upper, strict=True):
        if round(high, 4) >= points[-1].log10_fmr or round(score, 6) <= points[-1].score:
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
