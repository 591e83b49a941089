"""Masks painted on portraits: a stand-in for photographs of masked faces, of which we have none.

A painted mask has the face's outline, one colour, the light of the face below and soft edges. It
shows that a network tells covered from bare mouths; it cannot show how it does on real cloth, on
patterns or on visors.
"""

from enum import StrEnum

import cv2
import numpy as np
from numpy.typing import NDArray

Pixels = NDArray[np.uint8]
Floats = NDArray[np.float32]

COLOURS = ((120, 170, 200), (235, 235, 235), (40, 40, 45), (90, 150, 110))
"""Surgical blue, white, black and green, RGB."""


class Worn(StrEnum):
    """How far up a mask reaches."""

    OVER_NOSE = "over the nose"
    BELOW_NOSE = "below the nose"
    ON_CHIN = "on the chin"


# Points of the face mesh: from ear to ear along the jaw, and back along the mask's upper edge.
_JAW = (234, 93, 132, 58, 172, 136, 150, 149, 176, 148, 152)
_OTHER_JAW = (377, 400, 378, 379, 365, 397, 288, 361, 323, 454)
_UPPER_EDGES = {
    Worn.OVER_NOSE: (345, 346, 347, 6, 118, 117, 116),
    Worn.BELOW_NOSE: (323, 366, 436, 2, 216, 137, 93),
}
_CHIN = (172, 136, 150, 149, 176, 148, 152, 377, 400, 378, 379, 365, 397, 18)


def paint_mask(
    pixels: Pixels, mesh: Floats, worn: Worn, colour: tuple[int, int, int] = COLOURS[0]
) -> Pixels:
    """Return an RGB picture with a mask on the face whose mesh (468, 2 or 3) is in its pixels."""
    outline = mesh[list(_outline(worn)), :2].astype(np.int32)
    shape = np.zeros(pixels.shape[:2], np.uint8)
    cv2.fillPoly(shape, [outline], 255)
    soft = cv2.GaussianBlur(shape, (0, 0), 1.2).astype(np.float32)[..., None] / 255
    cloth = np.array(colour, np.float32) * _shading(pixels, shape)[..., None]
    return np.clip(pixels * (1 - soft) + cloth * soft, 0, 255).astype(np.uint8)


def _outline(worn: Worn) -> tuple[int, ...]:
    return _CHIN if worn is Worn.ON_CHIN else _JAW + _OTHER_JAW + _UPPER_EDGES[worn]


def _shading(pixels: Pixels, shape: NDArray[np.uint8]) -> Floats:
    """Return how light each place is against the median under the mask, (h, w)."""
    light = cv2.GaussianBlur(cv2.cvtColor(pixels, cv2.COLOR_RGB2GRAY), (0, 0), 6)
    middle = float(np.median(light[shape > 0])) if shape.any() else 1.0
    return np.asarray(np.clip(light / max(middle, 1.0), 0.6, 1.25), np.float32)
