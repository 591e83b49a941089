"""Where the faces of a picture are: YuNet and CenterFace, looked through at two or three scales.

One look at a moderate size finds all faces but two kinds: those that exceed the picture, which a
look from further away finds, and far ones, which a finer look at tiles finds. Either is taken only
when the first look gives cause for it. Pictures are laid on one of two square canvases, because
an engine prepares a network anew for every shape it has not met, and again at every change. The
frames of a video are all of one shape: their first look is at no more canvas than they need.
"""

from abc import ABC, abstractmethod
from collections.abc import Callable, Mapping
from dataclasses import dataclass, replace
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

    def moved(self, x: float, y: float) -> "FaceDetections":
        """Return the faces moved by `x` and `y` pixels."""
        shift = np.array([x, y], np.float32)
        return FaceDetections(self.boxes + np.tile(shift, 2), self.scores, self.points + shift)

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

    def glance_at_faces(self, pixels: Pixels) -> FaceDetections:
        """Find the faces that one look shows: not all far ones, nor those that fill the picture."""
        ...

    def scan_for_faces(self, pixels: Pixels) -> FaceDetections:
        """Find the faces of one picture of many: a far look is taken only for a hint of a face."""
        ...

    def with_least_score(self, score: float) -> "FaceDetector":
        """Return the same detector that calls a face what it finds from `score` (0..1) on."""
        ...


@dataclass(frozen=True, slots=True)
class Sight:
    """How a detector looks at a picture; lengths in pixels, scores 0..1.

    The picture is looked at in a square canvas of `large` pixels, or of `small` when it fits that
    whole. `near` is the length to which it is brought to see a face that fills or exceeds it. A
    face whose side is under `far_side` pixels in the canvas with at least `hint_score` calls for
    the far look, over overlapping tiles; so does a picture longer than `wide` at once, where the
    first look would overlook one face of 40 pixels in six. Below `min_score` nothing is called a
    face.
    """

    large: int
    small: int
    near: int
    far_side: float
    wide: int
    hint_score: float
    min_score: float


YUNET_SIGHT = Sight(
    large=448, small=256, near=128, far_side=24, wide=1400, hint_score=0.3, min_score=0.7
)
CENTERFACE_SIGHT = Sight(
    large=512, small=256, near=128, far_side=24, wide=1400, hint_score=0.3, min_score=0.5
)
_OVERLAP = 96
"""Pixels that neighbouring tiles share: a face that the far look is taken for lies whole in one."""
_COARSEST = 32
"""Pixels of a canvas's sides that every detector's grid divides."""
_NEAR_SHARE = 0.7
"""A face this large a part of the canvas may be better seen from further away."""


class ScaledDetector(ABC):
    """Looks at a picture at several scales through a network that `_faces` understands."""

    def __init__(self, session: "ModelSession", sight: Sight) -> None:
        self._session = session
        self._sight = sight

    @abstractmethod
    def _tensor(self, canvas: Pixels) -> dict[str, Floats]:
        """Return the network's input for a square RGB canvas."""

    @abstractmethod
    def _faces(self, outputs: Outputs, width: int, min_score: float) -> FaceDetections:
        """Return every candidate of at least `min_score`, in pixels of a canvas of `width`."""

    def detect_faces(self, pixels: Pixels) -> FaceDetections:
        """Find the faces of an RGB picture (h, w, 3) of any size."""
        return self._look_around(pixels, self._calls_for_far_look)

    def scan_for_faces(self, pixels: Pixels) -> FaceDetections:
        """Find the faces of one picture of many, a video's frame, where time is short.

        A picture that shows no face at the first look, or is large, gets no far look for that: it
        is four times the first look's work. Only the hint of a far face calls for it.
        """
        return self._look_around(pixels, self._hints_at_far_faces, snug=True)

    def _look_around(
        self,
        pixels: Pixels,
        calls_for_far_look: Callable[[FaceDetections, int, float], bool],
        *,
        snug: bool = False,
    ) -> FaceDetections:
        """Look once, and from further away or nearer where the first look gives cause for it."""
        sight = self._sight
        length = max(pixels.shape[:2])
        side = sight.small if length <= sight.small else sight.large
        first = self._look(pixels, side, side, snug=snug)
        parts = [first]
        sure = first.chosen(first.scores >= sight.min_score)
        if not len(sure) or (first.sides > _NEAR_SHARE * length).any():
            near = self._look(pixels, sight.near, sight.small)
            parts.append(near.chosen(near.sides > length / 2))
        scale = side / length
        if calls_for_far_look(first, length, scale):
            far = self._look_at_tiles(pixels)
            parts.append(far.chosen(far.sides * scale < 2 * sight.far_side))
        found = FaceDetections.joined(parts)
        found = found.chosen(found.scores >= sight.min_score)
        return found.chosen(suppress_overlaps(found.boxes, found.scores))

    def glance_at_faces(self, pixels: Pixels) -> FaceDetections:
        """Find the faces that the first look shows, at a third or less of the time."""
        sight = self._sight
        side = sight.small if max(pixels.shape[:2]) <= sight.small else sight.large
        found = self._look(pixels, side, side)
        found = found.chosen(found.scores >= sight.min_score)
        return found.chosen(suppress_overlaps(found.boxes, found.scores))

    def with_least_score(self, score: float) -> Self:
        """Return the same detector that calls a face what it finds from `score` (0..1) on."""
        return type(self)(self._session, replace(self._sight, min_score=score))

    def _calls_for_far_look(self, first: FaceDetections, length: int, scale: float) -> bool:
        if scale >= 1:
            return False
        sure = first.scores >= self._sight.min_score
        wide = length > self._sight.wide
        return wide or not sure.any() or self._hints_at_far_faces(first, length, scale)

    def _hints_at_far_faces(self, first: FaceDetections, _length: int, scale: float) -> bool:
        return scale < 1 and bool((first.sides * scale < self._sight.far_side).any())

    def _look(
        self, pixels: Pixels, length: int, side: int, *, snug: bool = False
    ) -> FaceDetections:
        """Find candidates in the picture brought to `length` (never enlarged).

        `snug` lays it on a canvas of its own shape.
        """
        picture = _brought_to(pixels, length)
        height, width = _padded(picture) if snug else (side, side)
        found = self._look_at_canvas(picture, height, width)
        return found.scaled(pixels.shape[1] / picture.shape[1], pixels.shape[0] / picture.shape[0])

    def _look_at_tiles(self, pixels: Pixels) -> FaceDetections:
        """Find candidates in the picture at twice the first look's size, tile by tile."""
        side = self._sight.large
        picture = _brought_to(pixels, 2 * side - _OVERLAP)
        height, width = picture.shape[:2]
        found = []
        for top in _starts(height, side):
            for left in _starts(width, side):
                tile = picture[top : top + side, left : left + side]
                faces = self._look_at_canvas(tile, side, side).moved(left, top)
                found.append(faces.chosen(_are_whole(faces.boxes, (left, top), tile, picture)))
        return FaceDetections.joined(found).scaled(
            pixels.shape[1] / width, pixels.shape[0] / height
        )

    def _look_at_canvas(self, picture: Pixels, height: int, width: int) -> FaceDetections:
        """Find candidates in a picture that fits into a canvas."""
        canvas = np.zeros((height, width, 3), np.uint8)
        canvas[: picture.shape[0], : picture.shape[1]] = picture
        outputs = self._session.run(self._tensor(canvas))
        return self._faces(outputs, width, self._sight.hint_score)


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


def _brought_to(pixels: Pixels, length: int) -> Pixels:
    """Shrink a picture until its longer side is at most `length`."""
    height, width = pixels.shape[:2]
    scale = length / max(height, width)
    if scale >= 1:
        return pixels
    # Bilinear sampling skips pixels when it shrinks more than twice.
    method = cv2.INTER_AREA if scale < 0.5 else cv2.INTER_LINEAR
    size = (max(1, round(width * scale)), max(1, round(height * scale)))
    return np.asarray(cv2.resize(pixels, size, interpolation=method), np.uint8)


def _padded(picture: Pixels) -> tuple[int, int]:
    """Return the least height and width that hold a picture and that the grids divide."""
    height, width = picture.shape[:2]
    return -(-height // _COARSEST) * _COARSEST, -(-width // _COARSEST) * _COARSEST


def _starts(length: int, side: int) -> tuple[int, ...]:
    """Where tiles of `side` begin that cover `length`, which is less than two of them."""
    return (0,) if length <= side else (0, length - side)


def _are_whole(
    boxes: Floats, corner: tuple[int, int], tile: Pixels, picture: Pixels
) -> NDArray[np.bool_]:
    """Tell which boxes a tile at `corner` (x, y) does not cut; the picture's own edge cuts none."""
    low = np.array(corner)
    high = low + np.array(tile.shape[1::-1])
    past_low = (boxes[:, :2] < low + 1) & (low > 0)
    past_high = (boxes[:, 2:] > high - 1) & (high < np.array(picture.shape[1::-1]))
    return np.asarray(~(past_low | past_high).any(axis=1), np.bool_)


class YuNetDetector(ScaledDetector):
    """YuNet (Wu, Peng and Yu 2023): BGR 0..255, three grids of strides 8, 16 and 32."""

    _STRIDES = (8, 16, 32)

    def __init__(self, session: "ModelSession", sight: Sight = YUNET_SIGHT) -> None:
        super().__init__(session, sight)

    def _tensor(self, canvas: Pixels) -> dict[str, Floats]:
        return {"input": _planes(canvas[:, :, ::-1])}

    def _faces(self, outputs: Outputs, width: int, min_score: float) -> FaceDetections:
        return FaceDetections.joined(
            [self._faces_of_grid(outputs, stride, width, min_score) for stride in self._STRIDES]
        )

    def _faces_of_grid(
        self, outputs: Outputs, stride: int, width: int, min_score: float
    ) -> FaceDetections:
        """Decode one grid: centre and points relative to the cell, sides as logarithms."""
        is_face = np.clip(outputs[f"cls_{stride}"][0, :, 0], 0, 1)
        is_here = np.clip(outputs[f"obj_{stride}"][0, :, 0], 0, 1)
        scores = np.sqrt(is_face * is_here)
        cells = np.flatnonzero(scores >= min_score)
        columns = width // stride
        corners = np.stack([cells % columns, cells // columns], 1) * stride
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

    def _faces(self, outputs: Outputs, width: int, min_score: float) -> FaceDetections:
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
