"""Faces of one frame of a video: where they are, how they look, and crops fit to be compared.

Looking at every sampled frame as a photograph is looked at would cost most where there is nothing
to see: a picture without a face is searched again for far and turned ones. A frame is one of many,
so it is only scanned; far faces at which nothing hints are looked for every two seconds.
"""

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from vidimus.analyses.analysis import View
from vidimus.analyses.face_crop import FaceCrop, crop_face
from vidimus.vision.face_types import Attribute, DetectedFace, FaceDetail
from vidimus.vision.faces import FaceAnalyzer
from vidimus.vision.quality_filter import QualityLevel, rejection_reasons

Pixels = NDArray[np.uint8]

EVERY_MS = 200
"""How often frames are looked at for faces: their times are right to so many milliseconds."""

_FAR_LOOK_MS = 2000
_SMALL = 64


@dataclass(frozen=True, slots=True, eq=False)
class SeenFace:
    """A face of a frame; without a crop it is too poor to be compared."""

    detail: FaceDetail
    crop: FaceCrop | None = None


@dataclass(frozen=True, slots=True, eq=False)
class SeenFaces:
    """The faces of a frame, and the frame itself `small`: RGB (h, 64, 3), to see cuts by.

    `width` and `height` are the frame's own, in pixels.
    """

    faces: tuple[SeenFace, ...]
    small: Pixels
    width: int
    height: int


def faces_of(view: View) -> list[DetectedFace]:
    """Return the faces of a frame, at most 100, largest first; now and then far ones too."""
    if view.frame.timestamp_ms % _FAR_LOOK_MS < EVERY_MS:
        return view.sheet.moving_and_far_faces
    return view.sheet.moving_faces


def look_at_faces(
    analyzer: FaceAnalyzer,
    view: View,
    attributes: frozenset[Attribute] = frozenset(),
    *,
    cropped: bool = True,
) -> SeenFaces:
    """Find and describe the faces of a frame; `cropped` cuts out those fit to be compared.

    Those are the ones that the AUTO quality filter lets pass.
    """
    faces = faces_of(view)
    pixels = view.sheet.pixels
    details = analyzer.describe_faces(pixels, faces, attributes)
    height, width = pixels.shape[:2]
    time = view.frame.timestamp_ms
    seen = tuple(
        SeenFace(
            detail, crop_face(pixels, face, detail, time) if cropped and _fit(detail) else None
        )
        for face, detail in zip(faces, details, strict=True)
    )
    return SeenFaces(seen, view.frame.small(_SMALL), width, height)


def _fit(detail: FaceDetail) -> bool:
    return not rejection_reasons(detail, QualityLevel.AUTO)
