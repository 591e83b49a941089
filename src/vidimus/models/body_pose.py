"""Where the parts of a person's body are: MediaPipe's pose networks (Bazarevsky et al. 2020).

"Left" and "right" are the person's own: the left wrist is that of the person's left hand.
"""

from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np
from numpy.typing import NDArray

from vidimus.imaging.align import Crops
from vidimus.models.chip_network import FEW_CHIPS, ChipNetwork
from vidimus.models.keypoint_detector import KeypointDetector
from vidimus.models.turned_square import TurnedSquares, angles_of

if TYPE_CHECKING:
    from vidimus.runtime.catalog import ModelCard
    from vidimus.runtime.session import ModelSession

Pixels = NDArray[np.uint8]
Floats = NDArray[np.float32]

NOSE = 0
EYES = (2, 5)
"""The middles of the left and the right eye."""
EARS = (7, 8)
MOUTH_CORNERS = (9, 10)
HEAD = range(11)
"""The eleven points of the head."""
SHOULDERS = (11, 12)
WRISTS = (15, 16)
LITTLE_FINGERS = (17, 18)
INDEX_FINGERS = (19, 20)
"""Where the fingers join the left and the right hand; so the little fingers above."""
HIPS = (23, 24)

POINTS = 33
_HELPERS = slice(33, 35)
"""The middle of the hips, and a point as far above as the circle around the body reaches."""
_ROOM = 1.25
"""The network is shown a quarter more than the circle around the body, as it was trained."""


@dataclass(frozen=True, slots=True)
class BodyPoses:
    """The poses of n bodies in one picture.

    `points` float32 (n, 33, 2) in pixels; `visibility` float32 (n, 33), the chance that the point
    is in the picture and not covered; `presence` float32 (n,), the chance that there is a body
    where the network looked. `extents` float32 (n, 4) are the boxes around the pixels that the
    network takes for the body, not a number where it sees none. `again` are the squares to look at
    for a better answer.
    """

    points: Floats
    visibility: Floats
    presence: Floats
    extents: Floats
    again: TurnedSquares

    def __len__(self) -> int:
        return len(self.presence)

    def chosen(self, index: NDArray[np.generic]) -> "BodyPoses":
        """Return the poses that `index` (places or a mask) picks, in its order."""
        return BodyPoses(
            self.points[index],
            self.visibility[index],
            self.presence[index],
            self.extents[index],
            self.again.chosen(index),
        )

    @classmethod
    def joined(cls, first: "BodyPoses", second: "BodyPoses") -> "BodyPoses":
        """Return the poses of both, those of `first` first."""
        return cls(
            np.concatenate([first.points, second.points]),
            np.concatenate([first.visibility, second.visibility]),
            np.concatenate([first.presence, second.presence]),
            np.concatenate([first.extents, second.extents]),
            TurnedSquares.joined(first.again, second.again),
        )


class BodyFinder:
    """Finds in squares of a picture where a body is and how it is turned.

    It was trained to follow one person: of several it finds the nearest, seldom all.
    """

    def __init__(self, card: "ModelCard", session: "ModelSession") -> None:
        self.name = card.name
        self._detector = KeypointDetector(card, session)

    def find_bodies(
        self, pixels: Pixels, squares: TurnedSquares, min_score: float
    ) -> list[tuple[TurnedSquares, Floats]]:
        """Find bodies in each square of an RGB picture.

        Returns for each square the squares that hold its bodies, best score first, for BodyPose to
        look at, and the scores (n,), 0..1, of at least `min_score`.
        """
        crops = squares.cut(pixels, self._detector.size)
        found = self._detector.find_regions(crops.pixels, min_score)
        return [
            (_around_bodies(crops, which, regions.points), regions.scores)
            for which, regions in enumerate(found)
        ]


class BodyPose:
    """Finds the 33 points of the body in squares that hold one each."""

    def __init__(self, card: "ModelCard", session: "ModelSession") -> None:
        self.name = card.name
        self._network = ChipNetwork(card, session, FEW_CHIPS)

    def find_poses(self, pixels: Pixels, squares: TurnedSquares) -> BodyPoses:
        """Find the pose of the body in each square of an RGB picture (h, w, 3)."""
        count = len(squares)
        if not count:
            return _no_poses()
        crops = squares.cut(pixels, self._network.size)
        outputs = self._network.run(crops.pixels)
        rows = outputs["points"].reshape(count, -1, 5)
        places = crops.to_picture(rows[:, :, :2])
        return BodyPoses(
            places[:, :POINTS],
            np.asarray(_chances(rows[:, :POINTS, 3]), np.float32),
            np.asarray(outputs["presence"].reshape(count), np.float32),
            _extents(crops, outputs["mask"].reshape(count, *crops.pixels.shape[1:3])),
            _around_circles(places[:, _HELPERS]),
        )


def _no_poses() -> BodyPoses:
    return BodyPoses(
        np.zeros((0, POINTS, 2), np.float32),
        np.zeros((0, POINTS), np.float32),
        np.zeros(0, np.float32),
        np.zeros((0, 4), np.float32),
        TurnedSquares.around(np.zeros((0, 4), np.float32), 1),
    )


def _chances(logits: Floats) -> Floats:
    return np.asarray(1 / (1 + np.exp(-np.clip(logits, -30, 30))), np.float32)


def _around_bodies(crops: Crops, which: int, points: Floats) -> TurnedSquares:
    """Squares for bodies by the detector's points (n, 4, 2) in pixels of one crop.

    The first is the middle of the hips, the second lies on the circle around the body.
    """
    mapped = points @ crops.inverses[which, :, :2].T + crops.inverses[which, :, 2]
    return _around_circles(np.asarray(mapped[:, :2], np.float32))


def _around_circles(points: Floats) -> TurnedSquares:
    """Squares around circles that are given by their middle and their highest point, (n, 2, 2)."""
    upwards = points[:, 1] - points[:, 0]
    sides = 2 * _ROOM * np.linalg.norm(upwards, axis=1)
    return TurnedSquares(
        np.asarray(points[:, 0], np.float32),
        np.asarray(np.maximum(sides, 1), np.float32),
        angles_of(upwards),
    )


def _extents(crops: Crops, masks: Floats) -> Floats:
    """Boxes (n, 4) in pixels of the picture around the pixels that masks (n, s, s) are above 0."""
    boxes = np.full((len(masks), 4), np.nan, np.float32)
    for box, mask, inverse in zip(boxes, masks, crops.inverses, strict=True):
        rows, columns = np.nonzero(mask > 0)
        if len(rows):
            places = np.stack([columns, rows], 1) + 0.5
            mapped = places @ inverse[:, :2].T + inverse[:, 2]
            box[:2], box[2:] = mapped.min(0), mapped.max(0)
    return boxes
