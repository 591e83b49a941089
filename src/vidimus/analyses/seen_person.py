"""A person at one moment of a video, as found by following bodies or faces."""

from dataclasses import dataclass

from vidimus.geometry import BoundingBox
from vidimus.vision.face_types import FaceDetail


@dataclass(frozen=True, slots=True)
class SeenPerson:
    """Where somebody is: the body's box and the face with its default attributes, each if seen."""

    box: BoundingBox | None
    face: FaceDetail | None


def subject_of(index: int) -> str:
    """Return a person's index as ten digits, which sort as the numbers do."""
    return f"{index:010d}"
