"""Which frames are black, by the rule of the level and the coverage.

A pixel is black when its luma (Y of BT.709) is at most the least luma of the range plus a share of
the range; a frame is when enough of its pixels are. The luma is the decoder's own, in the video's
range, and is told from a small picture: what covers less than one of its pixels is averaged in.
"""

from dataclasses import dataclass
from typing import Literal

import numpy as np
from numpy.typing import NDArray

Luma = NDArray[np.uint8]
ColourRange = Literal["FULL", "LIMITED"]

_RANGES: dict[ColourRange, tuple[int, int]] = {"FULL": (0, 255), "LIMITED": (16, 235)}


@dataclass(frozen=True, slots=True)
class BlackRule:
    """When a frame is black.

    `limit` is the greatest luma of a black pixel, 0..255; `coverage` how many percent of the pixels
    have to be black, 0..100.
    """

    limit: float
    coverage: float

    def percent(self, luma: Luma) -> float:
        """Return how many percent of a frame's pixels (h, w) are black."""
        return 100 * float(np.count_nonzero(luma <= self.limit)) / luma.size

    def holds(self, percent: float) -> bool:
        """Say whether so many percent of black pixels make a black frame."""
        return percent >= self.coverage

    def confidence(self, percent: float) -> float:
        """Return 50 where the coverage is just met, 100 where every pixel is black."""
        spare = 100 - self.coverage
        return 100.0 if spare <= 0 else 50 + 50 * (percent - self.coverage) / spare


def black_rule(threshold: float, coverage: float, colour_range: ColourRange | None) -> BlackRule:
    """Make the rule for a threshold 0..1 and a coverage 0..100.

    A video that does not state its range is taken to be limited, as nearly all are.
    """
    least, most = _RANGES[colour_range or "LIMITED"]
    return BlackRule(least + threshold * (most - least), coverage)
