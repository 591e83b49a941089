"""The colours that a picture, or a part of it, consists of, with their shares and names.

Pixels are gathered by how different they look, in OKLab (Ottosson 2020): first into small boxes of
RGB, which are then the few thousand weighted points of a k-means. Its seeds are the heaviest
points, each dimming what lies near it, so the outcome depends on the pixels alone and on no dice.
Colours that hardly differ are then one.
"""

from dataclasses import dataclass
from functools import cache

import cv2
import numpy as np
from numpy.typing import NDArray

from vidimus.imaging.colour_names import GROUPS, NAMED_COLOURS

Pixels = NDArray[np.uint8]
Mask = NDArray[np.bool_]
Doubles = NDArray[np.float64]

MOST_COLOURS = 20
"""How many colours are told apart at most."""

_LONGEST_SIDE = 96
_BITS = 5
_ROUNDS = 4
# Black and white are 1 apart. A seed dims what lies within about its reach; colours nearer to each
# other than `_SAME` would be called one colour.
_REACH = 0.15
_SAME = 0.1
# Unequal hues part colours more than unequal lightness: a dark olive is an olive before it is dark.
_HUE_WEIGHT = 2.5
# What covers less is the noise of edges and of JPEG.
_LEAST_SHARE = 0.005


@dataclass(frozen=True, slots=True)
class DominantColour:
    """A colour, 0..255 in sRGB, and how many percent of the pixels have about this colour."""

    red: int
    green: int
    blue: int
    percent: float

    @property
    def hex_code(self) -> str:
        """The colour as HTML writes it, in lower case: #f5dc62."""
        return f"#{self.red:02x}{self.green:02x}{self.blue:02x}"

    @property
    def css_name(self) -> str:
        """The colour of CSS that looks most alike."""
        return _css_name(self.red, self.green, self.blue)

    @property
    def simplified(self) -> str:
        """The one of twelve groups that the CSS colour belongs to."""
        return GROUPS[self.css_name]


def dominant_colours(
    pixels: Pixels, mask: Mask | None = None, limit: int = MOST_COLOURS
) -> tuple[DominantColour, ...]:
    """Return at most `limit` (0..20) colours of an RGB picture (h, w, 3), largest share first.

    With a `mask` (h, w) only its true pixels count. Shares are percent of the pixels that count
    and sum to at most 100. A smaller limit gives the first of the same colours.
    """
    colours, counts = _weighted_colours(*_shrunk(pixels, mask))
    if limit <= 0 or not len(colours):
        return ()
    points = place_in_sight(colours)
    owners = _owners(points, counts)
    shares = counts / counts.sum()
    clusters = _merged(_sums(owners, shares, np.concatenate([points, colours], 1)))
    told = [_colour_of(cluster) for cluster in clusters if cluster[0] >= _LEAST_SHARE]
    told.sort(key=lambda colour: (-colour.percent, colour.hex_code))
    return tuple(told[:limit])


def place_in_sight(colours: NDArray[np.generic]) -> Doubles:
    """Turn sRGB colours (..., 3), 0..255, into points whose distance is how different they look.

    OKLab: lightness 0..1, and two axes of hue, which count 2.5 times.
    """
    ratios = np.asarray(colours, np.float64) / 255
    linear = np.where(ratios <= 0.04045, ratios / 12.92, ((ratios + 0.055) / 1.055) ** 2.4)
    lab = np.cbrt(linear @ _TO_CONES.T) @ _TO_LAB.T
    return np.asarray(lab * [1, _HUE_WEIGHT, _HUE_WEIGHT], np.float64)


# Ottosson's two matrices: linear sRGB to the eye's cones, and their cube roots to Lab.
_TO_CONES = np.array(
    [
        [0.4122214708, 0.5363325363, 0.0514459929],
        [0.2119034982, 0.6806995451, 0.1073969566],
        [0.0883024619, 0.2817188376, 0.6299787005],
    ]
)
_TO_LAB = np.array(
    [
        [0.2104542553, 0.7936177850, -0.0040720468],
        [1.9779984951, -2.4285922050, 0.4505937099],
        [0.0259040371, 0.7827717662, -0.8086757660],
    ]
)


def _shrunk(pixels: Pixels, mask: Mask | None) -> tuple[Pixels, Mask | None]:
    """Bring picture and mask to at most 96 pixels a side: shares need no more."""
    height, width = pixels.shape[:2]
    scale = _LONGEST_SIDE / max(width, height)
    if scale >= 1:
        return pixels, mask
    size = (max(1, round(width * scale)), max(1, round(height * scale)))
    small = np.asarray(cv2.resize(pixels, size, interpolation=cv2.INTER_AREA), np.uint8)
    if mask is None:
        return small, None
    shares = cv2.resize(mask.astype(np.uint8) * 255, size, interpolation=cv2.INTER_AREA)
    inside = shares > 127
    # What is thinner than a pixel of the small picture is kept where it is strongest.
    return small, inside if inside.any() else (shares == shares.max()) & (shares > 0)


def _weighted_colours(pixels: Pixels, mask: Mask | None) -> tuple[Doubles, Doubles]:
    """Gather pixels into boxes of RGB: the mean colour (n, 3) and the count (n,) of each."""
    flat = pixels.reshape(-1, 3) if mask is None else pixels[mask]
    codes = (flat >> (8 - _BITS)).astype(np.int64) @ (1 << (_BITS * np.arange(3)))
    counts = np.bincount(codes, minlength=1)
    sums = [np.bincount(codes, flat[:, channel], minlength=1) for channel in range(3)]
    filled = counts > 0
    weights = counts[filled].astype(np.float64)
    return np.stack(sums, 1)[filled] / weights[:, None], weights


def _owners(points: Doubles, weights: Doubles) -> NDArray[np.intp]:
    """Say for each point which of at most 20 centres it belongs to: Lloyd's rounds."""
    owners = _nearest(points, points[_seeds(points, weights)])
    for _ in range(_ROUNDS):
        owners = _nearest(points, _centers(_sums(owners, weights, points)))
    return owners


def _seeds(points: Doubles, weights: Doubles) -> list[int]:
    """Pick the heaviest point again and again, each time dimming what is near to it."""
    weights, chosen = weights.copy(), []
    for _ in range(min(MOST_COLOURS, len(points))):
        heaviest = int(np.argmax(weights))
        chosen.append(heaviest)
        squares = np.sum((points - points[heaviest]) ** 2, 1)
        weights *= 1 - np.exp(-squares / _REACH**2)
    return chosen


def _nearest(points: Doubles, centers: Doubles) -> NDArray[np.intp]:
    squares = np.sum(centers**2, 1) - 2 * points @ centers.T
    return np.asarray(np.argmin(squares, 1), np.intp)


def _sums(owners: NDArray[np.intp], weights: Doubles, values: Doubles) -> Doubles:
    """Sum up each owner's weights, and its weighted values (n, d): rows of 1 + d, none empty."""
    columns = [weights, *(weights * values.T)]
    sums = np.stack([np.bincount(owners, column) for column in columns], 1)
    return np.asarray(sums[sums[:, 0] > 0], np.float64)


def _centers(sums: Doubles) -> Doubles:
    """Return the places of clusters (n, 3) whose weight and weighted places `sums` has."""
    return np.asarray(sums[:, 1:4] / sums[:, :1], np.float64)


def _merged(clusters: Doubles) -> Doubles:
    """Unite the two most alike as long as they look the same."""
    while len(clusters) > 1:
        centers = _centers(clusters)
        apart = np.sum((centers[:, None] - centers) ** 2, 2)
        np.fill_diagonal(apart, np.inf)
        first, second = divmod(int(np.argmin(apart)), len(clusters))
        if apart[first, second] >= _SAME**2:
            break
        clusters[first] += clusters[second]
        clusters = np.delete(clusters, second, axis=0)
    return clusters


def _colour_of(cluster: Doubles) -> DominantColour:
    red, green, blue = (round(float(value)) for value in cluster[4:7] / cluster[0])
    return DominantColour(red, green, blue, min(100.0, 100 * float(cluster[0])))


@cache
def _palette() -> tuple[tuple[str, ...], Doubles]:
    """The names of CSS and where their colours lie in sight, (n, 3)."""
    codes = [list(bytes.fromhex(code)) for code in NAMED_COLOURS.values()]
    return tuple(NAMED_COLOURS), place_in_sight(np.array(codes))


def _css_name(red: int, green: int, blue: int) -> str:
    names, places = _palette()
    squares = np.sum((places - place_in_sight(np.array([red, green, blue]))) ** 2, 1)
    return names[int(np.argmin(squares))]
