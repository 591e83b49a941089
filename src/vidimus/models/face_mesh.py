"""The 468 points of a face in three dimensions, by MediaPipe's face landmark network."""

from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np
from numpy.typing import NDArray

from vidimus.lazy import lazy
from vidimus.models.chip_network import ChipNetwork
from vidimus.models.face_frame import FaceFrames

if TYPE_CHECKING:
    from vidimus.runtime.catalog import ModelCard
    from vidimus.runtime.session import ModelSession

Pixels = NDArray[np.uint8]
Floats = NDArray[np.float32]

SPAN = 3.7
"""Side of the crop in face scales.

Measured on 190 faces: at this size the points lie within 0.5 % of the face (median; 1.1 % for 95
of 100 faces) of those that the network settles on when it is fed its own answer again.
"""

LEFT_EYE_CORNERS = (33, 133)
"""The outer and inner corner of the eye nearer to the picture's left edge."""

RIGHT_EYE_CORNERS = (263, 362)
"""The outer and inner corner of the other eye."""

_LEFT_EYE = (33, 133, 159, 145)
_RIGHT_EYE = (263, 362, 386, 374)
_NOSE_TIP = 4
_MOUTH_CORNERS = (61, 291)

# Points that move little when a face speaks or smiles, and where they are on the average face:
# the mean of the frontal ones among 337 official portraits as this network sees them, and of
# their mirror images. The unit is the distance between the outer corners of the eyes, the
# middle between them the origin; x to the right, y down, z away from the camera.
_FIRM = {
    10: (0.000, -0.585, -0.234),
    33: (-0.500, 0.000, -0.005),
    133: (-0.190, 0.016, -0.060),
    362: (0.190, 0.016, -0.060),
    263: (0.500, 0.000, -0.005),
    168: (0.000, -0.039, -0.254),
    6: (0.000, 0.038, -0.300),
    4: (0.000, 0.374, -0.485),
    129: (-0.251, 0.385, -0.152),
    358: (0.251, 0.385, -0.152),
    152: (0.000, 1.274, 0.014),
    127: (-0.773, 0.054, 0.543),
    356: (0.773, 0.054, 0.543),
    234: (-0.767, 0.214, 0.604),
    454: (0.767, 0.214, 0.604),
}
_FIRM_INDEX = tuple(_FIRM)
_FIRM_PLACES = np.array(tuple(_FIRM.values()), np.float64)


@dataclass(frozen=True)
class MeshPoints:
    """The meshes of n faces.

    `points` float32 (n, 468, 3): x and y in pixels of the picture, z in the same unit, away from
    the camera, from an arbitrary origin. `presence` float32 (n,) is the network's log-odds that
    the crop shows a face that it can follow; upright faces have 15 and more, others around 0.
    """

    points: Floats
    presence: Floats

    @property
    def five_points(self) -> Floats:
        """The points that a detector gives, float32 (n, 5, 2)."""
        flat = self.points[:, :, :2]
        return np.stack(
            [
                flat[:, _LEFT_EYE].mean(1),
                flat[:, _RIGHT_EYE].mean(1),
                flat[:, _NOSE_TIP],
                flat[:, _MOUTH_CORNERS[0]],
                flat[:, _MOUTH_CORNERS[1]],
            ],
            axis=1,
        )

    @lazy
    def rotations(self) -> NDArray[np.float64]:
        """How each head is turned: matrices (n, 3, 3) from the average face to the picture.

        The least squares rotation of the firm points (Kabsch 1976).
        """
        seen = self.points[:, _FIRM_INDEX].astype(np.float64)
        aim = _FIRM_PLACES - _FIRM_PLACES.mean(0)
        spread = np.swapaxes(seen - seen.mean(1, keepdims=True), 1, 2) @ aim
        left, _, right = np.linalg.svd(spread)
        left[:, :, 2] *= np.sign(np.linalg.det(left @ right))[:, None]
        return np.asarray(left @ right, np.float64)

    @lazy
    def frontal(self) -> NDArray[np.float64]:
        """The meshes as if every head faced the camera, (n, 468, 3).

        The unit is the average face's: one distance between the outer corners of the eyes.
        """
        seen = self.points[:, _FIRM_INDEX].astype(np.float64)
        middle = seen.mean(1, keepdims=True)
        aim = _FIRM_PLACES - _FIRM_PLACES.mean(0)
        scale = np.sqrt(((seen - middle) ** 2).sum((1, 2)) / (aim**2).sum())
        turned = (self.points - middle) @ self.rotations
        turned /= np.maximum(scale, 1e-6)[:, None, None]
        return np.asarray(turned + _FIRM_PLACES.mean(0), np.float64)

    def chosen(self, index: NDArray[np.generic]) -> "MeshPoints":
        """Return the meshes that `index` (places or a mask) picks."""
        return MeshPoints(self.points[index], self.presence[index])


class FaceMesh:
    """Finds the mesh of each face by its five points."""

    def __init__(self, card: "ModelCard", session: "ModelSession") -> None:
        self.name = card.name
        self._network = ChipNetwork(card, session)

    def find_points(self, pixels: Pixels, frames: FaceFrames) -> MeshPoints:
        """Find the mesh of each framed face of an RGB picture (h, w, 3)."""
        if not len(frames.points):
            return MeshPoints(np.zeros((0, 468, 3), np.float32), np.zeros(0, np.float32))
        size = self._network.size
        crops = frames.cut(pixels, SPAN, size)
        outputs = self._network.run(crops.pixels)
        points = outputs["points"].reshape(len(frames.points), -1, 3)
        depth = points[:, :, 2] * (frames.scales * SPAN / size)[:, None]
        places = np.concatenate([crops.to_picture(points[:, :, :2]), depth[:, :, None]], 2)
        return MeshPoints(places.astype(np.float32), outputs["presence"].reshape(-1))
