"""What was told of a picture, as marks to draw on it; read from the API's words."""

from collections.abc import Callable, Iterator, Mapping
from dataclasses import replace
from typing import Any

from vidimus.cli.answer_tables import in_words
from vidimus.cli.canvas import Mark
from vidimus.cli.picture import box_of, face_mark
from vidimus.geometry import BoundingBox, Point
from vidimus.operations.analysis import Answers

Output = Mapping[str, Any]

COLORS = {
    "faces": "#ffd166",
    "things": "#4cc9f0",
    "people": "#c77dff",
    "text": "#06d6a0",
    "equipment": "#f78c6b",
}
"""The colour of each kind of mark."""


def marks_of(answers: Answers) -> dict[str, list[Mark]]:
    """Return the marks of everything that has a place in the picture, by kind."""
    return {
        kind: list(mark(answers.get(operation, {}))) for kind, (operation, mark) in _MARKERS.items()
    }


def _faces(output: Output) -> Iterator[Mark]:
    for number, face in enumerate(output.get("FaceDetails", []), start=1):
        yield replace(face_mark(number, face), color=COLORS["faces"])


def _things(output: Output) -> Iterator[Mark]:
    """Return a mark for each object; one that several labels name has the most special name."""
    named: dict[BoundingBox, tuple[int, str]] = {}
    for label in output.get("Labels", []):
        for instance in label["Instances"]:
            box = box_of(instance["BoundingBox"])
            tag = f"{label['Name']} {instance['Confidence']:.0f}"
            named[box] = max(named.get(box, (-1, "")), (len(label["Parents"]), tag))
    for box, (_, tag) in named.items():
        yield Mark(box, tag=tag, color=COLORS["things"])


def _text(output: Output) -> Iterator[Mark]:
    """Return a mark for each line of text."""
    for found in output.get("TextDetections", []):
        if found["Type"] == "LINE":
            geometry = found["Geometry"]
            yield Mark(
                box_of(geometry["BoundingBox"]),
                tag=found["DetectedText"],
                color=COLORS["text"],
                outline=tuple(Point(corner["X"], corner["Y"]) for corner in geometry["Polygon"]),
            )


def _equipment(output: Output) -> Iterator[Mark]:
    """Return a mark for each piece of protective equipment, with the number of who wears it."""
    for person in output.get("Persons", []):
        for part in person["BodyParts"]:
            for piece in part["EquipmentDetections"]:
                name = f"{in_words(piece['Type'])} {piece['Confidence']:.0f}"
                tag = f"{name} (person {person['Id']})"
                yield Mark(box_of(piece["BoundingBox"]), tag=tag, color=COLORS["equipment"])


def _people(output: Output) -> Iterator[Mark]:
    """Return a mark for each person who was recognized."""
    for known in output.get("CelebrityFaces", []):
        tag = f"{known['Name']} {known['MatchConfidence']:.0f}"
        yield Mark(box_of(known["Face"]["BoundingBox"]), tag=tag, color=COLORS["people"])


_MARKERS: dict[str, tuple[str, Callable[[Output], Iterator[Mark]]]] = {
    "faces": ("DetectFaces", _faces),
    "things": ("DetectLabels", _things),
    "text": ("DetectText", _text),
    "equipment": ("DetectProtectiveEquipment", _equipment),
    "people": ("RecognizeCelebrities", _people),
}
