"""The age a face appears to have, and whether it appears male or female."""

from collections.abc import Sequence
from typing import TYPE_CHECKING

import numpy as np
from numpy.typing import NDArray

from vidimus.models.chip_network import ChipNetwork
from vidimus.models.face_frame import FaceFrames

if TYPE_CHECKING:
    from vidimus.runtime.catalog import ModelCard
    from vidimus.runtime.session import ModelSession

Pixels = NDArray[np.uint8]
Floats = NDArray[np.float32]

_SPAN = 2.8
# A network that is certain is still wrong now and then; its log-odds count up to this.
_SUREST = 0.9995


class AgeGender:
    """Several networks: the age of the first, the log-odds of all for the gender.

    Card parameters: `genders` (the outputs' order), and where they differ from the defaults
    `span` and `down` (the crop, see FaceFrames.cut), `weight` (in the mean of the log-odds, 1)
    and `years` (what the age output is multiplied by, 1).
    """

    def __init__(self, networks: Sequence[tuple["ModelCard", "ModelSession"]]) -> None:
        self.name = " + ".join(card.name for card, _ in networks)
        self._networks = [AgeGenderNet(card, session) for card, session in networks]

    def estimate(self, pixels: Pixels, frames: FaceFrames) -> tuple[Floats, Floats]:
        """Return the ages in years (n,) and the probabilities of looking male (n,)."""
        answers = [network.estimate(pixels, frames) for network in self._networks]
        weights = [network.weight for network in self._networks]
        odds = np.average([_log_odds(male) for _, male in answers], axis=0, weights=weights)
        return answers[0][0], np.asarray(1 / (1 + np.exp(-odds)), np.float32)


class AgeGenderNet:
    """One network for both; see AgeGender for the card's parameters."""

    def __init__(self, card: "ModelCard", session: "ModelSession") -> None:
        self.name = card.name
        self._network = ChipNetwork(card, session)
        self._male = list(card.parameters["genders"]).index("Male")
        self._span = float(card.parameters.get("span", _SPAN))
        self._down = float(card.parameters.get("down", 0))
        self._years = float(card.parameters.get("years", 1))
        self.weight = float(card.parameters.get("weight", 1))

    def estimate(self, pixels: Pixels, frames: FaceFrames) -> tuple[Floats, Floats]:
        """Return the ages in years (n,) and this network's probabilities of male (n,)."""
        size = self._network.size
        crops = frames.cut(pixels, self._span, size, by_mean_point=True, down=self._down)
        outputs = self._network.run(crops.pixels)
        count = len(frames.points)
        ages = outputs["age"].reshape(count) * np.float32(self._years)
        return ages, outputs["gender"].reshape(count, -1)[:, self._male]


def _log_odds(probability: Floats) -> Floats:
    kept = np.clip(probability.astype(np.float64), 1 - _SUREST, _SUREST)
    return np.asarray(np.log(kept / (1 - kept)), np.float32)
