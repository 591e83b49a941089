"""Persons, the parts of their bodies that are seen, and what they wear on them: plain values.

"Left" and "right" are the person's own.
"""

from dataclasses import dataclass
from enum import StrEnum

from vidimus.geometry import BoundingBox
from vidimus.vision.face_types import DetectedFace, Judgement


class PartKind(StrEnum):
    """A part of the body that may be covered."""

    FACE = "FACE"
    HEAD = "HEAD"
    LEFT_HAND = "LEFT_HAND"
    RIGHT_HAND = "RIGHT_HAND"


class EquipmentKind(StrEnum):
    """What may cover it."""

    FACE_COVER = "FACE_COVER"
    HAND_COVER = "HAND_COVER"
    HEAD_COVER = "HEAD_COVER"


@dataclass(frozen=True, slots=True)
class BodyPart:
    """A part of a body that is seen; `confidence` is 0..100."""

    kind: PartKind
    box: BoundingBox
    confidence: float


@dataclass(frozen=True, slots=True, eq=False)
class Person:
    """A person in a picture; `confidence` is 0..100.

    `face` is the face that was found on the person, if one was; `parts` are at most one of a kind.
    """

    box: BoundingBox
    confidence: float
    parts: tuple[BodyPart, ...]
    face: DetectedFace | None = None

    def part(self, kind: PartKind) -> BodyPart | None:
        """Return the part of that kind if it is seen."""
        return next((part for part in self.parts if part.kind is kind), None)


@dataclass(frozen=True, slots=True)
class Equipment:
    """Something worn; `covers` tells whether it covers the part it is worn on."""

    kind: EquipmentKind
    box: BoundingBox
    confidence: float
    covers: Judgement


@dataclass(frozen=True, slots=True)
class EquippedPart:
    """A part of the body and what is worn on it.

    `bare_confidence` says how sure a network is that nothing is worn there (50..100); it is None
    where something is, and where no network can tell.
    """

    part: BodyPart
    equipment: tuple[Equipment, ...] = ()
    bare_confidence: float | None = None


@dataclass(frozen=True, slots=True)
class EquippedPerson:
    """A person, numbered within one picture, and what is worn on each part that is seen."""

    number: int
    box: BoundingBox
    confidence: float
    parts: tuple[EquippedPart, ...]


class Verdict(StrEnum):
    """Whether a person wears all that is required."""

    WITH = "WITH"
    WITHOUT = "WITHOUT"
    INDETERMINATE = "INDETERMINATE"
