"""Faces of a picture: where they are, what they look like, and their embeddings."""

from collections.abc import Callable, Sequence
from dataclasses import replace
from typing import TYPE_CHECKING, Any

import numpy as np
from numpy.typing import NDArray

from vidimus.geometry import BoundingBox
from vidimus.imaging.pyramid import Pyramid
from vidimus.models.face_detector import FaceDetections
from vidimus.vision.attributes import READERS, capability_of
from vidimus.vision.capability import Capability
from vidimus.vision.face_nets import FaceNets
from vidimus.vision.face_sheet import FaceSheet
from vidimus.vision.face_types import (
    Attribute,
    DetectedFace,
    FaceDetail,
    FaceQuality,
    Landmark,
    Pose,
)
from vidimus.vision.landmarks import all_landmarks, five_landmarks
from vidimus.vision.upright import find_faces, set_upright

if TYPE_CHECKING:
    from vidimus.runtime.registry import ModelRegistry

Pixels = NDArray[np.uint8]
Floats = NDArray[np.float32]

MOST_FACES = 100
_GLANCE = 896
"""Twice the detectors' canvas: to it they shrink a picture without skipping pixels."""


class FaceAnalyzer:
    """Finds, describes and embeds faces with the best networks that are installed.

    Safe to use from many threads at once. Raises ModelUnavailable when a network is needed that
    is not installed. `on_detected` hears how many faces each picture had.
    """

    def __init__(
        self, registry: "ModelRegistry", on_detected: Callable[[int], None] | None = None
    ) -> None:
        self._nets = FaceNets(registry)
        self._on_detected = on_detected

    def detect_faces(self, pixels: Pixels, *, limit: int = MOST_FACES) -> list[DetectedFace]:
        """Find at most `limit` faces of an RGB picture (h, w, 3), largest first."""
        return self._settled(pixels, find_faces(self._nets.detector, pixels), limit)

    def scan_for_faces(
        self, pixels: Pixels, *, far: bool = False, limit: int = MOST_FACES
    ) -> list[DetectedFace]:
        """Find faces as `detect_faces` does, in one frame of a video, where time is short.

        Sideways faces are not looked for, and far ones at which the first look does not hint only
        where `far` asks for it.
        """
        detector = self._nets.detector
        found = detector.detect_faces(pixels) if far else detector.scan_for_faces(pixels)
        return self._settled(pixels, found, limit)

    def _settled(self, pixels: Pixels, found: FaceDetections, limit: int) -> list[DetectedFace]:
        """Return the largest faces, with better points for those that lie turned."""
        order = np.argsort(-found.sides, kind="stable")[:limit]
        found = found.chosen(order)
        card = self._nets.detector_card
        sure_score = float(card.parameters.get("sure_score", 0))
        if self._nets.mesh is not None:
            found = set_upright(self._nets.mesh, pixels, found, sure_score)
        if self._on_detected is not None:
            self._on_detected(len(order))
        return self._with_confidence(found, pixels)

    def glance_at_faces(self, pyramid: Pyramid) -> list[DetectedFace]:
        """Find the faces that one look shows, best first; for saying that there are some.

        Far ones, those that fill the picture and those that lie sideways may be missed, and points
        of turned faces be wrong.
        """
        small = pyramid.within(_GLANCE)
        found = self._nets.detector.glance_at_faces(small)
        scale = pyramid.width / small.shape[1], pyramid.height / small.shape[0]
        return self._with_confidence(found.scaled(*scale), pyramid.pixels)

    def _with_confidence(self, found: FaceDetections, pixels: Pixels) -> list[DetectedFace]:
        law = self._nets.detector_card.parameters.get("confidence")
        height, width = pixels.shape[:2]
        return [
            DetectedFace(BoundingBox.from_pixels(box, width, height), confidence, points)
            for box, confidence, points in zip(
                found.boxes, _confidences(found.scores, law), found.points, strict=True
            )
        ]

    def describe_faces(
        self,
        pixels: Pixels,
        faces: Sequence[DetectedFace],
        attributes: frozenset[Attribute] = frozenset(),
    ) -> list[FaceDetail]:
        """Describe faces of an RGB picture: the default set, and the attributes asked for.

        The default set is box, confidence, five landmarks, pose and quality. An attribute that
        no installed network tells stays None; `capabilities` says which those are.
        """
        if not faces:
            return []
        sheet = FaceSheet(self._nets, pixels, _points_of(faces))
        details = _default_details(sheet, faces, Attribute.LANDMARKS in attributes)
        for attribute in sorted(attributes & READERS.keys()):
            reader = READERS[attribute]
            if reader.models(self._nets):
                details = [
                    _with_value(detail, reader.field, value)
                    for detail, value in zip(details, reader.read(sheet), strict=True)
                ]
        return details

    def embed_faces(self, pixels: Pixels, faces: Sequence[DetectedFace], version: str) -> Floats:
        """Embed faces by the embedder of `version`: unit vectors, float32 (n, dimensions)."""
        return self._nets.embedder(version).embed_faces(pixels, _points_of(faces))

    def capabilities(self) -> list[Capability]:
        """Say for each attribute which installed networks tell it, or what to install."""
        return [capability_of(attribute, self._nets) for attribute in Attribute]


def _confidences(scores: Floats, law: Sequence[float] | None) -> list[float]:
    """Turn a detector's scores into how probable a face is, in percent.

    `law` are slope and offset of the log-odds, fitted to what of a detector's finds were faces;
    without it the score itself is told.
    """
    if law is None:
        return [100 * float(score) for score in scores]
    slope, offset = law
    return [float(100 / (1 + np.exp(-(slope * score + offset)))) for score in scores.astype(float)]


def _points_of(faces: Sequence[DetectedFace]) -> Floats:
    points = [np.asarray(face.points, np.float32) for face in faces]
    return np.stack(points) if points else np.zeros((0, 5, 2), np.float32)


def _default_details(
    sheet: FaceSheet, faces: Sequence[DetectedFace], all_points: bool
) -> list[FaceDetail]:
    return [
        FaceDetail(
            box=face.box,
            confidence=face.confidence,
            landmarks=_landmarks(sheet, which, all_points),
            pose=Pose(*(float(angle) for angle in pose)),
            quality=FaceQuality(*(float(value) for value in quality)),
        )
        for which, (face, pose, quality) in enumerate(
            zip(faces, sheet.poses, sheet.qualities, strict=True)
        )
    ]


def _landmarks(sheet: FaceSheet, which: int, all_points: bool) -> tuple[Landmark, ...]:
    height, width = sheet.pixels.shape[:2]
    five = sheet.frames.points[which]
    if not all_points or sheet.meshes is None:
        return five_landmarks(five, width, height)
    return all_landmarks(five, sheet.meshes, sheet.eyes, which, (width, height))


def _with_value(detail: FaceDetail, field: str, value: Any) -> FaceDetail:
    return replace(detail, **{field: value})
