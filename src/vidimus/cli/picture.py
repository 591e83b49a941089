"""Faces drawn on their picture: boxes, points, and what was told, in words that do not overlap.

Words go beside their face where there is room, else into a panel to the right of the picture;
a number joins the two.
"""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path

import numpy as np
from numpy.typing import NDArray
from PIL import Image, ImageDraw, ImageFont

from vidimus.errors import InvalidParameter
from vidimus.vision.face_types import FaceDetail, Judgement

Pixels = NDArray[np.uint8]
Font = ImageFont.FreeTypeFont | ImageFont.ImageFont

_SMALLEST_SIDE = 960
"""A picture whose longer side is shorter is enlarged, so that words can be read."""

_COLORS = ("#4cc9f0", "#ffd166", "#06d6a0", "#f78c6b", "#c77dff", "#f94144", "#90be6d")
_PANEL = (18, 20, 24, 205)
_INK = "#ffffff"
_YES_WORDS = {
    "smile": "smiling",
    "eyes_open": "eyes open",
    "mouth_open": "mouth open",
    "face_occluded": "partly covered",
    "eyeglasses": "eyeglasses",
    "sunglasses": "sunglasses",
    "beard": "beard",
    "mustache": "mustache",
}
_NO_WORDS = {"eyes_open": "eyes closed", "smile": "not smiling"}


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


def draw_faces(
    pixels: Pixels,
    details: Sequence[FaceDetail],
    *,
    captions: Sequence[str] | None = None,
) -> Pixels:
    """Return an RGB picture (h, w, 3) with faces drawn on it; it may be larger than the one given.

    `captions` are what to write for each face; without them `describe_in_words` says it.
    """
    if captions is None:
        lines = [describe_in_words(detail) for detail in details]
    else:
        lines = [[caption] for caption in captions]
    return _Canvas(pixels, details, lines).draw()


def write_picture(path: Path, pixels: Pixels) -> None:
    """Write an RGB picture (h, w, 3) in the format that the file's ending names.

    Raises InvalidParameter when Pillow writes no such format.
    """
    try:
        Image.fromarray(pixels).save(path, quality=92)
    except ValueError as error:
        raise InvalidParameter(f"{path.name}: no picture format has this ending.") from error


def describe_in_words(detail: FaceDetail) -> list[str]:
    """Return short lines that say what was told of a face."""
    pose, quality = detail.pose, detail.quality
    lines = [
        _person_line(detail),
        _joined(_mood_words(detail)),
        _joined(_yes_no_words(detail)),
        f"roll {_degrees(pose.roll)}  yaw {_degrees(pose.yaw)}  pitch {_degrees(pose.pitch)}",
        f"brightness {quality.brightness:.0f}  sharpness {quality.sharpness:.0f}",
    ]
    return [line for line in lines if line]


def _person_line(detail: FaceDetail) -> str:
    words = []
    if detail.gender is not None:
        words.append(f"looks {detail.gender.value.lower()} {detail.gender.confidence:.0f} %")
    if detail.age_range is not None:
        words.append(f"{detail.age_range[0]} to {detail.age_range[1]} years")
    return _joined(words)


def _mood_words(detail: FaceDetail) -> Iterator[str]:
    if detail.emotions:
        likeliest = detail.emotions[0]
        yield f"looks {likeliest.value.lower()} {likeliest.confidence:.0f} %"
    if detail.eye_direction is not None:
        eyes = detail.eye_direction
        yield f"gaze {_degrees(eyes.yaw)} {_degrees(eyes.pitch)}"


def _yes_no_words(detail: FaceDetail) -> Iterator[str]:
    for field, yes in _YES_WORDS.items():
        found: Judgement | None = getattr(detail, field)
        if found is None:
            continue
        if found.value:
            yield yes
        elif field in _NO_WORDS:
            yield _NO_WORDS[field]


def _degrees(angle: float) -> str:
    return f"{round(angle)}°"


def _joined(words: Iterator[str] | Sequence[str]) -> str:
    return ", ".join(words)


class _Canvas:
    """One picture being drawn on."""

    def __init__(
        self, pixels: Pixels, details: Sequence[FaceDetail], lines: list[list[str]]
    ) -> None:
        image = Image.fromarray(pixels)
        growth = max(1.0, _SMALLEST_SIDE / max(image.size))
        if growth > 1:
            size = (round(image.width * growth), round(image.height * growth))
            image = image.resize(size, Image.Resampling.LANCZOS)
        self._image = image
        self._details = details
        self._lines = lines
        self._unit = max(image.size) / 75
        self._font: Font = ImageFont.load_default(max(11.0, self._unit))
        self._boxes = [self._box_of(detail) for detail in details]
        self._draw = ImageDraw.Draw(image, "RGBA")

    def draw(self) -> Pixels:
        for which, detail in enumerate(self._details):
            self._draw_face(which, detail)
        places = self._places_for_words()
        beside = [which for which, place in enumerate(places) if place is None]
        for which, place in enumerate(places):
            if place is not None:
                self._draw_words(which, place)
        return np.asarray(self._with_panel(beside) if beside else self._image)

    def _box_of(self, detail: FaceDetail) -> _Area:
        x1, y1, x2, y2 = detail.box.to_pixels(*self._image.size).tolist()
        return _Area(x1, y1, x2, y2)

    def _draw_face(self, which: int, detail: FaceDetail) -> None:
        color, box = _COLORS[which % len(_COLORS)], self._boxes[which]
        line = max(1, round(min(self._unit / 5, (box.right - box.left) / 40)))
        edges = (box.left, box.top, box.right, box.bottom)
        self._draw.rounded_rectangle(edges, radius=3 * line, outline=color, width=line)
        dot = max(1.0, (box.right - box.left) / 110)
        for mark in detail.landmarks:
            x, y = mark.point.x * self._image.width, mark.point.y * self._image.height
            self._draw.ellipse((x - dot, y - dot, x + dot, y + dot), fill=color)

    def _places_for_words(self) -> list[_Area | None]:
        """Find for each face's words a free place beside it, largest face first."""
        taken: list[_Area] = []
        places: list[_Area | None] = []
        for which, box in enumerate(self._boxes):
            others = [other for other in self._boxes if other is not box] + taken
            free = (
                place
                for place in self._places_around(box, *self._words_size(which))
                if place.within(*self._image.size)
                and not any(place.meets(other) for other in [*others, box])
            )
            place = next(free, None)
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
        head = f"{which + 1}   face {self._details[which].confidence:.1f} %"
        return "\n".join([head, *self._lines[which]])

    def _words_size(self, which: int) -> tuple[float, float]:
        left, top, right, bottom = self._draw.multiline_textbbox(
            (0, 0), self._text_of(which), font=self._font
        )
        return right - left + self._unit, bottom - top + self._unit

    def _draw_words(self, which: int, place: _Area) -> None:
        color = _COLORS[which % len(_COLORS)]
        edges = (place.left, place.top, place.right, place.bottom)
        self._draw.rounded_rectangle(edges, radius=self._unit / 3, fill=_PANEL)
        bar = (place.left, place.top, place.left + self._unit / 4, place.bottom)
        self._draw.rectangle(bar, fill=color)
        corner = (place.left + self._unit * 0.6, place.top + self._unit * 0.35)
        self._draw.multiline_text(corner, self._text_of(which), fill=_INK, font=self._font)

    def _with_panel(self, beside: list[int]) -> Image.Image:
        """Write the words of these faces into a panel to the right; number the faces."""
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
        box, color = self._boxes[which], _COLORS[which % len(_COLORS)]
        text = str(which + 1)
        wide = self._draw.textlength(text, font=self._font) + self._unit * 0.6
        left = min(max(box.left, 0), self._image.width - wide)
        top = min(max(box.top, 0), self._image.height - self._unit * 1.4)
        self._draw.rectangle((left, top, left + wide, top + self._unit * 1.4), fill=color)
        place = (left + self._unit * 0.3, top + self._unit * 0.1)
        self._draw.text(place, text, fill="#000000", font=self._font)


def _in_columns(heights: list[float], most: float) -> list[tuple[int, float]]:
    """Stack things of `heights` into columns at most so high: (column, top) for each."""
    places, column, top = [], 0, 0.0
    for height in heights:
        if top and top + height > most:
            column, top = column + 1, 0.0
        places.append((column, top))
        top += height
    return places
