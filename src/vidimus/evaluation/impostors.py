"""Every pair of different people in a set of photographs, compared."""

from collections.abc import Callable
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

_BLOCK = 1024


@dataclass(frozen=True, slots=True)
class ImpostorPairs:
    """The highest scores between different subjects, best last, and how many pairs there were.

    `scores`, `first` and `second` are (kept,): the score and the rows of the two pictures;
    `subjects` is (pictures,), a number from 0 for each picture's subject; `total` counts all
    pairs of different subjects, kept or not.
    """

    scores: NDArray[np.float32]
    first: NDArray[np.int32]
    second: NDArray[np.int32]
    subjects: NDArray[np.int64]
    total: int

    @property
    def subject_count(self) -> int:
        """How many different subjects there are."""
        return int(self.subjects.max()) + 1

    def weight(self, subject_weights: NDArray[np.int64]) -> NDArray[np.int64]:
        """Return each kept pair's weight when each subject counts `subject_weights` times."""
        weights = subject_weights[self.subjects]
        return np.asarray(weights[self.first] * weights[self.second])

    def total_weight(self, subject_weights: NDArray[np.int64]) -> int:
        """Return the weight of all pairs when each subject counts `subject_weights` times."""
        pictures = np.bincount(self.subjects) * subject_weights
        return int((pictures.sum() ** 2 - (pictures**2).sum()) // 2)


def compare_impostors(
    embeddings: NDArray[np.float32],
    subjects: NDArray[np.int64],
    *,
    keep: int = 4_000_000,
    progress: Callable[[int, int], None] | None = None,
) -> ImpostorPairs:
    """Compare all pictures of different subjects and keep the `keep` highest scores.

    `embeddings` is (pictures, dimensions) of unit norm, `subjects` (pictures,) numbers from 0
    without gaps. `progress` is told rows done and rows in all.
    """
    kept = _Highest(keep)
    count = len(embeddings)
    for start in range(0, count, _BLOCK):
        stop = min(start + _BLOCK, count)
        scores = embeddings[start:stop] @ embeddings.T
        later = np.arange(count)[None, :] > np.arange(start, stop)[:, None]
        rows, columns = np.nonzero(later & (subjects[start:stop, None] != subjects[None, :]))
        kept.add(scores[rows, columns], rows + start, columns)
        if progress is not None:
            progress(stop, count)
    return kept.finish(subjects)


class _Highest:
    """The highest scores seen so far, trimmed now and then."""

    def __init__(self, keep: int) -> None:
        self._keep = keep
        self._total = 0
        self._scores = np.empty(0, np.float32)
        self._pairs = np.empty((2, 0), np.int32)

    def add(
        self,
        scores: NDArray[np.float32],
        first: NDArray[np.int64],
        second: NDArray[np.int64],
    ) -> None:
        self._total += len(scores)
        pairs = np.stack([first, second]).astype(np.int32)
        self._scores = np.concatenate([self._scores, scores])
        self._pairs = np.concatenate([self._pairs, pairs], axis=1)
        if len(self._scores) > 2 * self._keep:
            self._trim()

    def _trim(self) -> None:
        order = np.argsort(self._scores, kind="stable")[-self._keep :]
        self._scores, self._pairs = self._scores[order], self._pairs[:, order]

    def finish(self, subjects: NDArray[np.int64]) -> ImpostorPairs:
        self._trim()
        return ImpostorPairs(self._scores, self._pairs[0], self._pairs[1], subjects, self._total)
