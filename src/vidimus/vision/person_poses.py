"""The pose of each person: several guesses where the body may lie, and the one that fits best.

The pose networks follow one person and take a head for a whole body when they are shown it too
near. A face that was found tells which guess is right, and whether any is.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np
from numpy.typing import NDArray

from vidimus.models.body_pose import EYES, MOUTH_CORNERS, NOSE, BodyPose, BodyPoses
from vidimus.models.face_frame import FaceFrames
from vidimus.models.turned_square import TurnedSquares
from vidimus.vision.face_types import DetectedFace
from vidimus.vision.person_candidates import Candidate, overlap

if TYPE_CHECKING:
    from vidimus.vision.picture_sheet import PictureSheet

Floats = NDArray[np.float32]

_ROOM_AROUND_BOX = 1.5
"""Of 1, 1.25 and 1.5 longer sides of a person's box the best square to look at."""
_LEAST_HINT = 0.3
"""Score of the pose detector from which its guess is tried, where a face can judge it."""
_MOST_MISFIT = 0.5
"""Mean distance in face scales from the face's points beyond which a pose isn't believed."""

_LEAST_FILLING = 0.4
"""Intersection over union of a box and the body that the pose sees in it, to be believed."""


@dataclass(frozen=True, slots=True)
class PersonPoses:
    """One pose for each of n persons; `trusted` bool (n,) says which are believed."""

    poses: BodyPoses
    trusted: NDArray[np.bool_]


def find_person_poses(sheet: "PictureSheet", candidates: Sequence[Candidate]) -> PersonPoses | None:
    """Return the best pose of each candidate; None when no network tells poses."""
    network = sheet.nets.body_pose
    if network is None:
        return None
    faces = [each.face for each in candidates]
    boxes = np.stack([each.box for each in candidates])
    poses = network.find_poses(sheet.pixels, TurnedSquares.around(boxes, _ROOM_AROUND_BOX))
    poses = _with_hints(sheet, network, boxes, faces, poses)
    poses = better_poses(poses, network.find_poses(sheet.pixels, poses.again), faces)
    return PersonPoses(poses, believed(poses, candidates))


def better_poses(
    first: BodyPoses, second: BodyPoses, faces: Sequence[DetectedFace | None]
) -> BodyPoses:
    """Return for each person the pose that fits the face better, else shows more of the body."""
    worse = misfits(first, faces) > misfits(second, faces)
    faceless = np.array([face is None for face in faces], np.bool_)
    fuller = second.visibility.mean(axis=1) > first.visibility.mean(axis=1)
    second_is_better = np.where(faceless, fuller, worse)
    count = len(faces)
    places = np.arange(count) + count * second_is_better
    return BodyPoses.joined(first, second).chosen(places)


def believed(poses: BodyPoses, candidates: Sequence[Candidate]) -> NDArray[np.bool_]:
    """Tell which poses (n,) lie where the face is, or without a face fill a detector's box."""
    on_face = misfits(poses, [each.face for each in candidates]) <= _MOST_MISFIT
    in_box = [
        each.face is None and (not each.outlined or overlap(each.box, extent) >= _LEAST_FILLING)
        for each, extent in zip(candidates, poses.extents, strict=True)
    ]
    return np.asarray(on_face | np.array(in_box, np.bool_), np.bool_)


def misfits(poses: BodyPoses, faces: Sequence[DetectedFace | None]) -> Floats:
    """Return how far each pose's eyes, nose and mouth lie from the face's, in face scales, (n,).

    Infinite where there is no face.
    """
    away = np.full(len(faces), np.inf, np.float32)
    for which, (face, points) in enumerate(zip(faces, poses.points, strict=True)):
        if face is not None:
            seen = np.stack([face.points[:2].mean(0), face.points[2], face.points[3:].mean(0)])
            told = np.stack(
                [points[[*EYES]].mean(0), points[NOSE], points[[*MOUTH_CORNERS]].mean(0)]
            )
            scale = FaceFrames(face.points[None]).scales[0]
            away[which] = np.linalg.norm(told - seen, axis=1).mean() / scale
    return away


def _with_hints(
    sheet: "PictureSheet",
    network: BodyPose,
    boxes: Floats,
    faces: Sequence[DetectedFace | None],
    poses: BodyPoses,
) -> BodyPoses:
    """Try what the pose detector finds in the boxes of those whose face can judge it."""
    finder = sheet.nets.body_finder
    judged = np.flatnonzero([face is not None for face in faces])
    if finder is None or not len(judged):
        return poses
    found = finder.find_bodies(sheet.pixels, TurnedSquares.around(boxes[judged], 1), _LEAST_HINT)
    hinted = [int(which) for which, (squares, _) in zip(judged, found, strict=True) if len(squares)]
    if not hinted:
        return poses
    best = [squares.chosen(np.arange(1)) for squares, _ in found if len(squares)]
    hints = network.find_poses(sheet.pixels, TurnedSquares.joined(*best))
    chosen = np.array(hinted)
    better = better_poses(poses.chosen(chosen), hints, [faces[which] for which in hinted])
    places = np.arange(len(faces))
    places[chosen] = len(faces) + np.arange(len(hinted))
    return BodyPoses.joined(poses, better).chosen(places)
