"""Places in a picture, as ratios of its width and height.

Arrays of pixels use (x1, y1, x2, y2) and (x, y); values that leave the vision rooms use the
ratios below, which may be negative or exceed 1 where a face passes the picture's edge.
"""

from dataclasses import dataclass
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

    def to_pixels(self, width: int, height: int) -> NDArray[np.float32]:
        """Return the pixel corners (x1, y1, x2, y2) in a `width` by `height` picture."""
        left, top = self.left * width, self.top * height
        right, bottom = left + self.width * width, top + self.height * height
        return np.array([left, top, right, bottom], dtype=np.float32)

    @property
    def area(self) -> float:
        """The share of the picture that the box covers, counted past its edge too."""
        return self.width * self.height
