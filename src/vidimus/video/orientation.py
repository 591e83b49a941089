"""How pictures are turned to be upright, as the display matrix of a video says.

The matrix (nine 32-bit numbers, ISO/IEC 14496-12, 6.2.2) maps a stored picture onto the screen.
Phones write quarter turns, some of them mirrored; any other angle is taken as the nearest
quarter turn.
"""

import struct
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

Pixels = NDArray[np.uint8]

_MATRIX_BYTES = 36


@dataclass(frozen=True, slots=True)
class Orientation:
    """Quarter turns clockwise (0 to 3), after the stored picture was mirrored or not."""

    quarters: int = 0
    mirrored: bool = False

    @property
    def sideways(self) -> bool:
        """Whether width and height change places."""
        return self.quarters % 2 == 1

    def upright(self, pixels: Pixels) -> Pixels:
        """Return a stored picture upright, contiguous; shape (height, width[, 3])."""
        if self.mirrored:
            pixels = pixels[:, ::-1]
        if self.quarters:
            pixels = np.rot90(pixels, -self.quarters)
        return np.ascontiguousarray(pixels)


UPRIGHT = Orientation()


def read_orientation(matrix: bytes) -> Orientation:
    """Return what a display matrix asks for; anything but nine numbers asks for nothing."""
    if len(matrix) != _MATRIX_BYTES:
        return UPRIGHT
    right_x, right_y, _, down_x, down_y = struct.unpack("=5i16x", matrix)
    mirrored = right_x * down_y - right_y * down_x < 0
    if mirrored:
        right_x, right_y = -right_x, -right_y
    if abs(right_x) >= abs(right_y):
        return Orientation(0 if right_x >= 0 else 2, mirrored)
    return Orientation(1 if right_y > 0 else 3, mirrored)
