"""What the networks say about the faces of one picture, each network run at most once.

Everything is computed when it is first asked for and for all faces together, so a description
costs what its attributes need and no more.
"""

import numpy as np
from numpy.typing import NDArray

from vidimus.errors import ModelUnavailable
from vidimus.imaging import quality
from vidimus.lazy import lazy
from vidimus.models.eyes import Eyes
from vidimus.models.face_frame import FaceFrames
from vidimus.models.face_mesh import MeshPoints
from vidimus.models.head_pose import poses_of_meshes
from vidimus.vision.face_nets import FaceNets

Pixels = NDArray[np.uint8]
Floats = NDArray[np.float32]


class FaceSheet:
    """The faces of an RGB picture (h, w, 3), given by their points (n, 5, 2) in pixels; n >= 1.

    A property is None when no installed network tells it.
    """

    def __init__(self, nets: FaceNets, pixels: Pixels, points: Floats) -> None:
        self.nets = nets
        self.pixels = pixels
        self.frames = FaceFrames(points)

    @lazy
    def poses(self) -> Floats:
        """Roll, yaw and pitch in degrees, (n, 3); raises ModelUnavailable when nothing tells."""
        if self.nets.head_pose is not None:
            return self.nets.head_pose.estimate_poses(self.pixels, self.frames)
        if self.meshes is None:
            raise ModelUnavailable("No network tells head poses; run `vidimus models pull`.")
        return poses_of_meshes(self.meshes)

    @lazy
    def qualities(self) -> Floats:
        """Brightness and sharpness, 0..100, (n, 2)."""
        chips = self.frames.cut(self.pixels, quality.CHIP_SPAN, quality.CHIP_SIZE).pixels
        return np.stack([quality.brightness(chips), quality.sharpness(chips)], 1)

    @lazy
    def meshes(self) -> MeshPoints | None:
        """The 468 points of each face."""
        mesh = self.nets.mesh
        return None if mesh is None else mesh.find_points(self.pixels, self.frames)

    @lazy
    def eyes(self) -> Eyes | None:
        """The lids and pupils."""
        finder = self.nets.eye_contours
        if finder is None or self.meshes is None:
            return None
        return finder.find_eyes(self.pixels, self.meshes)

    @lazy
    def eye_centers(self) -> Floats:
        """The middles of the eyes in pixels, (n, 2, 2): the mesh's, else the detector's points."""
        points = self.frames.points if self.meshes is None else self.meshes.five_points
        return np.asarray(points[:, :2], np.float32)

    @lazy
    def open_eyes(self) -> Floats | None:
        """The probability that each eye is open by its look, (n, 2)."""
        state = self.nets.eye_state
        if state is None:
            return None
        return state.open_probabilities(self.pixels, self.frames, self.eye_centers)

    @lazy
    def expressions(self) -> Floats | None:
        """The share of each of the expressions' labels, (n, labels)."""
        net = self.nets.expressions
        return None if net is None else net.estimate(self.pixels, self.frames)

    @lazy
    def gazes(self) -> Floats | None:
        """Yaw and pitch of the gaze in degrees, (n, 2)."""
        net = self.nets.gaze
        return None if net is None else net.estimate(self.pixels, self.frames, self.eye_centers)

    @lazy
    def ages_and_genders(self) -> tuple[Floats, Floats] | None:
        """The apparent ages in years (n,) and the probabilities of looking male (n,)."""
        net = self.nets.age_gender
        return None if net is None else net.estimate(self.pixels, self.frames)

    def yes_no(self, task: str) -> Floats | None:
        """Return the probability of yes, (n,), of a network for `task`."""
        net = self.nets.yes_no(task)
        return None if net is None else net.probabilities(self.pixels, self.frames)
