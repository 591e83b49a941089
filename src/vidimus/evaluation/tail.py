"""Peaks over a threshold: how rare scores are that were never, or hardly ever, seen.

Above a high threshold the excesses of almost any distribution follow a generalised Pareto law
(Balkema and de Haan 1974, Pickands 1975); shape 0 is the exponential law. A negative shape
would promise a score that no stranger can ever reach, so it is not believed: it counts as 0.
"""

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray


@dataclass(frozen=True, slots=True)
class Tail:
    """log10 of the rate at which scores reach s, for s from `threshold` on.

    `rate` is the share of pairs above the threshold, `scale` the law's scale in units of score,
    `shape` its shape, at least 0.
    """

    threshold: float
    rate: float
    scale: float
    shape: float

    @property
    def family(self) -> str:
        """The name of the law."""
        return "generalised Pareto" if self.shape > 0 else "exponential"

    def log10_rate(self, scores: NDArray[np.float64]) -> NDArray[np.float64]:
        """Return log10 of the rate at each of `scores`, which lie at or above the threshold."""
        excess = (scores - self.threshold) / self.scale
        fall = np.log1p(self.shape * excess) / self.shape if self.shape > 0 else excess
        return np.asarray(np.log10(self.rate) - fall / np.log(10))

    def score_at(self, log10_rate: float) -> float:
        """Return the score that is reached at a rate of 10^`log10_rate`."""
        fall = (np.log10(self.rate) - log10_rate) * np.log(10)
        excess = np.expm1(self.shape * fall) / self.shape if self.shape > 0 else fall
        return float(self.threshold + self.scale * excess)


def fit_tail(
    scores: NDArray[np.floating],
    weights: NDArray[np.integer],
    threshold: float,
    total_weight: float,
    *,
    shape_free: bool = True,
) -> Tail:
    """Fit the law to `scores` (rising, all above `threshold`) by probability-weighted moments.

    `weights` says how often each score counts, `total_weight` how much all pairs weigh, those
    below the threshold too. The estimator is Hosking and Wallis' (1987), weighted.
    """
    share = weights / weights.sum()
    excess = scores.astype(np.float64) - threshold
    above = 1.0 - np.cumsum(share) + share / 2
    mean = float(share @ excess)
    moment = float(share @ (excess * above))
    rate = float(weights.sum() / total_weight)
    shape = 2.0 - mean / (mean - 2.0 * moment)
    if not shape_free or shape <= 0:
        return Tail(threshold, rate, mean, 0.0)
    return Tail(threshold, rate, 2.0 * mean * moment / (mean - 2.0 * moment), shape)
