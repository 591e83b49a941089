"""Squares that lie turned in a picture."""

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from vidimus.models.turned_square import TurnedSquares, angles_of


def test_a_square_around_a_box_has_its_middle_and_a_multiple_of_its_longer_side() -> None:
    squares = TurnedSquares.around(np.array([[10, 20, 30, 60]], np.float32), 1.5)
    assert squares.centers.tolist() == [[20, 40]]
    assert squares.sides.tolist() == [60]
    assert squares.angles.tolist() == [0]


def test_a_box_without_extent_still_has_a_square() -> None:
    assert TurnedSquares.around(np.array([[5, 5, 5, 5]], np.float32), 1.5).sides.tolist() == [1]


@given(st.floats(-3.1, 3.1), st.floats(1, 100))
def test_an_arrow_that_was_turned_tells_by_how_much(angle: float, length: float) -> None:
    upwards = length * np.array([[np.sin(angle), -np.cos(angle)]], np.float32)
    assert angles_of(upwards)[0] == pytest.approx(angle, abs=1e-4)


def test_a_turned_square_is_cut_upright() -> None:
    pixels = np.zeros((100, 100, 3), np.uint8)
    pixels[45:55, 60:90] = 255  # a bar that points to the right of the middle
    right = TurnedSquares(
        np.array([[50, 50]], np.float32),
        np.array([100], np.float32),
        angles_of(np.array([[1, 0]], np.float32)),
    )
    (cut,) = right.cut(pixels, 100).pixels
    assert cut[10:40, 46:54].min() == 255
    assert cut[60:].max() == 0


def test_squares_are_joined_and_chosen_in_order() -> None:
    one = TurnedSquares.around(np.array([[0, 0, 10, 10], [0, 0, 20, 20]], np.float32), 1)
    both = TurnedSquares.joined(one, one.chosen(np.array([1])))
    assert len(both) == 3
    assert both.sides.tolist() == [10, 20, 20]
