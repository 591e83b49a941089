"""Frames that are no scene but a panel: colour bars, or something drawn on an even ground.

Colour bars are told by the order and the relations of their colours (SMPTE ECR 1-1978 and RP 219,
EBU's eight): full or three-quarter bars, over the whole width or with grey sides. Slates, credits
and logos have in common that most of the frame is one even tone and a little is ink.
"""

from dataclasses import dataclass
from itertools import pairwise, product

import numpy as np
from numpy.typing import NDArray

Pixels = NDArray[np.uint8]
Floats = NDArray[np.float64]

# White, yellow, cyan, green, magenta, red, blue and EBU's black, as red, green and blue.
_BARS = np.array(
    [[1, 1, 1], [1, 1, 0], [0, 1, 1], [0, 1, 0], [1, 0, 1], [1, 0, 0], [0, 0, 1], [0, 0, 0]], float
)
_LAYOUTS = ((7, 0.0), (8, 0.0), (7, 0.125))
"""How many bars, and how much of the width is grey at each side."""

_ROWS = (0.08, 0.6)
_BRIGHT = 100
# So far from the bars' colours, as a share of the white bar's level, they might be anything.
_MOST_ERROR = 0.25

# A drawn ground is even to a few levels; roads and skies are within more, but not within so few.
_EVEN, _SAME_TONE = 6, 14
_LEAST_GROUND = 0.5
_LEAST_INK, _MOST_INK = 0.004, 0.4
_CENTRED = 0.12
_DARK = 64


@dataclass(frozen=True, slots=True)
class Ground:
    """An even ground with something on it.

    `dark` says whether it is darker than a quarter of the range, `centred` whether what is on it
    lies about the middle, `box` where that is: left, top, width and height as ratios.
    """

    dark: bool
    centred: bool
    box: tuple[float, float, float, float]


def colour_bars(small: Pixels) -> float:
    """Return how surely an RGB picture (h, w, 3) shows colour bars.

    100 is exact; 50 is as far from their colours as is still told; 0 is something else.
    """
    height = small.shape[0]
    rows = small[round(_ROWS[0] * height) : max(2, round(_ROWS[1] * height))].astype(np.float64)
    if not rows.size or rows.std(0).max() > 3 * _SAME_TONE:
        return 0.0
    columns = np.asarray(rows.mean(0), np.float64)
    error = min(_error(columns, count, side) for count, side in _LAYOUTS)
    return 100 - 50 * error / _MOST_ERROR if error <= _MOST_ERROR else 0.0


def even_ground(small: Pixels) -> Ground | None:
    """Return the even ground of an RGB picture (h, w, 3); None when it has none, or no ink."""
    tone = _commonest_tone(small)
    distance = np.abs(small.astype(np.int16) - tone).max(2)
    ink = distance > _SAME_TONE
    even = float((distance <= _EVEN).mean()) >= _LEAST_GROUND
    if not even or not _LEAST_INK <= float(ink.mean()) <= _MOST_INK:
        return None
    box = _box_of(ink)
    middle = (box[0] + box[2] / 2, box[1] + box[3] / 2)
    centred = max(abs(middle[0] - 0.5), abs(middle[1] - 0.5)) <= _CENTRED
    return Ground(bool(tone.max() < _DARK), centred, box)


def _error(columns: Floats, count: int, side: float) -> float:
    """Return how far the means of the bars are from what they should be, at worst."""
    width = len(columns)
    edges = np.linspace(side * width, (1 - side) * width, count + 1)
    inner = 0.2 * (edges[1] - edges[0])
    spans = [(round(a + inner), round(b - inner)) for a, b in pairwise(edges)]
    if any(last - first < 2 for first, last in spans):
        return 1.0
    bars = [columns[first:last] for first, last in spans]
    means = np.array([bar.mean(0) for bar in bars])
    level = float(np.median(means[1:][_BARS[1:count] > 0]))
    if level < _BRIGHT:
        return 1.0
    # In front of bars of 75 % the white one may have 100 %.
    means[0] /= min(max(float(means[0].mean()) / level, 1.0), 4 / 3)
    uneven = max(float(bar.std(0).max()) for bar in bars) / level
    return max(uneven, float(np.abs(means / level - _BARS[:count]).max()))


def _commonest_tone(small: Pixels) -> NDArray[np.int16]:
    """Return the mean colour of the box of colours that most pixels are in, neighbours counted."""
    codes = (small.reshape(-1, 3) >> 4).astype(np.int64) @ np.array([256, 16, 1])
    counts = np.bincount(codes, minlength=4096).reshape(16, 16, 16)
    padded = np.pad(counts, 1)
    around = sum(padded[1 + a : 17 + a, 1 + b : 17 + b, 1 + c : 17 + c] for a, b, c in _NEAR)
    best = np.array(np.unravel_index(int(np.argmax(around)), counts.shape))
    near = np.abs((small.reshape(-1, 3) >> 4).astype(np.int64) - best).max(1) <= 1
    return np.asarray(np.round(small.reshape(-1, 3)[near].mean(0)), np.int16)


_NEAR = tuple(product((-1, 0, 1), repeat=3))


def _box_of(ink: NDArray[np.bool_]) -> tuple[float, float, float, float]:
    rows, columns = np.flatnonzero(ink.any(1)), np.flatnonzero(ink.any(0))
    height, width = ink.shape
    left, top = columns[0] / width, rows[0] / height
    return (
        float(left),
        float(top),
        float((columns[-1] + 1) / width - left),
        float((rows[-1] + 1) / height - top),
    )
