"""Where tracked boxes are going: a Kalman filter of constant speed, for many boxes at once.

Time is in seconds, so looks may be any time apart. A box is its middle, width and height; all four
are as uncertain as each other and are told from each other's changes by nothing, so that one
covariance (2, 2) of place and speed serves all four.
"""

from dataclasses import dataclass, replace
from typing import Self

import numpy as np
from numpy.typing import NDArray

Floats = NDArray[np.float64]

# Standard deviations in shares of the longer side: those of ByteTrack's filter, which are for
# thirty frames a second, turned into such as hold for any time between two looks, and a steadier
# speed, which does better on made scenes (benchmarks/tracking.py, other seeds than those told).
_SEEN = 0.05
"""How far a detector's box is off."""
_FIRST_SPEED = 2.0
"""Speed of what was seen once, a second."""
_DRIFT = 0.27
"""How far it goes off course within a second without changing its speed."""
_SWERVE = 0.3
"""How much its speed changes within a second."""


@dataclass(frozen=True, slots=True, eq=False)
class Motion:
    """The courses of n boxes.

    `states` is (n, 4, 2): middle x, middle y, width and height in pixels, each with its change in
    pixels a second. `spreads` is (n, 2, 2): the covariance of the two, the same for all four.
    """

    states: Floats
    spreads: Floats

    @classmethod
    def begun(cls, boxes: Floats) -> Self:
        """Return the courses of boxes (n, 4) of pixel corners that were seen for the first time."""
        states = np.zeros((len(boxes), 4, 2))
        states[:, :, 0] = _middles_and_sides(boxes)
        sides = _longer_sides(states)
        spreads = np.zeros((len(boxes), 2, 2))
        spreads[:, 0, 0] = (2 * _SEEN * sides) ** 2
        spreads[:, 1, 1] = (_FIRST_SPEED * sides) ** 2
        return cls(states, spreads)

    @property
    def boxes(self) -> Floats:
        """Where the boxes are now: pixel corners (n, 4)."""
        middles, sides = self.states[:, :2, 0], np.maximum(self.states[:, 2:, 0], 1)
        return np.concatenate([middles - sides / 2, middles + sides / 2], 1)

    def after(self, seconds: float) -> Self:
        """Return where they are `seconds` later, if they go on as they did."""
        step = np.array([[1, seconds], [0, 1]])
        swerve = _SWERVE**2 * np.array(
            [[seconds**3 / 3, seconds**2 / 2], [seconds**2 / 2, seconds]]
        )
        swerve[0, 0] += _DRIFT**2 * seconds
        unsure = _longer_sides(self.states)[:, None, None] ** 2 * swerve
        return replace(
            self, states=self.states @ step.T, spreads=step @ self.spreads @ step.T + unsure
        )

    def seen(self, places: NDArray[np.intp], boxes: Floats) -> Self:
        """Return the courses after those at `places` were seen as `boxes` (pixel corners)."""
        states, spreads = self.states.copy(), self.spreads.copy()
        before, spread = states[places], spreads[places]
        noise = (_SEEN * _longer_sides(before)) ** 2
        gain = spread[:, :, 0] / (spread[:, 0, 0] + noise)[:, None]
        surprise = _middles_and_sides(boxes) - before[:, :, 0]
        states[places] = before + surprise[:, :, None] * gain[:, None, :]
        spreads[places] = spread - gain[:, :, None] * spread[:, :1, :]
        return replace(self, states=states, spreads=spreads)

    def of_steady_size(self, places: NDArray[np.generic]) -> Self:
        """Return the courses with the sizes of those at `places` no longer changing.

        For what is out of sight: a person half hidden shrinks for a moment, and would vanish.
        """
        states = self.states.copy()
        states[places, 2:, 1] = 0
        return replace(self, states=states)

    def chosen(self, places: NDArray[np.generic]) -> Self:
        """Return the courses that `places` (indices or a mask) picks."""
        return replace(self, states=self.states[places], spreads=self.spreads[places])

    def joined(self, other: "Motion") -> Self:
        """Return these courses and then the other ones."""
        return replace(
            self,
            states=np.concatenate([self.states, other.states]),
            spreads=np.concatenate([self.spreads, other.spreads]),
        )


def _middles_and_sides(boxes: Floats) -> Floats:
    low, high = boxes[:, :2], boxes[:, 2:]
    return np.concatenate([(low + high) / 2, high - low], 1)


def _longer_sides(states: Floats) -> Floats:
    return np.asarray(np.maximum(states[:, 2:, 0].max(1), 1), np.float64)
