"""Where the faces of a picture are: YuNet and CenterFace, looked through at two or three scales.

One look at a moderate size finds all faces but two kinds: those nearer than the picture's frame,
which a second, tiny look finds for a millisecond, and far ones, for which a finer look is taken
only when the first saw a small face or none. Canvases come in few sizes, because the engine
compiles a network anew for every shape it has not met.
"""

from abc import ABC, abstractmethod
from collections.abc import Mapping
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, Protocol, Self

import cv2
import numpy as np
from numpy.typing import NDArray

from vidimus.errors import ConfigurationError

if TYPE_CHECKING:
    from vidimus.runtime.catalog import ModelCard
    from vidimus.runtime.session import ModelSession

Pixels = NDArray[np.uint8]
Floats = NDArray[np.float32]
Outputs = Mapping[str, NDArray[Any]]


@dataclass(frozen=True, slots=True)
class FaceDetections:
    """Faces found in one picture, best score first.

    `boxes` float32 (n, 4), (x1, y1, x2, y2) in pixels, which may pass the edge; `scores` float32
    (n,), 0..1; `points` float32 (n, 5, 2) in pixels: left eye, right eye, nose, left and right
    corner of the mouth, left and right as seen in the picture.
    """

    boxes: Floats
    scores: Floats
    points: Floats

    def __len__(self) -> int:
        return len(self.scores)

    @property
    def sides(self) -> Floats:
        """The geometric mean of each box's width and height in pixels, (n,)."""
        spans = np.maximum(self.boxes[:, 2:] - self.boxes[:, :2], 0)
        return np.asarray(np.sqrt(spans[:, 0] * spans[:, 1]), np.float32)

    def chosen(self, index: NDArray[np.generic]) -> "FaceDetections":
        """Return the faces that `index` (places or a mask) picks, in its order."""
        return FaceDetections(self.boxes[index], self.scores[index], self.points[index])

    def scaled(self, x: float, y: float) -> "FaceDetections":
        """Return the faces with every place multiplied by `x` and `y`."""
        factors = np.array([x, y], np.float32)
        return FaceDetections(self.boxes * np.tile(factors, 2), self.scores, self.points * factors)

    @classmethod
    def joined(cls, parts: "list[FaceDetections]") -> Self:
        """Return all faces of `parts`, which may be empty, one after the other."""
        return cls(
            np.concatenate([np.zeros((0, 4), np.float32), *(part.boxes for part in parts)]),
            np.concatenate([np.zeros(0, np.float32), *(part.scores for part in parts)]),
            np.concatenate([np.zeros((0, 5, 2), np.float32), *(part.points for part in parts)]),
        )


class FaceDetector(Protocol):
    """What finds faces."""

    def detect_faces(self, pixels: Pixels) -> FaceDetections:
        """Find the faces of an RGB picture (h, w, 3)."""
        ...


@dataclass(frozen=True, slots=True)
class Sight:
    """How a detector looks at a picture; sizes in pixels, scores 0..1.

    `middle`, `near` and `far` are the lengths to which the picture's longer side is brought
    (never enlarged). A face of the middle look smaller than `small` with at least `hint_score`
    calls for the far look. `min_score` is the score below which nothing is called a face.
    """

    near: int
    middle: int
    far: int
    small: float
    hint_score: float
    min_score: float


YUNET_SIGHT = Sight(near=160, middle=640, far=1280, small=24, hint_score=0.3, min_score=0.7)
CENTERFACE_SIGHT = Sight(near=128, middle=640, far=1280, small=24, hint_score=0.3, min_score=0.5)


class ScaledDetector(ABC):
    """Looks at a picture at several scales through a network that `_faces` understands."""

    def __init__(self, session: "ModelSession", sight: Sight) -> None:
        self._session = session
        self._sight = sight

    @abstractmethod
    def _tensor(self, canvas: Pixels) -> dict[str, Floats]:
        """Return the network's input for an RGB canvas whose sides are multiples of 32."""

    @abstractmethod
    def _faces(self, outputs: Outputs, canvas: tuple[int, int], min_score: float) -> FaceDetections:
        """Return every candidate of at least `min_score`, in pixels of the canvas (h, w)."""

    def detect_faces(self, pixels: Pixels) -> FaceDetections:
        """Find the faces of an RGB picture (h, w, 3) of any size."""
        sight = self._sight
        length = max(pixels.shape[:2])
        middle = self._look(pixels, sight.middle, 128)
        parts = [middle]
        if min(pixels.shape[:2]) > sight.near:
            near = self._look(pixels, sight.near, sight.near)
            parts.append(near.chosen(near.sides > length / 3))
        if length > sight.middle * 1.2 and self._calls_for_far_look(middle, length):
            far = self._look(pixels, sight.far, 256)
            parts.append(far.chosen(far.sides < 2 * sight.small * length / sight.middle))
        found = FaceDetections.joined(parts)
        found = found.chosen(found.scores >= sight.min_score)
        return found.chosen(suppress_overlaps(found.boxes, found.scores))

    def _calls_for_far_look(self, middle: FaceDetections, length: int) -> bool:
        small = middle.sides < self._sight.small * length / self._sight.middle
        return bool(small.any()) or not (middle.scores >= self._sight.min_score).any()

    def _look(self, pixels: Pixels, long_side: int, step: int) -> FaceDetections:
        """Find candidates in the picture brought to `long_side`, in pixels of the picture."""
        height, width = pixels.shape[:2]
        scale = min(1.0, long_side / max(height, width))
        size = (max(1, round(height * scale)), max(1, round(width * scale)))
        canvas = _canvas(pixels, size, step)
        outputs = self._session.run(self._tensor(canvas))
        found = self._faces(outputs, canvas.shape[:2], self._sight.hint_score)
        return found.scaled(width / size[1], height / size[0])


def suppress_overlaps(boxes: Floats, scores: Floats, max_overlap: float = 0.3) -> NDArray[np.intp]:
    """Keep the best of boxes whose intersection over union exceeds `max_overlap`.

    `boxes` (n, 4), `scores` (n,); returns the places kept, best score first.
    """
    order = np.argsort(-scores, kind="stable")
    areas = np.prod(np.maximum(boxes[:, 2:] - boxes[:, :2], 0), axis=1)
    kept = []
    while len(order):
        best, rest = order[0], order[1:]
        kept.append(best)
        low = np.maximum(boxes[best, :2], boxes[rest, :2])
        high = np.minimum(boxes[best, 2:], boxes[rest, 2:])
        shared = np.prod(np.maximum(high - low, 0), axis=1)
        union = np.maximum(areas[best] + areas[rest] - shared, 1e-9)
        order = rest[shared / union <= max_overlap]
    return np.array(kept, np.intp)


def _canvas(pixels: Pixels, size: tuple[int, int], step: int) -> Pixels:
    """Bring the picture to `size` (h, w), on black whose sides are multiples of `step`."""
    height, width = size
    if size != pixels.shape[:2]:
        # Bilinear sampling skips pixels when it shrinks more than twice.
        method = cv2.INTER_AREA if 2 * width < pixels.shape[1] else cv2.INTER_LINEAR
        pixels = np.asarray(cv2.resize(pixels, (width, height), interpolation=method), np.uint8)
    canvas = np.zeros((-(-height // step) * step, -(-width // step) * step, 3), np.uint8)
    canvas[:height, :width] = pixels
    return canvas


class YuNetDetector(ScaledDetector):
    """YuNet (Wu, Peng and Yu 2023): BGR 0..255, three grids of strides 8, 16 and 32."""

    _STRIDES = (8, 16, 32)

    def __init__(self, session: "ModelSession", sight: Sight = YUNET_SIGHT) -> None:
        super().__init__(session, sight)

    def _tensor(self, canvas: Pixels) -> dict[str, Floats]:
        return {"input": _planes(canvas[:, :, ::-1])}

    def _faces(self, outputs: Outputs, canvas: tuple[int, int], min_score: float) -> FaceDetections:
        return FaceDetections.joined(
            [self._faces_of_grid(outputs, stride, canvas[1], min_score) for stride in self._STRIDES]
        )

    def _faces_of_grid(
        self, outputs: Outputs, stride: int, width: int, min_score: float
    ) -> FaceDetections:
        """Decode one grid: centre and points relative to the cell, sides as logarithms."""
        is_face = np.clip(outputs[f"cls_{stride}"][0, :, 0], 0, 1)
        is_here = np.clip(outputs[f"obj_{stride}"][0, :, 0], 0, 1)
        scores = np.sqrt(is_face * is_here)
        cells = np.flatnonzero(scores >= min_score)
        corners = np.stack([cells % (width // stride), cells // (width // stride)], 1) * stride
        boxes = outputs[f"bbox_{stride}"][0, cells]
        centers = corners + boxes[:, :2] * stride
        halves = np.exp(boxes[:, 2:]) * stride / 2
        points = outputs[f"kps_{stride}"][0, cells].reshape(-1, 5, 2) * stride + corners[:, None]
        return FaceDetections(
            np.concatenate([centers - halves, centers + halves], 1).astype(np.float32),
            scores[cells].astype(np.float32),
            points.astype(np.float32),
        )


class CenterFaceDetector(ScaledDetector):
    """CenterFace (Xu, Yan, Yang et al. 2019): RGB 0..255, one grid of stride 4."""

    _STRIDE = 4

    def __init__(self, session: "ModelSession", sight: Sight = CENTERFACE_SIGHT) -> None:
        super().__init__(session, sight)

    def _tensor(self, canvas: Pixels) -> dict[str, Floats]:
        return {"input.1": _planes(canvas)}

    def _faces(self, outputs: Outputs, canvas: tuple[int, int], min_score: float) -> FaceDetections:
        """Decode the grid: every map gives y before x; points are shares of the box."""
        heat = outputs["heatmap"][0, 0]
        rows, columns = np.nonzero(heat >= min_score)
        scale = outputs["scale"][0][:, rows, columns]
        offset = outputs["offset"][0][:, rows, columns]
        spans = np.exp(scale[::-1].T) * self._STRIDE
        centers = (np.stack([columns, rows], 1) + offset[::-1].T + 0.5) * self._STRIDE
        corners = centers - spans / 2
        shares = outputs["landmarks"][0][:, rows, columns].T.reshape(-1, 5, 2)[:, :, ::-1]
        return FaceDetections(
            np.concatenate([corners, corners + spans], 1).astype(np.float32),
            heat[rows, columns].astype(np.float32),
            (corners[:, None] + shares * spans[:, None]).astype(np.float32),
        )


def _planes(canvas: Pixels) -> Floats:
    return np.ascontiguousarray(canvas.transpose(2, 0, 1)[None], np.float32)


_DETECTORS = {"yunet": YuNetDetector, "centerface": CenterFaceDetector}


def open_face_detector(card: "ModelCard", session: "ModelSession") -> FaceDetector:
    """Return the detector that reads the network of `card`.

    The card's parameter `family` says which (yunet, centerface); without it its name does. Raises
    ConfigurationError when neither is known.
    """
    family = str(card.parameters.get("family", card.name))
    if family not in _DETECTORS:
        raise ConfigurationError(
            f"{card.name}: no face detector of the family {family!r} is known; there are "
            f"{', '.join(_DETECTORS)}."
        )
    return _DETECTORS[family](session)
