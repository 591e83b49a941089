"""Which parts of each person's body are seen: face, head, left and right hand.

The face is the face detector's, and where there is a face there is a head; a head seen from behind
is told by the pose. Hands have two witnesses that miss different ones: the pose, and the palm
detector with the hand network.
"""

from collections.abc import Sequence
from typing import TYPE_CHECKING

import numpy as np
from numpy.typing import NDArray

from vidimus.geometry import BoundingBox
from vidimus.models.body_pose import EARS, HEAD, INDEX_FINGERS, LITTLE_FINGERS, SHOULDERS, WRISTS
from vidimus.models.confidence_law import ConfidenceLaw
from vidimus.models.face_frame import FaceFrames
from vidimus.models.hands import WRIST, Hands
from vidimus.models.turned_square import TurnedSquares
from vidimus.vision.equipment_types import BodyPart, PartKind
from vidimus.vision.face_types import DetectedFace
from vidimus.vision.person_candidates import Candidate
from vidimus.vision.person_poses import PersonPoses

if TYPE_CHECKING:
    from vidimus.vision.picture_sheet import PictureSheet

Floats = NDArray[np.float32]

HAND_KINDS = (PartKind.LEFT_HAND, PartKind.RIGHT_HAND)

_LEAST_PALM = 0.5
_LEAST_HAND = 0.5
"""Scores of the palm detector and of the hand network from which they are heard."""
_NEAR_WRIST = 0.5
"""Share of the shoulders' width within which a hand belongs to a wrist of the pose."""
_HEAD_SIDE, _HEAD_UP = 4.0, 0.6
"""The head in face scales, and how far its middle is above the middle of the face."""
_EARS_TO_HEAD, _SHOULDERS_TO_HEAD = 1.8, 0.6
"""The head's side in distances between the ears, or between the shoulders when it is turned."""
_POSE_ODDS = ConfidenceLaw(1.0, -1.1)
"""From the pose's chance of a wrist that is seen to the chance that the hand is there.

Of 19 hands by the pose that were right in 50 pictures of COCO none had a chance below .75, of 18
that were wrong there and in 268 portraits half had.
"""
_LEAST_HAND_SIDE = 0.8
"""A hand in face scales below which it isn't that of the face's owner."""
_HAND_SIDE = 1.4
"""The hand's side in distances from the wrist to the knuckles, by which it is also moved on."""


def find_parts(
    sheet: "PictureSheet", candidates: Sequence[Candidate], poses: PersonPoses | None
) -> list[tuple[BodyPart, ...]]:
    """Return the parts that are seen of each candidate, at most one of a kind."""
    hands = _hands_of_each(sheet, candidates)
    return [
        (
            *_face_and_head(sheet, each.face, poses, which),
            *_both_hands(sheet, each.face, hands[which], poses, which),
        )
        for which, each in enumerate(candidates)
    ]


def _face_and_head(
    sheet: "PictureSheet", face: DetectedFace | None, poses: PersonPoses | None, which: int
) -> list[BodyPart]:
    if face is not None:
        head = _part(sheet, PartKind.HEAD, head_of_face(face), face.confidence / 100)
        return [BodyPart(PartKind.FACE, face.box, face.confidence), head]
    if poses is None:
        return []
    points, visibility = poses.poses.points[which], poses.poses.visibility[which]
    chance = float(poses.poses.presence[which] * visibility[list(HEAD)].mean())
    return [_part(sheet, PartKind.HEAD, _head_of_pose(points), chance)]


def head_of_face(face: DetectedFace) -> Floats:
    """Return the box (4,) in pixels of the head that a face is on."""
    frame = FaceFrames(face.points[None])
    scale, angle = float(frame.scales[0]), float(frame.angles[0])
    upwards = np.array([np.sin(angle), -np.cos(angle)])
    return _square(frame.centers[0] + _HEAD_UP * scale * upwards, _HEAD_SIDE * scale)


def _head_of_pose(points: Floats) -> Floats:
    """Return the box of the head by a pose (33, 2): around the middle between the ears."""
    ears, shoulders = points[list(EARS)], points[list(SHOULDERS)]
    side = max(
        _EARS_TO_HEAD * float(np.linalg.norm(ears[1] - ears[0])),
        _SHOULDERS_TO_HEAD * float(np.linalg.norm(shoulders[1] - shoulders[0])),
    )
    return _square(ears.mean(0), side)


def _both_hands(
    sheet: "PictureSheet",
    face: DetectedFace | None,
    seen: Hands | None,
    poses: PersonPoses | None,
    which: int,
) -> list[BodyPart]:
    """Return both hands, each by its surer witness."""
    told = [*_hands_by_pose(sheet, poses, which), *_hands_by_palms(sheet, seen, poses, which)]
    witnesses = [part for part in told if _is_plausible(sheet, part, face)]
    return [
        max((part for part in witnesses if part.kind is kind), key=lambda part: part.confidence)
        for kind in HAND_KINDS
        if any(part.kind is kind for part in witnesses)
    ]


def _hands_by_pose(sheet: "PictureSheet", poses: PersonPoses | None, which: int) -> list[BodyPart]:
    """Return where the pose has the hands, if it is believed."""
    if poses is None or not poses.trusted[which]:
        return []
    points, visibility = poses.poses.points[which], poses.poses.visibility[which]
    chances = _POSE_ODDS.percent(poses.poses.presence[which] * visibility[list(WRISTS)]) / 100
    return [
        _part(sheet, kind, _hand_of_pose(points, side), float(chances[side]))
        for side, kind in enumerate(HAND_KINDS)
    ]


def _is_plausible(sheet: "PictureSheet", hand: BodyPart, face: DetectedFace | None) -> bool:
    """Tell whether the middle of a hand is in the picture and its size that of the face."""
    box = hand.box.to_pixels(sheet.pyramid.width, sheet.pyramid.height)
    middle = (box[:2] + box[2:]) / 2
    inside = (middle >= 0).all() and (middle <= [sheet.pyramid.width, sheet.pyramid.height]).all()
    least = 0.0 if face is None else _LEAST_HAND_SIDE * FaceFrames(face.points[None]).scales[0]
    return bool(inside and (box[2:] - box[:2]).max() >= least)


def _hand_of_pose(points: Floats, side: int) -> Floats:
    """Return the box of the left (0) or right (1) hand of a pose (33, 2)."""
    wrist = points[WRISTS[side]]
    knuckles = (points[INDEX_FINGERS[side]] + points[LITTLE_FINGERS[side]]) / 2
    length = float(np.linalg.norm(knuckles - wrist))
    return _square(wrist + (knuckles - wrist), 2 * _HAND_SIDE * length)


def _hands_by_palms(
    sheet: "PictureSheet", seen: Hands | None, poses: PersonPoses | None, which: int
) -> list[BodyPart]:
    """Return the hands that the hand network sees.

    A believed pose says whose and which they are; without one their look does.
    """
    parts: list[BodyPart] = []
    for points, box, presence, right in zip(
        *((seen.points, seen.boxes, seen.presence, seen.right) if seen else ((), (), (), ())),
        strict=True,
    ):
        if poses is not None and poses.trusted[which]:
            side = _nearest_wrist(points[WRIST], poses.poses.points[which])
            chance = float(presence)
        else:
            side, chance = int(right >= 0.5), float(presence * max(right, 1 - right))
        if side is not None:
            parts.append(_part(sheet, HAND_KINDS[side], box, chance))
    return parts


def _nearest_wrist(place: Floats, points: Floats) -> int | None:
    """Tell which wrist of a pose (33, 2) a place is near: 0 the left, 1 the right, else None."""
    away = np.linalg.norm(points[list(WRISTS)] - place, axis=1)
    shoulders = points[list(SHOULDERS)]
    reach = _NEAR_WRIST * float(np.linalg.norm(shoulders[1] - shoulders[0]))
    nearest = int(away.argmin())
    return nearest if away[nearest] <= reach else None


def _hands_of_each(sheet: "PictureSheet", candidates: Sequence[Candidate]) -> list[Hands | None]:
    """Return the hands that are seen in the box of each candidate; None where nothing looks."""
    finder, reader = sheet.nets.palm_finder, sheet.nets.hand_reader
    if finder is None or reader is None:
        return [None] * len(candidates)
    squares = TurnedSquares.around(np.stack([each.box for each in candidates]), 1)
    found = finder.find_palms(sheet.pixels, squares, _LEAST_PALM)
    hands = reader.find_hands(sheet.pixels, TurnedSquares.joined(*found))
    ends = np.cumsum([len(palms) for palms in found])
    return [
        _sure_hands(hands.chosen(np.arange(end - len(palms), end)), each.box)
        for palms, end, each in zip(found, ends, candidates, strict=True)
    ]


def _sure_hands(hands: Hands, box: Floats) -> Hands:
    """Return the hands that the network is sure of and whose wrist lies in a person's box."""
    wrists = hands.points[:, WRIST]
    inside = ((wrists >= box[:2]) & (wrists <= box[2:])).all(axis=1)
    return hands.chosen(np.flatnonzero(inside & (hands.presence >= _LEAST_HAND)))


def _part(sheet: "PictureSheet", kind: PartKind, box: Floats, chance: float) -> BodyPart:
    place = BoundingBox.from_pixels(box, sheet.pyramid.width, sheet.pyramid.height)
    return BodyPart(kind, place, 100 * chance)


def _square(middle: Floats, side: float) -> Floats:
    return np.concatenate([middle - side / 2, middle + side / 2]).astype(np.float32)
