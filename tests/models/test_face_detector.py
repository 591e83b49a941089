"""Decoding both detectors' grids, and when the near and the far look are taken."""

from collections.abc import Mapping
from typing import Any

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from numpy.typing import NDArray

from tests.models.seeing import POINTS, SquareFinder
from vidimus.errors import ConfigurationError
from vidimus.models.face_detector import (
    CenterFaceDetector,
    FaceDetections,
    YuNetDetector,
    open_face_detector,
    suppress_overlaps,
)
from vidimus.runtime.catalog import ModelCard


def picture(width: int, height: int, *squares: tuple[int, int, int]) -> NDArray[np.uint8]:
    """A black picture with white squares (left, top, side)."""
    pixels = np.zeros((height, width, 3), np.uint8)
    for left, top, side in squares:
        pixels[max(top, 0) : top + side, max(left, 0) : left + side] = 255
    return pixels


def assert_found(found: FaceDetections, *squares: tuple[int, int, int], within: float) -> None:
    assert len(found) == len(squares)
    for square in squares:
        left, top, side = square
        box = np.array([left, top, left + side, top + side])
        nearest = int(np.argmin(np.abs(found.boxes - box).sum(1)))
        np.testing.assert_allclose(found.boxes[nearest], box, atol=within)
        points = np.array([left, top]) + POINTS * side
        np.testing.assert_allclose(found.points[nearest], points, atol=within)


@pytest.mark.parametrize(("width", "height"), [(256, 256), (200, 250), (80, 80), (97, 83)])
def test_small_pictures_take_one_look_at_the_small_canvas(width: int, height: int) -> None:
    network = SquareFinder()
    found = YuNetDetector(network).detect_faces(picture(width, height, (20, 25, 40)))
    assert_found(found, (20, 25, 40), within=0.01)
    assert network.looks == [256]


def test_results_are_float32_best_first() -> None:
    found = YuNetDetector(SquareFinder()).detect_faces(
        picture(512, 400, (20, 25, 40), (100, 100, 90))
    )
    assert {found.boxes.dtype, found.scores.dtype, found.points.dtype} == {np.dtype(np.float32)}
    assert (np.diff(found.scores) <= 0).all()
    assert found.boxes.shape == (2, 4)
    assert found.points.shape == (2, 5, 2)


def test_a_large_picture_takes_one_look_when_its_faces_are_large() -> None:
    network = SquareFinder()
    squares = ((100, 80, 400), (900, 400, 300))
    found = YuNetDetector(network).detect_faces(picture(1280, 720, *squares))
    assert_found(found, *squares, within=6)
    assert network.looks == [448]


def test_a_far_face_is_looked_at_again() -> None:
    network = SquareFinder(smallest=8)
    squares = ((100, 80, 400), (1000, 300, 60), (1100, 600, 44), (1230, 20, 40))
    found = YuNetDetector(network).detect_faces(picture(1280, 720, *squares))
    assert_found(found, *squares, within=4)
    assert network.looks[0] == 448
    assert len(network.looks) == 5


def test_a_wide_picture_is_always_looked_at_from_near_by() -> None:
    """The first look overlooks the second face, and the first face hides that it did."""
    network = SquareFinder(smallest=12)
    squares = ((100, 80, 400), (1500, 900, 40))
    found = YuNetDetector(network).detect_faces(picture(1920, 1080, *squares))
    assert_found(found, *squares, within=6)


def test_no_face_at_first_calls_for_both_other_looks() -> None:
    network = SquareFinder(smallest=15)
    found = YuNetDetector(network).detect_faces(picture(1280, 720, (1000, 300, 40)))
    assert_found(found, (1000, 300, 40), within=3)
    assert sorted(network.looks) == [256, *[448] * 5]


@pytest.mark.parametrize("side", [40, 60])
def test_a_face_on_the_seam_of_tiles_is_found_once(side: int) -> None:
    """The stand-in sees cut squares too, so a face at a seam would be found whole and in part."""
    for left in range(760, 1160, 23):
        square = (left, 30 + left // 2, side)
        found = YuNetDetector(SquareFinder(smallest=8)).detect_faces(picture(1920, 1080, square))
        assert_found(found, square, within=4)


def test_a_face_at_the_pictures_edge_may_pass_it() -> None:
    squares = ((0, 0, 46), (1874, 1034, 46))
    found = YuNetDetector(SquareFinder()).detect_faces(picture(1920, 1080, *squares))
    assert_found(found, *squares, within=4)


def test_a_face_larger_than_what_the_network_knows() -> None:
    network = SquareFinder(largest=300)
    found = YuNetDetector(network).detect_faces(picture(4000, 3000, (500, 100, 2800)))
    assert_found(found, (500, 100, 2800), within=60)


def test_a_hundred_faces() -> None:
    squares = tuple((20 + 150 * x, 20 + 100 * y, 60) for x in range(12) for y in range(10))[:100]
    found = YuNetDetector(SquareFinder()).detect_faces(picture(1920, 1080, *squares))
    assert_found(found, *squares, within=4)


def test_weak_candidates_are_no_faces() -> None:
    network = SquareFinder(score=0.65)
    assert len(YuNetDetector(network).detect_faces(picture(300, 300, (20, 25, 40)))) == 0


def test_an_empty_picture() -> None:
    found = YuNetDetector(SquareFinder()).detect_faces(picture(640, 480))
    assert len(found) == 0
    assert found.boxes.shape == (0, 4)
    assert found.points.shape == (0, 5, 2)


@pytest.mark.parametrize(("width", "height"), [(1, 1), (5000, 1), (1, 5000), (33, 7)])
def test_odd_shapes(width: int, height: int) -> None:
    assert len(YuNetDetector(SquareFinder()).detect_faces(picture(width, height))) == 0


class OneCenterFace:
    """CenterFace's four maps with one face: centre (100, 60), 40 wide and 48 high."""

    inputs: Mapping[str, tuple[int | None, ...]] = {"input.1": (None, 3, None, None)}
    outputs: tuple[str, ...] = ()
    metadata: Mapping[str, str] = {}

    def run(self, inputs: Mapping[str, NDArray[Any]]) -> dict[str, NDArray[Any]]:
        cells = inputs["input.1"].shape[2] // 4
        maps = {
            name: np.zeros((1, depth, cells, cells), np.float32)
            for name, depth in (("heatmap", 1), ("scale", 2), ("offset", 2), ("landmarks", 10))
        }
        row, column = 14, 24
        maps["heatmap"][0, 0, row, column] = 0.8
        maps["scale"][0, :, row, column] = np.log([48 / 4, 40 / 4])
        maps["offset"][0, :, row, column] = (60 / 4 - row - 0.5, 100 / 4 - column - 0.5)
        maps["landmarks"][0, :, row, column] = POINTS[:, ::-1].ravel()
        return maps


def test_centerface_is_decoded() -> None:
    found = CenterFaceDetector(OneCenterFace()).detect_faces(picture(250, 200))
    np.testing.assert_allclose(found.boxes, [[80, 36, 120, 84]], atol=1e-3)
    np.testing.assert_allclose(found.points[0], [80, 36] + POINTS * [40, 48], atol=1e-3)
    np.testing.assert_allclose(found.scores, [0.8])


boxes = st.tuples(
    st.floats(-50, 500), st.floats(-50, 500), st.floats(1, 200), st.floats(1, 200)
).map(lambda box: (box[0], box[1], box[0] + box[2], box[1] + box[3]))


@given(st.lists(st.tuples(boxes, st.floats(0, 1)), max_size=20))
def test_what_is_kept_overlaps_little_and_what_is_dropped_overlaps_a_better_one(
    faces: list[tuple[tuple[float, float, float, float], float]],
) -> None:
    places = np.array([box for box, _ in faces], np.float32).reshape(-1, 4)
    scores = np.array([score for _, score in faces], np.float32)
    kept = suppress_overlaps(places, scores).tolist()
    for index in range(len(faces)):
        rivals = [k for k in kept if k != index and overlap(places[k], places[index]) > 0.301]
        if index in kept:
            assert not rivals
        else:
            better = [k for k in kept if overlap(places[k], places[index]) > 0.299]
            assert any(scores[k] >= scores[index] for k in better)


def overlap(one: NDArray[np.float32], other: NDArray[np.float32]) -> float:
    low, high = np.maximum(one[:2], other[:2]), np.minimum(one[2:], other[2:])
    shared = float(np.prod(np.maximum(high - low, 0)))
    areas = float(np.prod(one[2:] - one[:2]) + np.prod(other[2:] - other[:2]))
    return shared / (areas - shared)


def card(name: str, **parameters: object) -> ModelCard:
    return ModelCard(
        name=name,
        task="face_detector",
        pack="overlay",
        rank=1,
        title=name,
        licence_code="MIT",
        licence_weights="MIT",
        training_data="none",
        parameters=parameters,
    )


def test_the_card_says_which_detector() -> None:
    assert isinstance(open_face_detector(card("yunet"), SquareFinder()), YuNetDetector)
    mine = open_face_detector(card("mine", family="centerface"), OneCenterFace())
    assert isinstance(mine, CenterFaceDetector)
    with pytest.raises(ConfigurationError, match=r"mine: .* 'mine' .* yunet, centerface"):
        open_face_detector(card("mine"), SquareFinder())


@pytest.mark.parametrize("side", [200, 1600])
def test_a_glance_is_one_look(side: int) -> None:
    network = SquareFinder()
    square = (side // 10, side // 8, side // 3)
    found = YuNetDetector(network).glance_at_faces(picture(side, side, square))
    assert_found(found, square, within=side / 100)
    assert len(network.looks) == 1


def test_a_scan_spares_the_far_look_of_a_picture_without_a_hint() -> None:
    large = 900
    network = SquareFinder()
    assert not len(YuNetDetector(network).scan_for_faces(picture(large, large)))
    assert len(network.looks) == 2
    network = SquareFinder()
    square = (300, 300, 300)
    found = YuNetDetector(network).scan_for_faces(picture(large, large, square))
    assert_found(found, square, within=10)
    assert len(network.looks) == 1


@pytest.mark.parametrize(("width", "height"), [(1280, 720), (720, 1280), (1000, 990), (250, 90)])
def test_a_scan_finds_faces_in_any_corner_of_any_shape(width: int, height: int) -> None:
    side = min(width, height) // 4
    squares = ((0, 0, side), (width - side, height - side, side))
    found = YuNetDetector(SquareFinder()).scan_for_faces(picture(width, height, *squares))
    assert_found(found, *squares, within=4)
