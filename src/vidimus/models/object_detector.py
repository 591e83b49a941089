"""Where the objects of a picture are and which of 80 kinds each is: YOLOX.

The kinds are those of the COCO data set in the order of its 80 categories; 0 is a person.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, Protocol

import cv2
import numpy as np
from numpy.typing import NDArray

from vidimus.errors import ConfigurationError
from vidimus.imaging.pyramid import Pyramid
from vidimus.models.face_embedder import network_input

if TYPE_CHECKING:
    from vidimus.runtime.catalog import ModelCard
    from vidimus.runtime.session import ModelSession

Pixels = NDArray[np.uint8]
Floats = NDArray[np.float32]
Integers = NDArray[np.int64]

PERSON = 0
"""The kind that is a person."""


@dataclass(frozen=True, slots=True)
class ObjectDetections:
    """Objects found in one picture, best score first.

    `boxes` float32 (n, 4), (x1, y1, x2, y2) in pixels inside the picture; `scores` float32 (n,),
    0..1; `classes` int64 (n,), the kind as its place among COCO's 80.
    """

    boxes: Floats
    scores: Floats
    classes: Integers

    def __len__(self) -> int:
        return len(self.scores)

    def chosen(self, index: NDArray[np.generic]) -> "ObjectDetections":
        """Return the objects that `index` (places or a mask) picks, in its order."""
        return ObjectDetections(self.boxes[index], self.scores[index], self.classes[index])

    def of_class(self, which: int, min_score: float = 0.0) -> "ObjectDetections":
        """Return the objects of one kind with at least `min_score`."""
        return self.chosen((self.classes == which) & (self.scores >= min_score))


class ObjectDetector(Protocol):
    """What finds objects."""

    def detect_objects(self, pyramid: Pyramid) -> ObjectDetections:
        """Find the objects of a picture."""
        ...


class YoloxDetector:
    """YOLOX (Ge, Liu, Wang et al. 2021): one square canvas, three grids of strides 8, 16 and 32.

    The card gives the canvas and the channels' order (BGR 0..255). Parameters: `fill`, the grey
    that the network saw around its training pictures; `strides`; `min_score`, below which nothing
    is told; and `max_overlap`, the intersection over union above which the lesser of two objects
    of one kind is dropped. Raises ConfigurationError when the canvas isn't square.
    """

    def __init__(self, card: "ModelCard", session: "ModelSession") -> None:
        if card.input.width is None or card.input.width != card.input.height:
            raise ConfigurationError(f"{card.name}: the network needs a square input.")
        self.name = card.name
        self._side = card.input.width
        self._layout = card.input
        self._session = session
        (self._input,) = session.inputs
        self._min_score = float(card.parameters.get("min_score", 0.01))
        self._max_overlap = float(card.parameters.get("max_overlap", 0.45))
        self._fill = int(card.parameters.get("fill", 114))
        self._cells = _cells(self._side, card.parameters.get("strides", (8, 16, 32)))

    def detect_objects(self, pyramid: Pyramid) -> ObjectDetections:
        """Find the objects of a picture of any size."""
        scale = min(self._side / pyramid.width, self._side / pyramid.height)
        tensor = network_input(self._canvas(pyramid, scale)[None], self._layout)
        (output,) = self._session.run({self._input: tensor}).values()
        found = self._objects(output[0])
        edges = np.tile(np.array([pyramid.width, pyramid.height], np.float32), 2)
        boxes = np.clip(found.boxes / np.float32(scale), 0, edges)
        inside = (boxes[:, 2:] > boxes[:, :2]).all(1)
        return ObjectDetections(boxes, found.scores, found.classes).chosen(inside)

    def _canvas(self, pyramid: Pyramid, scale: float) -> Pixels:
        """Lay the picture into the upper left corner, as the network was trained."""
        canvas = np.full((self._side, self._side, 3), self._fill, np.uint8)
        width = max(1, int(pyramid.width * scale))
        height = max(1, int(pyramid.height * scale))
        canvas[:height, :width] = pyramid.resized(width, height)
        return canvas

    def _objects(self, rows: NDArray[Any]) -> ObjectDetections:
        """Decode rows (cells, 5 + kinds): centre, logarithms of the sides, chance, kinds.

        A cell may speak for several kinds: COCO's measure rewards the second guess.
        """
        likely = np.flatnonzero(rows[:, 4] >= self._min_score)
        rows, cells = rows[likely], self._cells[likely]
        scores = rows[:, 4:5] * rows[:, 5:]
        kept, kinds = np.nonzero(scores >= self._min_score)
        corners, strides = cells[kept, :2], cells[kept, 2:]
        centers = (rows[kept, :2] + corners) * strides
        halves = np.exp(rows[kept, 2:4]) * strides / 2
        boxes = np.concatenate([centers - halves, centers + halves], 1).astype(np.float32)
        chances = scores[kept, kinds].astype(np.float32)
        found = ObjectDetections(boxes, chances, kinds.astype(np.int64))
        return found.chosen(best_of_each_class(found, self._max_overlap))


def best_of_each_class(found: ObjectDetections, max_overlap: float) -> NDArray[np.intp]:
    """Keep the best of objects of one kind whose intersection over union exceeds `max_overlap`.

    Returns the places kept, best score first.
    """
    if not len(found):
        return np.zeros(0, np.intp)
    spans = np.concatenate([found.boxes[:, :2], found.boxes[:, 2:] - found.boxes[:, :2]], 1)
    kept = cv2.dnn.NMSBoxesBatched(
        spans.tolist(), found.scores.tolist(), found.classes.tolist(), 0.0, max_overlap
    )
    places = np.asarray(kept, np.intp).ravel()
    return places[np.argsort(-found.scores[places], kind="stable")]


def _cells(side: int, strides: Sequence[int]) -> Floats:
    """Return column, row and stride of each of the network's cells, (n, 3), row by row."""
    grids = []
    for stride in strides:
        rows, columns = np.mgrid[: side // stride, : side // stride]
        grids.append(np.stack([columns.ravel(), rows.ravel(), np.full(rows.size, stride)], 1))
    return np.concatenate(grids).astype(np.float32)


_DETECTORS = {"yolox": YoloxDetector}


def open_object_detector(card: "ModelCard", session: "ModelSession") -> ObjectDetector:
    """Return the detector that reads the network of `card`.

    The card's parameter `family` says which (yolox); without it the name's first part does.
    Raises ConfigurationError when neither is known.
    """
    family = str(card.parameters.get("family", card.name.split("-", maxsplit=1)[0]))
    if family not in _DETECTORS:
        raise ConfigurationError(
            f"{card.name}: no object detector of the family {family!r} is known; there are "
            f"{', '.join(_DETECTORS)}."
        )
    return _DETECTORS[family](card, session)
