"""Text of a video: what is to be read in its frames.

A picture is read once a second, as a photograph is. Reading takes longer than all else that is
looked for, and titles and slides stand still: a picture that hardly differs from the last that was
read is not read again, and says the same.
"""

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from typing import Literal

import msgspec
import numpy as np
from numpy.typing import NDArray

from vidimus.analyses.analysis import Conclusion, Finding, Moment, Sampling, View
from vidimus.analyses.picture_change import Luma, is_still
from vidimus.geometry import Point
from vidimus.imaging.pyramid import Pyramid
from vidimus.vision.picture_nets import PictureNets
from vidimus.vision.text import EVERYTHING, read_text
from vidimus.vision.text_filter import TextFilter
from vidimus.vision.text_types import TextLine, TextWord

EVERY_MS = 1000
"""How often a picture is read: what is shown for less may be missed."""
_KEPT_SIDE = 1920
"""The detector looks at 1600 pixels, letters are read from those that are kept."""
_LUMA_WIDTH = 960
"""Wide enough that a digit 12 pixels high that changes in 1080p changes a block."""


@dataclass(frozen=True, slots=True)
class TextWish:
    """Which words are wanted."""

    wanted: TextFilter = EVERYTHING


@dataclass(frozen=True, slots=True)
class ReadText:
    """A line or a word of one frame, numbered from 0, lines first; a word's parent is its line.

    `confidence` is 0..100; `polygon` has four corners as ratios of the picture's sides.
    """

    text: str
    kind: Literal["LINE", "WORD"]
    id: int
    parent_id: int | None
    confidence: float
    polygon: tuple[Point, ...]


@dataclass(frozen=True, slots=True, eq=False)
class _Seen:
    """A picture that may have to be read; it is kept until its turn comes, and no longer."""

    nets: PictureNets
    pixels: NDArray[np.uint8]
    luma: Luma


class TextDetection:
    """Reads the text of a video, at most a hundred words a frame; values are ReadText."""

    def __init__(self, wish: TextWish) -> None:
        self._wish = wish
        self._luma: Luma | None = None
        self._lines: tuple[TextLine, ...] = ()

    @property
    def sampling(self) -> Sampling:
        """One picture a second."""
        return Sampling(EVERY_MS)

    def look(self, view: View) -> _Seen:
        """Keep the picture: whether it must be read is known when its turn has come."""
        sheet = view.sheet
        return _Seen(sheet.nets, sheet.pyramid.within(_KEPT_SIDE), view.frame.luma(_LUMA_WIDTH))

    def take(self, moment: Moment, seen: _Seen) -> Iterable[Finding]:
        """Read the picture where it has changed; returns its lines, then their words."""
        if self._luma is None or not is_still(self._luma, seen.luma):
            self._lines = read_text(seen.nets, Pyramid(seen.pixels), self._wish.wanted)
            self._luma = seen.luma
        return [
            Finding(moment.timestamp_ms, f"{each.id:03d}", msgspec.json.encode(each))
            for each in _numbered(self._lines)
        ]

    def finish(self, end_ms: int) -> Conclusion:
        """Return nothing more: each frame was told in its turn."""
        return Conclusion()

    def snapshot(self) -> bytes:
        """Forget what was read, so that nothing needs to be kept: the next picture is read."""
        self._luma, self._lines = None, ()
        return b""

    def restore(self, state: bytes) -> None:
        """Go on: the next picture is read."""
        self._luma, self._lines = None, ()


def _numbered(lines: Sequence[TextLine]) -> Iterator[ReadText]:
    """Give lines, then their words."""
    for number, line in enumerate(lines):
        yield _read(line, "LINE", number, None)
    number = len(lines)
    for parent, line in enumerate(lines):
        for word in line.words:
            yield _read(word, "WORD", number, parent)
            number += 1


def _read(
    text: TextLine | TextWord, kind: Literal["LINE", "WORD"], number: int, parent: int | None
) -> ReadText:
    return ReadText(text.text, kind, number, parent, text.confidence, text.polygon)
