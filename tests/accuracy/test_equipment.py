"""Persons, hands and covers on real photographs, with floors a little below what was measured."""

import json
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from numpy.typing import NDArray

from vidimus.engine.engine import Engine
from vidimus.imaging.decode import decode_picture
from vidimus.vision.equipment import detect_equipment
from vidimus.vision.equipment_types import EquipmentKind, EquippedPerson, PartKind
from vidimus.vision.person_candidates import overlap
from vidimus.vision.picture_sheet import PictureSheet

TALL = 100
LEFT, RIGHT = PartKind.LEFT_HAND, PartKind.RIGHT_HAND


@pytest.fixture(scope="module", autouse=True)
def standard_pack(engine: Engine) -> None:
    if engine.nets.object_detector is None or engine.nets.mask_detector is None:
        pytest.skip("the standard pack is not installed")


def look_at(engine: Engine, path: Path) -> tuple[tuple[EquippedPerson, ...], NDArray[np.uint8]]:
    pixels = decode_picture(path.read_bytes(), max_pixels=10**8).pixels
    return detect_equipment(PictureSheet(engine.nets, engine.faces, pixels)), pixels


def test_tall_persons_are_found_and_their_hands_are_the_right_ones(
    engine: Engine, shared: Path
) -> None:
    folder = shared / "data" / "coco50"
    truth = json.loads((folder / "person_keypoints_train2017.json").read_text())
    tall = found = hands = swapped = 0
    for image in truth["images"]:
        marks = [
            mark
            for mark in truth["annotations"]
            if mark["image_id"] == image["id"] and not mark["iscrowd"] and mark["bbox"][3] >= TALL
        ]
        if not marks:
            continue
        persons, pixels = look_at(engine, folder / "images" / image["file_name"])
        for mark in marks:
            x, y, width, height = mark["bbox"]
            box = np.array([x, y, x + width, y + height], np.float32)
            places = [each.box.to_pixels(pixels.shape[1], pixels.shape[0]) for each in persons]
            fits = [overlap(place, box) for place in places]
            tall += 1
            if max(fits, default=0) >= 0.5:
                found += 1
                right, wrong = hands_of(persons[int(np.argmax(fits))], mark, pixels)
                hands, swapped = hands + right, swapped + wrong
    assert tall == 45
    assert found >= 34
    assert hands >= 18
    assert swapped <= 1


def hands_of(
    person: EquippedPerson, mark: dict[str, Any], pixels: NDArray[np.uint8]
) -> tuple[int, int]:
    """Count the visible wrists near which their own hand is told, and only the other one."""
    points = np.array(mark["keypoints"], float).reshape(-1, 3)
    reach = 0.2 * np.sqrt(mark["area"])
    boxes = {
        each.part.kind: each.part.box.to_pixels(pixels.shape[1], pixels.shape[0])
        for each in person.parts
    }
    right = wrong = 0
    for own, other, wrist in ((LEFT, RIGHT, 9), (RIGHT, LEFT, 10)):
        near = {
            kind: np.linalg.norm((box[:2] + box[2:]) / 2 - points[wrist, :2]) <= reach
            for kind, box in boxes.items()
        }
        if points[wrist, 2] == 2:
            right += bool(near.get(own))
            wrong += bool(near.get(other) and not near.get(own))
    return right, wrong


def test_bare_faces_have_no_cover_and_bare_heads_neither(engine: Engine, shared: Path) -> None:
    paths = sorted((shared / "data" / "congress" / "photos_2014").glob("*.jpg"))[::40]
    assert len(paths) == 21
    sure = []
    for path in paths:
        persons, _ = look_at(engine, path)
        assert persons
        for part in (part for person in persons for part in person.parts):
            assert part.equipment == ()
            if part.part.kind is PartKind.FACE:
                assert part.bare_confidence is not None
                sure.append(part.bare_confidence)
    assert len(sure) >= len(paths)
    assert np.median(sure) > 95


@pytest.mark.parametrize("member", ["W000808", "H001077"])
def test_large_hats_are_covers_of_the_head(engine: Engine, shared: Path, member: str) -> None:
    (wearer, *_), _ = look_at(engine, shared / f"data/congress/members/{member}.jpg")
    told = {each.kind for part in wearer.parts for each in part.equipment}
    assert told == {EquipmentKind.HEAD_COVER}


def test_a_masked_man_behind_the_sitter_is_told(engine: Engine, shared: Path) -> None:
    sitter, behind = look_at(engine, shared / "data/congress/members/H000601.jpg")[0][:2]
    assert all(part.equipment == () for part in sitter.parts)
    assert [each.kind for part in behind.parts for each in part.equipment] == [
        EquipmentKind.FACE_COVER
    ]
