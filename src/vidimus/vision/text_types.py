"""Values of text: what leaves the reader for the operations, free of arrays."""

from collections.abc import Sequence
from dataclasses import dataclass

from vidimus.geometry import Point


@dataclass(frozen=True, slots=True)
class TextWord:
    """A run of letters without a blank.

    `confidence` 0..100 is how probably every letter is right, by signs of known text. `polygon` has
    four corners as ratios of the picture's sides, clockwise from the top left as the word is read.
    """

    text: str
    confidence: float
    polygon: tuple[Point, ...]


@dataclass(frozen=True, slots=True)
class TextLine:
    """Words that stand in one line, in the order they are read; ends at a large gap.

    `text`, `confidence` (0..100) and `polygon` are those of all its words together.
    """

    text: str
    confidence: float
    polygon: tuple[Point, ...]
    words: tuple[TextWord, ...]


def line_of(words: Sequence[TextWord], polygon: tuple[Point, ...]) -> TextLine:
    """Make a line of at least one word."""
    letters = sum(len(word.text) for word in words)
    confidence = sum(len(word.text) * word.confidence for word in words) / letters
    return TextLine(" ".join(word.text for word in words), confidence, polygon, tuple(words))
