"""Ratios and pixels lead back to each other; shares of polygons in regions."""

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from vidimus.geometry import BoundingBox, Point, polygon_area, share_inside

places = st.floats(-2000, 6000, width=32)
sides = st.integers(80, 8000)


@given(places, places, places, places, sides, sides)
def test_pixels_lead_back(
    x1: float, y1: float, x2: float, y2: float, width: int, height: int
) -> None:
    corners = np.array([x1, y1, x2, y2], dtype=np.float32)
    box = BoundingBox.from_pixels(corners, width, height)
    np.testing.assert_allclose(box.to_pixels(width, height), corners, rtol=1e-5, atol=0.05)


def test_the_whole_picture_has_area_one() -> None:
    whole = BoundingBox.from_pixels(np.array([0, 0, 640, 480], dtype=np.float32), 640, 480)
    assert (whole.area, whole.width, whole.height) == (1, 1, 1)


ratios = st.floats(0, 1, width=32)


def boxes() -> st.SearchStrategy[BoundingBox]:
    lengths = st.floats(0.015625, 1, width=32)
    return st.builds(BoundingBox, ratios, ratios, lengths, lengths)


@given(boxes(), boxes())
def test_the_share_of_a_box_in_a_box(box: BoundingBox, other: BoundingBox) -> None:
    width = min(box.left + box.width, other.left + other.width) - max(box.left, other.left)
    height = min(box.top + box.height, other.top + other.height) - max(box.top, other.top)
    expected = max(0.0, width) * max(0.0, height) / box.area
    assert share_inside(box.corners, other.corners) == pytest.approx(expected, abs=1e-9)
    assert share_inside(box.corners[::-1], other.corners) == pytest.approx(expected, abs=1e-9)
    assert share_inside(box.corners, other.corners[::-1]) == pytest.approx(expected, abs=1e-9)


@given(boxes())
def test_a_box_is_around_its_corners(box: BoundingBox) -> None:
    around = BoundingBox.around(box.corners)
    assert (around.left, around.top) == (box.left, box.top)
    assert (around.width, around.height) == pytest.approx((box.width, box.height))
    assert polygon_area(box.corners) == pytest.approx(box.area)


@given(st.floats(0, 360), st.floats(0.05, 0.5))
def test_shares_do_not_depend_on_how_things_are_turned(degrees: float, across: float) -> None:
    """A square, half of it in an L-shaped region, turned about its middle together with it."""
    angle = np.radians(degrees)

    def turned(*points: tuple[float, float]) -> list[Point]:
        return [
            Point(
                across * (x * np.cos(angle) - y * np.sin(angle)),
                across * (x * np.sin(angle) + y * np.cos(angle)),
            )
            for x, y in points
        ]

    square = turned((-1, -1), (1, -1), (1, 1), (-1, 1))
    bent = turned((-3, -3), (0, -3), (0, 0), (3, 0), (3, 0.5), (0, 0.5), (0, 3), (-3, 3))
    assert share_inside(square, bent) == pytest.approx(0.5 + 0.125)


def test_what_has_no_area_has_no_share() -> None:
    whole = BoundingBox(0, 0, 1, 1).corners
    assert share_inside([Point(0.2, 0.2), Point(0.8, 0.2), Point(0.5, 0.2)], whole) == 0
    assert share_inside([], whole) == 0
    assert share_inside(whole, []) == 0
    assert share_inside(whole, [Point(0, 0), Point(1, 1)]) == 0
    assert polygon_area([Point(0, 0), Point(1, 1)]) == 0
