"""What is taken from a frame of each person, with networks that say what they are told to."""

from types import SimpleNamespace
from typing import Any, cast

import numpy as np
import pytest

from vidimus.analyses.analysis import View
from vidimus.analyses.person_look import SeenBodies, look_at_persons
from vidimus.geometry import BoundingBox
from vidimus.models.object_detector import PERSON, ObjectDetections
from vidimus.video.frames import frame_of
from vidimus.vision.face_types import DetectedFace
from vidimus.vision.faces import FaceAnalyzer
from vidimus.vision.picture_nets import PictureNets

PICTURE = np.full((360, 640, 3), 90, np.uint8)
WHOLE = (100, 50, 200, 300)
CAR = 2


class Described:
    """Describes a face by where it is."""

    def describe_faces(self, pixels: Any, faces: list[DetectedFace]) -> list[BoundingBox]:
        return [face.box for face in faces]


def look(
    *boxes: tuple[float, ...],
    scores: tuple[float, ...] = (),
    kinds: tuple[int, ...] = (),
    faces: tuple[BoundingBox, ...] = (),
    embedder: bool = True,
) -> SeenBodies:
    count = len(boxes)
    found = ObjectDetections(
        np.array(boxes, np.float32).reshape(-1, 4),
        np.array(scores or (0.9,) * count, np.float32),
        np.array(kinds or (PERSON,) * count, np.int64),
    )
    nets = SimpleNamespace(
        person_embedder=SimpleNamespace(chip_of=lambda crop: crop) if embedder else None
    )
    seen = [DetectedFace(box, 99.0, np.zeros((5, 2), np.float32)) for box in faces]
    sheet = SimpleNamespace(
        pixels=PICTURE,
        pyramid=SimpleNamespace(width=640, height=360),
        objects=found,
        moving_faces=seen,
        moving_and_far_faces=seen,
    )
    view = View(frame_of(0, 0, PICTURE), lambda pixels: cast(Any, sheet))
    return look_at_persons(cast(PictureNets, nets), cast(FaceAnalyzer, Described()), view)


def test_only_persons_are_bodies_and_the_frame_is_kept_small() -> None:
    seen = look(WHOLE, (300, 50, 600, 300), kinds=(PERSON, CAR))
    assert [body.box.tolist() for body in seen.bodies] == [list(WHOLE)]
    assert seen.small.shape == (36, 64, 3)
    assert (seen.width, seen.height) == (640, 360)


def test_who_is_seen_whole_has_a_chip() -> None:
    (body,) = look(WHOLE).bodies
    assert body.chip is not None
    assert body.chip.shape == (250, 100, 3)
    assert body.worth == pytest.approx(0.9)


@pytest.mark.parametrize(
    ("box", "score"),
    [((100, 50, 200, 120), 0.9), ((100, 50, 120, 300), 0.9), (WHOLE, 0.4)],
    ids=["broad", "slim", "unsure"],
)
def test_who_is_seen_in_part_has_none(box: tuple[float, ...], score: float) -> None:
    (body,) = look(box, scores=(score,)).bodies
    assert (body.chip, body.worth) == (None, 0.0)


def test_who_is_covered_by_another_has_none() -> None:
    first, second = look(WHOLE, (150, 60, 260, 355)).bodies
    assert first.chip is None
    assert second.chip is not None or second.worth == 0


def test_who_leaves_the_frame_is_worth_half() -> None:
    (body,) = look((0, 50, 100, 300)).bodies
    assert body.worth == pytest.approx(0.45)


def test_without_an_embedder_there_are_no_chips() -> None:
    (body,) = look(WHOLE, embedder=False).bodies
    assert body.chip is None


def test_a_face_goes_to_the_body_it_sits_on() -> None:
    on_the_second = BoundingBox(430 / 640, 60 / 360, 40 / 640, 50 / 360)
    alone = BoundingBox(300 / 640, 300 / 360, 20 / 640, 20 / 360)
    first, second = look(WHOLE, (400, 50, 500, 300), faces=(alone, on_the_second)).bodies
    assert first.face is None
    assert second.face == cast(Any, on_the_second)


def test_a_frame_without_persons_has_no_bodies() -> None:
    assert look(faces=(BoundingBox(0.4, 0.4, 0.1, 0.1),)).bodies == ()
