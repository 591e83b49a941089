"""Persons into unit vectors whose dot product says how alike two look: clothes, hair, build."""

from collections.abc import Sequence
from typing import TYPE_CHECKING

import numpy as np
from numpy.typing import NDArray

from vidimus.errors import ConfigurationError
from vidimus.imaging.pyramid import Pyramid
from vidimus.models.face_embedder import network_input, unit_rows

if TYPE_CHECKING:
    from vidimus.runtime.catalog import ModelCard
    from vidimus.runtime.session import ModelSession

Pixels = NDArray[np.uint8]
Floats = NDArray[np.float32]

_BATCH = 8
"""Most crops in one run."""
_SAME_PERSON = 0.8
"""For cards that do not say from which dot product on two persons are one."""


class PersonEmbedder:
    """A network of person re-identification, as Open Model Zoo's 0287 and 0288.

    The card gives the input's width, height and layout, in `dimensions` how many numbers a vector
    has, and in `same_person` the dot product from which two are taken for one person's. Raises
    ConfigurationError when width, height or dimensions are missing.
    """

    def __init__(self, card: "ModelCard", session: "ModelSession") -> None:
        if card.input.width is None or card.input.height is None:
            raise ConfigurationError(f"{card.name}: the network needs a width and a height.")
        if "dimensions" not in card.parameters:
            raise ConfigurationError(f"{card.name}: the parameter dimensions is missing.")
        self.name = card.name
        self.size = (card.input.width, card.input.height)
        self.dimensions = int(card.parameters["dimensions"])
        self.same_person = float(card.parameters.get("same_person", _SAME_PERSON))
        self._layout = card.input
        self._session = session
        (self._input,) = session.inputs

    def chip_of(self, crop: Pixels) -> Pixels:
        """Bring a crop of a person, RGB (h, w, 3), to the network's width and height."""
        return Pyramid(crop).resized(*self.size)

    def embed_persons(self, crops: Sequence[Pixels]) -> Floats:
        """Embed crops of whole persons, RGB (h, w, 3) of any sizes.

        Returns float32 (n, dimensions) of unit length.
        """
        if not crops:
            return np.zeros((0, self.dimensions), np.float32)
        chips = np.stack([self.chip_of(crop) for crop in crops])
        rows = [self._run(chips[at : at + _BATCH]) for at in range(0, len(chips), _BATCH)]
        return unit_rows(np.concatenate(rows))

    def _run(self, chips: Pixels) -> Floats:
        (rows,) = self._session.run({self._input: network_input(chips, self._layout)}).values()
        return np.asarray(rows, np.float32).reshape(len(chips), self.dimensions)
