"""How heads are turned: from the mesh, or by the FSA-Net pair.

All angles are degrees: roll positive when the head is turned clockwise in the picture, yaw when
the face looks to the picture's right, pitch when it looks up; these are AWS's signs.
"""

from collections.abc import Sequence
from typing import TYPE_CHECKING

import numpy as np
from numpy.typing import NDArray

from vidimus.models.chip_network import ChipNetwork
from vidimus.models.face_frame import FaceFrames
from vidimus.models.face_mesh import MeshPoints

if TYPE_CHECKING:
    from vidimus.runtime.catalog import ModelCard
    from vidimus.runtime.session import ModelSession

Pixels = NDArray[np.uint8]
Floats = NDArray[np.float32]

# What each way calls the pitch of an official portrait, whose sitter faces the camera: the mean
# over 190 of them. It is taken off, so that such a portrait has a pitch near 0.
_MESH_PITCH_AT_REST = 2.2
_FSANET_PITCH_AT_REST = -3.8

_FSANET_SPAN = 3.3


def poses_of_meshes(meshes: MeshPoints) -> Floats:
    """Return roll, yaw and pitch of each mesh, float32 (n, 3)."""
    turns = meshes.rotations
    ahead = -turns[:, :, 2]
    across = turns[:, :, 0]
    yaw = np.arctan2(ahead[:, 0], -ahead[:, 2])
    pitch = np.arcsin(np.clip(-ahead[:, 1], -1, 1))
    # Of a head with this yaw and pitch but no roll: where its own right and down would point.
    level = np.stack([np.cos(yaw), np.zeros_like(yaw), np.sin(yaw)], 1)
    upright = np.cross(-ahead, level)
    roll = np.arctan2((across * upright).sum(1), (across * level).sum(1))
    degrees = np.degrees(np.stack([roll, yaw, pitch], 1))
    degrees[:, 2] -= _MESH_PITCH_AT_REST
    return np.asarray(degrees, np.float32)


class FsaNet:
    """FSA-Net (Yang, Chen, Lin and Chuang 2019), several variants averaged."""

    def __init__(self, networks: Sequence[tuple["ModelCard", "ModelSession"]]) -> None:
        self.name = " + ".join(card.name for card, _ in networks)
        self._networks = [ChipNetwork(card, session) for card, session in networks]

    def estimate_poses(self, pixels: Pixels, frames: FaceFrames) -> Floats:
        """Return roll, yaw and pitch of each framed face, float32 (n, 3).

        The faces are cut upright, so the networks see no roll but the little that is left; they
        were trained on heads that stand upright.
        """
        chips = frames.cut(pixels, _FSANET_SPAN, self._networks[0].size).pixels
        answers = [next(iter(network.run(chips).values())) for network in self._networks]
        yaw, pitch, roll = np.mean(answers, axis=0).reshape(-1, 3).T
        turned = (roll + np.degrees(frames.angles) + 180) % 360 - 180
        return np.stack([turned, -yaw, pitch - _FSANET_PITCH_AT_REST], 1).astype(np.float32)
