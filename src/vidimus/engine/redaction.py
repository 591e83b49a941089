"""Redaction: every face of a picture covered, but those of people who are to stay visible.

Missing a face does more harm here than covering what is none, so a weak score is enough to cover,
and a face stays visible only where it is surely that of somebody listed: one that is too poor to be
compared is covered. Comparing faces is recorded, as it is everywhere.
"""

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from vidimus.accountability.ledger import Ledger
from vidimus.engine.engine import Engine
from vidimus.engine.portraits import find_portraits
from vidimus.engine.record import Act, Recorder
from vidimus.errors import InvalidParameter
from vidimus.geometry import BoundingBox
from vidimus.imaging.cover import CoverStyle, cover_places
from vidimus.imaging.decode import Picture
from vidimus.models.face_detector import FaceDetections
from vidimus.storage.database import Database
from vidimus.vision.face_spotter import LEAST_SCORE, FaceSpotter
from vidimus.vision.face_types import DetectedFace
from vidimus.vision.faces import FaceAnalyzer
from vidimus.vision.quality_filter import QualityLevel, rejection_reasons

Pixels = NDArray[np.uint8]
Floats = NDArray[np.float32]


@dataclass(frozen=True, slots=True)
class RedactedPicture:
    """A picture with its faces covered: how many were, how many stay visible.

    `doubtful` are places with a score too weak to be covered (x1, y1, x2, y2), pixels (n, 4).
    """

    pixels: Pixels
    covered: int
    kept: int
    doubtful: Floats


class KeptPeople:
    """The people whose faces stay visible, known by a photograph of each.

    The largest face of a photograph counts. Raises InvalidParameter where a photograph has no face,
    or none that is fit to be compared.
    """

    def __init__(self, engine: Engine, photographs: Sequence[Picture], threshold: float) -> None:
        """Keep faces whose similarity to a photograph is at least `threshold` (0..100)."""
        self.threshold = threshold
        self._analyzer: FaceAnalyzer = engine.faces
        self._version = engine.model_version
        self._scale = engine.scales.scale(self._version)
        self._database: Database = engine.database
        self._ledger: Ledger = engine.ledger
        self._photographs = tuple(photographs)
        rows = [self._embed_largest(photograph) for photograph in photographs]
        self._rows = np.concatenate(rows) if rows else np.zeros((0, 1), np.float32)

    def __len__(self) -> int:
        return len(self._photographs)

    def similarities(self, pixels: Pixels, faces: FaceDetections) -> Floats:
        """Return how alike faces of an RGB picture (h, w, 3) are to each photograph.

        float32 (faces, photographs), 0..100; all 0 for a face that is too poor to be compared.
        """
        alike = np.zeros((len(faces), len(self)), np.float32)
        fit = self._fit(pixels, faces) if len(self) and len(faces) else []
        if fit:
            chosen = detected(pixels, faces.chosen(np.array(fit)))
            scores = self._analyzer.embed_faces(pixels, chosen, self._version) @ self._rows.T
            alike[fit] = np.vectorize(self._scale.similarity, [np.float32])(scores)
        return alike

    def record(self, target_sha256: str, alike: Floats) -> None:
        """Write into the ledger that faces were compared; `alike` as `similarities` gives it."""
        recorder = Recorder(self._ledger)
        with self._database.writing() as tx:
            for photograph, column in zip(self._photographs, alike.T, strict=True):
                recorder.record(tx, self._act(photograph, target_sha256, column), None)

    def _act(self, photograph: Picture, target_sha256: str, similarities: Floats) -> Act:
        return Act(
            operation="CompareFaces",
            model_version=self._version,
            details={"source_sha256": photograph.sha256, "target_sha256": target_sha256},
            threshold=self.threshold,
            found=tuple((f"target-{n}", float(each)) for n, each in enumerate(similarities)),
            matched=int((similarities >= self.threshold).sum()),
        )

    def _embed_largest(self, photograph: Picture) -> Floats:
        portraits = find_portraits(self._analyzer, photograph, QualityLevel.AUTO)
        if not portraits.fit:
            raise InvalidParameter(
                "keep: no face fit to be compared was found in the photograph of who is to stay "
                "visible"
            )
        face = portraits.fit[0].face
        return self._analyzer.embed_faces(photograph.pixels, [face], self._version)

    def _fit(self, pixels: Pixels, faces: FaceDetections) -> list[int]:
        details = self._analyzer.describe_faces(pixels, detected(pixels, faces))
        return [
            place
            for place, detail in enumerate(details)
            if not rejection_reasons(detail, QualityLevel.AUTO)
        ]


def redact_picture(
    spotter: FaceSpotter,
    picture: Picture,
    style: CoverStyle,
    *,
    kept: KeptPeople | None = None,
    least_score: float = LEAST_SCORE,
) -> RedactedPicture:
    """Cover every face of a picture with a score of at least `least_score` (0..1) but kept ones."""
    found = spotter.spot_faces(picture.pixels)
    faces = found.chosen(found.scores >= least_score)
    stays: NDArray[np.bool_] = np.zeros(len(faces), np.bool_)
    if kept is not None and len(kept) and len(faces):
        alike = kept.similarities(picture.pixels, faces)
        kept.record(picture.sha256, alike)
        stays = np.asarray((alike >= kept.threshold).any(axis=1), np.bool_)
    return RedactedPicture(
        pixels=cover_places(picture.pixels, faces.boxes[~stays], style),
        covered=int((~stays).sum()),
        kept=int(stays.sum()),
        doubtful=found.boxes[found.scores < least_score],
    )


def detected(pixels: Pixels, faces: FaceDetections) -> list[DetectedFace]:
    """Return a detector's finds as the faces of a picture; their confidence is their score."""
    height, width = pixels.shape[:2]
    return [
        DetectedFace(BoundingBox.from_pixels(box, width, height), 100 * float(score), points)
        for box, score, points in zip(faces.boxes, faces.scores, faces.points, strict=True)
    ]
