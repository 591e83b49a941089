"""Everything that can be told of one picture, each part in the words of its operation.

Where one caller wants it all, as `vidimus analyze` does, the parts are read from one sheet, so the
picture is decoded once and each network sees it once.
"""

from collections.abc import Callable, Collection, Mapping, Sequence
from dataclasses import dataclass
from enum import StrEnum
from typing import Any

from vidimus.analyses.persons import person_capabilities
from vidimus.engine.engine import Engine
from vidimus.imaging.decode import Picture
from vidimus.operations.celebrities import recognition_words
from vidimus.operations.equipment import equipment_words
from vidimus.operations.face_words import face_detail
from vidimus.operations.label_words import label, picture_properties_words
from vidimus.operations.moderation import moderation_words
from vidimus.operations.text import text_words
from vidimus.vision import labels
from vidimus.vision.capability import Capability
from vidimus.vision.equipment import (
    detect_equipment,
    equipment_capabilities,
    equipment_model_version,
)
from vidimus.vision.face_types import Attribute
from vidimus.vision.moderation import detect_moderation_labels, moderation_capabilities
from vidimus.vision.picture_sheet import PictureSheet
from vidimus.vision.properties import picture_properties, properties_capabilities
from vidimus.vision.text import text_capabilities

Answers = dict[str, dict[str, Any]]
"""What was told of a picture: the outputs of operations by their names."""


class Part(StrEnum):
    """What can be asked for; each is an operation, or one feature of one."""

    LABELS = "labels"
    PROPERTIES = "properties"
    TEXT = "text"
    MODERATION = "moderation"
    EQUIPMENT = "equipment"
    PEOPLE = "people"
    FACES = "faces"


@dataclass(frozen=True, slots=True)
class PartReader:
    """How to tell one part: the operation whose words it has, and what tells it here.

    `read` gives members of the operation's output, with the operation's defaults, from the picture
    and its sheet.
    """

    operation: str
    read: Callable[[Engine, Picture, PictureSheet], Mapping[str, object]]
    capabilities: Callable[[Engine], Sequence[Capability]]


def read_answers(
    engine: Engine, picture: Picture, sheet: PictureSheet, parts: Collection[Part]
) -> Answers:
    """Tell the parts of a picture that can be told here; the others are left out."""
    answers: Answers = {}
    for part in Part:
        if part in parts and can_tell(engine, part):
            reader = READERS[part]
            answers.setdefault(reader.operation, {}).update(reader.read(engine, picture, sheet))
    return answers


def can_tell(engine: Engine, part: Part) -> bool:
    """Say whether anything that is installed tells this part."""
    return any(each.told for each in READERS[part].capabilities(engine))


def answers_told(engine: Engine) -> dict[str, list[Capability]]:
    """Say for each operation which parts of its answer can be told here, and by what.

    Of videos only the tracking of persons is named: the others tell what they tell of pictures.
    """
    told: dict[str, list[Capability]] = {}
    for reader in READERS.values():
        told.setdefault(reader.operation, []).extend(reader.capabilities(engine))
    told["StartPersonTracking"] = person_capabilities(engine.nets)
    return told


def _labels(engine: Engine, picture: Picture, sheet: PictureSheet) -> Mapping[str, object]:
    return {
        "Labels": [label(each) for each in labels.detect_labels(sheet)],
        "LabelModelVersion": labels.LABEL_MODEL_VERSION,
    }


def _properties(engine: Engine, picture: Picture, sheet: PictureSheet) -> Mapping[str, object]:
    return {"ImageProperties": picture_properties_words(picture_properties(sheet))}


def _text(engine: Engine, picture: Picture, sheet: PictureSheet) -> Mapping[str, object]:
    return text_words(sheet.text)


def _moderation(engine: Engine, picture: Picture, sheet: PictureSheet) -> Mapping[str, object]:
    return moderation_words(detect_moderation_labels(sheet))


def _equipment(engine: Engine, picture: Picture, sheet: PictureSheet) -> Mapping[str, object]:
    return equipment_words(detect_equipment(sheet), equipment_model_version(engine.nets))


def _people(engine: Engine, picture: Picture, sheet: PictureSheet) -> Mapping[str, object]:
    return recognition_words(engine.known_people.recognize(picture, sheet.faces))


def _faces(engine: Engine, picture: Picture, sheet: PictureSheet) -> Mapping[str, object]:
    details = engine.faces.describe_faces(sheet.pixels, sheet.faces, frozenset(Attribute))
    return {"FaceDetails": [face_detail(each) for each in details]}


READERS: dict[Part, PartReader] = {
    Part.LABELS: PartReader(
        "DetectLabels", _labels, lambda engine: labels.label_capabilities(engine.nets)
    ),
    Part.PROPERTIES: PartReader(
        "DetectLabels", _properties, lambda engine: properties_capabilities(engine.nets)
    ),
    Part.TEXT: PartReader("DetectText", _text, lambda engine: text_capabilities(engine.nets)),
    Part.MODERATION: PartReader(
        "DetectModerationLabels", _moderation, lambda engine: moderation_capabilities(engine.nets)
    ),
    Part.EQUIPMENT: PartReader(
        "DetectProtectiveEquipment", _equipment, lambda engine: equipment_capabilities(engine.nets)
    ),
    Part.PEOPLE: PartReader(
        "RecognizeCelebrities", _people, lambda engine: [engine.people_library.capability()]
    ),
    Part.FACES: PartReader("DetectFaces", _faces, lambda engine: engine.faces.capabilities()),
}
"""How each part is told."""
