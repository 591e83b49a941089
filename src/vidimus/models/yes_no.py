"""A network that answers yes or no about a face: the way in for attributes of your own.

No such network ships with vidimus. An overlay's card for the task `eyeglasses`, `sunglasses`,
`beard`, `mustache` or `face_occluded` is read by this module.
"""

from typing import TYPE_CHECKING

import numpy as np
from numpy.typing import NDArray

from vidimus.errors import ConfigurationError
from vidimus.models.chip_network import ChipNetwork
from vidimus.models.face_frame import FaceFrames

if TYPE_CHECKING:
    from vidimus.runtime.catalog import ModelCard
    from vidimus.runtime.session import ModelSession

Pixels = NDArray[np.uint8]
Floats = NDArray[np.float32]


class YesNo:
    """Card parameters: `span` and `down` (the crop, see FaceFrames.cut) and `yes`.

    The network's first output is the probability of yes where it has one column; where it has
    more, `yes` says which column that is. Raises ConfigurationError when the span is missing.
    """

    def __init__(self, card: "ModelCard", session: "ModelSession") -> None:
        if "span" not in card.parameters:
            raise ConfigurationError(f"{card.name}: the crop's span in face scales is missing.")
        self.name = card.name
        self._network = ChipNetwork(card, session)
        self._span = float(card.parameters["span"])
        self._down = float(card.parameters.get("down", 0))
        self._yes = int(card.parameters.get("yes", 0))

    def probabilities(self, pixels: Pixels, frames: FaceFrames) -> Floats:
        """Return the probability of yes for each framed face, float32 (n,)."""
        crops = frames.cut(pixels, self._span, self._network.size, down=self._down)
        outputs = next(iter(self._network.run(crops.pixels).values()))
        return np.asarray(outputs.reshape(len(frames.points), -1)[:, self._yes], np.float32)
