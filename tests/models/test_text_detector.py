"""From a map of text to lines: how large they are, how they lie, what is left out."""

from typing import Any

import cv2
import numpy as np
import pytest
from numpy.typing import NDArray

from tests.models.fake_session import FakeSession, card
from vidimus.imaging.pyramid import Pyramid
from vidimus.models.text_detector import TextDetector
from vidimus.runtime.session import Arrays

Floats = NDArray[np.float32]


class Painted:
    """A detector that sees what is painted; `shapes` are the sizes it was asked about."""

    def __init__(self, paint: Any, shortest: int = 736) -> None:
        self.shapes: list[tuple[int, ...]] = []

        def answer(inputs: Arrays) -> dict[str, NDArray[Any]]:
            shape = inputs["data"].shape
            # The fake card has its channels last.
            self.shapes.append(shape[1:3])
            text_map = np.zeros(shape[1:3], np.float32)
            paint(text_map)
            return {"map": text_map[None, None]}

        self.detector = TextDetector(card(shortest=shortest), FakeSession(answer))


def blank(width: int, height: int) -> Pyramid:
    return Pyramid(np.full((height, width, 3), 127, np.uint8))


def bar(chance: float = 0.9) -> Any:
    def paint(text_map: Floats) -> None:
        text_map[100:110, 200:300] = chance

    return paint


def test_a_line_is_larger_than_its_mark() -> None:
    (region,) = Painted(bar(), shortest=320).detector.find_text(blank(640, 320))
    ribbon = region.ribbon()
    margin = 1.6 * 100 * 10 / 220
    expected = np.array([[200, 100], [300, 100], [300, 110], [200, 110]], np.float32)
    expected += np.array([[-1, -1], [1, -1], [1, 1], [-1, 1]]) * margin
    np.testing.assert_allclose(ribbon.quad, expected, atol=0.1)
    assert region.score == pytest.approx(0.9)
    assert region.arc is None


def test_places_are_those_of_the_picture() -> None:
    painted = Painted(bar(), shortest=320)
    (region,) = painted.detector.find_text(blank(320, 160))
    assert painted.shapes == [(320, 640)]
    np.testing.assert_allclose(region.ribbon().center, (125, 52.5), atol=0.1)


@pytest.mark.parametrize(
    ("size", "looked_at"),
    [
        ((640, 480), (736, 992)),
        ((1000, 800), (800, 992)),
        ((4000, 3000), (1216, 1600)),
        ((80, 2000), (1600, 64)),
        ((80, 80), (736, 736)),
    ],
)
def test_the_size_it_looks_at(size: tuple[int, int], looked_at: tuple[int, int]) -> None:
    painted = Painted(lambda text_map: None)
    assert painted.detector.find_text(blank(*size)) == []
    assert painted.shapes == [looked_at]
    assert painted.detector.enlarges(blank(*size)) is (min(size) < 736)


def test_a_coarser_look_does_not_enlarge() -> None:
    painted = Painted(lambda text_map: None)
    painted.detector.find_text(blank(640, 480), shortest=0)
    painted.detector.find_text(blank(640, 480), shortest=0, longest=320)
    assert painted.shapes == [(480, 640), (256, 320)]


@pytest.mark.parametrize(
    ("paint", "count"),
    [
        (bar(0.45), 0),
        (bar(0.25), 0),
        (lambda text_map: text_map[5:7].fill(0.9), 0),
        (lambda text_map: text_map[5:15].fill(0.9), 1),
    ],
)
def test_faint_and_flat_marks_are_left_out(paint: Any, count: int) -> None:
    assert len(Painted(paint, shortest=320).detector.find_text(blank(640, 320))) == count


def test_a_turned_mark_is_a_turned_line() -> None:
    corners = cv2.boxPoints(((300, 160), (120, 12), -40)).astype(np.int32)

    def paint(text_map: Floats) -> None:
        cv2.fillPoly(text_map, [corners], 0.9)

    (region,) = Painted(paint, shortest=320).detector.find_text(blank(640, 320))
    x, y = region.ribbon().direction
    assert np.degrees(np.arctan2(y, x)) == pytest.approx(-40, abs=1)
    assert region.arc is None


def test_a_bent_mark_is_an_arc_though_its_segment_is_half_marked() -> None:
    def paint(text_map: Floats) -> None:
        cv2.ellipse(text_map, (320, 250), (150, 150), 0, 210, 330, 0.4, -1)
        text_map[180:] = 0
        cv2.ellipse(text_map, (320, 250), (150, 150), 0, 210, 330, 0.99, 16)

    (region,) = Painted(paint, shortest=320).detector.find_text(blank(640, 320))
    assert region.arc is not None
    assert region.arc.direction == pytest.approx((1, 0), abs=0.05)
    middle = (region.arc.top + region.arc.bottom) / 2
    np.testing.assert_allclose(np.linalg.norm(middle - (320, 250), axis=1), 150, atol=5)
