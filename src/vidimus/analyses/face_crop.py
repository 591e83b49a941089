"""Crops of faces: the few best of a track are kept, embedded once, and fused into one vector.

A crop holds a face and its surroundings, at most 192 pixels a side: more than any embedder takes
in. Crops that follow each other closely show the same light, the same look and the same blur, so
the kept ones lie apart in time.
"""

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import Protocol
from weakref import WeakKeyDictionary

import cv2
import msgspec
import numpy as np
from numpy.typing import NDArray

from vidimus.gallery.similarity import SimilarityScale
from vidimus.geometry import BoundingBox
from vidimus.lazy import lazy
from vidimus.models.face_frame import FaceFrames
from vidimus.vision.face_types import DetectedFace, FaceDetail
from vidimus.vision.quality_filter import face_worth

Pixels = NDArray[np.uint8]
Floats = NDArray[np.float32]
ScaleOf = Callable[[str], SimilarityScale]
"""Gives the similarity scale of a face model version."""

MOST_CROPS = 5
_APART_MS = 400
_SIDE = 192
_SURROUNDINGS = 2.0
_LARGE_ENOUGH = 112.0
"""Pixels of a face's box from which more make it no better for the embedders."""
_CHIP_SPAN, _CHIP_SIDE = 2.4, 24


@dataclass(frozen=True, eq=False)
class FaceCrop:
    """A face cut out of a frame.

    `worth` is how good it is for comparing, 0..1; `pixels` RGB (h, w, 3); `points` float32 (5, 2)
    in its pixels, as in DetectedFace.
    """

    timestamp_ms: int
    worth: float
    pixels: Pixels
    points: Floats

    @lazy
    def chip(self) -> Floats:
        """The face upright as luma (24, 24) about its mean, of length 1."""
        (chip,) = FaceFrames(self.points[None]).cut(self.pixels, _CHIP_SPAN, _CHIP_SIDE).pixels
        luma = cv2.cvtColor(chip, cv2.COLOR_RGB2GRAY).astype(np.float32)
        luma -= luma.mean()
        return np.asarray(luma / max(float(np.linalg.norm(luma)), 1e-6), np.float32)

    def as_face(self) -> DetectedFace:
        """Return the face as found in the crop; the box is the whole crop."""
        return DetectedFace(BoundingBox(0, 0, 1, 1), 100.0, self.points)


class StoredCrop(msgspec.Struct, frozen=True):
    """A crop written down: its pixels as PNG, which loses nothing."""

    timestamp_ms: int
    worth: float
    png: bytes
    points: list[list[float]]


def crop_face(
    pixels: Pixels, face: DetectedFace, detail: FaceDetail, timestamp_ms: int
) -> FaceCrop:
    """Cut a face with its surroundings out of an RGB picture (h, w, 3)."""
    height, width = pixels.shape[:2]
    box = face.box.to_pixels(width, height)
    side = float(max(box[2:] - box[:2]))
    center, reach = (box[:2] + box[2:]) / 2, side * _SURROUNDINGS / 2
    low = np.clip(np.floor(center - reach), 0, (width - 1, height - 1)).astype(int)
    high = np.clip(np.ceil(center + reach), low + 1, (width, height)).astype(int)
    cut = pixels[low[1] : high[1], low[0] : high[0]]
    kept, scale = _shrunk(cut)
    points = ((face.points - low) * scale).astype(np.float32)
    worth = face_worth(detail) * min(1.0, side / _LARGE_ENOUGH)
    return FaceCrop(timestamp_ms, worth, kept, points)


def keep_best(crops: Sequence[FaceCrop], crop: FaceCrop) -> tuple[FaceCrop, ...]:
    """Return the best of `crops`, which are in order of time, and one that came after them all.

    Of crops that lie less than 400 ms apart the better one is kept, and five in all.
    """
    if crops and crop.timestamp_ms - crops[-1].timestamp_ms < _APART_MS:
        return (*crops[:-1], max(crops[-1], crop, key=lambda each: each.worth))
    kept = [*crops, crop]
    if len(kept) > MOST_CROPS:
        kept.remove(min(kept, key=lambda each: each.worth))
    return tuple(kept)


def alikeness(one: FaceCrop, other: FaceCrop) -> float:
    """Return how far two crops show the same picture, -1..1: their upright luma, correlated."""
    return float((one.chip * other.chip).sum())


def store_crop(crop: FaceCrop) -> StoredCrop:
    """Write a crop down."""
    _, png = cv2.imencode(".png", crop.pixels, [cv2.IMWRITE_PNG_COMPRESSION, 1])
    return StoredCrop(crop.timestamp_ms, crop.worth, png.tobytes(), crop.points.tolist())


def stored_crop(stored: StoredCrop) -> FaceCrop:
    """Read a crop that was written down."""
    pixels = cv2.imdecode(np.frombuffer(stored.png, np.uint8), cv2.IMREAD_COLOR)
    points = np.asarray(stored.points, np.float32)
    return FaceCrop(stored.timestamp_ms, stored.worth, np.asarray(pixels, np.uint8), points)


class FaceReader(Protocol):
    """What embeds faces; `vidimus.vision.faces.FaceAnalyzer` is one."""

    def embed_faces(self, pixels: Pixels, faces: Sequence[DetectedFace], version: str) -> Floats:
        """Return unit embeddings, float32 (faces, d), by the face model `version`."""


class Resemblance:
    """Compares crops by one face model version, on its calibrated scale of similarity."""

    def __init__(self, reader: FaceReader, scale_of: ScaleOf, version: str) -> None:
        self.version = version
        self.scale = scale_of(version)
        self._reader = reader
        self._embeddings: WeakKeyDictionary[FaceCrop, Floats] = WeakKeyDictionary()

    def fuse(self, crops: Sequence[FaceCrop]) -> Floats | None:
        """Return the mean (d,) of the crops' unit embeddings; None without crops.

        It is not brought to unit length, so a score with it is the mean of the crops' scores.
        """
        rows = [self._embedding(crop) for crop in crops]
        return np.mean(rows, axis=0, dtype=np.float32) if rows else None

    def similarity(self, one: Floats, other: Floats) -> float:
        """Return the similarity, 0..100, of two embeddings."""
        return self.scale.similarity(float(one @ other))

    def _embedding(self, crop: FaceCrop) -> Floats:
        """Return the embedding (d,) of a crop, which is made once."""
        if crop not in self._embeddings:
            (row,) = self._reader.embed_faces(crop.pixels, [crop.as_face()], self.version)
            self._embeddings[crop] = row
        return self._embeddings[crop]


def _shrunk(cut: Pixels) -> tuple[Pixels, Floats]:
    """Return a copy at most 192 pixels a side, and how far each axis (x, y) was scaled."""
    height, width = cut.shape[:2]
    factor = _SIDE / max(height, width)
    if factor >= 1:
        return cut.copy(), np.ones(2, np.float32)
    size = max(1, round(width * factor)), max(1, round(height * factor))
    small = cv2.resize(cut, size, interpolation=cv2.INTER_AREA)
    return np.asarray(small, np.uint8), np.array([size[0] / width, size[1] / height], np.float32)
