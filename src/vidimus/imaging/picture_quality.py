"""How bright, sharp and rich in contrast a picture or a part of it is, 0 to 100.

Brightness is the mean lightness: what CIE 1976 calls L* of a grey that has the pixel's luma. Black
is 0, white 100, and 50 looks half as bright as white.

Contrast is how far the luma spreads about its mean, as a share of the widest possible spread,
which half black and half white has. Pressing the range together by a factor presses it by the
same factor.

Sharpness is, as for faces (see imaging/quality), the energy of the second differences over the
energy of the first ones, measured at the size of a screen: at most 640 pixels a side. Contrast
cancels out, and flat parts have no energy, so a sharp thing before a blank wall is sharp.
"""

from dataclasses import dataclass

import cv2
import numpy as np
from numpy.typing import NDArray

Pixels = NDArray[np.uint8]
Floats = NDArray[np.float32]
Mask = NDArray[np.bool_]

LONGEST_SIDE = 640
"""Pictures are measured with at most so many pixels on their longer side."""

_GRAIN = 0.7
_SHARPNESS_MIDDLE = -0.75
_SHARPNESS_SLOPE = 1.6
# Below this gradient (in grey levels, squared) a part is flat, and flat is not sharp.
_FLAT = 0.05


@dataclass(frozen=True, slots=True)
class PictureQuality:
    """Brightness, sharpness and contrast, 0..100 each."""

    brightness: float
    sharpness: float
    contrast: float


class PictureMeasure:
    """What is needed of one RGB picture (h, w, 3) to measure it and its parts.

    Give a picture of at most `LONGEST_SIDE` pixels a side: sharpness is told at that size.
    """

    def __init__(self, pixels: Pixels) -> None:
        self._luma = np.asarray(cv2.cvtColor(pixels, cv2.COLOR_RGB2GRAY), np.uint8)
        self._slopes, self._curves = _energies(self._luma)

    def quality(self, mask: Mask | None = None) -> PictureQuality:
        """Measure the picture, or the pixels for which `mask` (h, w) is true (one at least)."""
        chosen = None if mask is None else mask.astype(np.uint8)
        counts = cv2.calcHist([self._luma], [0], chosen, [256], [0, 256]).ravel().astype(float)
        shares = counts / counts.sum()
        mean = float(shares @ _LEVELS)
        spread = float(np.sqrt(shares @ (_LEVELS - mean) ** 2))
        slope, curve = (cv2.mean(energy, chosen)[0] for energy in (self._slopes, self._curves))
        return PictureQuality(
            brightness=float(shares @ _LIGHTNESS),
            sharpness=_sharpness(slope, curve),
            contrast=100 * spread / 127.5,
        )


def _lightness_of_levels() -> NDArray[np.float64]:
    """L* of each grey of sRGB, 0..255 (CIE 1976)."""
    ratios = np.arange(256) / 255
    linear = np.where(ratios <= 0.04045, ratios / 12.92, ((ratios + 0.055) / 1.055) ** 2.4)
    dark = linear <= (6 / 29) ** 3
    return np.where(dark, linear * (29 / 3) ** 3, 116 * np.cbrt(linear) - 16)


_LEVELS = np.arange(256, dtype=np.float64)
_LIGHTNESS = _lightness_of_levels()


def _energies(luma: Pixels) -> tuple[Floats, Floats]:
    """Return the squares of the first and of the second differences at each pixel, (h, w).

    The grain of a dark picture is smoothed a little before, so that it does not pass for detail.
    """
    smooth = cv2.GaussianBlur(luma.astype(np.float32), (0, 0), _GRAIN)
    across = cv2.filter2D(smooth, -1, np.array([[-0.5, 0.0, 0.5]], np.float32))
    down = cv2.filter2D(smooth, -1, np.array([[-0.5], [0.0], [0.5]], np.float32))
    curve = cv2.Laplacian(smooth, cv2.CV_32F)
    return np.asarray(across**2 + down**2, np.float32), np.asarray(curve**2, np.float32)


def _sharpness(slope: float, curve: float) -> float:
    ratio = np.log((curve + 1e-9) / (slope + _FLAT))
    return float(100 / (1 + np.exp(-_SHARPNESS_SLOPE * (ratio - _SHARPNESS_MIDDLE))))
