"""Places in a picture, as ratios of its width and height.

Arrays of pixels use (x1, y1, x2, y2) and (x, y); values that leave the vision rooms use the
ratios below, which may be negative or exceed 1 where a face passes the picture's edge.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from itertools import pairwise
from typing import Self

import numpy as np
from numpy.typing import NDArray


@dataclass(frozen=True, slots=True)
class Point:
    """A place in a picture: x and y as ratios of its width and height."""

    x: float
    y: float


@dataclass(frozen=True, slots=True)
class BoundingBox:
    """An upright rectangle: left, top, width and height as ratios of the picture's sides."""

    left: float
    top: float
    width: float
    height: float

    @classmethod
    def from_pixels(cls, box: NDArray[np.floating], width: int, height: int) -> Self:
        """Turn pixel corners (x1, y1, x2, y2) in a `width` by `height` picture into ratios."""
        x1, y1, x2, y2 = (float(value) for value in box)
        return cls(x1 / width, y1 / height, (x2 - x1) / width, (y2 - y1) / height)

    @classmethod
    def around(cls, points: "Sequence[Point]") -> Self:
        """Return the least box that holds all of at least one point."""
        xs, ys = [point.x for point in points], [point.y for point in points]
        return cls(min(xs), min(ys), max(xs) - min(xs), max(ys) - min(ys))

    def to_pixels(self, width: int, height: int) -> NDArray[np.float32]:
        """Return the pixel corners (x1, y1, x2, y2) in a `width` by `height` picture."""
        left, top = self.left * width, self.top * height
        right, bottom = left + self.width * width, top + self.height * height
        return np.array([left, top, right, bottom], dtype=np.float32)

    @property
    def area(self) -> float:
        """The share of the picture that the box covers, counted past its edge too."""
        return self.width * self.height

    @property
    def corners(self) -> tuple[Point, ...]:
        """The four corners, clockwise from the top left."""
        right, bottom = self.left + self.width, self.top + self.height
        return (
            Point(self.left, self.top),
            Point(right, self.top),
            Point(right, bottom),
            Point(self.left, bottom),
        )


def polygon_area(corners: Sequence[Point]) -> float:
    """Return the area inside a polygon whose sides do not cross; 0 for fewer than three corners."""
    return abs(_signed_area(corners))


def share_inside(polygon: Sequence[Point], region: Sequence[Point]) -> float:
    """Return which share of a convex polygon lies in a region, 0..1; the region may be any shape.

    A polygon without area has no share. The region is cut along the polygon's sides one by one
    (Sutherland and Hodgman 1974).
    """
    area = _signed_area(polygon)
    if area == 0:
        return 0.0
    inside = list(region)
    for start, end in _sides(polygon if area > 0 else polygon[::-1]):
        inside = _left_of(inside, start, end)
    return min(1.0, polygon_area(inside) / abs(area))


def _signed_area(corners: Sequence[Point]) -> float:
    return sum(a.x * b.y - b.x * a.y for a, b in _sides(corners)) / 2


def _sides(corners: Sequence[Point]) -> list[tuple[Point, Point]]:
    """Return the sides of a closed polygon."""
    return list(pairwise([*corners, *corners[:1]]))


def _left_of(corners: Sequence[Point], start: Point, end: Point) -> list[Point]:
    """Cut away what lies on the other side of the line from `start` to `end`."""
    kept: list[Point] = []
    for before, after in _sides(corners):
        first, second = _beside(before, start, end), _beside(after, start, end)
        if first >= 0:
            kept.append(before)
        if (first > 0 > second) or (first < 0 < second):
            share = first / (first - second)
            kept.append(
                Point(
                    before.x + share * (after.x - before.x), before.y + share * (after.y - before.y)
                )
            )
    return kept


def _beside(point: Point, start: Point, end: Point) -> float:
    """Return twice the area of the triangle, negative on the one side of the line."""
    return (end.x - start.x) * (point.y - start.y) - (end.y - start.y) * (point.x - start.x)
