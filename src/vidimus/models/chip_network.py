"""A network that takes square chips of faces: one run for all chips of a picture."""

from collections.abc import Mapping
from typing import TYPE_CHECKING

import numpy as np
from numpy.typing import NDArray

from vidimus.errors import ConfigurationError
from vidimus.models.face_embedder import network_input

if TYPE_CHECKING:
    from vidimus.runtime.catalog import ModelCard
    from vidimus.runtime.session import ModelSession

Pixels = NDArray[np.uint8]
Floats = NDArray[np.float32]

_BATCH = 16
"""Most chips in one run: more gain no time and cost memory."""
FEW_CHIPS = 2
"""Most large chips in one run: sixteen gain no time over two and hold 500 megabytes more."""


class ChipNetwork:
    """Runs a card's network on chips, by the input layout and output names on the card.

    `batch` is the most chips in one run; the memory that they need at once stays taken. Raises
    ConfigurationError when the card gives no square input.
    """

    def __init__(self, card: "ModelCard", session: "ModelSession", batch: int = _BATCH) -> None:
        if card.input.width is None or card.input.width != card.input.height:
            raise ConfigurationError(f"{card.name}: the network needs a square input.")
        self.name = card.name
        self.size = card.input.width
        self._layout = card.input
        self._session = session
        self._batch = batch
        named = card.parameters.get("output_names", {})
        self._outputs = {str(net): str(own) for own, net in dict(named).items()}
        self._inputs = tuple(session.inputs)

    def tensor(self, chips: Pixels) -> Floats:
        """Lay chips (n, size, size, 3) RGB out as the network wants them."""
        return network_input(chips, self._layout)

    def run(self, chips: Pixels) -> dict[str, Floats]:
        """Run chips (n, size, size, 3) RGB; outputs by the card's names, (n, ...) each."""
        return self.run_inputs({self._inputs[0]: self.tensor(chips)})

    def run_inputs(self, inputs: Mapping[str, Floats]) -> dict[str, Floats]:
        """Run inputs with equally many rows, at least one, in few batches."""
        count = len(next(iter(inputs.values())))
        parts = [
            self._session.run(
                {name: rows[start : start + self._batch] for name, rows in inputs.items()}
            )
            for start in range(0, count, self._batch)
        ]
        return {
            self._outputs.get(name, name): np.concatenate([part[name] for part in parts])
            for name in parts[0]
        }
