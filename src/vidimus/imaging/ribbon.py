"""Strips of a picture along which text runs, straight or on an arc, and cutting them out upright.

Places are continuous: the picture's left edge is x = 0 and the centre of its first pixel 0.5.
"""

from collections.abc import Sequence
from dataclasses import dataclass

import cv2
import numpy as np
from numpy.typing import NDArray

from vidimus.imaging.pyramid import Pyramid
from vidimus.lazy import lazy

Pixels = NDArray[np.uint8]
Floats = NDArray[np.float32]

_STEP = np.radians(4.0)
"""An arc is drawn by points so far apart."""
_PIECE_POINTS = 9
_CIRCLE_STEPS = 5
_NARROWEST_ARC = np.radians(30.0)
"""What is bent less is straight enough."""
_WIDEST_ARC = np.radians(340.0)


@dataclass(frozen=True)
class Ribbon:
    """A strip by its edges: `top` and `bottom`, float32 (n, 2) pixels, equally far apart.

    Both run from left to right as the text is read; a straight strip has two points on each edge.
    """

    top: Floats
    bottom: Floats

    @lazy
    def quad(self) -> Floats:
        """The corners (4, 2), clockwise from the top left as read."""
        return np.stack([self.top[0], self.top[-1], self.bottom[-1], self.bottom[0]])

    @lazy
    def corners(self) -> Floats:
        """The corners (4, 2) of the least rectangle along the strip that holds it, in that order.

        Those of a straight strip are its own.
        """
        if not self.bent:
            return self.quad
        return straight_ribbon(np.concatenate([self.top, self.bottom]), 0.0, self.direction).quad

    @lazy
    def length(self) -> float:
        """How long the middle line is, in pixels."""
        middle = (self.top + self.bottom) / 2
        return float(np.linalg.norm(np.diff(middle, axis=0), axis=1).sum())

    @lazy
    def height(self) -> float:
        """How far the edges lie apart in the middle, in pixels."""
        return float(np.linalg.norm(self._at(0.5, 0.0) - self._at(0.5, 1.0)))

    @lazy
    def center(self) -> Floats:
        """The middle, (2,)."""
        return self._at(0.5, 0.5)

    @lazy
    def direction(self) -> Floats:
        """The way the text runs, a vector of length 1."""
        chord = (self.top[-1] + self.bottom[-1] - self.top[0] - self.bottom[0]).astype(np.float64)
        return np.asarray(chord / max(1e-9, float(np.linalg.norm(chord))), np.float32)

    @property
    def bent(self) -> bool:
        """Whether the strip is an arc."""
        return len(self.top) > 2

    def turned(self) -> "Ribbon":
        """Return the same strip read upside down."""
        return Ribbon(self.bottom[::-1], self.top[::-1])

    def part(self, start: float, end: float) -> "Ribbon":
        """Return the piece from `start` to `end`, both 0..1 along the strip; an arc's is bent."""
        shares = np.linspace(start, end, _PIECE_POINTS if self.bent else 2)
        return Ribbon(
            _interpolated(self.top, shares).astype(np.float32),
            _interpolated(self.bottom, shares).astype(np.float32),
        )

    def _at(self, along: float, across: float) -> Floats:
        top, bottom = (_interpolated(edge, np.array([along])) for edge in (self.top, self.bottom))
        return np.asarray(top[0] + across * (bottom[0] - top[0]), np.float32)


def straight_ribbon(points: Floats, unclip: float, direction: Floats | None = None) -> Ribbon:
    """Lay the least rectangle around points (n, 2), grown by `unclip` of its area by its outline.

    It runs along its longer side, left to right, or along `direction` where that is given.
    """
    if direction is None:
        direction = _long_side(points)
    along = np.asarray(direction, np.float64)
    axes = np.stack([along, [-along[1], along[0]]])
    placed = points @ axes.T
    low, high = placed.min(axis=0), placed.max(axis=0)
    sides = high - low
    margin = unclip * sides[0] * sides[1] / max(1e-9, 2 * float(sides.sum()))
    (left, top), (right, bottom) = low - margin, high + margin
    corners = np.array([[left, top], [right, top], [left, bottom], [right, bottom]]) @ axes
    return Ribbon(corners[:2].astype(np.float32), corners[2:].astype(np.float32))


def arc_ribbon(points: Floats, unclip: float) -> Ribbon | None:
    """Lay a piece of a ring over filled points (n, 2), grown as `straight_ribbon` grows.

    None when the points lie on no ring, or on too short or long a piece of one.
    """
    fitted = _circle(points)
    if fitted is None:
        return None
    center, radius = fitted
    away = points - center
    radii, angles = np.hypot(*away.T), np.arctan2(away[:, 1], away[:, 0])
    middle = float(np.angle(np.exp(1j * angles).mean()))
    spread = np.angle(np.exp(1j * (angles - middle)))
    inner, outer = np.percentile(radii, (3, 97))
    arc, thick = float(np.ptp(spread)), float(outer - inner)
    margin = unclip * thick * arc * radius / (2 * (thick + arc * radius))
    if not _NARROWEST_ARC <= arc <= _WIDEST_ARC or inner - margin <= 0 or radius <= 0:
        return None
    ends = middle + spread.min() - margin / radius, middle + spread.max() + margin / radius
    return _ring(center, (float(inner - margin), float(outer + margin)), ends)


def cut_ribbon(pyramid: Pyramid, ribbon: Ribbon, height: int, widest: int) -> Pixels:
    """Cut a strip out upright, RGB (height, width, 3), at most `widest` wide.

    The width keeps the strip's shape. What lies outside the picture repeats its edge.
    """
    width = round(height * ribbon.length / max(1e-6, ribbon.height))
    width = min(max(width, 8), widest)
    scale = height / max(1e-6, ribbon.height)
    pixels = pyramid.at_least(
        int(np.ceil(pyramid.width * scale)), int(np.ceil(pyramid.height * scale))
    )
    shrunk = pixels.shape[1] / pyramid.width, pixels.shape[0] / pyramid.height
    steps = (np.arange(width) + 0.5) / width
    top, bottom = (_interpolated(edge, steps) * shrunk for edge in (ribbon.top, ribbon.bottom))
    rows = ((np.arange(height) + 0.5) / height)[:, None, None]
    columns, lines = np.moveaxis(top + rows * (bottom - top) - 0.5, 2, 0).astype(np.float32)
    cut = cv2.remap(pixels, columns, lines, cv2.INTER_LINEAR, borderMode=cv2.BORDER_REPLICATE)
    return np.asarray(cut, np.uint8)


def _interpolated(edge: Floats, along: NDArray[np.floating]) -> NDArray[np.float64]:
    """Return the points at shares of an edge whose points are equally far apart."""
    places = np.linspace(0, 1, len(edge))
    return np.stack([np.interp(along, places, edge[:, axis]) for axis in (0, 1)], axis=1)


def _long_side(points: Floats) -> Floats:
    """Return the direction of the longer side of the least rectangle, to the right."""
    corners = cv2.boxPoints(cv2.minAreaRect(points.astype(np.float32)))
    sides = corners[1] - corners[0], corners[2] - corners[1]
    side = max(sides, key=lambda each: float(np.hypot(*each)))
    length = float(np.hypot(*side))
    if length == 0:
        return np.array([1, 0], np.float32)
    return np.asarray(side / length * (1 if side[0] >= 0 else -1), np.float32)


def _circle(points: Floats) -> tuple[NDArray[np.float64], float] | None:
    """Fit a circle: its centre and radius.

    The algebraic fit of Kasa (1976), which takes a short thick arc for a smaller circle, is where
    Gauss and Newton's steps to the least distances begin.
    """
    origin = points.mean(axis=0)
    near = (points - origin).astype(np.float64)
    left = np.column_stack([2 * near, np.ones(len(near))])
    (x, y, rest), _, rank, _ = np.linalg.lstsq(left, (near**2).sum(axis=1), rcond=None)
    square = rest + x * x + y * y
    if rank < 3 or square <= 0:
        return None
    fitted = np.array([x, y, np.sqrt(square)])
    for _ in range(_CIRCLE_STEPS):
        away = near - fitted[:2]
        radii = np.hypot(*away.T)
        slopes = np.column_stack([away / np.maximum(radii, 1e-9)[:, None], np.ones(len(near))])
        fitted += np.linalg.lstsq(slopes, radii - fitted[2], rcond=None)[0]
    return fitted[:2] + origin, float(fitted[2])


def _ring(center: NDArray[np.float64], radii: Sequence[float], ends: Sequence[float]) -> Ribbon:
    """Draw a piece of a ring so that it is read to the right where it hangs or stands."""
    count = max(5, int(np.ceil((ends[1] - ends[0]) / _STEP)) + 1)
    angles = np.linspace(ends[0], ends[1], count)
    rays = np.stack([np.cos(angles), np.sin(angles)], axis=1)
    inner, outer = (np.asarray(center + radius * rays, np.float32) for radius in radii)
    if np.sin((ends[0] + ends[1]) / 2) < 0:
        return Ribbon(outer, inner)
    return Ribbon(inner[::-1], outer[::-1])
