"""Persons out of boxes, faces and poses, and the parts of their bodies."""

from pathlib import Path

import numpy as np
import pytest
from numpy.typing import NDArray

from tests.vision.seen import registry_of, seen
from vidimus.engine.engine import Engine
from vidimus.geometry import BoundingBox
from vidimus.imaging.decode import decode_picture
from vidimus.models.body_pose import BodyPoses
from vidimus.models.turned_square import TurnedSquares
from vidimus.runtime.catalog import Catalog, load_catalog
from vidimus.runtime.registry import ModelRegistry
from vidimus.runtime.session import SessionOptions, open_engine
from vidimus.vision.equipment_types import PartKind
from vidimus.vision.face_types import DetectedFace
from vidimus.vision.faces import FaceAnalyzer
from vidimus.vision.person_candidates import find_candidates, overlap, owners_of_faces
from vidimus.vision.person_poses import better_poses, misfits
from vidimus.vision.persons import find_persons
from vidimus.vision.picture_nets import PictureNets
from vidimus.vision.picture_sheet import PictureSheet

FIVE = np.array([[-10, -8], [10, -8], [0, 2], [-8, 12], [8, 12]], np.float32)
"""The points of a face around its middle; its scale is 20."""


def face_at(x: float, y: float, confidence: float = 90, width: int = 200) -> DetectedFace:
    """A face of 40 pixels in a picture of `width` by 100."""
    box = np.array([x - 20, y - 20, x + 20, y + 20], np.float32)
    return DetectedFace(
        BoundingBox.from_pixels(box, width, 100), confidence, FIVE + np.array([x, y], np.float32)
    )


def sheet_of(*persons: tuple[float, tuple[float, ...]], faces: list[DetectedFace]) -> PictureSheet:
    """A picture of 200 by 100 pixels with persons (score, box) and faces; no network is there."""
    sheet = seen(*((0, score, box) for score, box in persons))  # type: ignore[arg-type]
    sheet.__dict__["faces"] = faces
    return sheet


def pixels_of(path: Path) -> NDArray[np.uint8]:
    return decode_picture(path.read_bytes(), max_pixels=10**8).pixels


# --- candidates


def test_a_face_makes_a_person_surer_and_an_unsure_box_without_one_is_none() -> None:
    boxes = (0.4, (0, 0, 50, 100)), (0.4, (100, 0, 150, 100)), (0.9, (150, 0, 199, 100))
    found = find_candidates(sheet_of(*boxes, faces=[face_at(25, 20)]))
    chances = {float(each.box[0]): each.chance for each in found}
    assert chances == pytest.approx({0: 1 - 0.6 * 0.1, 150: 0.9}, abs=1e-5)


def test_a_face_on_nobody_is_a_person_within_the_picture() -> None:
    (found,) = find_candidates(sheet_of(faces=[face_at(100, 30)]))
    assert found.chance == pytest.approx(0.9)
    assert not found.outlined
    assert found.box.tolist() == [20, 0, 180, 100]


def test_every_person_gets_one_face_and_the_one_that_sits_at_the_top() -> None:
    boxes = [np.array(box, np.float32) for box in ([0, 0, 60, 100], [30, 20, 90, 100])]
    faces = [face_at(60, 35), face_at(30, 12), face_at(31, 90), face_at(180, 50)]
    assert owners_of_faces(faces, boxes, sheet_of(faces=[])) == [1, 0, None, None]


def test_a_box_outside_the_picture_is_no_person() -> None:
    assert find_candidates(sheet_of((0.9, (-50, 0, -10, 90)), faces=[])) == []


def test_overlap_is_of_the_union_and_nothing_without_numbers() -> None:
    box = np.array([0, 0, 10, 10], np.float32)
    assert overlap(box, np.array([5, 0, 15, 10], np.float32)) == pytest.approx(1 / 3)
    assert overlap(box, np.full(4, np.nan, np.float32)) == 0


# --- poses


def poses_with(points: NDArray[np.float32], visibility: float) -> BodyPoses:
    count = len(points)
    boxes = np.zeros((count, 4), np.float32)
    return BodyPoses(
        points,
        np.full((count, 33), visibility, np.float32),
        np.ones(count, np.float32),
        boxes,
        TurnedSquares.around(boxes, 1),
    )


def head_at(face: DetectedFace, away: float) -> NDArray[np.float32]:
    """The points of one pose whose head lies `away` pixels to the right of the face's."""
    points = np.zeros((1, 33, 2), np.float32)
    left, right, nose, *mouth = face.points
    points[0, [2, 5, 0, 9, 10]] = np.stack([right, left, nose, *mouth])
    points[0, :, 0] += away
    return points


def test_a_pose_is_judged_by_the_face_and_without_one_by_what_it_shows() -> None:
    face = face_at(100, 50)
    near, far = poses_with(head_at(face, 2), 0.1), poses_with(head_at(face, 30), 0.9)
    assert misfits(near, [face]) == pytest.approx([2 / 20], rel=1e-4)
    assert np.isinf(misfits(near, [None])).all()
    for first, second in ((near, far), (far, near)):
        assert better_poses(first, second, [face]).visibility[0, 0] == pytest.approx(0.1)
        assert better_poses(first, second, [None]).visibility[0, 0] == pytest.approx(0.9)


# --- persons


def test_without_networks_for_bodies_there_are_still_faces_and_heads() -> None:
    (person,) = find_persons(sheet_of((0.9, (50, 0, 150, 100)), faces=[face_at(100, 30)]))
    assert person.box == BoundingBox(0.25, 0, 0.5, 1)
    assert [part.kind for part in person.parts] == [PartKind.FACE, PartKind.HEAD]
    head, face = person.part(PartKind.HEAD), person.part(PartKind.FACE)
    assert head is not None
    assert face is not None
    assert head.box.top < face.box.top
    assert person.part(PartKind.LEFT_HAND) is None


def test_the_largest_are_told_and_no_more_than_asked_for() -> None:
    boxes = [(0.9, (10.0 * at, 0.0, 10.0 * at + 9, 20.0 + 4 * at)) for at in range(18)]
    persons = find_persons(sheet_of(*boxes, faces=[]))
    areas = [person.box.area for person in persons]
    assert len(persons) == 15
    assert areas == sorted(areas, reverse=True)
    assert min(areas) > 9 * (20 + 4 * 2) / 20000
    assert len(find_persons(sheet_of(*boxes, faces=[]), limit=3)) == 3


def test_nobody_is_nobody() -> None:
    assert find_persons(sheet_of(faces=[])) == ()
    assert PictureNets(registry_of()).body_pose is None


# --- the real networks


@pytest.mark.parametrize("mirrored", [False, True])
def test_both_hands_of_a_man_with_a_telephone(engine: Engine, shared: Path, mirrored: bool) -> None:
    if engine.nets.body_pose is None:
        pytest.skip("the core pack is not installed")
    pixels = pixels_of(shared / "data" / "samples" / "conditions" / "cellphone.jpg")
    if mirrored:
        pixels = np.ascontiguousarray(pixels[:, ::-1])
    (person,) = PictureSheet(engine.nets, engine.faces, pixels).persons
    left, right = person.part(PartKind.LEFT_HAND), person.part(PartKind.RIGHT_HAND)
    assert left is not None
    assert right is not None
    # He faces the camera: his left hand is on the picture's right, in a mirror too.
    assert left.box.left + left.box.width / 2 > right.box.left + right.box.width / 2


def looks_at_portraits(nets: PictureNets, analyzer: FaceAnalyzer, people: Path) -> None:
    if nets.body_pose is None:
        pytest.skip("the core pack is not installed")
    for number in (1, 4, 9):
        sheet = PictureSheet(nets, analyzer, pixels_of(people / f"face_{number}.jpg"))
        (person,) = sheet.persons
        assert [part.kind for part in person.parts] == [PartKind.FACE, PartKind.HEAD]
        assert person.confidence > 90
        assert person.box.area > 0.3


def test_a_portrait_is_one_person_with_face_and_head(engine: Engine, people: Path) -> None:
    looks_at_portraits(engine.nets, engine.faces, people)


def test_so_it_is_with_the_core_packs_networks_alone(
    models_path: Path, people: Path, tmp_path: Path
) -> None:
    cards = tuple(card for card in load_catalog().cards if card.pack == "core")
    options = SessionOptions(cache=tmp_path)
    registry = ModelRegistry(Catalog(cards), models_path, lambda: open_engine(options))
    looks_at_portraits(PictureNets(registry), FaceAnalyzer(registry), people)
