"""What a picture shows: EfficientNet-Lite0, which knows the 1000 classes of ImageNet."""

from collections.abc import Sequence
from dataclasses import dataclass
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


@dataclass(frozen=True, slots=True)
class ImageClasses:
    """What the network says of one picture.

    `probabilities` float32 (1000,), summing to 1, in the order of ImageNet's classes; `feature`
    float32 (1280,), what the last layer sees.
    """

    probabilities: Floats
    feature: Floats


class ImageClassifier:
    """EfficientNet-Lite0 (Tan and Le 2019; the Lite variant 2020): a square input, 1000 classes.

    The card gives the input's layout, and in `output_names` what the network calls `logits` and
    `feature`. Raises ConfigurationError when the input isn't square.
    """

    def __init__(self, card: "ModelCard", session: "ModelSession") -> None:
        self.name = card.name
        self._network = ChipNetwork(card, session)

    def classify_image(self, pyramid: Pyramid) -> ImageClasses:
        """Classify a whole picture, brought to the network's square."""
        size = self._network.size
        outputs = self._network.run(pyramid.resized(size, size)[None])
        feature = outputs["feature"].reshape(-1)
        return ImageClasses(_softmax(outputs["logits"])[0], np.asarray(feature, np.float32))

    def classify_crops(self, crops: Sequence[Pixels]) -> Floats:
        """Classify RGB crops (h, w, 3) of any sizes; probabilities (n, 1000)."""
        if not crops:
            return np.zeros((0, 1000), np.float32)
        chips = np.stack([Pyramid(crop).resized(*[self._network.size] * 2) for crop in crops])
        return _softmax(self._network.run(chips)["logits"])


def _softmax(logits: Floats) -> Floats:
    """Turn rows of logits (n, classes) into rows of probabilities."""
    powers = np.exp(logits - logits.max(axis=1, keepdims=True))
    return np.asarray(powers / powers.sum(axis=1, keepdims=True), np.float32)
