"""The text of a picture: lines found, laid upright, read, and split into words."""

from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from itertools import islice

import numpy as np
from numpy.typing import NDArray

from vidimus.geometry import Point
from vidimus.imaging.pyramid import Pyramid
from vidimus.imaging.ribbon import Ribbon, cut_ribbon
from vidimus.models.text_detector import TextDetector, TextRegion
from vidimus.models.text_reader import Reading, TextDirection, TextRecognizer
from vidimus.vision.capability import Capability
from vidimus.vision.picture_nets import PictureNets
from vidimus.vision.text_types import TextArea, TextLine, TextWord, line_of
from vidimus.vision.text_upright import LONG, lay_ribbons
from vidimus.vision.text_words import split_words

Pixels = NDArray[np.uint8]
Floats = NDArray[np.float32]
Polygon = tuple[Point, ...]

MOST_WORDS = 100
LEAST_CHANCE = 0.5
"""A line whose letters are on the mean less probable is not told."""
_DOUBTFUL = 0.8
"""Below this a line is read the other ways round too."""
_CHUNK = 24
"""Lines are read so many at a time, until there are enough words."""
_GLANCE = 320


@dataclass(frozen=True)
class _ReadLine:
    """A strip, what it says, and the strip's pixels."""

    ribbon: Ribbon
    reading: Reading
    pixels: Pixels


class TextReader:
    """Reads pictures with a detector, a recognizer and, where installed, the direction network.

    Safe to use from many threads at once.
    """

    def __init__(
        self, detector: TextDetector, recognizer: TextRecognizer, direction: TextDirection | None
    ) -> None:
        self._detector = detector
        self._recognizer = recognizer
        self._direction = direction

    def read_text(
        self, pyramid: Pyramid, wanted: Callable[[Polygon], bool] | None = None
    ) -> tuple[TextLine, ...]:
        """Read lines in the order one reads them, until they have a hundred words.

        `wanted` says of a line's polygon whether the line is worth reading.
        """
        lines = self._lines(pyramid, self._detector.find_text(pyramid), wanted)
        if _sure_letters(lines) == 0 and self._detector.enlarges(pyramid):
            # Enlarged, blurred letters are too large for the network to know as text.
            again = self._lines(pyramid, self._detector.find_text(pyramid, shortest=0), wanted)
            lines = max(lines, again, key=_sure_letters)
        return tuple(lines)

    def _lines(
        self,
        pyramid: Pyramid,
        regions: Sequence[TextRegion],
        wanted: Callable[[Polygon], bool] | None,
    ) -> list[TextLine]:
        ribbons, direction = lay_ribbons(self._direction, pyramid, regions)
        order = [
            which
            for which in reading_order(ribbons, direction)
            if wanted is None or wanted(_polygon(ribbons[which].quad, pyramid))
        ]
        lines: list[TextLine] = []
        left = MOST_WORDS
        for start in range(0, len(order), _CHUNK):
            chosen = order[start : start + _CHUNK]
            read = self._read(pyramid, [regions[w] for w in chosen], [ribbons[w] for w in chosen])
            for line in islice(_told(read, pyramid), left):
                lines.append(_cut_short(line, left))
                left -= len(lines[-1].words)
                if left <= 0:
                    return lines
        return lines

    def _read(
        self, pyramid: Pyramid, regions: Sequence[TextRegion], ribbons: Sequence[Ribbon]
    ) -> list[_ReadLine]:
        """Read strips, the doubtful ones the other ways round too."""
        best = self._read_ribbons(pyramid, ribbons)
        others = [
            (which, other)
            for which, line in enumerate(best)
            if line.reading.chance < _DOUBTFUL
            for other in _other_ways(regions[which], line.ribbon)
        ]
        again = self._read_ribbons(pyramid, [ribbon for _, ribbon in others])
        for (which, _), line in zip(others, again, strict=True):
            if line.reading.chance > best[which].reading.chance:
                best[which] = line
        return best

    def _read_ribbons(self, pyramid: Pyramid, ribbons: Sequence[Ribbon]) -> list[_ReadLine]:
        net = self._recognizer
        strips = [cut_ribbon(pyramid, ribbon, net.height, net.widest) for ribbon in ribbons]
        readings = net.read_lines(strips)
        return [_ReadLine(*each) for each in zip(ribbons, readings, strips, strict=True)]


def reading_order(ribbons: Sequence[Ribbon], direction: Floats) -> list[int]:
    """Return the places of strips in the order one reads them: row by row along `direction`."""
    down = np.array([-direction[1], direction[0]])
    rows: list[list[int]] = []
    for which in sorted(range(len(ribbons)), key=lambda each: float(ribbons[each].center @ down)):
        ribbon = ribbons[which]
        if rows:
            first = ribbons[rows[-1][0]]
            step = float((ribbon.center - first.center) @ down)
            if step < min(ribbon.height, first.height) / 2:
                rows[-1].append(which)
                continue
        rows.append([which])
    return [
        which
        for row in rows
        for which in sorted(row, key=lambda each: float(ribbons[each].center @ direction))
    ]


def glance_at_text(nets: PictureNets, pyramid: Pyramid) -> list[TextArea]:
    """Say where large text seems to be, in a quick look that reads nothing; surest first."""
    detector = nets.text_detector
    if detector is None:
        return []
    regions = detector.find_text(pyramid, shortest=0, longest=_GLANCE)
    areas = [
        TextArea(_polygon(region.ribbon().quad, pyramid), 100 * region.score) for region in regions
    ]
    return sorted(areas, key=lambda area: -area.score)


def text_capabilities(nets: PictureNets) -> list[Capability]:
    """Say which networks read text, or what to install; none is opened."""
    needed = [nets.names(task) for task in ("text_detector", "text_recognizer")]
    names = tuple(name for found in needed for name in found[:1]) if all(needed) else ()
    latin = Capability(
        "text (Latin, Greek, Chinese, Japanese)",
        names + (nets.names("text_direction")[:1] if names else ()),
        "" if names else "run `vidimus models pull --pack core`",
    )
    other = Capability(
        "text (Cyrillic, Arabic, Korean)",
        hint="the installed recognizer does not know these letters",
    )
    return [latin, other]


def _other_ways(region: TextRegion, ribbon: Ribbon) -> Iterator[Ribbon]:
    """Give the other ways in which a strip may be read."""
    yield ribbon.turned()
    if ribbon.bent:
        yield region.ribbon()
    elif ribbon.length < LONG * ribbon.height and ribbon.height < LONG * ribbon.length:
        x, y = ribbon.direction
        quarter = region.ribbon(np.array([-y, x], np.float32))
        yield from (quarter, quarter.turned())


def _told(read: Sequence[_ReadLine], pyramid: Pyramid) -> Iterator[TextLine]:
    """Turn readings that are sure enough into lines of words."""
    for line in read:
        if line.reading.chance < LEAST_CHANCE:
            continue
        words = [
            TextWord(
                span.text,
                100 * span.chance,
                _polygon(line.ribbon.part(span.start, span.end).quad, pyramid),
            )
            for span in split_words(line.reading, line.pixels)
        ]
        yield line_of(words, _polygon(line.ribbon.quad, pyramid))


def _sure_letters(lines: Sequence[TextLine]) -> int:
    """Count the letters of lines that nobody would doubt."""
    return sum(len(line.text) for line in lines if line.confidence >= 100 * _DOUBTFUL)


def _cut_short(line: TextLine, most: int) -> TextLine:
    """Leave out the words beyond so many."""
    return line if len(line.words) <= most else line_of(line.words[:most], line.polygon)


def _polygon(quad: Floats, pyramid: Pyramid) -> Polygon:
    """Turn corners in pixels into ratios, kept inside the picture."""
    ratios = (quad / (pyramid.width, pyramid.height)).clip(0, 1)
    return tuple(Point(float(x), float(y)) for x, y in ratios)
