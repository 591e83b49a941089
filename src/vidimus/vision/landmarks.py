"""AWS's thirty landmark types, from a detector's five points and the mesh.

Where each type sits on the mesh was settled by laying the mean mesh of frontal portraits over
landmarks that Amazon's own service gave for frontal faces (public sample answers): the places
below are the mesh's points nearest to them.
"""

import numpy as np
from numpy.typing import NDArray

from vidimus.geometry import Point
from vidimus.models.eyes import Eyes
from vidimus.models.face_mesh import MeshPoints
from vidimus.vision.face_types import Landmark

Floats = NDArray[np.float32]

FIVE_KINDS = (("eye_left", 0), ("eye_right", 1), ("mouth_left", 3), ("mouth_right", 4), ("nose", 2))
"""The types that every face has, and the detector's point that each one is."""

MESH_KINDS = {
    "left_eye_brow_left": 70,
    "left_eye_brow_right": 107,
    "left_eye_brow_up": 105,
    "right_eye_brow_left": 336,
    "right_eye_brow_right": 300,
    "right_eye_brow_up": 334,
    "left_eye_left": 33,
    "left_eye_right": 133,
    "left_eye_up": 159,
    "left_eye_down": 145,
    "right_eye_left": 362,
    "right_eye_right": 263,
    "right_eye_up": 386,
    "right_eye_down": 374,
    "nose_left": 99,
    "nose_right": 328,
    "mouth_up": 0,
    "mouth_down": 17,
    "upper_jawline_left": 127,
    "mid_jawline_left": 58,
    "chin_bottom": 152,
    "mid_jawline_right": 288,
    "upper_jawline_right": 356,
}
"""The types that lie on the mesh, and at which of its 468 points."""

PUPIL_KINDS = ("left_pupil", "right_pupil")


def five_landmarks(points: Floats, width: int, height: int) -> tuple[Landmark, ...]:
    """Return the five landmarks of a face by its points (5, 2) in pixels of the picture."""
    return tuple(Landmark(kind, _point(points[place], width, height)) for kind, place in FIVE_KINDS)


def all_landmarks(
    five: Floats, meshes: MeshPoints, eyes: Eyes | None, which: int, size: tuple[int, int]
) -> tuple[Landmark, ...]:
    """Return the thirty landmarks of the face at place `which`; `size` is (width, height).

    Without `eyes` the pupils are the middles of the eyes.
    """
    mesh = meshes.points[which]
    marks = [Landmark(kind, _point(mesh[place], *size)) for kind, place in MESH_KINDS.items()]
    pupils = meshes.five_points[which, :2] if eyes is None else eyes.pupils[which]
    marks += [
        Landmark(kind, _point(pupil, *size))
        for kind, pupil in zip(PUPIL_KINDS, pupils, strict=True)
    ]
    return five_landmarks(five, *size) + tuple(marks)


def _point(place: Floats, width: int, height: int) -> Point:
    return Point(float(place[0]) / width, float(place[1]) / height)
