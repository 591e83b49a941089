"""People who act before no camera: faces with made crops, and a reader who knows them by colour."""

from collections.abc import Sequence

import numpy as np
from numpy.typing import NDArray

from vidimus.analyses.face_crop import FaceCrop, Resemblance
from vidimus.analyses.face_look import SeenFace, SeenFaces
from vidimus.gallery.similarity import SimilarityScale
from vidimus.geometry import BoundingBox
from vidimus.vision.face_types import DetectedFace, FaceDetail, FaceQuality, Pose

WIDTH, HEIGHT = 640, 480
POINTS = np.array([[28, 34], [52, 34], [40, 46], [31, 58], [49, 58]], np.float32)
SCALE = SimilarityScale.from_points([(0.0, 0.0), (0.5, -3.0), (0.8, -6.0), (1.0, -8.0)])
"""Similarity 50 from a score of 0.5 on, 80 from 0.8 on."""

VERSION = "9.0"


def scale_of(version: str) -> SimilarityScale:
    return SCALE


class Reader:
    """Embeds a crop by the person painted into its first pixel: one axis for each person.

    `blurred` is how much of another axis there is in it, by the crop's second pixel.
    """

    def __init__(self) -> None:
        self.embedded = 0

    def embed_faces(
        self, pixels: NDArray[np.uint8], faces: Sequence[DetectedFace], version: str
    ) -> NDArray[np.float32]:
        self.embedded += len(faces)
        return np.stack([vector(int(pixels[0, 0, 0]), int(pixels[0, 1, 0]) / 100)] * len(faces))


def vector(person: int, off: float = 0.0) -> NDArray[np.float32]:
    """Return the unit embedding of a person, turned away so that its score with it is 1 - `off`."""
    row = np.zeros(32, np.float32)
    row[person] = 1 - off
    row[31] = np.sqrt(max(0.0, 1 - (1 - off) ** 2))
    return row


def resemblance(reader: Reader | None = None) -> Resemblance:
    return Resemblance(reader or Reader(), scale_of, VERSION)


def crop(person: int, timestamp_ms: int = 0, worth: float = 0.5, off: float = 0.0) -> FaceCrop:
    """A crop of somebody; crops of one person show the same picture."""
    pixels = np.random.default_rng(person).integers(0, 255, (20, 20, 3), np.uint8)
    pixels = np.ascontiguousarray(np.repeat(np.repeat(pixels, 4, 0), 4, 1))
    pixels[0, 0], pixels[0, 1] = person, round(100 * off)
    return FaceCrop(timestamp_ms, worth, pixels, POINTS)


def detail(x: float, y: float = 0.5, side: float = 0.2) -> FaceDetail:
    """A good face with its middle at `x`, `y` (ratios)."""
    box = BoundingBox(x - side / 2, y - side / 2, side, side * WIDTH / HEIGHT)
    return FaceDetail(box, 99.0, (), Pose(0, 0, 0), FaceQuality(80, 80))


def face(
    person: int, x: float, *, timestamp_ms: int = 0, fit: bool = True, off: float = 0.0
) -> SeenFace:
    """Somebody's face at a place; not `fit` to be compared it has no crop."""
    return SeenFace(detail(x), crop(person, timestamp_ms, off=off) if fit else None)


def scene(*faces: SeenFace, wall: int = 0) -> SeenFaces:
    """A frame with faces before one of two walls that no two pictures confuse."""
    small = np.zeros((48, 64, 3), np.uint8)
    small[:, : 32 if wall else 64] = (40, 90, 40)
    small[24:, 32:] = (250, 240, 200) if wall else (40, 90, 40)
    return SeenFaces(faces, small, WIDTH, HEIGHT)
