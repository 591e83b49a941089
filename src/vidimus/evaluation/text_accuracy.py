"""How much of a known text was read: by characters and by words.

Both measures are shares of 1, and neither cares in which order lines were told: what a sign says
first is not always what stands highest.
"""

from collections import Counter
from collections.abc import Sequence

import numpy as np
from scipy.optimize import linear_sum_assignment


def edit_distance(first: str, second: str) -> int:
    """Return how many characters to insert, delete or replace (Levenshtein 1966)."""
    row = list(range(len(second) + 1))
    for place, letter in enumerate(first, 1):
        diagonal, row[0] = row[0], place
        for other, mate in enumerate(second, 1):
            diagonal, row[other] = (
                row[other],
                min(row[other] + 1, row[other - 1] + 1, diagonal + (letter != mate)),
            )
    return row[-1]


def character_accuracy(truth: Sequence[str], read: Sequence[str]) -> float:
    """Return 1 less the edit distance over the characters that there are, at least 0.

    Lines are compared each with its best mate, one to one, and as one text in the order given;
    the better counts, so a line told in two parts costs no more than a blank.
    """
    length = sum(len(line) for line in truth)
    if length == 0:
        return float(not any(read))
    whole = edit_distance(" ".join(truth), " ".join(read))
    return max(0.0, 1 - min(whole, _mated_distance(truth, read)) / length)


def word_accuracy(truth: Sequence[str], read: Sequence[str]) -> float:
    """Return how many words were read exactly, over those there are or those read if more."""
    there = Counter(word for line in truth for word in line.split())
    told = Counter(word for line in read for word in line.split())
    most = max(there.total(), told.total())
    return (there & told).total() / most if most else 1.0


def _mated_distance(truth: Sequence[str], read: Sequence[str]) -> int:
    """Add up the distances of lines to their mates; a line without one counts whole."""
    count = max(len(truth), len(read))
    ours, theirs = ([*lines, *[""] * (count - len(lines))] for lines in (truth, read))
    costs = np.array([[edit_distance(line, other) for other in theirs] for line in ours])
    rows, columns = linear_sum_assignment(costs)
    return int(costs[rows, columns].sum())
