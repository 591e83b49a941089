"""Marks drawn on a picture: boxes, outlines and points, with words that do not overlap.

A short tag sits on its mark's upper edge. Words go beside their mark where there is room, else
into a panel to the right of the picture; a number joins the two.
"""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path

import numpy as np
from numpy.typing import NDArray
from PIL import Image, ImageDraw, ImageFont

from vidimus.errors import InvalidParameter
from vidimus.geometry import BoundingBox, Point

Pixels = NDArray[np.uint8]
Font = ImageFont.FreeTypeFont | ImageFont.ImageFont

_SMALLEST_SIDE = 960
"""A picture whose longer side is shorter is enlarged, so that words can be read."""

COLORS = ("#4cc9f0", "#ffd166", "#06d6a0", "#f78c6b", "#c77dff", "#f94144", "#90be6d")
"""What marks are drawn in, one after the other, where they don't say."""

_PANEL = (18, 20, 24, 205)
_INK = "#ffffff"


@dataclass(frozen=True, slots=True)
class Mark:
    """Something to show on a picture.

    `words` are lines to write beside it, `tag` a few words to write on its edge. `dots` are points
    in it, and `outline` its corners where it is not an upright box.
    """

    box: BoundingBox
    words: tuple[str, ...] = ()
    tag: str = ""
    color: str | None = None
    dots: tuple[Point, ...] = ()
    outline: tuple[Point, ...] = ()


@dataclass(frozen=True, slots=True)
class _Area:
    """An upright rectangle in pixels."""

    left: float
    top: float
    right: float
    bottom: float

    def meets(self, other: "_Area") -> bool:
        return (
            self.left < other.right
            and other.left < self.right
            and self.top < other.bottom
            and other.top < self.bottom
        )

    def within(self, width: float, height: float) -> bool:
        return self.left >= 0 and self.top >= 0 and self.right <= width and self.bottom <= height


def draw_marks(
    pixels: Pixels, marks: Sequence[Mark], *, least_side: int = _SMALLEST_SIDE
) -> Pixels:
    """Return an RGB picture (h, w, 3) with marks drawn on it.

    One whose longer side is shorter than `least_side` is enlarged to that.
    """
    return _Canvas(pixels, marks, least_side).draw()


def write_picture(path: Path, pixels: Pixels) -> None:
    """Write an RGB picture (h, w, 3) in the format that the file's ending names.

    Raises InvalidParameter when Pillow writes no such format.
    """
    try:
        Image.fromarray(pixels).save(path, quality=92)
    except ValueError as error:
        raise InvalidParameter(f"{path.name}: no picture format has this ending.") from error


class _Canvas:
    """One picture being drawn on."""

    def __init__(self, pixels: Pixels, marks: Sequence[Mark], least_side: int) -> None:
        image = Image.fromarray(pixels)
        growth = max(1.0, least_side / max(image.size))
        if growth > 1:
            size = (round(image.width * growth), round(image.height * growth))
            image = image.resize(size, Image.Resampling.LANCZOS)
        self._image = image
        self._marks = marks
        self._unit = max(image.size) / 75
        self._font: Font = ImageFont.load_default(max(11.0, self._unit))
        self._boxes = [self._box_of(mark) for mark in marks]
        self._colors = [
            mark.color or COLORS[which % len(COLORS)] for which, mark in enumerate(marks)
        ]
        self._draw = ImageDraw.Draw(image, "RGBA")

    def draw(self) -> Pixels:
        for which, mark in enumerate(self._marks):
            self._draw_mark(which, mark)
        for which, mark in enumerate(self._marks):
            self._draw_tag(which, mark.tag)
        places = self._places_for_words()
        beside = [
            which
            for which, (mark, place) in enumerate(zip(self._marks, places, strict=True))
            if mark.words and place is None
        ]
        for which, place in enumerate(places):
            if place is not None:
                self._draw_words(which, place)
        return np.asarray(self._with_panel(beside) if beside else self._image)

    def _box_of(self, mark: Mark) -> _Area:
        x1, y1, x2, y2 = mark.box.to_pixels(*self._image.size).tolist()
        return _Area(x1, y1, x2, y2)

    def _draw_mark(self, which: int, mark: Mark) -> None:
        color, box = self._colors[which], self._boxes[which]
        line = max(1, round(min(self._unit / 5, (box.right - box.left) / 40)))
        if mark.outline:
            corners = [self._pixel(point) for point in (*mark.outline, mark.outline[0])]
            self._draw.line(corners, fill=color, width=max(line, 2), joint="curve")
        else:
            edges = (box.left, box.top, box.right, box.bottom)
            self._draw.rounded_rectangle(edges, radius=3 * line, outline=color, width=line)
        dot = max(1.0, (box.right - box.left) / 110)
        for x, y in map(self._pixel, mark.dots):
            self._draw.ellipse((x - dot, y - dot, x + dot, y + dot), fill=color)

    def _pixel(self, point: Point) -> tuple[float, float]:
        return point.x * self._image.width, point.y * self._image.height

    def _places_for_words(self) -> list[_Area | None]:
        """Find for each mark's words a free place beside it, in the marks' order."""
        taken = [
            self._tag_area(which, mark.tag) for which, mark in enumerate(self._marks) if mark.tag
        ]
        places: list[_Area | None] = []
        spoken = [box for box, mark in zip(self._boxes, self._marks, strict=True) if mark.words]
        for which, box in enumerate(self._boxes):
            others = [other for other in spoken if other is not box] + taken
            free = (
                place
                for place in self._places_around(box, *self._words_size(which))
                if place.within(*self._image.size)
                and not any(place.meets(other) for other in [*others, box])
            )
            place = next(free, None) if self._marks[which].words else None
            places.append(place)
            taken += [] if place is None else [place]
        return places

    def _places_around(self, box: _Area, width: float, height: float) -> Iterator[_Area]:
        gap = self._unit / 2
        tops = (box.top, box.bottom - height, (box.top + box.bottom - height) / 2)
        lefts = (box.left, box.right - width, (box.left + box.right - width) / 2)
        for top in tops:
            yield _Area(box.right + gap, top, box.right + gap + width, top + height)
            yield _Area(box.left - gap - width, top, box.left - gap, top + height)
        for left in lefts:
            yield _Area(left, box.bottom + gap, left + width, box.bottom + gap + height)
            yield _Area(left, box.top - gap - height, left + width, box.top - gap)

    def _text_of(self, which: int) -> str:
        return "\n".join(self._marks[which].words)

    def _words_size(self, which: int) -> tuple[float, float]:
        left, top, right, bottom = self._draw.multiline_textbbox(
            (0, 0), self._text_of(which), font=self._font
        )
        return right - left + self._unit, bottom - top + self._unit

    def _draw_words(self, which: int, place: _Area) -> None:
        color = self._colors[which]
        edges = (place.left, place.top, place.right, place.bottom)
        self._draw.rounded_rectangle(edges, radius=self._unit / 3, fill=_PANEL)
        bar = (place.left, place.top, place.left + self._unit / 4, place.bottom)
        self._draw.rectangle(bar, fill=color)
        corner = (place.left + self._unit * 0.6, place.top + self._unit * 0.35)
        self._draw.multiline_text(corner, self._text_of(which), fill=_INK, font=self._font)

    def _with_panel(self, beside: list[int]) -> Image.Image:
        """Write the words of these marks into a panel to the right; number the marks."""
        for which in beside:
            self._draw_number(which)
        sizes = [self._words_size(which) for which in beside]
        gap = self._unit / 2
        columns = _in_columns([height + gap for _, height in sizes], self._image.height - gap)
        width = max(width for width, _ in sizes) + gap
        picture, count = self._image, columns[-1][0] + 1
        panel_width = round(gap + count * width)
        height = max(
            picture.height,
            round(max(top + sizes[i][1] for i, (_, top) in enumerate(columns)) + 2 * gap),
        )
        self._image = Image.new("RGB", (picture.width + panel_width, height), "#0b0d10")
        self._image.paste(picture)
        self._draw = ImageDraw.Draw(self._image, "RGBA")
        for which, (column, top), (wide, high) in zip(beside, columns, sizes, strict=True):
            left = picture.width + gap + column * width
            self._draw_words(which, _Area(left, gap + top, left + wide, gap + top + high))
        return self._image

    def _draw_number(self, which: int) -> None:
        self._draw_tag(which, str(which + 1))

    def _draw_tag(self, which: int, text: str) -> None:
        """Write on the upper edge of a mark, in its colour."""
        if not text:
            return
        area = self._tag_area(which, text)
        edges = (area.left, area.top, area.right, area.bottom)
        self._draw.rectangle(edges, fill=self._colors[which])
        place = (area.left + self._unit * 0.3, area.top + self._unit * 0.1)
        self._draw.text(place, text, fill="#000000", font=self._font)

    def _tag_area(self, which: int, text: str) -> _Area:
        """Return where a mark's tag stands: on its upper edge, or under it at the picture's."""
        box, high = self._boxes[which], self._unit * 1.4
        wide = self._draw.textlength(text, font=self._font) + self._unit * 0.6
        left = max(min(box.left, self._image.width - wide), 0)
        top = box.top - high if box.top >= high else max(box.top, 0)
        top = min(top, self._image.height - high)
        return _Area(left, top, left + wide, top + high)


def _in_columns(heights: list[float], most: float) -> list[tuple[int, float]]:
    """Stack things of `heights` into columns at most so high: (column, top) for each."""
    places, column, top = [], 0, 0.0
    for height in heights:
        if top and top + height > most:
            column, top = column + 1, 0.0
        places.append((column, top))
        top += height
    return places
