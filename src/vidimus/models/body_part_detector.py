"""Where bare and covered parts of bodies are: NudeNet, a YOLOv8.

Its weights are under the AGPL-3.0: they come only to who names that licence.
"""

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

import numpy as np
from numpy.typing import NDArray

from vidimus.errors import ConfigurationError
from vidimus.imaging.pyramid import Pyramid
from vidimus.models.face_embedder import network_input
from vidimus.models.object_detector import ObjectDetections, best_of_each_class

if TYPE_CHECKING:
    from vidimus.runtime.catalog import ModelCard
    from vidimus.runtime.session import ModelSession

Pixels = NDArray[np.uint8]
Floats = NDArray[np.float32]

_SAME = 0.5
"""Intersection over union from which two boxes of one part are the same."""


@dataclass(frozen=True, slots=True)
class BodyParts:
    """Parts found in one picture, best score first.

    `boxes` float32 (n, 4), (x1, y1, x2, y2) in pixels, within the picture; `scores` float32 (n,),
    0..1; `names` what each is, as the card's labels have it.
    """

    boxes: Floats
    scores: Floats
    names: tuple[str, ...]

    def __len__(self) -> int:
        return len(self.names)


class BodyPartDetector:
    """NudeNet (Praneeth, 2019 onward), a network of the YOLOv8 family: one square canvas.

    Parameters of the card: `labels`, `side` of the canvas, `fill` around the picture, `min_score`
    below which nothing is told, and `max_overlap`, the intersection over union above which the
    lesser of two is dropped. Raises ConfigurationError where labels or side are missing.

    The mirrored picture is looked at as well, and a part's score is the mean of both looks, that
    of a look which doesn't see it being 0: what the network only fancied is seldom seen twice.
    """

    def __init__(self, card: "ModelCard", session: "ModelSession") -> None:
        if not {"labels", "side"} <= set(card.parameters):
            raise ConfigurationError(f"{card.name}: the network's labels or side are missing.")
        self.name = card.name
        self._labels = tuple(str(label) for label in card.parameters["labels"])
        self._side = int(card.parameters["side"])
        self._fill = int(card.parameters.get("fill", 0))
        self._min_score = float(card.parameters.get("min_score", 0.2))
        self._max_overlap = float(card.parameters.get("max_overlap", 0.45))
        self._layout = card.input
        self._session = session
        (self._input,) = session.inputs

    def detect_body_parts(self, pyramid: Pyramid) -> BodyParts:
        """Find the parts of bodies in a picture of any size."""
        scale = min(self._side / pyramid.width, self._side / pyramid.height)
        seen = self._look(pyramid, scale, mirrored=False)
        if len(seen):
            other = self._look(pyramid, scale, mirrored=True)
            seen = _confirmed(seen, other, self._min_score)
        limits = np.tile([pyramid.width, pyramid.height], 2).astype(np.float32)
        boxes = np.clip(seen.boxes / np.float32(scale), 0, limits)
        return BodyParts(boxes, seen.scores, tuple(self._labels[kind] for kind in seen.classes))

    def _look(self, pyramid: Pyramid, scale: float, *, mirrored: bool) -> ObjectDetections:
        """Return what is seen, boxes in pixels of the unmirrored canvas."""
        width = max(1, round(pyramid.width * scale))
        height = max(1, round(pyramid.height * scale))
        picture = pyramid.resized(width, height)
        canvas = np.full((self._side, self._side, 3), self._fill, np.uint8)
        canvas[:height, :width] = picture[:, ::-1] if mirrored else picture
        tensor = network_input(canvas[None], self._layout)
        (output,) = self._session.run({self._input: tensor}).values()
        found = self._parts(output[0].T)
        if mirrored:
            boxes = found.boxes.copy()
            boxes[:, [0, 2]] = width - found.boxes[:, [2, 0]]
            found = ObjectDetections(boxes, found.scores, found.classes)
        return found

    def _parts(self, rows: NDArray[Any]) -> ObjectDetections:
        """Decode rows (cells, 4 + parts): centre and sides in pixels, the chance of each part."""
        kinds = rows[:, 4:].argmax(1)
        scores = rows[np.arange(len(rows)), 4 + kinds]
        kept = scores >= self._min_score
        centers, halves = rows[kept, :2], rows[kept, 2:4] / 2
        boxes = np.concatenate([centers - halves, centers + halves], 1).astype(np.float32)
        found = ObjectDetections(
            boxes, scores[kept].astype(np.float32), kinds[kept].astype(np.int64)
        )
        return found.chosen(best_of_each_class(found, self._max_overlap))


def _confirmed(
    seen: ObjectDetections, other: ObjectDetections, min_score: float
) -> ObjectDetections:
    """Average the scores with those of the same parts in the other look, best first."""
    same = _overlaps(seen.boxes, other.boxes) >= _SAME
    same &= seen.classes[:, None] == other.classes[None]
    seconds = np.where(same, other.scores[None], 0).max(1, initial=0)
    scores = ((seen.scores + seconds) / 2).astype(np.float32)
    order = np.argsort(-scores, kind="stable")
    averaged = ObjectDetections(seen.boxes, scores, seen.classes).chosen(order)
    return averaged.chosen(averaged.scores >= min_score)


def _overlaps(these: Floats, those: Floats) -> Floats:
    """Return the intersection over union of each of n boxes with each of m, (n, m)."""
    corner = np.maximum(these[:, None, :2], those[None, :, :2])
    end = np.minimum(these[:, None, 2:], those[None, :, 2:])
    shared = np.prod(np.clip(end - corner, 0, None), axis=2)
    areas = [np.prod(boxes[:, 2:] - boxes[:, :2], axis=1) for boxes in (these, those)]
    union = areas[0][:, None] + areas[1][None] - shared
    return np.asarray(shared / np.maximum(union, 1e-6), np.float32)
