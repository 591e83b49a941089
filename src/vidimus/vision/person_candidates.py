"""What may be a person: boxes of the object detector, faces on nobody, bodies by the pose detector.

A face makes a box surer: both may be wrong, but seldom both at once.
"""

from collections.abc import Sequence
from dataclasses import dataclass, replace
from typing import TYPE_CHECKING

import numpy as np
from numpy.typing import NDArray

from vidimus.models.face_frame import FaceFrames
from vidimus.models.object_detector import PERSON
from vidimus.models.turned_square import TurnedSquares
from vidimus.vision.face_types import DetectedFace

if TYPE_CHECKING:
    from vidimus.vision.picture_sheet import PictureSheet

Floats = NDArray[np.float32]

LEAST_CHANCE = 0.5
"""What is less likely a person than not isn't called one."""

_LEAST_SCORE = 0.2
"""Score of a person by the object detector that a face may yet make sure of."""
_LEAST_BODY = 0.5
"""Score of the pose detector from which a body is looked at more closely."""
_BODY_WIDTH, _BODY_HEIGHT, _ABOVE_FACE = 8.0, 22.0, 3.5
"""A standing person in face scales, and how far the middle of the face is below the top."""
_BODY_IN_SQUARE = 0.8
"""Side of a body in the square that the pose detector puts around it."""


@dataclass(frozen=True, slots=True, eq=False)
class Candidate:
    """Perhaps a person: `box` float32 (4,) in pixels, `chance` 0..1, the face if one was found.

    `outlined` tells whether a detector drew the box; otherwise it is a guess by face or pose.
    """

    box: Floats
    chance: float
    face: DetectedFace | None = None
    outlined: bool = True


def find_candidates(sheet: "PictureSheet") -> list[Candidate]:
    """Return everything in a picture that is rather a person than not, the largest first."""
    boxes = _boxed(sheet)
    owners = owners_of_faces(sheet.faces, [each.box for each in boxes], sheet)
    for face, owner in zip(sheet.faces, owners, strict=True):
        if owner is not None:
            chance = 1 - (1 - boxes[owner].chance) * (1 - face.confidence / 100)
            boxes[owner] = replace(boxes[owner], chance=chance, face=face)
    alone = [face for face, owner in zip(sheet.faces, owners, strict=True) if owner is None]
    found = boxes + [_around_face(sheet, face) for face in alone] + _bodies(sheet)
    likely = [each for each in found if each.chance >= LEAST_CHANCE and _area(each.box) >= 1]
    return sorted(likely, key=lambda each: -_area(each.box))


def owners_of_faces(
    faces: Sequence[DetectedFace], boxes: Sequence[Floats], sheet: "PictureSheet"
) -> list[int | None]:
    """Give each face to the person it sits on best, one face each; None where there is none.

    A face sits well at the top of a box and in the middle between its sides.
    """
    places = [_middle(sheet, face) for face in faces]
    misfits = [
        (misfit, which, owner)
        for which, place in enumerate(places)
        for owner, box in enumerate(boxes)
        if (misfit := _misfit(place, box)) is not None
    ]
    owners: list[int | None] = [None] * len(faces)
    for _, which, owner in sorted(misfits):
        if owners[which] is None and owner not in owners:
            owners[which] = owner
    return owners


def _boxed(sheet: "PictureSheet") -> list[Candidate]:
    """Return the persons that the object detector sees, sure or not."""
    if sheet.objects is None:
        return []
    found = sheet.objects.of_class(PERSON, _LEAST_SCORE)
    chances = sheet.nets.confidence_law("object_detector").percent(found.scores) / 100
    boxes = clipped(found.boxes, sheet)
    return [Candidate(box, float(chance)) for box, chance in zip(boxes, chances, strict=True)]


def _around_face(sheet: "PictureSheet", face: DetectedFace) -> Candidate:
    """Return the person to whom a face belongs that is on no box."""
    scale = float(FaceFrames(face.points[None]).scales[0])
    x, y = _middle(sheet, face)
    top, half = y - _ABOVE_FACE * scale, _BODY_WIDTH * scale / 2
    box = np.array([[x - half, top, x + half, top + _BODY_HEIGHT * scale]], np.float32)
    return Candidate(clipped(box, sheet)[0], face.confidence / 100, face, outlined=False)


def _bodies(sheet: "PictureSheet") -> list[Candidate]:
    """Return the bodies that the pose detector sees, where there is no object detector."""
    finder = sheet.nets.body_finder
    if sheet.objects is not None or finder is None:
        return []
    whole = np.array([[0, 0, sheet.pyramid.width, sheet.pyramid.height]], np.float32)
    ((squares, scores),) = finder.find_bodies(
        sheet.pixels, TurnedSquares.around(whole, 1), _LEAST_BODY
    )
    halves = squares.sides[:, None] * _BODY_IN_SQUARE / 2
    boxes = clipped(np.concatenate([squares.centers - halves, squares.centers + halves], 1), sheet)
    return [
        Candidate(box, float(score), outlined=False)
        for box, score in zip(boxes, scores, strict=True)
    ]


def clipped(boxes: Floats, sheet: "PictureSheet") -> Floats:
    """Return boxes (n, 4) in pixels without what lies outside the picture."""
    sides = np.array([sheet.pyramid.width, sheet.pyramid.height] * 2, np.float32)
    return np.asarray(np.clip(boxes, 0, sides), np.float32)


def overlap(one: Floats, other: Floats) -> float:
    """Return the intersection over union of two boxes (4,); 0 where one isn't a number."""
    low, high = np.maximum(one[:2], other[:2]), np.minimum(one[2:], other[2:])
    shared = float(np.prod(np.maximum(high - low, 0)))
    areas = float(np.prod(one[2:] - one[:2]) + np.prod(other[2:] - other[:2]))
    return shared / max(areas - shared, 1e-9) if np.isfinite(shared) else 0.0


def _middle(sheet: "PictureSheet", face: DetectedFace) -> tuple[float, float]:
    """Return the middle of a face in pixels."""
    x1, y1, x2, y2 = face.box.to_pixels(sheet.pyramid.width, sheet.pyramid.height)
    return float(x1 + x2) / 2, float(y1 + y2) / 2


def _misfit(place: tuple[float, float], box: Floats) -> float | None:
    """Say how far a face's middle is from the middle of a box's top; None outside the box."""
    x1, y1, x2, y2 = (float(value) for value in box)
    if not (x1 <= place[0] <= x2 and y1 <= place[1] <= y2):
        return None
    width, height = max(x2 - x1, 1.0), max(y2 - y1, 1.0)
    return abs(place[0] - (x1 + x2) / 2) / width + (place[1] - y1) / height


def _area(box: Floats) -> float:
    return float((box[2] - box[0]) * (box[3] - box[1]))
