"""Where a face's five points say that it is: the middle, size and turn that crops are cut by."""

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from vidimus.imaging.align import Crops, crop_faces
from vidimus.lazy import lazy

Pixels = NDArray[np.uint8]
Floats = NDArray[np.float32]


@dataclass(frozen=True)
class FaceFrames:
    """The frames of n faces.

    `points` is (n, 5, 2) in pixels: left eye, right eye, nose, left and right mouth corner. The
    scale is the larger of the distances from eye to eye and from eyes to mouth, so a turned head
    keeps its size.
    """

    points: Floats

    @lazy
    def centers(self) -> Floats:
        """The middle between eyes and mouth, (n, 2)."""
        return np.asarray((self._eyes + self._mouth) / 2, np.float32)

    @lazy
    def scales(self) -> Floats:
        """The face's size in pixels, (n,); about a third of a detector's box."""
        across = np.linalg.norm(self.points[:, 1] - self.points[:, 0], axis=1)
        down = np.linalg.norm(self._mouth - self._eyes, axis=1)
        return np.asarray(np.maximum(np.maximum(across, down), 1), np.float32)

    @lazy
    def angles(self) -> Floats:
        """How far the face is turned clockwise in the picture, radians (n,)."""
        across = self.points[:, 1] - self.points[:, 0]
        down = self._mouth - self._eyes
        turned = np.arctan2(across[:, 1] - down[:, 0], across[:, 0] + down[:, 1])
        return np.asarray(turned, np.float32)

    def cut(
        self,
        pixels: Pixels,
        span: float,
        size: int,
        *,
        by_mean_point: bool = False,
        down: float = 0,
    ) -> Crops:
        """Cut each face upright: squares of `span` scales, resized to `size` pixels.

        The square's middle is the frame's, or the mean of the five points, moved towards the
        chin by `down` of the square's side.
        """
        centers = self.points.mean(1) if by_mean_point else self.centers
        sides = np.asarray(self.scales * span, np.float32)
        if down:
            towards_chin = np.stack([-np.sin(self.angles), np.cos(self.angles)], 1)
            centers = centers + down * sides[:, None] * towards_chin
        return crop_faces(pixels, np.asarray(centers, np.float32), sides, self.angles, size)

    @property
    def _eyes(self) -> Floats:
        return np.asarray(self.points[:, :2].mean(1), np.float32)

    @property
    def _mouth(self) -> Floats:
        return np.asarray(self.points[:, 3:].mean(1), np.float32)
