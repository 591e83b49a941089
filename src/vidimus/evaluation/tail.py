"""Peaks over a threshold: how rare scores are that were never, or hardly ever, seen.

Above a high threshold the excesses of almost any distribution follow a generalised Pareto law
(Balkema and de Haan 1974, Pickands 1975); shape 0 is the exponential law. A negative shape
would promise a score that no stranger can ever reach, so it is not believed: it counts as 0.

The law is fitted to the closeness -ln(1 - score), not to the score. A cosine ends at 1, where
only the same picture is: the share of strangers within a small distance of a face falls as a
power of that distance, which makes an exponential law of the closeness. (Measured on the Congress
set: shapes of -0.03 and -0.05 there, of -0.09 and -0.13 on the score itself.)
"""

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

_LEAST_DISTANCE = 1e-9
_LEAST_SHAPE = 1e-6


def closeness(scores: NDArray[np.floating]) -> NDArray[np.float64]:
    """Return -ln(1 - score) of each score, -1..1; it rises from -0.69 without end."""
    return np.asarray(-np.log(np.maximum(1.0 - scores.astype(np.float64), _LEAST_DISTANCE)))


def score_of_closeness(values: NDArray[np.float64]) -> NDArray[np.float64]:
    """Return the score of each closeness."""
    return np.asarray(-np.expm1(-values))


@dataclass(frozen=True, slots=True)
class Tail:
    """log10 of the rate at which a closeness c is reached, for c from `threshold` on.

    `rate` is the share of pairs above the threshold, `scale` the law's scale, `shape` its shape:
    0, or at least a millionth.
    """

    threshold: float
    rate: float
    scale: float
    shape: float

    @property
    def family(self) -> str:
        """The name of the law."""
        return "generalised Pareto" if self.shape > 0 else "exponential"

    def log10_rate(self, closenesses: NDArray[np.float64]) -> NDArray[np.float64]:
        """Return log10 of the rate at each of `closenesses`, at or above the threshold."""
        excess = (closenesses - self.threshold) / self.scale
        fall = np.log1p(self.shape * excess) / self.shape if self.shape > 0 else excess
        return np.asarray(np.log10(self.rate) - fall / np.log(10))


def fit_tail(
    closenesses: NDArray[np.float64],
    weights: NDArray[np.integer],
    threshold: float,
    total_weight: float,
) -> Tail:
    """Fit the law to `closenesses` (rising, all above `threshold`) by weighted moments.

    `weights` says how often each counts, `total_weight` how much all pairs weigh, those below
    the threshold too. The estimator is Hosking and Wallis' (1987), probability-weighted moments.
    """
    share = weights / weights.sum()
    excess = closenesses - threshold
    above = 1.0 - np.cumsum(share) + share / 2
    mean = float(share @ excess)
    moment = float(share @ (excess * above))
    rate = float(weights.sum() / total_weight)
    shape = 2.0 - mean / (mean - 2.0 * moment)
    if shape < _LEAST_SHAPE:
        return Tail(threshold, rate, mean, 0.0)
    return Tail(threshold, rate, 2.0 * mean * moment / (mean - 2.0 * moment), shape)
