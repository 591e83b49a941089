"""The text of a picture: lines found, laid upright, read, and split into words."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from vidimus.geometry import Point
from vidimus.imaging.pyramid import Pyramid
from vidimus.imaging.ribbon import Ribbon, cut_ribbon
from vidimus.models.confidence_law import ConfidenceLaw
from vidimus.models.text_detector import TextDetector, TextRegion
from vidimus.models.text_reader import Reading, TextDirection, TextRecognizer
from vidimus.vision.capability import Capability
from vidimus.vision.picture_nets import PictureNets
from vidimus.vision.text_filter import TextFilter
from vidimus.vision.text_types import TextLine, TextWord, line_of
from vidimus.vision.text_upright import LONG, lay_ribbons
from vidimus.vision.text_words import split_words

Pixels = NDArray[np.uint8]
Floats = NDArray[np.float32]
Polygon = tuple[Point, ...]

TEXT_MODEL_VERSION = "1.0"
MOST_WORDS = 100
LEAST_CHANCE = 0.85
"""A line whose letters are on the mean less probable is not told: three of four would be wrong."""
_SHORT = 2
LEAST_CHANCE_IF_SHORT = 0.97
"""A smile, a ball or a button looks like a letter or two: those have to be surer."""
_SPARSE = 3.0
"""A strip so many times longer than high for each letter says more than was read of it."""
_DOUBTFUL = 0.9
"""Below this a line is read the other ways round too."""
_RATHER_RIGHT = 50.0
_CHUNK = 24
"""Lines are read so many at a time, until there are enough words."""
EVERYTHING = TextFilter()


@dataclass(frozen=True)
class _ReadLine:
    """A strip, what it says, and the strip's pixels."""

    ribbon: Ribbon
    reading: Reading
    pixels: Pixels


class TextReader:
    """Reads pictures with a detector, a recognizer and, where installed, the direction network.

    `law` turns what the recognizer gives into how often it is right. Lines whose letters have a
    mean chance under `least_chance` are not told. Safe to use from many threads at once.
    """

    def __init__(
        self,
        detector: TextDetector,
        recognizer: TextRecognizer,
        direction: TextDirection | None,
        law: ConfidenceLaw,
        least_chance: float = LEAST_CHANCE,
    ) -> None:
        self._detector = detector
        self._recognizer = recognizer
        self._direction = direction
        self._law = law
        self._least_chance = least_chance

    def read_text(self, pyramid: Pyramid, wanted: TextFilter = EVERYTHING) -> tuple[TextLine, ...]:
        """Read lines in the order one reads them, until they have a hundred wanted words."""
        lines = self._lines(pyramid, self._detector.find_text(pyramid), wanted)
        if _sure_letters(lines) == 0 and self._detector.enlarges(pyramid):
            # Enlarged, blurred letters are too large for the network to know as text.
            again = self._lines(pyramid, self._detector.find_text(pyramid, shortest=0), wanted)
            lines = max(lines, again, key=_sure_letters)
        return tuple(lines)

    def _lines(
        self, pyramid: Pyramid, regions: Sequence[TextRegion], wanted: TextFilter
    ) -> list[TextLine]:
        lines: list[TextLine] = []
        left = MOST_WORDS
        for line in self._in_order(pyramid, regions, wanted):
            words = [word for word in self._words(line, pyramid) if wanted.keeps(word)][:left]
            if words:
                lines.append(line_of(words, _polygon(line.ribbon.corners, pyramid)))
                left -= len(words)
            if left == 0:
                break
        return lines

    def _in_order(
        self, pyramid: Pyramid, regions: Sequence[TextRegion], wanted: TextFilter
    ) -> Iterator[_ReadLine]:
        """Read lines as they follow each other, some at a time, as long as more are needed."""
        ribbons, direction = lay_ribbons(self._direction, pyramid, regions)
        order = [
            which
            for which in reading_order(ribbons, direction)
            if wanted.may_keep(_polygon(ribbons[which].corners, pyramid))
        ]
        for start in range(0, len(order), _CHUNK):
            chosen = order[start : start + _CHUNK]
            yield from self._read(
                pyramid, [regions[which] for which in chosen], [ribbons[which] for which in chosen]
            )

    def _words(self, line: _ReadLine, pyramid: Pyramid) -> list[TextWord]:
        """Turn a reading that is sure enough into words."""
        if line.reading.chance < self._least_chance_of(line.reading) or _is_sparse(line):
            return []
        spans = split_words(line.reading, line.pixels)
        confidences = self._law.percent(np.array([span.chance for span in spans], np.float32))
        return [
            TextWord(
                span.text,
                float(confidence),
                _polygon(line.ribbon.part(span.start, span.end).corners, pyramid),
            )
            for span, confidence in zip(spans, confidences, strict=True)
        ]

    def _least_chance_of(self, reading: Reading) -> float:
        short = len(reading.text) <= _SHORT
        return max(self._least_chance, LEAST_CHANCE_IF_SHORT) if short else self._least_chance

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


def read_text(
    nets: PictureNets, pyramid: Pyramid, wanted: TextFilter = EVERYTHING
) -> tuple[TextLine, ...]:
    """Read a picture with the networks that are installed; nothing is read without them."""
    detector, recognizer = nets.text_detector, nets.text_recognizer
    if detector is None or recognizer is None:
        return ()
    law = nets.confidence_law("text_recognizer")
    reader = TextReader(detector, recognizer, nets.text_direction, law)
    return reader.read_text(pyramid, wanted)


def text_capabilities(nets: PictureNets) -> list[Capability]:
    """Say which networks read text, or what to install; none is opened."""
    needed = [nets.names(task) for task in ("text_detector", "text_recognizer")]
    names = tuple(name for found in needed for name in found[:1]) if all(needed) else ()
    latin = Capability(
        "text (Latin, Chinese, Japanese)",
        names + (nets.names("text_direction")[:1] if names else ()),
        "" if names else "run `vidimus models pull --pack core`",
    )
    other = Capability(
        "text (Cyrillic, Greek, Arabic, Korean)",
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


def _is_sparse(line: _ReadLine) -> bool:
    """Tell whether far fewer letters were read than have room, as of scripts that are not known."""
    height, width = line.pixels.shape[:2]
    return bool(len(line.reading.text) * _SPARSE * height < width)


def _sure_letters(lines: Sequence[TextLine]) -> int:
    """Count the letters of lines that are rather right than wrong."""
    return sum(len(line.text) for line in lines if line.confidence >= _RATHER_RIGHT)


def _polygon(quad: Floats, pyramid: Pyramid) -> Polygon:
    """Turn corners in pixels into ratios, kept inside the picture."""
    ratios = (quad / (pyramid.width, pyramid.height)).clip(0, 1)
    return tuple(Point(float(x), float(y)) for x, y in ratios)
