"""The faces of one picture that are fit to be compared, and why the others are not."""

from collections.abc import Sequence
from dataclasses import dataclass

from vidimus.imaging.decode import Picture
from vidimus.vision.face_types import Attribute, DetectedFace, FaceDetail
from vidimus.vision.faces import FaceAnalyzer
from vidimus.vision.quality_filter import QualityLevel, rejection_reasons


@dataclass(frozen=True, slots=True)
class Portrait:
    """A face of a picture: where it is, what it looks like, and why it may not be compared."""

    face: DetectedFace
    detail: FaceDetail
    reasons: tuple[str, ...]

    @property
    def tier(self) -> int:
        """How good the face is for recognition: 3 passes the HIGH filter, 0 not even LOW."""
        return sum(
            not rejection_reasons(self.detail, level)
            for level in (QualityLevel.LOW, QualityLevel.MEDIUM, QualityLevel.HIGH)
        )


@dataclass(frozen=True, slots=True)
class Portraits:
    """The portraits of one picture, largest first, parted by the quality filter."""

    picture: Picture
    fit: tuple[Portrait, ...]
    unfit: tuple[Portrait, ...]

    def __len__(self) -> int:
        return len(self.fit) + len(self.unfit)


def find_portraits(
    analyzer: FaceAnalyzer,
    picture: Picture,
    level: QualityLevel,
    attributes: frozenset[Attribute] = frozenset(),
) -> Portraits:
    """Detect and describe at most 100 faces of a picture, and sift them by quality."""
    faces = analyzer.detect_faces(picture.pixels)
    return sift_faces(analyzer, picture, faces, level, attributes)


def sift_faces(
    analyzer: FaceAnalyzer,
    picture: Picture,
    faces: Sequence[DetectedFace],
    level: QualityLevel,
    attributes: frozenset[Attribute] = frozenset(),
) -> Portraits:
    """Describe faces of a picture, given largest first, and sift them by quality."""
    details = analyzer.describe_faces(picture.pixels, faces, attributes)
    found = [
        Portrait(face, detail, rejection_reasons(detail, level))
        for face, detail in zip(faces, details, strict=True)
    ]
    return Portraits(
        picture,
        fit=tuple(portrait for portrait in found if not portrait.reasons),
        unfit=tuple(portrait for portrait in found if portrait.reasons),
    )


def best_portraits(
    portraits: Sequence[Portrait], limit: int
) -> tuple[list[Portrait], list[Portrait]]:
    """Part portraits into the `limit` best and the rest.

    The lowest quality tier goes first, then the smallest boxes (spec 2.2, IndexFaces).
    """
    ranked = sorted(portraits, key=lambda each: (-each.tier, -each.detail.box.area))
    kept = {id(portrait) for portrait in ranked[:limit]}
    return (
        [portrait for portrait in portraits if id(portrait) in kept],
        [portrait for portrait in portraits if id(portrait) not in kept],
    )
