"""Faces out of a picture: warped onto a template of five points, or cut as rotated squares.

Places are continuous: the picture's left edge is x = 0 and the centre of its first pixel 0.5.
"""

from dataclasses import dataclass

import cv2
import numpy as np
from numpy.typing import NDArray

from vidimus.lazy import lazy

Pixels = NDArray[np.uint8]
Floats = NDArray[np.float32]

_SHRINK_FIRST = 0.75
"""Bilinear sampling skips pixels when it shrinks more than twice, so large faces are first shrunk
by a whole factor, when they are 2.7 times too large or more."""
_LEAST_SCALE = 1e-4


@dataclass(frozen=True)
class Crops:
    """Square cuts of one picture and the way back.

    `pixels` is RGB uint8 (n, size, size, 3); `matrices` is float32 (n, 2, 3), from pixels of the
    picture to pixels of the cut.
    """

    pixels: Pixels
    matrices: Floats

    @lazy
    def inverses(self) -> Floats:
        """The way back, float32 (n, 2, 3): from pixels of the cut to pixels of the picture."""
        return invert_transforms(self.matrices)

    def to_picture(self, points: Floats) -> Floats:
        """Map points (n, k, 2) in pixels of the cuts to pixels of the picture."""
        inverses = self.inverses
        mapped = points @ inverses[:, :, :2].transpose(0, 2, 1) + inverses[:, None, :, 2]
        return np.asarray(mapped, np.float32)


def align_faces(pixels: Pixels, points: Floats, template: Floats, size: int) -> Pixels:
    """Warp each face so that its points lie as near the template as a similarity can bring them.

    `pixels` is RGB (h, w, 3); `points` (n, 5, 2) and `template` (5, 2) are in pixels, image-left
    eye first. Returns (n, size, size, 3); places outside the picture are black.
    """
    return _warp(pixels, similarity_transforms(points, template), size)


def crop_faces(pixels: Pixels, centers: Floats, sides: Floats, angles: Floats, size: int) -> Crops:
    """Cut rotated squares out of a picture, each resized to (size, size, 3).

    `centers` (n, 2) and `sides` (n,) are in pixels; `angles` (n,) in radians say how far the
    square's own x axis is turned clockwise as seen in the picture, so a cut at the angle of the
    line between the eyes is upright.
    """
    scale = size / np.maximum(np.asarray(sides, np.float64), 1e-6)
    cosine, sine = scale * np.cos(angles), scale * np.sin(angles)
    matrices = np.empty((len(scale), 2, 3))
    matrices[:, 0, 0], matrices[:, 0, 1] = cosine, sine
    matrices[:, 1, 0], matrices[:, 1, 1] = -sine, cosine
    middle = np.einsum("nij,nj->ni", matrices[:, :, :2], np.asarray(centers, np.float64))
    matrices[:, :, 2] = size / 2 - middle
    return Crops(_warp(pixels, matrices, size), matrices.astype(np.float32))


def similarity_transforms(points: Floats, template: Floats) -> NDArray[np.float64]:
    """Fit rotation, scale and shift from each face to the template, least squares (Umeyama 1991).

    Returns float64 (n, 2, 3). Five equal points give a finite transform of scale near zero.
    """
    source = np.asarray(points, np.float64)
    target = np.asarray(template, np.float64)
    source_mean, target_mean = source.mean(1), target.mean(0)
    centred, aim = source - source_mean[:, None], target - target_mean
    # In two dimensions without reflection the fit has a closed form: a + bi minimises
    # sum |(a + bi) z - w|^2 over complex numbers.
    spread = np.maximum((centred**2).sum((1, 2)), 1e-9)
    along = (centred * aim).sum((1, 2)) / spread
    across = (centred[..., 0] * aim[:, 1] - centred[..., 1] * aim[:, 0]).sum(1) / spread
    matrices = np.empty((len(source), 2, 3))
    matrices[:, 0, 0], matrices[:, 0, 1] = along, -across
    matrices[:, 1, 0], matrices[:, 1, 1] = across, along
    matrices[:, :, 2] = target_mean - np.einsum("nij,nj->ni", matrices[:, :, :2], source_mean)
    return matrices


def invert_transforms(matrices: Floats) -> Floats:
    """Invert affine maps (n, 2, 3); raises numpy's LinAlgError for a map that loses a dimension."""
    linear = np.linalg.inv(matrices[:, :, :2].astype(np.float64))
    shift = -np.einsum("nij,nj->ni", linear, matrices[:, :, 2])
    return np.concatenate([linear, shift[:, :, None]], axis=2).astype(np.float32)


def _warp(pixels: Pixels, matrices: NDArray[np.float64], size: int) -> Pixels:
    """Warp one square per matrix, shrinking large faces by area first."""
    crops = np.empty((len(matrices), size, size, 3), np.uint8)
    for crop, matrix in zip(crops, matrices, strict=True):
        source, inner = _shrunk(pixels, matrix, size)
        # OpenCV counts from the centre of the first pixel.
        inner[:, 2] += inner[:, :2].sum(1) / 2 - 0.5
        cv2.warpAffine(source, inner, (size, size), dst=crop, flags=cv2.INTER_LINEAR)
    return crops


def _shrunk(
    pixels: Pixels, matrix: NDArray[np.float64], size: int
) -> tuple[Pixels, NDArray[np.float64]]:
    """Return what to warp and how: the picture itself, or the face's surroundings made smaller."""
    scale = float(np.hypot(matrix[0, 0], matrix[1, 0]))
    factor = int(_SHRINK_FIRST / max(scale, _LEAST_SCALE))
    # A scale of nought comes of points that lie all in one place; there is nothing to see then.
    if factor < 2 or scale < _LEAST_SCALE:
        return pixels, matrix.copy()
    left, top, right, bottom = _seen_area(pixels, matrix, size)
    width, height = (right - left) // factor, (bottom - top) // factor
    if min(width, height) < 2:
        return pixels, matrix.copy()
    area = pixels[top : top + height * factor, left : left + width * factor]
    small = cv2.resize(area, (width, height), interpolation=cv2.INTER_AREA)
    inner = matrix.copy()
    inner[:, :2] *= factor
    inner[:, 2] += matrix[:, :2] @ np.array([left, top])
    return np.asarray(small, np.uint8), inner


def _seen_area(pixels: Pixels, matrix: NDArray[np.float64], size: int) -> tuple[int, int, int, int]:
    """The rectangle (left, top, right, bottom) of the picture that the warp reads."""
    corners = np.array([[0, 0], [size, 0], [0, size], [size, size]], np.float64)
    inverse = np.linalg.inv(matrix[:, :2])
    places = (corners - matrix[:, 2]) @ inverse.T
    low = np.floor(places.min(0)).astype(int) - 2
    high = np.ceil(places.max(0)).astype(int) + 2
    height, width = pixels.shape[:2]
    left, top = np.clip(low, 0, (width, height))
    right, bottom = np.clip(high, 0, (width, height))
    return int(left), int(top), int(right), int(bottom)
