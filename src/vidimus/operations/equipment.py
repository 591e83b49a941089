"""DetectProtectiveEquipment: what persons wear on face, head and hands."""

from collections.abc import Sequence

from vidimus.engine.caller import Caller
from vidimus.engine.engine import Engine
from vidimus.operations.face_words import bounding_box
from vidimus.operations.pictures import load_picture
from vidimus.operations.registry import Answer, operation
from vidimus.vision.equipment import detect_equipment, equipment_model_version, judge_person
from vidimus.vision.equipment_types import (
    Equipment,
    EquipmentKind,
    EquippedPart,
    EquippedPerson,
    Verdict,
)
from vidimus.wire import shapes

MIN_SIDE = 64
MAX_SIDE = 4096
"""Sides of a picture in pixels."""
MAX_BYTES = 4 * 1024 * 1024
"""Largest picture in the request itself."""

UNTOLD = (
    "HAND_COVER is told only by a network of your own; HEAD_COVER rarely: few helmets and hats are "
    "seen, so who lacks one is indeterminate"
)


@operation("DetectProtectiveEquipment", partial=UNTOLD)
def detect_protective_equipment(
    engine: Engine, request: shapes.DetectProtectiveEquipmentRequest, caller: Caller
) -> Answer:
    """Find up to 15 persons, what is seen of their bodies, and what covers it."""
    picture = load_picture(
        engine, request["Image"], min_side=MIN_SIDE, max_side=MAX_SIDE, max_bytes=MAX_BYTES
    )
    persons = detect_equipment(engine.look_at(picture))
    output = equipment_words(persons, equipment_model_version(engine.nets))
    wish = request.get("SummarizationAttributes")
    if wish is not None:
        output["Summary"] = _summary(persons, wish)
    return Answer(output)


def equipment_words(
    persons: Sequence[EquippedPerson], model_version: str
) -> shapes.DetectProtectiveEquipmentResponse:
    """Return what was found in the API's words, without a summary."""
    return {
        "ProtectiveEquipmentModelVersion": model_version,
        "Persons": [_person(person) for person in persons],
    }


def _summary(
    persons: Sequence[EquippedPerson], wish: shapes.ProtectiveEquipmentSummarizationAttributes
) -> shapes.ProtectiveEquipmentSummary:
    """Sort the persons by whether they wear all that is required."""
    required = {EquipmentKind(name) for name in wish["RequiredEquipmentTypes"]}
    numbers: dict[Verdict, list[int]] = {verdict: [] for verdict in Verdict}
    for person in persons:
        numbers[judge_person(person, required, wish["MinConfidence"])].append(person.number)
    return {
        "PersonsWithRequiredEquipment": numbers[Verdict.WITH],
        "PersonsWithoutRequiredEquipment": numbers[Verdict.WITHOUT],
        "PersonsIndeterminate": numbers[Verdict.INDETERMINATE],
    }


def _person(person: EquippedPerson) -> shapes.ProtectiveEquipmentPerson:
    return {
        "BodyParts": [_part(each) for each in person.parts],
        "BoundingBox": bounding_box(person.box),
        "Confidence": person.confidence,
        "Id": person.number,
    }


def _part(equipped: EquippedPart) -> shapes.ProtectiveEquipmentBodyPart:
    return {
        "Name": equipped.part.kind.value,
        "Confidence": equipped.part.confidence,
        "EquipmentDetections": [_equipment(each) for each in equipped.equipment],
    }


def _equipment(equipment: Equipment) -> shapes.EquipmentDetection:
    return {
        "BoundingBox": bounding_box(equipment.box),
        "Confidence": equipment.confidence,
        "Type": equipment.kind.value,
        "CoversBodyPart": {
            "Confidence": equipment.covers.confidence,
            "Value": equipment.covers.value,
        },
    }
