"""MediaPipe's detectors of bodies and of palms: one look at a square, regions with key points."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np
from numpy.typing import NDArray

from vidimus.errors import ConfigurationError
from vidimus.models.chip_network import FEW_CHIPS, ChipNetwork

if TYPE_CHECKING:
    from vidimus.runtime.catalog import ModelCard
    from vidimus.runtime.session import ModelSession

Pixels = NDArray[np.uint8]
Floats = NDArray[np.float32]

_MOST_LOGIT = 30.0
"""Logits beyond this are as good as certain, and their powers would overflow."""


@dataclass(frozen=True, slots=True)
class KeypointRegions:
    """Regions found in one square, best score first.

    `boxes` float32 (n, 4), (x1, y1, x2, y2), and `points` float32 (n, k, 2), in pixels of the
    square; `scores` float32 (n,), 0..1.
    """

    boxes: Floats
    points: Floats
    scores: Floats

    def __len__(self) -> int:
        return len(self.scores)


class KeypointDetector:
    """A single-shot detector after BlazeFace (Bazarevsky et al. 2019) with anchors of one size.

    Card parameters: `anchors`, [stride, how many in each cell] grid by grid, and `keypoints`, how
    many a region has; in `output_names` what the network calls `regions` and `scores`. Raises
    ConfigurationError when they are missing or the input isn't square.
    """

    def __init__(self, card: "ModelCard", session: "ModelSession") -> None:
        if "anchors" not in card.parameters or "keypoints" not in card.parameters:
            raise ConfigurationError(f"{card.name}: anchors or the number of keypoints is missing.")
        self.name = card.name
        self._network = ChipNetwork(card, session, FEW_CHIPS)
        self._keypoints = int(card.parameters["keypoints"])
        self._anchors = anchor_centers(self.size, card.parameters["anchors"])

    @property
    def size(self) -> int:
        """The side in pixels of the squares that the network sees."""
        return self._network.size

    def find_regions(self, chips: Pixels, min_score: float) -> list[KeypointRegions]:
        """Find the regions of at least `min_score` in each of n RGB squares (n, size, size, 3)."""
        if not len(chips):
            return []
        outputs = self._network.run(chips)
        logits = np.clip(outputs["scores"].reshape(len(chips), -1), -_MOST_LOGIT, _MOST_LOGIT)
        scores = np.asarray(1 / (1 + np.exp(-logits)), np.float32)
        return [
            self._regions(rows, chances, min_score)
            for rows, chances in zip(outputs["regions"], scores, strict=True)
        ]

    def _regions(self, rows: Floats, scores: Floats, min_score: float) -> KeypointRegions:
        """Decode rows (anchors, 4 + 2k): centre, sides and points, from the anchor's centre."""
        likely = np.flatnonzero(scores >= min_score)
        rows, anchors = rows[likely], self._anchors[likely]
        centers, halves = rows[:, :2] + anchors, rows[:, 2:4] / 2
        flat = rows[:, 4 : 4 + 2 * self._keypoints]
        points = flat.reshape(len(rows), self._keypoints, 2) + anchors[:, None]
        boxes = np.concatenate([centers - halves, centers + halves], 1)
        return blend_overlaps(KeypointRegions(boxes, points, scores[likely]))


def anchor_centers(size: int, anchors: Sequence[Sequence[int]]) -> Floats:
    """Return the centres of all anchors, (n, 2), in pixels of a square of `size`, row by row."""
    grids = []
    for stride, count in anchors:
        rows, columns = np.mgrid[: size // stride, : size // stride]
        cells = (np.stack([columns.ravel(), rows.ravel()], 1) + 0.5) * stride
        grids.append(np.repeat(cells, count, axis=0))
    return np.concatenate(grids).astype(np.float32)


def blend_overlaps(found: KeypointRegions, max_overlap: float = 0.3) -> KeypointRegions:
    """Average regions that overlap, by their scores, into one with the best score (BlazeFace).

    Regions belong together whose boxes' intersection over union with the best exceeds
    `max_overlap`.
    """
    order = np.argsort(-found.scores, kind="stable")
    boxes, points, scores = [], [], []
    while len(order):
        best = order[0]
        together = _overlaps(found.boxes[best], found.boxes[order]) > max_overlap
        together[0] = True
        group = order[together]
        weights = found.scores[group] / max(float(found.scores[group].sum()), 1e-9)
        boxes.append(np.tensordot(weights, found.boxes[group], 1))
        points.append(np.tensordot(weights, found.points[group], 1))
        scores.append(found.scores[best])
        order = order[~together]
    return KeypointRegions(
        np.array(boxes, np.float32).reshape(-1, 4),
        np.array(points, np.float32).reshape(-1, *found.points.shape[1:]),
        np.array(scores, np.float32),
    )


def _overlaps(box: Floats, boxes: Floats) -> Floats:
    """Return the intersection over union of one box with each of (n, 4)."""
    low, high = np.maximum(box[:2], boxes[:, :2]), np.minimum(box[2:], boxes[:, 2:])
    shared = np.prod(np.maximum(high - low, 0), axis=1)
    areas = np.prod(np.maximum(boxes[:, 2:] - boxes[:, :2], 0), axis=1)
    own = np.prod(np.maximum(box[2:] - box[:2], 0))
    return np.asarray(shared / np.maximum(own + areas - shared, 1e-9), np.float32)
