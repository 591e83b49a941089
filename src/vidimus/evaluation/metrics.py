"""Error rates of face recognition, named as in ISO/IEC 19795 and NIST's FRTE.

FMR, FNMR, TMR   one comparison: false match, false non-match and true match rate
FPIR, FNIR, TPIR one search of a gallery: a stranger got a candidate, a mate did not, did
rank-1           the mate was the best candidate, whatever its score
"""

from dataclasses import dataclass
from math import sqrt
from statistics import NormalDist

import numpy as np
from numpy.typing import NDArray

Scores = NDArray[np.float32]


@dataclass(frozen=True, slots=True)
class Proportion:
    """`count` of `trials`, with the interval a share so counted leaves open."""

    count: int
    trials: int

    @property
    def rate(self) -> float:
        """The share, 0 to 1; NaN where nothing was tried."""
        return self.count / self.trials if self.trials else float("nan")

    def interval(self, confidence: float = 0.95) -> tuple[float, float]:
        """Return the Wilson score interval of the share (E. B. Wilson, 1927)."""
        return wilson_interval(self.count, self.trials, confidence)


def wilson_interval(count: int, trials: int, confidence: float = 0.95) -> tuple[float, float]:
    """Return the two-sided Wilson score interval of `count` in `trials`; (0, 1) for no trial."""
    if trials == 0:
        return 0.0, 1.0
    z = NormalDist().inv_cdf(0.5 + confidence / 2)
    rate, spread = count / trials, z * z / trials
    middle = (rate + spread / 2) / (1 + spread)
    half = z * sqrt(rate * (1 - rate) / trials + spread / (4 * trials)) / (1 + spread)
    return max(0.0, middle - half), min(1.0, middle + half)


def share_at_or_above(scores: Scores, threshold: float) -> Proportion:
    """Count the scores that reach `threshold`: FMR of impostor scores, TMR of mated ones."""
    return Proportion(int(np.count_nonzero(scores >= threshold)), len(scores))


def threshold_at_fmr(impostor_scores: Scores, fmr: float) -> float:
    """Return the least threshold that at most a share `fmr` of the impostor scores reaches."""
    allowed = int(fmr * len(impostor_scores) + 1e-9)
    if allowed >= len(impostor_scores):
        return float(impostor_scores.min())
    place = len(impostor_scores) - 1 - allowed
    first_refused = np.partition(impostor_scores, place)[place]
    return float(np.nextafter(first_refused, np.float32(np.inf)))


@dataclass(frozen=True, slots=True)
class Searches:
    """Every probe compared with every gallery face, and who is who.

    `scores` is (probes, gallery faces); the two label arrays name the subject of each row and
    column. A probe is mated when its subject is in the gallery.
    """

    scores: Scores
    probes: NDArray[np.str_]
    gallery: NDArray[np.str_]

    @property
    def same_subject(self) -> NDArray[np.bool_]:
        """Which pairs are mates: (probes, gallery faces)."""
        return np.asarray(self.probes[:, None] == self.gallery[None, :])

    @property
    def mated(self) -> NDArray[np.bool_]:
        """Which probes have a mate in the gallery: (probes,)."""
        return np.asarray(self.same_subject.any(axis=1))

    @property
    def mated_scores(self) -> Scores:
        """Scores of the pairs of one subject."""
        return np.asarray(self.scores[self.same_subject])

    @property
    def impostor_scores(self) -> Scores:
        """Scores of the pairs of two different subjects."""
        return np.asarray(self.scores[~self.same_subject])

    def of_probes(self, chosen: NDArray[np.bool_]) -> "Searches":
        """Return the searches of some probes only."""
        return Searches(self.scores[chosen], self.probes[chosen], self.gallery)

    def rank_1(self) -> Proportion:
        """Count the mated probes whose best candidate is a mate."""
        best = self.gallery[self.scores.argmax(axis=1)]
        return Proportion(int(((best == self.probes) & self.mated).sum()), int(self.mated.sum()))

    def tpir(self, threshold: float) -> Proportion:
        """Count the mated probes whose mate reaches `threshold`."""
        found = ((self.scores >= threshold) & self.same_subject).any(axis=1)
        return Proportion(int(found.sum()), int(self.mated.sum()))

    def fpir(self, threshold: float) -> Proportion:
        """Count the probes without a mate that get any candidate at `threshold`."""
        strangers = ~self.mated
        wrong = (self.scores[strangers] >= threshold).any(axis=1)
        return Proportion(int(wrong.sum()), int(strangers.sum()))

    def false_matches(self, threshold: float) -> Proportion:
        """Count the pairs of different subjects that reach `threshold`, over all probes."""
        return share_at_or_above(self.impostor_scores, threshold)
