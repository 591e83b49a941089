"""A network that tells whether a head or a hand is covered: the way in for one of your own.

No such network ships with vidimus. An overlay's card for the task `head_cover` or `hand_cover` is
read by this module.
"""

from collections.abc import Sequence
from typing import TYPE_CHECKING

import numpy as np
from numpy.typing import NDArray

from vidimus.imaging.pyramid import Pyramid
from vidimus.models.chip_network import ChipNetwork

if TYPE_CHECKING:
    from vidimus.runtime.catalog import ModelCard
    from vidimus.runtime.session import ModelSession

Pixels = NDArray[np.uint8]
Floats = NDArray[np.float32]


class PartCover:
    """Card parameter `yes`: which column of the first output is the probability of a cover.

    Raises ConfigurationError when the input isn't square.
    """

    def __init__(self, card: "ModelCard", session: "ModelSession") -> None:
        self.name = card.name
        self._network = ChipNetwork(card, session)
        self._yes = int(card.parameters.get("yes", 0))

    def cover_chances(self, crops: Sequence[Pixels]) -> Floats:
        """Return how probable a cover is on each RGB crop (h, w, 3), float32 (n,), 0..1."""
        if not crops:
            return np.zeros(0, np.float32)
        size = self._network.size
        chips = np.stack([Pyramid(crop).resized(size, size) for crop in crops])
        outputs = next(iter(self._network.run(chips).values()))
        return np.asarray(outputs.reshape(len(crops), -1)[:, self._yes], np.float32)
