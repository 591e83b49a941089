"""What vidimus says about a face: plain values, without a pixel or a network in them.

"Left" and "right" in a landmark's kind mean the picture's sides as a viewer sees them, as at
Amazon: the left eye is the eye nearer to the picture's left edge on an upright face.
"""

from dataclasses import dataclass
from enum import StrEnum

import numpy as np
from numpy.typing import NDArray

from vidimus.geometry import BoundingBox, Point


class Attribute(StrEnum):
    """What a caller may ask for beyond box, confidence, five points, pose and quality."""

    AGE_RANGE = "AGE_RANGE"
    BEARD = "BEARD"
    EMOTIONS = "EMOTIONS"
    EYE_DIRECTION = "EYE_DIRECTION"
    EYEGLASSES = "EYEGLASSES"
    EYES_OPEN = "EYES_OPEN"
    FACE_OCCLUDED = "FACE_OCCLUDED"
    GENDER = "GENDER"
    LANDMARKS = "LANDMARKS"
    MOUTH_OPEN = "MOUTH_OPEN"
    MUSTACHE = "MUSTACHE"
    SMILE = "SMILE"
    SUNGLASSES = "SUNGLASSES"


@dataclass(frozen=True, slots=True, eq=False)
class DetectedFace:
    """A face that a detector found.

    `confidence` is 0..100. `points` is float32 (5, 2) in pixels: left eye, right eye, nose tip,
    left mouth corner, right mouth corner.
    """

    box: BoundingBox
    confidence: float
    points: NDArray[np.float32]


@dataclass(frozen=True, slots=True)
class Judgement:
    """A yes or no, and how sure the model is of that answer (50..100)."""

    value: bool
    confidence: float


@dataclass(frozen=True, slots=True)
class Appearance:
    """One of several classes a face may appear to be of, with its confidence (0..100)."""

    value: str
    confidence: float


@dataclass(frozen=True, slots=True)
class Pose:
    """How the head is turned, in degrees; 0, 0, 0 faces the camera upright.

    `roll` is positive when the picture of the head is turned clockwise, `yaw` when the face
    looks to the picture's right, `pitch` when it looks up.
    """

    roll: float
    yaw: float
    pitch: float


@dataclass(frozen=True, slots=True)
class FaceQuality:
    """How bright and how sharp the face is in the picture, 0..100 each."""

    brightness: float
    sharpness: float


@dataclass(frozen=True, slots=True)
class Landmark:
    """A named place on the face; `kind` is AWS's type in snake case (`left_eye_brow_up`)."""

    kind: str
    point: Point


@dataclass(frozen=True, slots=True)
class EyeDirection:
    """Where the eyes look against the camera, in degrees with the signs of `Pose`."""

    yaw: float
    pitch: float
    confidence: float


@dataclass(frozen=True, slots=True)
class FaceDetail:
    """A described face; what was not asked for, or no model can tell, is None.

    `emotions` are AWS's names, most confident first, their confidences summing to 100.
    `gender.value` is "Male" or "Female": how the face appears, not who the person is.
    """

    box: BoundingBox
    confidence: float
    landmarks: tuple[Landmark, ...]
    pose: Pose
    quality: FaceQuality
    age_range: tuple[int, int] | None = None
    gender: Appearance | None = None
    emotions: tuple[Appearance, ...] | None = None
    smile: Judgement | None = None
    eyes_open: Judgement | None = None
    mouth_open: Judgement | None = None
    face_occluded: Judgement | None = None
    eyeglasses: Judgement | None = None
    sunglasses: Judgement | None = None
    beard: Judgement | None = None
    mustache: Judgement | None = None
    eye_direction: EyeDirection | None = None
