"""Foreground, background and their measures, with finds that are set by hand."""

from pathlib import Path

import cv2
import numpy as np
import pytest
from numpy.typing import NDArray

from vidimus.engine.engine import Engine, read_picture
from vidimus.geometry import BoundingBox
from vidimus.imaging.pyramid import Pyramid
from vidimus.models.object_detector import ObjectDetections
from vidimus.vision.face_types import DetectedFace
from vidimus.vision.foreground import find_foreground
from vidimus.vision.picture_sheet import PictureSheet
from vidimus.vision.properties import picture_properties


class Seen(PictureSheet):
    """A sheet on which the finds are written beforehand."""

    def __init__(
        self,
        pixels: NDArray[np.uint8],
        boxes: list[tuple[float, float, float, float]],
        classes: list[int] | None = None,
        faces: list[BoundingBox] | None = None,
    ) -> None:
        self.pyramid = Pyramid(pixels)
        self.objects = ObjectDetections(
            np.reshape(boxes, (-1, 4)).astype(np.float32),
            np.full(len(boxes), 0.9, np.float32),
            np.array(classes or [16] * len(boxes), np.int64),
        )
        points = np.zeros((5, 2), np.float32)
        self.faces_at_a_glance = [DetectedFace(box, 99.0, points) for box in faces or []]


def ball(size: tuple[int, int] = (480, 640), radius: int = 120) -> NDArray[np.uint8]:
    """A bright red ball in the middle of something green."""
    picture = np.full((*size, 3), (20, 90, 30), np.uint8)
    noise = np.random.default_rng(0).integers(0, 20, picture.shape).astype(np.uint8)
    cv2.circle(picture, (size[1] // 2, size[0] // 2), radius, (220, 40, 40), -1)
    return picture + noise


def test_a_thing_is_cut_out_of_its_box() -> None:
    mask = find_foreground(Seen(ball(), [(200, 120, 440, 360)]))
    assert mask is not None
    truth = (
        np.asarray(cv2.resize(ball(), mask.shape[::-1], interpolation=cv2.INTER_AREA))[..., 0] > 128
    )
    assert (mask == truth).mean() > 0.97


def test_parts_have_their_own_light_and_colours() -> None:
    told = picture_properties(Seen(ball(), [(200, 120, 440, 360)]), 3)
    assert told.foreground is not None
    assert told.background is not None
    assert told.background.quality.brightness < told.whole.quality.brightness
    assert told.whole.quality.brightness < told.foreground.quality.brightness
    assert told.foreground.colours[0].simplified == "red"
    assert told.foreground.colours[0].percent > 90
    assert told.background.colours[0].simplified == "green"
    assert len(told.whole.colours) <= 3


@pytest.mark.parametrize(
    "boxes", [[], [(-5.0, -5.0, 700.0, 500.0)]], ids=["nothing found", "it fills the picture"]
)
def test_without_two_parts_none_is_told(boxes: list[tuple[float, float, float, float]]) -> None:
    told = picture_properties(Seen(ball(), boxes))
    assert (told.foreground, told.background) == (None, None)
    assert told.whole.colours


def test_a_thing_that_nearly_fills_the_picture_is_its_box() -> None:
    mask = find_foreground(Seen(ball(), [(0, 0, 640, 470)]))
    assert mask is not None
    assert 0.95 < mask.mean() < 1


def test_a_table_is_no_foreground_where_something_stands_on_it() -> None:
    table = (0.0, 200.0, 640.0, 480.0)
    alone = find_foreground(Seen(ball(), [table], [60]))
    laid = find_foreground(Seen(ball(), [table, (200, 120, 440, 360)], [60, 41]))
    assert alone is not None
    assert laid is not None
    assert alone[-5:].any()
    assert not laid[-5:].any()


def test_faces_are_foreground_and_far_small_things_are_not() -> None:
    seen = Seen(ball(), [(10, 10, 40, 40)], faces=[BoundingBox(200 / 640, 0.25, 0.375, 0.5)])
    mask = find_foreground(seen)
    assert mask is not None
    assert mask[30, 40]
    assert not mask[:8, :8].any()


@pytest.mark.parametrize("size", [(80, 80), (80, 900), (900, 80), (3000, 2000)])
def test_pictures_of_any_shape_are_measured_the_same_each_time(size: tuple[int, int]) -> None:
    height, width = size
    box = (width * 0.2, height * 0.2, width * 0.8, height * 0.8)
    once, again = (picture_properties(Seen(ball(size, min(size) // 4), [box])) for _ in range(2))
    assert once == again
    assert once.foreground is not None


def test_photographs(engine: Engine, shared: Path) -> None:
    things = shared / "data" / "samples" / "things"

    def told(name: str):  # type: ignore[no-untyped-def]
        return picture_properties(engine.look_at(read_picture(things / name)))

    assert told("sunflower.jpg").whole.colours[0].simplified in {"green", "yellow"}
    kite = told("kite_and_cold.jpg")
    assert kite.whole.quality.brightness > 70 > told("hot_dog.jpg").whole.quality.brightness
