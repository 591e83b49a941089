"""The persons of a picture: where each is, and which parts of the body are seen."""

from collections.abc import Sequence
from typing import TYPE_CHECKING

import numpy as np
from numpy.typing import NDArray

from vidimus.geometry import BoundingBox
from vidimus.vision.equipment_types import BodyPart, Person
from vidimus.vision.person_candidates import (
    LEAST_CHANCE,
    Candidate,
    clipped,
    find_candidates,
    overlap,
)
from vidimus.vision.person_parts import find_parts
from vidimus.vision.person_poses import PersonPoses, find_person_poses

if TYPE_CHECKING:
    from vidimus.vision.picture_sheet import PictureSheet

Floats = NDArray[np.float32]

MOST_PERSONS = 15

_SAME_PLACE = 0.5
"""Intersection over union from which a guessed box and another are one person."""


def find_persons(sheet: "PictureSheet", limit: int = MOST_PERSONS) -> tuple[Person, ...]:
    """Find at most `limit` persons of a picture and the parts of their bodies, largest first.

    Persons and parts that are less likely there than not are left out.
    """
    candidates = find_candidates(sheet)[:limit]
    if not candidates:
        return ()
    poses = find_person_poses(sheet, candidates)
    boxes = _boxes(sheet, candidates, poses)
    parts = find_parts(sheet, candidates, poses)
    persons = [
        _person(sheet, candidates[which], boxes[which], parts[which])
        for which in _apart(candidates, boxes)
    ]
    return tuple(sorted(persons, key=lambda person: -person.box.area))


def _person(
    sheet: "PictureSheet", candidate: Candidate, box: Floats, parts: Sequence[BodyPart]
) -> Person:
    place = BoundingBox.from_pixels(box, sheet.pyramid.width, sheet.pyramid.height)
    sure = tuple(part for part in parts if part.confidence >= 100 * LEAST_CHANCE)
    return Person(place, 100 * candidate.chance, sure, candidate.face)


def _boxes(
    sheet: "PictureSheet", candidates: Sequence[Candidate], poses: PersonPoses | None
) -> Floats:
    """Return the persons' boxes (n, 4) in pixels: a guess gives way to what a pose outlines."""
    boxes = np.stack([each.box for each in candidates])
    if poses is None:
        return boxes
    for which, (each, extent) in enumerate(zip(candidates, poses.poses.extents, strict=True)):
        if not each.outlined and poses.trusted[which] and np.isfinite(extent).all():
            boxes[which] = _with_face(sheet, extent, each)
    return clipped(boxes, sheet)


def _with_face(sheet: "PictureSheet", box: Floats, candidate: Candidate) -> Floats:
    """Widen a box until it holds the face."""
    if candidate.face is None:
        return box
    face = candidate.face.box.to_pixels(sheet.pyramid.width, sheet.pyramid.height)
    low, high = np.minimum(box[:2], face[:2]), np.maximum(box[2:], face[2:])
    return np.asarray(np.concatenate([low, high]), np.float32)


def _apart(candidates: Sequence[Candidate], boxes: Floats) -> list[int]:
    """Return the candidates that are no one else: a guess gives way to any surer one."""
    order = sorted(
        range(len(candidates)), key=lambda at: (not candidates[at].outlined, -candidates[at].chance)
    )
    kept: list[int] = []
    for at in order:
        rivals = kept if not candidates[at].outlined else []
        if all(overlap(boxes[at], boxes[other]) < _SAME_PLACE for other in rivals):
            kept.append(at)
    return kept
