"""Which expression a face appears to wear."""

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


class Expressions:
    """Several networks averaged; one that lacks a class leaves its share to those that have it.

    The first card's `labels` are the classes; the parameter `span` (the crop's side in face
    scales) may differ from the default.
    """

    def __init__(self, networks: Sequence[tuple["ModelCard", "ModelSession"]]) -> None:
        self.name = " + ".join(card.name for card, _ in networks)
        self.labels = tuple(str(label) for label in networks[0][0].parameters["labels"])
        self._networks = [
            (
                ChipNetwork(card, session),
                [self.labels.index(label) for label in card.parameters["labels"]],
                float(card.parameters.get("span", _SPAN)),
            )
            for card, session in networks
        ]

    def estimate(self, pixels: Pixels, frames: FaceFrames) -> Floats:
        """Return the share of each label, float32 (n, labels), rows summing to 1."""
        total = np.zeros((len(frames.points), len(self.labels)), np.float64)
        first: NDArray[np.float64] | None = None
        for network, places, span in self._networks:
            crops = frames.cut(pixels, span, network.size, by_mean_point=True)
            shares = np.zeros_like(total)
            shares[:, places] = network.run(crops.pixels)["probability"].reshape(len(total), -1)
            shares /= np.maximum(shares.sum(1, keepdims=True), 1e-9)
            first = shares if first is None else first
            total += _filled(shares, places, first)
        return np.asarray(total / total.sum(1, keepdims=True), np.float32)


def _filled(
    shares: NDArray[np.float64], known: list[int], first: NDArray[np.float64]
) -> NDArray[np.float64]:
    """Take over the first network's shares of the classes that are not in `known`."""
    filled = first.copy()
    filled[:, known] = 0
    return np.asarray(filled + shares * (1 - filled.sum(1, keepdims=True)), np.float64)
