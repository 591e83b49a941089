"""Protective equipment: what persons wear on face, head and hands, and who lacks what is required.

Every kind of equipment has one witness. The mask network tells masked faces from bare ones. Of
heads the image classifier tells a conspicuous helmet or hat, but never that there is none. No
network that ships with vidimus tells gloves. A network of the operator's own for `head_cover` or
`hand_cover` takes the witness's place.
"""

from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from vidimus.geometry import BoundingBox
from vidimus.models.face_frame import FaceFrames
from vidimus.models.part_cover import PartCover
from vidimus.vision.capability import Capability
from vidimus.vision.equipment_types import (
    BodyPart,
    Equipment,
    EquipmentKind,
    EquippedPart,
    EquippedPerson,
    PartKind,
    Person,
    Verdict,
)
from vidimus.vision.face_types import DetectedFace, Judgement
from vidimus.vision.judgements import judgement
from vidimus.vision.picture_nets import PictureNets
from vidimus.vision.picture_sheet import PictureSheet
from vidimus.vision.taxonomy import read_taxonomy

Pixels = NDArray[np.uint8]
Floats = NDArray[np.float32]

LEAST_CONFIDENCE = 50.0
"""What is less sure isn't told, and a lower bar counts as this one."""

PARTS: Mapping[EquipmentKind, tuple[PartKind, ...]] = {
    EquipmentKind.FACE_COVER: (PartKind.FACE,),
    EquipmentKind.HEAD_COVER: (PartKind.HEAD,),
    EquipmentKind.HAND_COVER: (PartKind.LEFT_HAND, PartKind.RIGHT_HAND),
}
"""The parts of the body on which each kind is worn."""

HEADWEAR = ("Hat", "Helmet")
"""Labels of the taxonomy, with all below them, that are a cover of the head."""

_EDITION = 1
"""Raised when an answer changes with the same networks."""
_WITNESSES = {"face_mask": 1, "image_classifier": 2, "head_cover": 4, "hand_cover": 8}
_MASK_SIDE, _MASK_DOWN = 1.8, 0.5
"""The lower face in face scales, and how far its middle is below the middle of the face."""


@dataclass(frozen=True, slots=True)
class Look:
    """What a witness says of one part: the chance of a cover, 0..1, where, and if it covers.

    `tells_bare` says whether a low chance means that nothing is worn there.
    """

    chance: float
    box: BoundingBox
    covers: Judgement
    tells_bare: bool


def detect_equipment(sheet: PictureSheet) -> tuple[EquippedPerson, ...]:
    """Say for each person of a picture what is worn on each part of the body that is seen."""
    looks = _looks(sheet)
    return tuple(
        EquippedPerson(
            number,
            person.box,
            person.confidence,
            tuple(_equipped(part, looks.get((number, part.kind), ())) for part in person.parts),
        )
        for number, person in enumerate(sheet.persons)
    )


def judge_person(
    person: EquippedPerson, required: Collection[EquipmentKind], min_confidence: float
) -> Verdict:
    """Say whether a person wears all that is required.

    Without: the person is seen, and some required kind is surely not worn, or not where it should
    be. Indeterminate: nothing is surely missing, but a score that is needed is below
    `min_confidence` (at least 50), a part isn't seen, or no network tells.
    """
    least = max(min_confidence, LEAST_CONFIDENCE)
    if person.confidence < least:
        return Verdict.INDETERMINATE
    verdicts = [_verdict_of_kind(person, kind, least) for kind in required]
    for verdict in (Verdict.WITHOUT, Verdict.INDETERMINATE):
        if verdict in verdicts:
            return verdict
    return Verdict.WITH


def equipment_model_version(nets: PictureNets) -> str:
    """Return the version of the answers, which changes with the networks that give them.

    The digits after the dot add up: 1 for the mask network, 2 for the image classifier, 4 and 8
    for networks of one's own for the head's and the hand's cover.
    """
    return f"{_EDITION}.{sum(bit for task, bit in _WITNESSES.items() if nets.names(task))}"


def equipment_capabilities(nets: PictureNets) -> list[Capability]:
    """Say which networks tell persons, body parts and equipment; no network is opened."""
    outlines = nets.names("object_detector") or nets.names("person_pose_detector")
    hands = nets.names("person_pose") + nets.names("palm_detector") + nets.names("hand")
    return [
        _capability("persons", outlines, "run `vidimus models pull yolox-nano`"),
        _capability("face and head", nets.names("face_detector"), "run `vidimus models pull`"),
        _capability("hands", hands, "run `vidimus models pull --pack core`"),
        _capability(
            "FACE_COVER", nets.names("face_mask"), "run `vidimus models pull aizoo-face-mask`"
        ),
        _capability(
            "HEAD_COVER",
            nets.names("head_cover") or nets.names("image_classifier"),
            "run `vidimus models pull efficientnet-lite0`",
        ),
        _capability(
            "HAND_COVER",
            nets.names("hand_cover"),
            "no network under a free licence is known; add your own for the task hand_cover",
        ),
    ]


def _capability(answer: str, models: tuple[str, ...], hint: str) -> Capability:
    return Capability(answer, models, "" if models else hint)


# --- verdicts


def _verdict_of_kind(person: EquippedPerson, kind: EquipmentKind, least: float) -> Verdict:
    """Judge one kind on all parts where it is worn; what is seen of them must be covered."""
    verdicts = [
        _verdict_of_part(each, kind, least)
        for each in person.parts
        if each.part.kind in PARTS[kind]
    ]
    for verdict in (Verdict.WITHOUT, Verdict.INDETERMINATE):
        if verdict in verdicts:
            return verdict
    return Verdict.WITH if verdicts else Verdict.INDETERMINATE


def _verdict_of_part(equipped: EquippedPart, kind: EquipmentKind, least: float) -> Verdict:
    worn = next((each for each in equipped.equipment if each.kind is kind), None)
    if worn is None:
        bare = equipped.bare_confidence
        sure = bare is not None and min(bare, equipped.part.confidence) >= least
        return Verdict.WITHOUT if sure else Verdict.INDETERMINATE
    if min(worn.confidence, worn.covers.confidence, equipped.part.confidence) < least:
        return Verdict.INDETERMINATE
    return Verdict.WITH if worn.covers.value else Verdict.WITHOUT


# --- witnesses


Looks = dict[tuple[int, PartKind], tuple[EquipmentKind, Look]]


def _looks(sheet: PictureSheet) -> Looks:
    """Ask every witness about every part of every person."""
    return {**_face_looks(sheet), **_head_looks(sheet), **_hand_looks(sheet)}


def _face_looks(sheet: PictureSheet) -> Looks:
    """Ask the mask network about the faces.

    It learnt from masks that cover mouth and nose, so what it takes for one covers the face; that
    is as sure as the mask itself.
    """
    detector = sheet.nets.mask_detector
    faces = {number: each.face for number, each in enumerate(sheet.persons) if each.face}
    if detector is None or not faces:
        return {}
    frames = FaceFrames(np.stack([face.points for face in faces.values()]))
    chances = detector.mask_chances(sheet.pixels, frames)
    return {
        (number, PartKind.FACE): (
            EquipmentKind.FACE_COVER,
            Look(float(chance), _lower_face(sheet, face), judgement(float(chance)), True),
        )
        for (number, face), chance in zip(faces.items(), chances, strict=True)
    }


def _lower_face(sheet: PictureSheet, face: DetectedFace) -> BoundingBox:
    """Return where a mask sits on a face: from the bridge of the nose to the chin."""
    frame = FaceFrames(face.points[None])
    scale, angle = float(frame.scales[0]), float(frame.angles[0])
    middle = frame.centers[0] + _MASK_DOWN * scale * np.array([-np.sin(angle), np.cos(angle)])
    box = np.concatenate([middle - _MASK_SIDE * scale / 2, middle + _MASK_SIDE * scale / 2])
    return BoundingBox.from_pixels(box, sheet.pyramid.width, sheet.pyramid.height)


def _head_looks(sheet: PictureSheet) -> Looks:
    """Ask the operator's own network about the heads, else the image classifier."""
    own = sheet.nets.part_cover("head_cover")
    if own is not None:
        return _own_looks(sheet, own, EquipmentKind.HEAD_COVER)
    classifier = sheet.nets.image_classifier
    parts = _parts(sheet.persons, EquipmentKind.HEAD_COVER)
    if classifier is None or not parts:
        return {}
    rows = classifier.classify_crops([_crop(sheet, part) for _, part in parts])
    classes = [at for name in HEADWEAR for at in read_taxonomy().classes_of(name)]
    law = sheet.nets.confidence_law("image_classifier")
    chances = np.asarray(law.percent(rows[:, classes].sum(axis=1)) / 100, np.float32)
    return _looks_of(EquipmentKind.HEAD_COVER, parts, chances, tells_bare=False)


def _hand_looks(sheet: PictureSheet) -> Looks:
    """Ask the operator's own network about the hands; there is no other."""
    own = sheet.nets.part_cover("hand_cover")
    return {} if own is None else _own_looks(sheet, own, EquipmentKind.HAND_COVER)


def _own_looks(sheet: PictureSheet, network: PartCover, kind: EquipmentKind) -> Looks:
    parts = _parts(sheet.persons, kind)
    chances = network.cover_chances([_crop(sheet, part) for _, part in parts])
    return _looks_of(kind, parts, chances, tells_bare=True)


def _looks_of(
    kind: EquipmentKind,
    parts: Sequence[tuple[int, BodyPart]],
    chances: Floats,
    *,
    tells_bare: bool,
) -> Looks:
    """Say the same of a cover's place and of what it covers: it was seen on the part itself."""
    return {
        (number, part.kind): (
            kind,
            Look(float(chance), part.box, judgement(float(chance)), tells_bare),
        )
        for (number, part), chance in zip(parts, chances, strict=True)
    }


def _parts(persons: Sequence[Person], kind: EquipmentKind) -> list[tuple[int, BodyPart]]:
    """Return the parts on which a kind is worn, each with its person's number."""
    return [
        (number, part)
        for number, person in enumerate(persons)
        for part in person.parts
        if part.kind in PARTS[kind]
    ]


def _crop(sheet: PictureSheet, part: BodyPart) -> Pixels:
    """Cut a part out of the picture, at least one pixel of it."""
    width, height = sheet.pyramid.width, sheet.pyramid.height
    x1, y1, x2, y2 = part.box.to_pixels(width, height).round().astype(int)
    left, top = min(max(x1, 0), width - 1), min(max(y1, 0), height - 1)
    return sheet.pixels[top : max(y2, top + 1), left : max(x2, left + 1)]


def _equipped(part: BodyPart, look: tuple[EquipmentKind, Look] | tuple[()]) -> EquippedPart:
    """Say what is worn on a part, or that nothing is, as far as its witness tells."""
    if not look:
        return EquippedPart(part)
    kind, seen = look
    confidence = 100 * seen.chance
    if confidence >= LEAST_CONFIDENCE:
        return EquippedPart(part, (Equipment(kind, seen.box, confidence, seen.covers),))
    return EquippedPart(part, (), 100 - confidence if seen.tells_bare else None)
