from pathlib import Path

import numpy as np
import pytest
from PIL import Image

from vidimus.cli.canvas import Mark, draw_marks, write_picture
from vidimus.cli.picture import describe_in_words, draw_faces
from vidimus.errors import InvalidParameter
from vidimus.geometry import BoundingBox, Point
from vidimus.operations.face_words import face_detail
from vidimus.vision.face_types import (
    Appearance,
    EyeDirection,
    FaceDetail,
    FaceQuality,
    Judgement,
    Landmark,
    Pose,
)


def detail(left: float = 0.1, top: float = 0.1, side: float = 0.2) -> FaceDetail:
    return FaceDetail(
        box=BoundingBox(left, top, side, side),
        confidence=99.0,
        landmarks=(Landmark("nose", Point(left + side / 2, top + side / 2)),),
        pose=Pose(-0.3, 12.4, 3),
        quality=FaceQuality(80, 90),
        age_range=(30, 58),
        gender=Appearance("Female", 97.2),
        emotions=(Appearance("HAPPY", 91.0), Appearance("CALM", 9.0)),
        smile=Judgement(True, 98),
        eyes_open=Judgement(False, 70),
        mouth_open=Judgement(False, 90),
        eye_direction=EyeDirection(-4, 6, 80),
    )


def test_what_was_told_is_said_in_few_words() -> None:
    assert describe_in_words(face_detail(detail())) == [
        "looks female 97 %, 30 to 58 years",
        "looks happy 91 %, gaze -4° 6°",
        "smiling, eyes closed",
        "roll 0°  yaw 12°  pitch 3°",
        "brightness 80  sharpness 90",
    ]


def test_what_was_not_told_is_not_said() -> None:
    plain = FaceDetail(BoundingBox(0, 0, 1, 1), 90, (), Pose(1, 2, 3), FaceQuality(4, 5))
    assert describe_in_words(face_detail(plain)) == [
        "roll 1°  yaw 2°  pitch 3°",
        "brightness 4  sharpness 5",
    ]


def test_a_picture_with_room_keeps_its_size_and_is_not_written_on_in_place() -> None:
    pixels = np.zeros((900, 1200, 3), np.uint8)
    drawn = draw_faces(pixels, [detail()])
    assert drawn.shape == pixels.shape
    assert drawn.any()
    assert not pixels.any()


def test_a_small_picture_is_enlarged_so_that_words_can_be_read() -> None:
    assert max(draw_faces(np.zeros((250, 200, 3), np.uint8), [detail()]).shape) >= 960


def test_words_without_room_go_to_a_panel() -> None:
    crowd = [detail(x / 5, y / 4, 0.17) for x in range(5) for y in range(4)]
    drawn = draw_faces(np.zeros((800, 1000, 3), np.uint8), crowd)
    assert drawn.shape[1] > 1000
    assert (drawn[:, 1000:].max(axis=(0, 2)) > 0).any()


def test_a_face_larger_than_the_picture_and_no_face_at_all_are_drawn() -> None:
    pixels = np.zeros((1000, 1000, 3), np.uint8)
    assert draw_faces(pixels, [detail(-0.5, -0.5, 2)]).shape[0] >= 1000
    np.testing.assert_array_equal(draw_faces(pixels, []), pixels)


def test_captions_replace_the_words() -> None:
    pixels = np.zeros((1000, 1000, 3), np.uint8)
    assert not np.array_equal(
        draw_faces(pixels, [detail()], captions=["12.0"]),
        draw_faces(pixels, [detail()], captions=["98.7"]),
    )


@pytest.mark.parametrize("name", ["a.jpg", "a.png", "a.webp"])
def test_a_picture_is_written_by_its_ending(tmp_path: Path, name: str) -> None:
    write_picture(tmp_path / name, np.full((20, 30, 3), 200, np.uint8))
    with Image.open(tmp_path / name) as written:
        assert written.size == (30, 20)


def test_an_unknown_ending_is_refused(tmp_path: Path) -> None:
    with pytest.raises(InvalidParameter, match="ending"):
        write_picture(tmp_path / "a.nothing", np.zeros((20, 30, 3), np.uint8))


def test_tags_and_outlines_are_drawn_within_the_picture() -> None:
    pixels = np.zeros((1000, 1000, 3), np.uint8)
    corners = tuple(Point(x, y) for x, y in ((0.5, 0.2), (0.8, 0.5), (0.5, 0.8), (0.2, 0.5)))
    mark = Mark(BoundingBox(0.2, 0.2, 0.6, 0.6), tag="a word", color="#ff0000", outline=corners)
    drawn = draw_marks(pixels, [mark])
    assert drawn.shape == pixels.shape
    assert (drawn[350, 330:370] == (255, 0, 0)).all(1).any()
    assert not drawn[500, 450:550].any()
