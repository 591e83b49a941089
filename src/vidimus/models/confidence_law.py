"""From what a network gives to a confidence that can be stated: how often it is right.

Networks are surer, or less sure, than they are right. A law bends their log-odds by two numbers
that were fitted to pictures with known truth (Platt 1999); its source stands at the card.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np
from numpy.typing import NDArray

from vidimus.errors import ConfigurationError

if TYPE_CHECKING:
    from vidimus.runtime.catalog import ModelCard

Floats = NDArray[np.float32]


@dataclass(frozen=True, slots=True)
class ConfidenceLaw:
    """Log-odds of being right = `slope` x log-odds that the network gives + `offset`."""

    slope: float = 1.0
    offset: float = 0.0

    def percent(self, chances: Floats) -> Floats:
        """Turn a network's chances, 0..1 of any shape, into confidences 0..100."""
        inner = np.clip(chances.astype(np.float64), 1e-9, 1 - 1e-9)
        odds = self.slope * np.log(inner / (1 - inner)) + self.offset
        return np.asarray(100 / (1 + np.exp(-odds)), np.float32)


def confidence_law(card: "ModelCard", parameter: str = "confidence_odds") -> ConfidenceLaw:
    """Return the law of the card's `parameter` = [slope, offset].

    Without it chances are told as they are. Raises ConfigurationError when it isn't two numbers,
    the first above 0.
    """
    numbers = card.parameters.get(parameter, (1.0, 0.0))
    if (
        not isinstance(numbers, Sequence)
        or len(numbers) != 2
        or not all(isinstance(number, int | float) for number in numbers)
        or numbers[0] <= 0
    ):
        raise ConfigurationError(f"{card.name}: {parameter} must be a slope above 0 and an offset.")
    return ConfidenceLaw(float(numbers[0]), float(numbers[1]))
