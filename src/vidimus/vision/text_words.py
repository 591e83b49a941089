"""From a reading of a strip to its words and their places.

The recognizer tells where the middle of each letter is. Where a word ends is seen in the strip:
between the last letter of one word and the first of the next lies a run of columns without ink.
"""

from collections.abc import Iterator
from dataclasses import dataclass
from itertools import pairwise

import numpy as np
from numpy.typing import NDArray

from vidimus.models.text_reader import BLANK, Reading

Pixels = NDArray[np.uint8]
Floats = NDArray[np.float32]

_INKED = 0.35
"""A column has ink when its range of greys passes so much of the strongest nearby."""


@dataclass(frozen=True, slots=True)
class WordSpan:
    """One word of a strip: its letters, the mean of their chances, and its ends, 0..1 along it."""

    text: str
    chance: float
    start: float
    end: float


def split_words(reading: Reading, strip: Pixels) -> list[WordSpan]:
    """Split a reading at its blanks and place the words in the strip, RGB (h, w, 3)."""
    words = list(_words(reading))
    ink = _ink(strip)
    bounds = [0.0]
    for (_, before), (after, _) in pairwise(words):
        bounds += _gap(ink, float(reading.places[before - 1]), float(reading.places[after]))
    bounds.append(1.0)
    return [
        WordSpan(
            reading.text[first:last],
            float(reading.chances[first:last].mean()),
            bounds[2 * which],
            max(bounds[2 * which], bounds[2 * which + 1]),
        )
        for which, (first, last) in enumerate(words)
    ]


def _words(reading: Reading) -> Iterator[tuple[int, int]]:
    """Give the first letter of each run without a blank, and the one after its last."""
    first = None
    for which, letter in enumerate(reading.text + BLANK):
        if letter == BLANK:
            if first is not None:
                yield first, which
            first = None
        elif first is None:
            first = which


def _ink(strip: Pixels) -> Floats:
    """Return each column's range of greys, the edges of the strip left out."""
    height = strip.shape[0]
    grey = strip[height // 6 : height - height // 6].astype(np.float32).mean(axis=2)
    return np.asarray(np.ptp(grey, axis=0), np.float32)


def _gap(ink: Floats, left: float, right: float) -> tuple[float, float]:
    """Return where one word ends and the next begins, between the middles of two letters."""
    width = len(ink)
    start, end = int(left * width), max(int(left * width) + 1, int(np.ceil(right * width)))
    columns = ink[start:end]
    low, high = float(columns.min()), float(columns.max())
    bare = columns <= low + _INKED * (high - low)
    edges = np.flatnonzero(np.diff(np.concatenate([[0], bare.astype(np.int8), [0]])))
    runs = edges.reshape(-1, 2)
    first, last = runs[np.argmax(runs[:, 1] - runs[:, 0])]
    return (start + int(first)) / width, (start + int(last)) / width
