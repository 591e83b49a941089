"""Where the eyes look, by OMZ's gaze network and the head-pose network that feeds it."""

from typing import TYPE_CHECKING

import numpy as np
from numpy.typing import NDArray

from vidimus.models.chip_network import ChipNetwork
from vidimus.models.eyes import cut_eyes
from vidimus.models.face_frame import FaceFrames

if TYPE_CHECKING:
    from vidimus.runtime.catalog import ModelCard
    from vidimus.runtime.session import ModelSession

Pixels = NDArray[np.uint8]
Floats = NDArray[np.float32]

_HEAD_SPAN = 3.2
_EYE_SPAN = 0.6


class Gaze:
    """OMZ gaze-estimation-adas-0002, fed by head-pose-estimation-adas-0001."""

    def __init__(
        self, gaze: tuple["ModelCard", "ModelSession"], head: tuple["ModelCard", "ModelSession"]
    ) -> None:
        self.name = f"{gaze[0].name} + {head[0].name}"
        self._gaze = ChipNetwork(*gaze)
        self._head = ChipNetwork(*head)
        self._names = dict(gaze[0].parameters["input_names"])

    def estimate(self, pixels: Pixels, frames: FaceFrames, eye_centers: Floats) -> Floats:
        """Return yaw and pitch of each face's gaze against the camera, degrees, float32 (n, 2).

        `eye_centers` is (n, 2, 2) in pixels. Yaw is positive to the picture's right, pitch up.
        """
        count = len(eye_centers)
        head = self._head.run(frames.cut(pixels, _HEAD_SPAN, self._head.size).pixels)
        level = np.zeros(count, np.float32)
        angles = np.stack([head["yaw"].reshape(-1), head["pitch"].reshape(-1), level], 1)
        eyes = cut_eyes(pixels, frames, eye_centers, _EYE_SPAN, self._gaze.size)
        outputs = self._gaze.run_inputs(
            {
                self._names["left_eye"]: self._gaze.tensor(eyes[:, 0]),
                self._names["right_eye"]: self._gaze.tensor(eyes[:, 1]),
                self._names["pose"]: angles,
            }
        )
        return _directions(outputs["gaze"].reshape(count, 3), frames.angles)


def _directions(vectors: Floats, turned: Floats) -> Floats:
    """Turn vectors seen in upright crops (x right, y up, z away) back into the picture's frame."""
    unit = vectors / np.maximum(np.linalg.norm(vectors, axis=1, keepdims=True), 1e-6)
    cosine, sine = np.cos(turned), np.sin(turned)
    right = unit[:, 0] * cosine + unit[:, 1] * sine
    up = unit[:, 1] * cosine - unit[:, 0] * sine
    yaw = np.arctan2(right, -unit[:, 2])
    pitch = np.arcsin(np.clip(up, -1, 1))
    return np.asarray(np.degrees(np.stack([yaw, pitch], 1)), np.float32)
