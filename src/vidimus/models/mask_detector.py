"""Whether something is worn over mouth and nose: AIZOO's network, shown one face at a time.

The network is a detector of faces with and without a mask. Face detectors find faces better, so it
is asked only which of the two it sees where a face is known to be.
"""

from collections.abc import Mapping, Sequence
from typing import TYPE_CHECKING, Any

import numpy as np
from numpy.typing import NDArray

from vidimus.errors import ConfigurationError
from vidimus.models.chip_network import FEW_CHIPS, ChipNetwork
from vidimus.models.face_frame import FaceFrames

if TYPE_CHECKING:
    from vidimus.runtime.catalog import ModelCard
    from vidimus.runtime.session import ModelSession

Pixels = NDArray[np.uint8]
Floats = NDArray[np.float32]

SPAN = 5.0
"""Side of the crop in face scales.

Of 3, 4, 5, 6.5 and 8 the one that parts 115 bare faces best from the same with painted masks.
"""


class MaskDetector:
    """AIZOO face mask (Caffe, 260 pixels): single-shot detection on five grids.

    Card parameters: `labels`, with "mask" and "no_mask"; `grids` and `sizes`, which say how many
    cells each grid has a side and how large its anchors are; `output_names` for `scores`, one
    chance for each anchor and label. Raises ConfigurationError when a label is missing or the
    input isn't square.
    """

    def __init__(self, card: "ModelCard", session: "ModelSession") -> None:
        labels = list(card.parameters.get("labels", ()))
        if not {"mask", "no_mask"} <= set(labels):
            raise ConfigurationError(f"{card.name}: the labels mask and no_mask are missing.")
        self.name = card.name
        self._network = ChipNetwork(card, session, FEW_CHIPS)
        self._mask, self._bare = labels.index("mask"), labels.index("no_mask")
        self._central = central_anchors(card.parameters)

    def mask_chances(self, pixels: Pixels, frames: FaceFrames) -> Floats:
        """Return how probable it is that each framed face wears a mask, float32 (n,), 0..1.

        The share of the mask in what the surest anchors say; 0.5 where none sees a face.
        """
        if not len(frames.points):
            return np.zeros(0, np.float32)
        crops = frames.cut(pixels, SPAN, self._network.size)
        scores = self._network.run(crops.pixels)["scores"].reshape(len(crops.pixels), -1, 2)
        surest = scores[:, self._central].max(axis=1).astype(np.float64) + 1e-6
        return np.asarray(surest[:, self._mask] / surest.sum(axis=1), np.float32)


def central_anchors(parameters: Mapping[str, Any]) -> NDArray[np.bool_]:
    """Mark the anchors (n,) whose centre is in the middle half of the crop, where the face is.

    A neighbour's face at the crop's edge has no say then.
    """
    aspects: Sequence[float] = parameters["aspects"]
    marks = []
    for grid, sizes in zip(parameters["grids"], parameters["sizes"], strict=True):
        place = (np.arange(grid) + 0.5) / grid
        middle = np.abs(place - 0.5) <= 0.25
        cells = (middle[:, None] & middle[None, :]).ravel()
        marks.append(np.repeat(cells, len(sizes) + len(aspects)))
    return np.concatenate(marks)
