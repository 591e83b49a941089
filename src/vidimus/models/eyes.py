"""Eyes: their contour and iris, how open they are, and what an eye-state network says."""

from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np
from numpy.typing import NDArray

from vidimus.imaging.align import crop_faces
from vidimus.models.chip_network import ChipNetwork
from vidimus.models.face_frame import FaceFrames
from vidimus.models.face_mesh import LEFT_EYE_CORNERS, RIGHT_EYE_CORNERS, MeshPoints

if TYPE_CHECKING:
    from vidimus.runtime.catalog import ModelCard
    from vidimus.runtime.session import ModelSession

Pixels = NDArray[np.uint8]
Floats = NDArray[np.float32]

_IRIS_SPAN = 2.3
_CONTOUR_POINTS = 16
_EYE_STATE_SPAN = 0.55


@dataclass(frozen=True)
class Eyes:
    """The two eyes of n faces, the image-left one first, in pixels.

    `contours` float32 (n, 2, 16, 2): places around the opening between the lids, in no order.
    `irises` float32 (n, 2, 5, 2): the pupil's middle, then four places on the iris's edge.
    """

    contours: Floats
    irises: Floats

    @property
    def pupils(self) -> Floats:
        """The middle of each pupil, float32 (n, 2, 2)."""
        return self.irises[:, :, 0]

    def openness(self) -> Floats:
        """Return the opening's area over its squared width, float32 (n, 2).

        About 0.21 for an open eye and below 0.15 for most closed ones.
        """
        around = self.contours - self.contours.mean(2, keepdims=True)
        turn = np.argsort(np.arctan2(around[..., 1], around[..., 0]), axis=2)
        ring = np.take_along_axis(around, turn[..., None], 2)
        after = np.roll(ring, -1, axis=2)
        twice_area = (ring[..., 0] * after[..., 1] - ring[..., 1] * after[..., 0]).sum(2)
        # The corners are the two places farthest apart, so the width is the largest distance.
        width = np.linalg.norm(ring[:, :, :, None] - ring[:, :, None], axis=-1).max((2, 3))
        return np.asarray(np.abs(twice_area) / 2 / np.maximum(width, 1e-6) ** 2, np.float32)


class EyeContours:
    """MediaPipe's iris landmark network; it knows one kind of eye, so the other is mirrored."""

    def __init__(self, card: "ModelCard", session: "ModelSession") -> None:
        self.name = card.name
        self._network = ChipNetwork(card, session)

    def find_eyes(self, pixels: Pixels, meshes: MeshPoints) -> Eyes:
        """Find the eyes of each meshed face of an RGB picture (h, w, 3)."""
        count, size = len(meshes.points), self._network.size
        # From image-left to image-right corner on an upright face, for both eyes.
        starts = meshes.points[:, (LEFT_EYE_CORNERS[0], RIGHT_EYE_CORNERS[1]), :2].reshape(-1, 2)
        ends = meshes.points[:, (LEFT_EYE_CORNERS[1], RIGHT_EYE_CORNERS[0]), :2].reshape(-1, 2)
        along = ends - starts
        sides = np.maximum(np.linalg.norm(along, axis=1), 1) * np.float32(_IRIS_SPAN)
        angles = np.arctan2(along[:, 1], along[:, 0])
        middles = np.asarray((starts + ends) / 2, np.float32)
        crops = crop_faces(pixels, middles, sides, angles, size)
        chips = crops.pixels.copy()
        chips[1::2] = chips[1::2, :, ::-1]
        outputs = self._network.run(chips)
        contours = outputs["contour"].reshape(2 * count, -1, 3)[:, :_CONTOUR_POINTS, :2].copy()
        irises = outputs["iris"].reshape(2 * count, -1, 3)[:, :, :2].copy()
        for places in (contours, irises):
            places[1::2, :, 0] = size - places[1::2, :, 0]
        return Eyes(
            crops.to_picture(contours).reshape(count, 2, -1, 2),
            crops.to_picture(irises).reshape(count, 2, -1, 2),
        )


class EyeState:
    """OMZ open-closed-eye-0001: the probability that an eye is open."""

    def __init__(self, card: "ModelCard", session: "ModelSession") -> None:
        self.name = card.name
        self._network = ChipNetwork(card, session)
        self._open = list(card.parameters["labels"]).index("open")

    def open_probabilities(self, pixels: Pixels, frames: FaceFrames, centers: Floats) -> Floats:
        """Return the probability that each eye is open, float32 (n, 2).

        `centers` (n, 2, 2) are the middles of the eyes in pixels.
        """
        chips = cut_eyes(pixels, frames, centers, _EYE_STATE_SPAN, self._network.size)
        outputs = self._network.run(chips.reshape(-1, *chips.shape[2:]))
        return outputs["probability"].reshape(len(centers), 2, -1)[:, :, self._open]


def cut_eyes(pixels: Pixels, frames: FaceFrames, centers: Floats, span: float, size: int) -> Pixels:
    """Cut both eyes of each face level, squares of `span` face scales: (n, 2, size, size, 3)."""
    crops = crop_faces(
        pixels,
        centers.reshape(-1, 2),
        np.repeat(frames.scales * np.float32(span), 2),
        np.repeat(frames.angles, 2),
        size,
    )
    return crops.pixels.reshape(-1, 2, size, size, 3)
