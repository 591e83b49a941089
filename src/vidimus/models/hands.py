"""Hands: MediaPipe's palm detector and hand landmark network (Zhang et al. 2020)."""

from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np
from numpy.typing import NDArray

from vidimus.models.chip_network import FEW_CHIPS, ChipNetwork
from vidimus.models.keypoint_detector import KeypointDetector
from vidimus.models.turned_square import TurnedSquares, angles_of

if TYPE_CHECKING:
    from vidimus.runtime.catalog import ModelCard
    from vidimus.runtime.session import ModelSession

Pixels = NDArray[np.uint8]
Floats = NDArray[np.float32]

WRIST = 0
_MIDDLE_FINGER = 2
"""Among the palm's seven points: where the middle finger joins the hand."""
_SPAN = 2.6
_FORWARD = 0.5
"""The hand's square in palms, and how far it is moved from the palm towards the fingers."""


@dataclass(frozen=True, slots=True)
class Hands:
    """n hands of one picture.

    `points` float32 (n, 21, 2) in pixels, the wrist first; `presence` float32 (n,), the chance
    that there is a hand; `right` float32 (n,), the chance that it looks like a right hand in a
    picture that is not mirrored.
    """

    points: Floats
    presence: Floats
    right: Floats

    def __len__(self) -> int:
        return len(self.presence)

    @property
    def boxes(self) -> Floats:
        """The boxes around the points, (n, 4)."""
        low, high = self.points.min(axis=1), self.points.max(axis=1)
        return np.asarray(np.concatenate([low, high], 1), np.float32)

    def chosen(self, index: NDArray[np.generic]) -> "Hands":
        """Return the hands that `index` (places or a mask) picks, in its order."""
        return Hands(self.points[index], self.presence[index], self.right[index])


class PalmFinder:
    """Finds palms in squares of a picture."""

    def __init__(self, card: "ModelCard", session: "ModelSession") -> None:
        self.name = card.name
        self._detector = KeypointDetector(card, session)

    def find_palms(
        self, pixels: Pixels, squares: TurnedSquares, min_score: float
    ) -> list[TurnedSquares]:
        """Find palms of at least `min_score` (0..1) in each square of an RGB picture.

        Returns for each square the squares that hold its hands, best first, for HandReader.
        """
        crops = squares.cut(pixels, self._detector.size)
        scales = squares.sides / self._detector.size
        palms = []
        for which, found in enumerate(self._detector.find_regions(crops.pixels, min_score)):
            hands = _around_hands(found.boxes, found.points)
            inverse = crops.inverses[which]
            centers = hands.centers @ inverse[:, :2].T + inverse[:, 2]
            palms.append(
                TurnedSquares(
                    np.asarray(centers, np.float32),
                    np.asarray(hands.sides * scales[which], np.float32),
                    np.asarray(hands.angles + squares.angles[which], np.float32),
                )
            )
        return palms


class HandReader:
    """Finds the 21 points of the hand in squares that hold one each."""

    def __init__(self, card: "ModelCard", session: "ModelSession") -> None:
        self.name = card.name
        self._network = ChipNetwork(card, session, FEW_CHIPS)

    def find_hands(self, pixels: Pixels, squares: TurnedSquares) -> Hands:
        """Find the hand in each square of an RGB picture (h, w, 3)."""
        count = len(squares)
        if not count:
            nothing = np.zeros(0, np.float32)
            return Hands(np.zeros((0, 21, 2), np.float32), nothing, nothing)
        crops = squares.cut(pixels, self._network.size)
        outputs = self._network.run(crops.pixels)
        return Hands(
            crops.to_picture(outputs["points"].reshape(count, -1, 3)[:, :, :2]),
            np.asarray(outputs["presence"].reshape(count), np.float32),
            np.asarray(outputs["right"].reshape(count), np.float32),
        )


def _around_hands(boxes: Floats, points: Floats) -> TurnedSquares:
    """Squares for hands by their palms: boxes (n, 4) and points (n, 7, 2), the wrist first."""
    angles = angles_of(points[:, _MIDDLE_FINGER] - points[:, WRIST])
    sides = (boxes[:, 2:] - boxes[:, :2]).max(axis=1)
    forward = np.stack([np.sin(angles), -np.cos(angles)], 1)
    centers = (boxes[:, :2] + boxes[:, 2:]) / 2 + _FORWARD * sides[:, None] * forward
    return TurnedSquares(
        np.asarray(centers, np.float32), np.asarray(_SPAN * sides, np.float32), angles
    )
