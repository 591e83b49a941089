"""Similarity: what a score between two faces means, as a number from 0 to 100.

A score is a cosine, and a cosine means nothing by itself: strangers lie near .84 with one
network and near .05 with another. Similarity states how rare such a score is between two
different people, the false match rate (FMR):

    similarity   0    50    60    70    80    90    99      100
    FMR          1  1e-3  1e-4  1e-5  1e-6  1e-7  10^-7.9  1e-8

so below 50 it falls in proportion to log10 FMR, and from 50 on each 10 points are ten times
rarer. The page docs/explanation/similarity.md tells it to a lay reader.
"""

from bisect import bisect_right
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from itertools import pairwise
from typing import Self

from vidimus.errors import ConfigurationError
from vidimus.runtime.calibrations import CalibrationPoint

_KNEE_SIMILARITY = 50.0
_KNEE_DECADES = 3.0
_POINTS_PER_DECADE = 10.0
_MOST_DECADES = 8.0


def similarity_of_fmr(log10_fmr: float) -> float:
    """Return the similarity, 0 to 100, that stands for a false match rate of 10^`log10_fmr`."""
    decades = min(max(-log10_fmr, 0.0), _MOST_DECADES)
    if decades <= _KNEE_DECADES:
        return _KNEE_SIMILARITY * decades / _KNEE_DECADES
    return _KNEE_SIMILARITY + _POINTS_PER_DECADE * (decades - _KNEE_DECADES)


def log10_fmr_of_similarity(similarity: float) -> float:
    """Return log10 of the false match rate that `similarity`, clamped to 0..100, stands for."""
    bounded = min(max(similarity, 0.0), 100.0)
    if bounded <= _KNEE_SIMILARITY:
        return -_KNEE_DECADES * bounded / _KNEE_SIMILARITY
    return -_KNEE_DECADES - (bounded - _KNEE_SIMILARITY) / _POINTS_PER_DECADE


@dataclass(frozen=True, slots=True)
class SimilarityScale:
    """Scores of one embedder turned into similarities and back.

    `scores` rise strictly and `log10_fmrs` fall strictly; between two points log10 FMR is
    linear in the score, outside them a score counts as the nearest one. Where the table reaches
    from FMR 1 to 1e-8, similarity reaches from 0 to 100.
    """

    scores: tuple[float, ...]
    log10_fmrs: tuple[float, ...]

    def __post_init__(self) -> None:
        """Refuse a table that is not strictly monotone; raises ConfigurationError."""
        if len(self.scores) < 2 or len(self.scores) != len(self.log10_fmrs):
            raise ConfigurationError("A similarity table needs at least two points.")
        if any(second <= first for first, second in pairwise(self.scores)):
            raise ConfigurationError("The scores of a similarity table must rise strictly.")
        if any(second >= first for first, second in pairwise(self.log10_fmrs)):
            raise ConfigurationError("The FMRs of a similarity table must fall strictly.")

    @classmethod
    def from_calibration(cls, points: Iterable[CalibrationPoint]) -> Self:
        """Make the scale of a calibration's table; raises ConfigurationError."""
        return cls.from_points((point.score, point.log10_fmr) for point in points)

    @classmethod
    def from_points(cls, points: Iterable[tuple[float, float]]) -> Self:
        """Make a scale from (score, log10 FMR) points, in any order; raises ConfigurationError."""
        ordered = sorted(points)
        return cls(tuple(score for score, _ in ordered), tuple(rate for _, rate in ordered))

    def similarity(self, score: float) -> float:
        """Return the similarity, 0 to 100, of `score`; it never falls as the score rises."""
        return similarity_of_fmr(_interpolate(self.scores, self.log10_fmrs, score))

    def score_at(self, similarity: float) -> float:
        """Return the least score whose similarity is `similarity`: the threshold to search with."""
        rates = tuple(-rate for rate in self.log10_fmrs)
        return _interpolate(rates, self.scores, -log10_fmr_of_similarity(similarity))

    def fmr_at(self, similarity: float) -> float:
        """Return the false match rate, 1 down to 1e-8, that `similarity` stands for."""
        return float(10.0 ** log10_fmr_of_similarity(similarity))


def _interpolate(xs: Sequence[float], ys: Sequence[float], x: float) -> float:
    """Return y at x on the line through the points (xs rising), clamped to its ends."""
    if x <= xs[0]:
        return ys[0]
    if x >= xs[-1]:
        return ys[-1]
    after = bisect_right(xs, x)
    share = (x - xs[after - 1]) / (xs[after] - xs[after - 1])
    return ys[after - 1] + share * (ys[after] - ys[after - 1])
