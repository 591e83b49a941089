"""Faces drawn on their picture, with what was told of each in words."""

from collections.abc import Iterator, Mapping, Sequence
from typing import Any

import numpy as np
from numpy.typing import NDArray

from vidimus.cli.canvas import Mark, draw_marks
from vidimus.geometry import BoundingBox, Point
from vidimus.operations.face_words import face_detail
from vidimus.vision.face_types import FaceDetail
from vidimus.wire import shapes

Pixels = NDArray[np.uint8]

_YES_WORDS = {
    "Smile": "smiling",
    "EyesOpen": "eyes open",
    "MouthOpen": "mouth open",
    "FaceOccluded": "partly covered",
    "Eyeglasses": "eyeglasses",
    "Sunglasses": "sunglasses",
    "Beard": "beard",
    "Mustache": "mustache",
}
_NO_WORDS = {"EyesOpen": "eyes closed", "Smile": "not smiling"}


def draw_faces(
    pixels: Pixels,
    details: Sequence[FaceDetail],
    *,
    captions: Sequence[str] | None = None,
) -> Pixels:
    """Return an RGB picture (h, w, 3) with faces drawn on it; it may be larger than the one given.

    `captions` are what to write for each face; without them `describe_in_words` says it.
    """
    words = [face_detail(detail) for detail in details]
    marks = [
        face_mark(number, each, None if captions is None else [captions[number - 1]])
        for number, each in enumerate(words, start=1)
    ]
    return draw_marks(pixels, marks)


def face_mark(
    number: int, face: shapes.FaceDetail, lines: Sequence[str] | None = None, name: str = "face"
) -> Mark:
    """Return what to draw of a face in the API's words: its box, points, and lines beside it."""
    lines = describe_in_words(face) if lines is None else lines
    return Mark(
        box=box_of(face["BoundingBox"]),
        words=(f"{number}   {name} {face['Confidence']:.1f} %", *lines),
        dots=tuple(Point(mark["X"], mark["Y"]) for mark in face["Landmarks"]),
    )


def box_of(words: Mapping[str, Any]) -> BoundingBox:
    """Return a box that is given in the API's words."""
    return BoundingBox(words["Left"], words["Top"], words["Width"], words["Height"])


def describe_in_words(face: shapes.FaceDetail) -> list[str]:
    """Return short lines that say what was told of a face."""
    pose, quality = face["Pose"], face["Quality"]
    lines = [
        ", ".join(person_words(face)),
        ", ".join(_mood_words(face)),
        ", ".join(sign_words(face)),
        "  ".join(f"{name.lower()} {_degrees(angle)}" for name, angle in _angles(pose)),
        f"brightness {quality['Brightness']:.0f}  sharpness {quality['Sharpness']:.0f}",
    ]
    return [line for line in lines if line]


def person_words(face: shapes.FaceDetail) -> Iterator[str]:
    """Say which gender a face appears to have and how old it looks."""
    if "Gender" in face:
        yield f"looks {face['Gender']['Value'].lower()} {face['Gender']['Confidence']:.0f} %"
    if "AgeRange" in face:
        yield f"{face['AgeRange']['Low']} to {face['AgeRange']['High']} years"


def sign_words(face: shapes.FaceDetail) -> Iterator[str]:
    """Say which signs a face shows: a smile, open eyes and the like."""
    signs: Mapping[str, Any] = face
    for member, yes in _YES_WORDS.items():
        if member not in signs:
            continue
        if signs[member]["Value"]:
            yield yes
        elif member in _NO_WORDS:
            yield _NO_WORDS[member]


def _mood_words(face: shapes.FaceDetail) -> Iterator[str]:
    if face.get("Emotions"):
        likeliest = face["Emotions"][0]
        yield f"looks {likeliest['Type'].lower()} {likeliest['Confidence']:.0f} %"
    if "EyeDirection" in face:
        eyes = face["EyeDirection"]
        yield f"gaze {_degrees(eyes['Yaw'])} {_degrees(eyes['Pitch'])}"


def _angles(pose: shapes.Pose) -> list[tuple[str, float]]:
    return [("Roll", pose["Roll"]), ("Yaw", pose["Yaw"]), ("Pitch", pose["Pitch"])]


def _degrees(angle: float) -> str:
    return f"{round(angle)}°"
