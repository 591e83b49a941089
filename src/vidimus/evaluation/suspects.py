"""Pairs whose label is likely wrong: to be looked at by a person, never dropped by a program."""

from collections.abc import Iterator
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from vidimus.evaluation.calibration import Fit
from vidimus.evaluation.impostors import ImpostorPairs
from vidimus.evaluation.photographs import EmbeddedSet

_UNLIKELY_PAIRS = 0.1
_COMMON_LOG10_RATE = -1.0


@dataclass(frozen=True, slots=True)
class Suspect:
    """Two photographs whose score contradicts their labels, and why."""

    first: str
    second: str
    score: float
    reason: str


def find_suspects(embedded: EmbeddedSet, pairs: ImpostorPairs, fit: Fit) -> tuple[Suspect, ...]:
    """Return the pairs whose score contradicts their labels.

    Two labels whose score fewer than 0.1 of all pairs should reach are perhaps one person, the
    clearest first; two photographs of one label that are no more alike than one stranger in ten
    are perhaps two people.
    """
    names = [photograph.name for photograph in embedded.photographs]
    cut = _score_at(fit, np.log10(_UNLIKELY_PAIRS / pairs.total))
    start = int(np.searchsorted(pairs.scores, cut))
    twins = [
        Suspect(names[first], names[second], float(score), "two labels, perhaps one person")
        for score, first, second in zip(
            pairs.scores[start:], pairs.first[start:], pairs.second[start:], strict=True
        )
    ]
    common = _score_at(fit, _COMMON_LOG10_RATE)
    strangers = [
        Suspect(names[first], names[second], score, "one label, perhaps two people")
        for first, second, score in mated_pairs(embedded.embeddings, embedded.subjects)
        if score < common
    ]
    return (*reversed(twins), *strangers)


def mated_pairs(
    embeddings: NDArray[np.float32], subjects: NDArray[np.int64]
) -> Iterator[tuple[int, int, float]]:
    """Yield (row, row, score) of every two pictures of one subject."""
    order = np.argsort(subjects, kind="stable")
    for rows in np.split(order, np.flatnonzero(np.diff(subjects[order])) + 1):
        scores = embeddings[rows] @ embeddings[rows].T
        for i, j in zip(*np.triu_indices(len(rows), 1), strict=True):
            yield int(rows[i]), int(rows[j]), float(scores[i, j])


def _score_at(fit: Fit, log10_rate: float) -> float:
    """Return the score whose estimated rate is 10^`log10_rate`, on the table's line."""
    rates = [-point.estimate for point in fit.points]
    return float(np.interp(-log10_rate, rates, [point.score for point in fit.points]))
