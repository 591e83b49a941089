"""Decoding YOLOX's cells, one object of a kind in a place, and the real network on photographs."""

from pathlib import Path
from typing import Any

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from numpy.typing import NDArray

from tests.models.fake_session import FakeSession, card
from vidimus.errors import ConfigurationError
from vidimus.imaging.decode import decode_picture
from vidimus.imaging.pyramid import Pyramid
from vidimus.models.object_detector import (
    PERSON,
    ObjectDetections,
    YoloxDetector,
    best_of_each_class,
    open_object_detector,
)
from vidimus.runtime.catalog import load_catalog
from vidimus.runtime.registry import ModelRegistry
from vidimus.runtime.session import Arrays, SessionOptions, open_engine

SIDE = 64
CELLS = 8 * 8 + 4 * 4 + 2 * 2
"""Cells of a canvas of 64 pixels at strides 8, 16 and 32."""


class OneCell(FakeSession):
    """A network that sees one object, by what it says for one cell; `canvases` is what it saw."""

    def __init__(self, cell: int, row: list[float]) -> None:
        super().__init__(self._rows)
        self._cell, self._row = cell, row
        self.canvases: list[NDArray[Any]] = []

    def _rows(self, inputs: Arrays) -> dict[str, NDArray[Any]]:
        self.canvases.append(inputs["data"][0])
        rows = np.zeros((1, CELLS, len(self._row)), np.float32)
        rows[0, self._cell] = self._row
        return {"output": rows}


def found_by(session: FakeSession, width: int, height: int, **parameters: object) -> Any:
    detector = YoloxDetector(card("yolox-test", SIDE, **parameters), session)
    return detector.detect_objects(Pyramid(np.full((height, width, 3), 200, np.uint8)))


def test_a_cell_tells_centre_and_sides_in_its_stride() -> None:
    # Row 2, column 3 of the grid of stride 16, which follows the 64 cells of stride 8.
    session = OneCell(64 + 2 * 4 + 3, [0.5, 0.25, np.log(1), np.log(2), 0.9, 0.1, 0.8])
    found = found_by(session, SIDE, SIDE, min_score=0.5)
    x, y = 3.5 * 16, 2.25 * 16
    np.testing.assert_allclose(found.boxes, [[x - 8, y - 16, x + 8, y + 16]], rtol=1e-5)
    np.testing.assert_allclose(found.scores, [0.72], rtol=1e-6)
    assert found.classes.tolist() == [1]


def test_boxes_are_in_the_pictures_own_pixels() -> None:
    session = OneCell(0, [0.5, 0.5, 0, 0, 1, 1])
    found = found_by(session, 4 * SIDE, 2 * SIDE)
    np.testing.assert_allclose(found.boxes, [[0, 0, 32, 32]], atol=1e-4)


def test_boxes_end_at_the_pictures_edge() -> None:
    session = OneCell(0, [0.5, 0.5, 1, 1, 1, 1])
    end = 4 + np.e * 8 / 2
    found = found_by(session, SIDE, SIDE)
    np.testing.assert_allclose(found.boxes, [[0, 0, end, end]], rtol=1e-5)


def test_an_object_in_the_grey_beside_the_picture_is_none() -> None:
    assert len(found_by(OneCell(63, [0.5, 0.5, 0, 0, 1, 1]), SIDE, SIDE // 2)) == 0


def test_the_picture_lies_in_the_upper_left_on_grey() -> None:
    session = OneCell(0, [0.5, 0.5, 0, 0, 1, 1])
    found_by(session, 200, 100, fill=114)
    (canvas,) = session.canvases
    assert canvas.shape == (SIDE, SIDE, 3)
    assert (canvas[:32] == 200).all()
    assert (canvas[32:] == 114).all()


def test_a_cell_may_speak_for_two_kinds() -> None:
    found = found_by(OneCell(5, [0.5, 0.5, 1, 1, 1, 0.6, 0.3]), SIDE, SIDE)
    assert found.classes.tolist() == [0, 1]
    np.testing.assert_allclose(found.scores, [0.6, 0.3], rtol=1e-6)


def test_nothing_seen_is_nothing_told() -> None:
    found = found_by(OneCell(0, [0.5, 0.5, 0, 0, 0, 1]), SIDE, SIDE)
    assert len(found) == 0
    assert found.boxes.shape == (0, 4)


@given(
    st.lists(
        st.tuples(st.integers(0, 60), st.integers(0, 60), st.integers(1, 40), st.integers(0, 2)),
        max_size=12,
    )
)
def test_the_best_of_each_kind_and_place_is_kept(rows: list[tuple[int, int, int, int]]) -> None:
    boxes = np.array([[x, y, x + side, y + side] for x, y, side, _ in rows], np.float32)
    scores = np.linspace(0.9, 0.1, len(rows), dtype=np.float32)
    kinds = np.array([kind for *_, kind in rows], np.int64)
    found = ObjectDetections(boxes.reshape(-1, 4), scores, kinds)
    kept = best_of_each_class(found, 0.45)
    assert sorted(kept) == list(kept)  # best first, as the scores fall
    for place in range(len(rows)):
        rivals = [
            other
            for other in kept
            if other < place
            and kinds[other] == kinds[place]
            and overlap(boxes[other], boxes[place]) > 0.451
        ]
        assert not (rivals and place in kept)
        close = [
            other
            for other in kept
            if other < place
            and kinds[other] == kinds[place]
            and overlap(boxes[other], boxes[place]) > 0.449
        ]
        assert place in kept or close


def overlap(one: NDArray[Any], other: NDArray[Any]) -> float:
    low, high = np.maximum(one[:2], other[:2]), np.minimum(one[2:], other[2:])
    shared = float(np.prod(np.maximum(high - low, 0)))
    area = float(np.prod(one[2:] - one[:2]) + np.prod(other[2:] - other[:2]))
    return shared / (area - shared)


def test_a_network_that_nothing_reads_is_refused() -> None:
    with pytest.raises(ConfigurationError, match="'detr'"):
        open_object_detector(card("detr-small", SIDE), FakeSession(lambda _: {}))
    with pytest.raises(ConfigurationError, match="square"):
        open_object_detector(card("yolox-nano", None), FakeSession(lambda _: {}))


def test_two_dogs_a_bird_and_a_cat(shared: Path, models_path: Path, tmp_path: Path) -> None:
    registry = ModelRegistry(
        load_catalog(), models_path, lambda: open_engine(SessionOptions(cache=tmp_path))
    )
    network = registry.card_for("object_detector")
    if network is None:
        pytest.skip("the standard pack is not installed")
    detector = open_object_detector(network, registry.session(network.name))

    def sure(name: str) -> list[int]:
        data = (shared / "data" / "samples" / "things" / f"{name}.jpg").read_bytes()
        found = detector.detect_objects(Pyramid(decode_picture(data, max_pixels=10**8).pixels))
        return sorted(found.classes[found.scores >= 0.5].tolist())

    assert sure("pets") == [16, 16]
    assert sure("bird") == [14]
    assert sure("cat_720p") == [15]
    assert PERSON in sure("grace_hopper")
