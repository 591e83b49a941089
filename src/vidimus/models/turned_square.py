"""Squares that lie turned in a picture: what networks of bodies and hands are shown."""

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from vidimus.imaging.align import Crops, crop_faces

Pixels = NDArray[np.uint8]
Floats = NDArray[np.float32]


@dataclass(frozen=True, slots=True)
class TurnedSquares:
    """n squares of one picture.

    `centers` float32 (n, 2) and `sides` float32 (n,) are in pixels; `angles` float32 (n,), in
    radians, say how far each is turned clockwise as seen in the picture.
    """

    centers: Floats
    sides: Floats
    angles: Floats

    def __len__(self) -> int:
        return len(self.sides)

    @classmethod
    def around(cls, boxes: Floats, span: float) -> "TurnedSquares":
        """Return upright squares with the middles of boxes (n, 4) and `span` longer sides."""
        sides = (boxes[:, 2:] - boxes[:, :2]).max(axis=1) * span
        centers = (boxes[:, :2] + boxes[:, 2:]) / 2
        return cls(
            np.asarray(centers, np.float32),
            np.asarray(np.maximum(sides, 1), np.float32),
            np.zeros(len(boxes), np.float32),
        )

    @classmethod
    def joined(cls, *parts: "TurnedSquares") -> "TurnedSquares":
        """Return the squares of all `parts`, at least one, one after the other."""
        return cls(
            np.concatenate([part.centers for part in parts]),
            np.concatenate([part.sides for part in parts]),
            np.concatenate([part.angles for part in parts]),
        )

    def chosen(self, index: NDArray[np.generic]) -> "TurnedSquares":
        """Return the squares that `index` (places or a mask) picks, in its order."""
        return TurnedSquares(self.centers[index], self.sides[index], self.angles[index])

    def cut(self, pixels: Pixels, size: int) -> Crops:
        """Cut the squares out of an RGB picture (h, w, 3), each (size, size, 3) and upright."""
        return crop_faces(pixels, self.centers, self.sides, self.angles, size)


def angles_of(upwards: Floats) -> Floats:
    """Return how far arrows (n, 2) in pixels are turned clockwise from straight up, radians."""
    return np.asarray(np.arctan2(upwards[:, 0], -upwards[:, 1]), np.float32)
