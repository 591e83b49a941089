"""How bright and how sharp a face is, 0 to 100, from chips cut to one size.

Both look at an oval in the middle of an upright chip, so hair and background count little.

Brightness takes the upper quartile of the luma, not its mean: what counts is the light that
falls on the face, and a shadowed side, a beard or dark skin in good light should cost little.
Any darkening of the pixels lowers that quartile, so it lowers the brightness.

Sharpness is the energy of the second differences over the energy of the first ones. Contrast
cancels out of that ratio, and blurring, which takes the fine scales first, lowers it. The chip
is smoothed a little before, so that the grain of a dark picture does not pass for detail. A
small face that has to be enlarged to the chip's size has less detail and is less sharp.
"""

import cv2
import numpy as np
from numpy.typing import NDArray

Pixels = NDArray[np.uint8]
Floats = NDArray[np.float32]

CHIP_SIZE = 112
"""Side in pixels of the chips that both measures are calibrated on."""

CHIP_SPAN = 2.2
"""How much of the picture a chip shows: its side in face scales (see models/face_frame)."""

_LUMA = np.array([0.299, 0.587, 0.114], np.float32)
_UPPER_QUARTILE = 0.75
_BRIGHTNESS_EXPONENT = 0.6
_GRAIN = 0.7
_SHARPNESS_MIDDLE = -1.1
_SHARPNESS_SLOPE = 2.0
# Below this gradient (in grey levels, squared) a chip is flat, and flat is not sharp.
_FLAT = 0.05


def brightness(chips: Pixels) -> Floats:
    """Return 0..100 for each chip (n, size, size, 3) RGB.

    Measured on 1,348 portraits of Congress: half between 75 and 82; a face in the dark 27.
    """
    luma = _luma_of(chips)[:, _oval(chips.shape[1])]
    level = np.quantile(luma, _UPPER_QUARTILE, axis=1) / 255
    return np.asarray(100 * level**_BRIGHTNESS_EXPONENT, np.float32)


def sharpness(chips: Pixels) -> Floats:
    """Return 0..100 for each chip (n, size, size, 3) RGB.

    50 is a face blurred by a Gaussian of a fortieth of the distance between its eyes.
    """
    oval = _oval(chips.shape[1])[1:-1, 1:-1]
    return np.array([_sharpness_of(luma, oval) for luma in _luma_of(chips)], np.float32)


def _luma_of(chips: Pixels) -> Floats:
    return np.asarray(chips.astype(np.float32) @ _LUMA, np.float32)


def _sharpness_of(luma: Floats, oval: NDArray[np.bool_]) -> float:
    """Return the sharpness of one chip within `oval`, which lacks the chip's outermost pixels."""
    smooth = cv2.GaussianBlur(luma, (0, 0), _GRAIN)
    across = smooth[1:-1, 2:] - smooth[1:-1, :-2]
    down = smooth[2:, 1:-1] - smooth[:-2, 1:-1]
    around = smooth[1:-1, 2:] + smooth[1:-1, :-2] + smooth[2:, 1:-1] + smooth[:-2, 1:-1]
    curve = around - 4 * smooth[1:-1, 1:-1]
    first = float(np.mean((across[oval] ** 2 + down[oval] ** 2) / 4))
    second = float(np.mean(curve[oval] ** 2))
    ratio = np.log((second + 1e-9) / (first + _FLAT))
    return float(100 / (1 + np.exp(-_SHARPNESS_SLOPE * (ratio - _SHARPNESS_MIDDLE))))


def _oval(size: int) -> NDArray[np.bool_]:
    """The places of a chip that show the face rather than what is around it."""
    y, x = (np.mgrid[:size, :size] + 0.5) / size * 2 - 1
    return np.asarray((x / 0.86) ** 2 + y**2 <= 1)
