"""Who wears what is required, and what the witnesses may say."""

from dataclasses import replace
from itertools import product

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from numpy.typing import NDArray

from tests.models.fake_session import card
from tests.vision.seen import registry_of
from vidimus.geometry import BoundingBox
from vidimus.models.face_frame import FaceFrames
from vidimus.vision.equipment import (
    PARTS,
    detect_equipment,
    equipment_capabilities,
    equipment_model_version,
    judge_person,
)
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
from vidimus.vision.faces import FaceAnalyzer
from vidimus.vision.picture_nets import PictureNets
from vidimus.vision.picture_sheet import PictureSheet
from vidimus.vision.taxonomy import read_taxonomy

BOX = BoundingBox(0.1, 0.1, 0.5, 0.5)
FACE, HEAD, HAND = EquipmentKind.FACE_COVER, EquipmentKind.HEAD_COVER, EquipmentKind.HAND_COVER


def worn(
    part: PartKind,
    kind: EquipmentKind,
    confidence: float = 90,
    *,
    covers: bool = True,
    covers_confidence: float = 90,
    part_confidence: float = 99,
) -> EquippedPart:
    cover = Equipment(kind, BOX, confidence, Judgement(covers, covers_confidence))
    return EquippedPart(BodyPart(part, BOX, part_confidence), (cover,))


def bare(
    part: PartKind, confidence: float | None = 90, part_confidence: float = 99
) -> EquippedPart:
    return EquippedPart(BodyPart(part, BOX, part_confidence), (), confidence)


def verdict(
    *parts: EquippedPart,
    required: tuple[EquipmentKind, ...] = (FACE,),
    least: float = 80,
    confidence: float = 95,
) -> Verdict:
    return judge_person(EquippedPerson(0, BOX, confidence, parts), required, least)


# --- who wears what is required


def test_with_what_is_required_and_covers() -> None:
    mask = worn(PartKind.FACE, FACE)
    assert verdict(mask) is Verdict.WITH
    assert verdict(mask, worn(PartKind.HEAD, HEAD), required=(FACE, HEAD)) is Verdict.WITH
    assert verdict(bare(PartKind.FACE), required=()) is Verdict.WITH


def test_without_what_is_surely_missing_or_in_the_wrong_place() -> None:
    assert verdict(bare(PartKind.FACE)) is Verdict.WITHOUT
    assert verdict(worn(PartKind.FACE, FACE, covers=False)) is Verdict.WITHOUT
    # What is missing is missing, whatever is unsure beside it.
    unsure = worn(PartKind.HEAD, HEAD, 60)
    assert verdict(bare(PartKind.FACE), unsure, required=(FACE, HEAD)) is Verdict.WITHOUT


@pytest.mark.parametrize(
    "part",
    [
        worn(PartKind.FACE, FACE, 79),
        worn(PartKind.FACE, FACE, covers_confidence=79),
        worn(PartKind.FACE, FACE, covers=False, covers_confidence=79),
        worn(PartKind.FACE, FACE, part_confidence=79),
        bare(PartKind.FACE, 79),
        bare(PartKind.FACE, part_confidence=79),
        bare(PartKind.FACE, None),
        bare(PartKind.HEAD),
    ],
)
def test_indeterminate_where_a_score_is_low_or_nothing_tells(part: EquippedPart) -> None:
    assert verdict(part) is Verdict.INDETERMINATE


def test_a_person_who_is_unsure_is_indeterminate_even_if_nothing_is_required() -> None:
    assert verdict(bare(PartKind.FACE), confidence=79) is Verdict.INDETERMINATE
    assert verdict(confidence=79, required=()) is Verdict.INDETERMINATE


def test_every_hand_that_is_seen_must_be_covered() -> None:
    left, right = worn(PartKind.LEFT_HAND, HAND), worn(PartKind.RIGHT_HAND, HAND)
    assert verdict(left, right, required=(HAND,)) is Verdict.WITH
    assert verdict(left, required=(HAND,)) is Verdict.WITH
    assert verdict(left, bare(PartKind.RIGHT_HAND), required=(HAND,)) is Verdict.WITHOUT
    unsure = bare(PartKind.RIGHT_HAND, None)
    assert verdict(left, unsure, required=(HAND,)) is Verdict.INDETERMINATE


CONFIDENCES = st.floats(50, 100)
PARTS_SEEN = st.builds(
    lambda kind, sure, bare_sure: bare(kind, bare_sure, sure),
    st.sampled_from(PartKind),
    CONFIDENCES,
    st.none() | CONFIDENCES,
) | st.builds(
    lambda pair, sure, covers, covering: worn(
        pair[1], pair[0], sure, covers=covers, covers_confidence=covering
    ),
    st.sampled_from([(kind, part) for kind, parts in PARTS.items() for part in parts]),
    CONFIDENCES,
    st.booleans(),
    CONFIDENCES,
)


@given(
    st.lists(PARTS_SEEN, max_size=4, unique_by=lambda each: each.part.kind),
    st.sets(st.sampled_from(EquipmentKind)),
    st.floats(0, 100),
)
def test_a_higher_bar_makes_nobody_surer_and_one_below_50_is_50(
    parts: list[EquippedPart], required: set[EquipmentKind], least: float
) -> None:
    person = EquippedPerson(0, BOX, 97, tuple(parts))
    low, high = (judge_person(person, required, bar) for bar in (least, least + 10))
    if least < 50:
        assert low is judge_person(person, required, 50)
    assert high in {low, Verdict.INDETERMINATE}


# --- what the witnesses say


class Says:
    """A stand-in for any witness: tells the same chances however it is asked."""

    def __init__(self, *chances: float) -> None:
        self._chances = np.array(chances, np.float32)
        self.crops: list[tuple[int, ...]] = []

    def mask_chances(self, _: NDArray[np.uint8], frames: FaceFrames) -> NDArray[np.float32]:
        assert len(frames.points) == len(self._chances)
        return self._chances

    def cover_chances(self, crops: list[NDArray[np.uint8]]) -> NDArray[np.float32]:
        self.crops += [crop.shape for crop in crops]
        return self._chances

    def classify_crops(self, crops: list[NDArray[np.uint8]]) -> NDArray[np.float32]:
        rows = np.zeros((len(crops), 1000), np.float32)
        rows[:, read_taxonomy().classes_of("Helmet")[0]] = self._chances
        return rows


def person(*kinds: PartKind, with_face: bool = False) -> Person:
    points = np.array([[40, 40], [60, 40], [50, 50], [43, 62], [57, 62]], np.float32)
    face = DetectedFace(BOX, 99, points) if with_face else None
    return Person(BOX, 99, tuple(BodyPart(kind, BOX, 95) for kind in kinds), face)


def look(*persons: Person, **witnesses: Says) -> tuple[EquippedPerson, ...]:
    """Ask the witnesses (by the names of the nets' properties or tasks) about persons."""
    registry = registry_of()
    nets = PictureNets(registry)
    for name in ("mask_detector", "image_classifier"):
        nets.__dict__[name] = witnesses.get(name)
    nets.__dict__["_part_covers"] = {
        task: witnesses.get(task) for task in ("head_cover", "hand_cover")
    }
    pixels = np.zeros((100, 100, 3), np.uint8)
    sheet = PictureSheet(nets, FaceAnalyzer(registry), pixels)
    sheet.__dict__["persons"] = persons
    return detect_equipment(sheet)


def test_without_witnesses_parts_are_told_and_nothing_about_covers() -> None:
    (found,) = look(person(*PartKind, with_face=True))
    assert [each.part.kind for each in found.parts] == [*PartKind]
    assert all(not each.equipment and each.bare_confidence is None for each in found.parts)
    for kind in EquipmentKind:
        assert judge_person(found, {kind}, 50) is Verdict.INDETERMINATE


def test_the_mask_network_tells_masks_and_bare_faces() -> None:
    masked, plain = look(
        person(PartKind.FACE, with_face=True),
        person(PartKind.FACE, with_face=True),
        mask_detector=Says(0.95, 0.1),
    )
    (cover,) = masked.parts[0].equipment
    assert cover.kind is FACE
    assert cover.confidence == pytest.approx(95)
    assert cover.covers.value
    assert masked.parts[0].bare_confidence is None
    # On the lower face: the mouth's corners and the nose, but not the eyes.
    x1, y1, x2, y2 = cover.box.to_pixels(100, 100)
    assert x1 < 43
    assert x2 > 57
    assert 40 < y1 < 50
    assert y2 > 62
    assert plain.parts[0].equipment == ()
    assert plain.parts[0].bare_confidence == pytest.approx(90)
    assert (masked.number, plain.number) == (0, 1)


def test_a_mask_that_the_network_half_sees_is_no_sure_cover() -> None:
    (found,) = look(person(PartKind.FACE, with_face=True), mask_detector=Says(0.6))
    (cover,) = found.parts[0].equipment
    assert cover.covers == Judgement(True, cover.confidence)
    assert judge_person(found, {FACE}, 50) is Verdict.WITH
    assert judge_person(found, {FACE}, 80) is Verdict.INDETERMINATE


def test_the_classifier_tells_a_helmet_but_never_that_there_is_none() -> None:
    helmet, hair = look(
        person(PartKind.HEAD), person(PartKind.HEAD), image_classifier=Says(0.9, 0.0)
    )
    (cover,) = helmet.parts[0].equipment
    assert cover.kind is HEAD
    assert cover.confidence == pytest.approx(90)
    assert hair.parts[0].equipment == ()
    assert hair.parts[0].bare_confidence is None
    assert judge_person(hair, {HEAD}, 50) is Verdict.INDETERMINATE


def test_own_networks_take_the_witnesses_place_and_tell_bare_parts_too() -> None:
    own = Says(0.2)
    (found,) = look(
        person(PartKind.HEAD, PartKind.LEFT_HAND),
        image_classifier=Says(0.9),
        head_cover=own,
        hand_cover=Says(0.8),
    )
    head, hand = found.parts
    assert head.equipment == ()
    assert head.bare_confidence == pytest.approx(80)
    assert hand.equipment[0].kind is HAND
    assert own.crops == [(50, 50, 3)]
    assert judge_person(found, {HEAD}, 75) is Verdict.WITHOUT
    assert judge_person(found, {HAND}, 75) is Verdict.WITH


# --- capabilities


def test_the_version_names_the_witnesses() -> None:
    tasks = ("face_mask", "image_classifier", "head_cover", "hand_cover")
    versions = set()
    for chosen in product([False, True], repeat=len(tasks)):
        cards = [
            replace(card(task), task=task)
            for task, there in zip(tasks, chosen, strict=True)
            if there
        ]
        versions.add(equipment_model_version(PictureNets(registry_of(*cards))))
    assert len(versions) == 16
    assert {"1.0", "1.15"} <= versions


def test_capabilities_say_what_would_tell_the_rest() -> None:
    told = {each.answer: each for each in equipment_capabilities(PictureNets(registry_of()))}
    assert list(told) == [
        "persons",
        "face and head",
        "hands",
        "FACE_COVER",
        "HEAD_COVER",
        "HAND_COVER",
    ]
    assert not any(each.told for each in told.values())
    assert all(each.hint for each in told.values())
    assert "hand_cover" in told["HAND_COVER"].hint
