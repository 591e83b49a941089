"""Tell whether a sampled frame shows another scene than the one before it.

For analyses that look at a few frames a second and end their tracks at cuts. Where every frame is
seen, shots.py tells cuts to the frame; here things move between two looks, so three measures that
fail differently are multiplied: how unlike the colours are (motion hardly matters), how far the
blurred luma differs (small changes count little), and how unlike its layout is (a flash keeps it).
"""

from dataclasses import dataclass

import cv2
import numpy as np
from numpy.typing import NDArray

Pixels = NDArray[np.uint8]
Floats = NDArray[np.float64]

LEAST_CHANGE = 0.02
"""From this product of the three measures on, two frames are of different scenes.

Set on sampled videos, pans by a tenth of the width and flashes (all but a few in a thousand are
below it) and on pairs of unlike photographs (99 in 100 are above it). Portraits before like walls
are often below it: who has tracks of faces must compare the faces too.
"""

_LAYOUT = (16, 12)
# Layouts whose luma spreads less than about one level are noise: they correlate with nothing.
_GRAIN = 200.0
_KERNEL = np.array([1, 2, 1]) / 4


@dataclass(frozen=True, slots=True)
class _Look:
    """What is compared of a picture: roots of its colours' shares (8, 8, 8), and blurred luma."""

    colours: Floats
    luma: Floats


class SceneChange:
    """Compares each picture it is told with the one before."""

    def __init__(self) -> None:
        self._last: Pixels | None = None
        self._look: _Look | None = None

    def changed(self, small: Pixels) -> bool:
        """Say whether `small` (h, w, 3), RGB, about 64 wide, begins another scene.

        The first picture begins none. All pictures are of one video, so of one size.
        """
        look = _look_at(small)
        before, self._last, self._look = self._look, small, look
        return before is not None and _change(before, look) >= LEAST_CHANGE

    def snapshot(self) -> bytes:
        """Return what is needed to go on later: the last picture, some 10 kB."""
        if self._last is None:
            return b""
        height, width = self._last.shape[:2]
        return np.array([height, width], "<u4").tobytes() + self._last.tobytes()

    def restore(self, state: bytes) -> None:
        """Go on from a snapshot."""
        self._last, self._look = None, None
        if state:
            height, width = (int(side) for side in np.frombuffer(state[:8], "<u4"))
            self._last = np.frombuffer(state[8:], np.uint8).reshape(height, width, 3)
            self._look = _look_at(self._last)


def _look_at(small: Pixels) -> _Look:
    luma = cv2.GaussianBlur(cv2.cvtColor(small, cv2.COLOR_RGB2GRAY), (0, 0), 2)
    layout = cv2.resize(luma, _LAYOUT, interpolation=cv2.INTER_AREA)
    return _Look(_colours(small), layout.astype(np.float64))


def _colours(small: Pixels) -> Floats:
    """Count colours in 8 x 8 x 8 boxes, spread to the neighbours: light may drift a little."""
    codes = (small >> 5).astype(np.int64) @ np.array([64, 8, 1])
    counts = np.bincount(codes.ravel(), minlength=512).astype(np.float64).reshape(8, 8, 8)
    for axis in range(3):
        counts = _spread(counts, axis)
    return np.asarray(np.sqrt(counts / counts.sum()), np.float64)


def _spread(counts: Floats, axis: int) -> Floats:
    """Smooth along an axis; what would leave at its ends stays in the last box."""
    edges = [(1, 1) if index == axis else (0, 0) for index in range(3)]
    wide = np.moveaxis(np.pad(counts, edges, mode="edge"), axis, 0)
    smooth = _KERNEL[0] * wide[:-2] + _KERNEL[1] * wide[1:-1] + _KERNEL[2] * wide[2:]
    return np.asarray(np.moveaxis(smooth, 0, axis), np.float64)


def _change(before: _Look, after: _Look) -> float:
    """Multiply Hellinger distance, luma difference (0..1) and one less the layout's correlation."""
    hellinger = np.sqrt(max(0.0, 1 - float((before.colours * after.colours).sum())))
    difference = float(np.abs(before.luma - after.luma).mean()) / 255
    return float(hellinger * difference * (1 - _correlation(before.luma, after.luma)))


def _correlation(one: Floats, other: Floats) -> float:
    one, other = one - one.mean(), other - other.mean()
    spread = ((one**2).sum() + _GRAIN) * ((other**2).sum() + _GRAIN)
    return float((one * other).sum() / np.sqrt(spread))
