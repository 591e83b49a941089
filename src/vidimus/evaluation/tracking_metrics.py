"""How well tracks agree with the truth: HOTA (Luiten et al. 2021) and IDF1 (Ristani et al. 2016).

Both compare who is where frame by frame. IDF1 asks for how much of the time everybody has the one
id that fits best; HOTA weighs finding boxes and keeping ids equally, over many overlaps.
"""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray
from scipy.optimize import linear_sum_assignment

from vidimus.lazy import lazy
from vidimus.video.tracking import overlap

Floats = NDArray[np.float64]
Integers = NDArray[np.int64]

OVERLAPS = np.arange(1, 20) / 20
"""The intersections over union, .05 to .95, from which HOTA in turn takes two boxes for one."""
IDF1_OVERLAP = 0.5


@dataclass(frozen=True, slots=True, eq=False)
class TrackedFrame:
    """Who is where in one frame: ids int64 (n,), each once, and boxes (n, 4) of pixel corners."""

    ids: Integers
    boxes: Floats


@dataclass(frozen=True, slots=True)
class Hota:
    """HOTA and its two parts, 0..1: how well boxes are found and how well ids are kept."""

    hota: float
    detection: float
    association: float


def idf1(truth: Sequence[TrackedFrame], told: Sequence[TrackedFrame]) -> float:
    """Return IDF1, 0..1; 1 where neither has a box. Raises ValueError for unlike lengths."""
    return _Comparison(truth, told).idf1


def hota(truth: Sequence[TrackedFrame], told: Sequence[TrackedFrame]) -> Hota:
    """Return HOTA, the mean over `OVERLAPS`. Raises ValueError for unlike lengths."""
    comparison = _Comparison(truth, told)
    parts = np.array([comparison.parts(least) for least in OVERLAPS])
    detection, association = parts.mean(0)
    return Hota(float(np.sqrt(parts.prod(1)).mean()), float(detection), float(association))


class _Comparison:
    """Two tellings of the same frames, their ids counted from 0."""

    def __init__(self, truth: Sequence[TrackedFrame], told: Sequence[TrackedFrame]) -> None:
        if len(truth) != len(told):
            raise ValueError("truth and tracks must have equally many frames")
        self._true, self._told = _renumbered(truth), _renumbered(told)
        self._overlaps = [
            overlap(true.boxes, mine.boxes) for true, mine in zip(truth, told, strict=True)
        ]
        self._true_counts, self._told_counts = _counts(self._true), _counts(self._told)

    @property
    def idf1(self) -> float:
        together = self._empty()
        for rows, columns, shares in self._frames():
            together[np.ix_(rows, columns)] += shares >= IDF1_OVERLAP
        right = together[linear_sum_assignment(together, maximize=True)].sum()
        total = self._true_counts.sum() + self._told_counts.sum()
        return float(2 * right / total) if total else 1.0

    def parts(self, least: float) -> tuple[float, float]:
        """Return how well boxes are found and ids kept, if boxes are one from an overlap on."""
        matched = self._matched(least)
        right = matched.sum()
        boxes = self._true_counts.sum() + self._told_counts.sum() - right
        if not boxes:
            return 1.0, 1.0
        kept = matched / np.maximum(self._either - matched, 1)
        return float(right / boxes), float((matched * kept).sum() / max(right, 1))

    @property
    def _either(self) -> Floats:
        """Boxes of a true and a told id, summed, for every two of them."""
        return np.asarray(self._true_counts[:, None] + self._told_counts[None, :], np.float64)

    @lazy
    def _alignment(self) -> Floats:
        """How far a true and a told id are the same over the whole video, 0..1."""
        together = self._empty()
        for rows, columns, shares in self._frames():
            either = shares.sum(0)[None] + shares.sum(1)[:, None] - shares
            together[np.ix_(rows, columns)] += shares / np.maximum(either, 1e-9)
        return together / np.maximum(self._either - together, 1e-9)

    def _matched(self, least: float) -> Floats:
        """Count in how many frames a true and a told id are matched, frame by frame."""
        matched = self._empty()
        for rows, columns, shares in self._frames():
            worth = np.where(shares >= least, shares * self._alignment[np.ix_(rows, columns)], 0)
            some, others = linear_sum_assignment(worth, maximize=True)
            fit = shares[some, others] >= least
            matched[rows[some[fit]], columns[others[fit]]] += 1
        return matched

    def _empty(self) -> Floats:
        return np.zeros((len(self._true_counts), len(self._told_counts)))

    def _frames(self) -> Iterator[tuple[Integers, Integers, Floats]]:
        """Give each frame's true and told ids and their overlaps."""
        return zip(self._true, self._told, self._overlaps, strict=True)


def _renumbered(frames: Sequence[TrackedFrame]) -> list[Integers]:
    """Return each frame's ids as places among all ids."""
    known = np.unique(np.concatenate([np.zeros(0, np.int64), *(frame.ids for frame in frames)]))
    return [np.searchsorted(known, frame.ids) for frame in frames]


def _counts(frames: Sequence[Integers]) -> Integers:
    return np.asarray(np.bincount(np.concatenate([np.zeros(0, np.int64), *frames])), np.int64)
