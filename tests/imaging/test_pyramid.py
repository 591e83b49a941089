"""The pyramid gives the sizes that were asked for, from a picture that is halved once."""

import numpy as np
from hypothesis import given
from hypothesis import strategies as st

from vidimus.imaging.pyramid import Pyramid

SIDES = st.integers(1, 400)


def ramp(width: int, height: int) -> np.ndarray:
    across = np.linspace(0, 255, width).astype(np.uint8)
    return np.repeat(np.broadcast_to(across, (height, width))[:, :, None], 3, axis=2)


@given(width=SIDES, height=SIDES, to_width=SIDES, to_height=SIDES)
def test_a_size_is_what_was_asked(width: int, height: int, to_width: int, to_height: int) -> None:
    resized = Pyramid(ramp(width, height)).resized(to_width, to_height)
    assert resized.shape == (to_height, to_width, 3)


@given(width=SIDES, height=SIDES, longest=SIDES)
def test_nothing_is_enlarged_within(width: int, height: int, longest: int) -> None:
    small = Pyramid(ramp(width, height)).within(longest)
    assert max(small.shape[:2]) == min(longest, max(width, height))


def test_a_step_is_the_smallest_that_suffices() -> None:
    pyramid = Pyramid(ramp(1600, 1200))
    assert pyramid.at_least(416, 312).shape == (600, 800, 3)
    assert pyramid.at_least(400, 300).shape == (300, 400, 3)
    assert pyramid.at_least(2000, 100) is pyramid.pixels


def test_a_reduced_ramp_is_still_a_ramp() -> None:
    small = Pyramid(ramp(2048, 512)).resized(100, 25).astype(float)
    assert np.abs(small[12, :, 0] - np.linspace(1, 254, 100)).max() < 3


def test_a_step_is_made_once() -> None:
    pyramid = Pyramid(ramp(1024, 1024))
    assert pyramid.at_least(256, 256) is pyramid.at_least(256, 256)


def test_a_side_that_shrinks_much_is_averaged_too() -> None:
    stripes = np.zeros((300, 2000, 3), np.uint8)
    stripes[:, ::4] = stripes[:, 1::4] = 200
    small = Pyramid(stripes).resized(100, 300)
    assert np.abs(small.astype(int) - 100).max() < 40
