"""What counts as a changed picture."""

import numpy as np
import pytest

from vidimus.analyses.picture_change import change, is_still


def test_exposure_is_no_change_and_a_moved_thing_is() -> None:
    dark = np.full((72, 128), 60, np.uint8)
    bright = dark + np.uint8(50)
    assert change(dark, bright) == 0
    moved = bright.copy()
    moved[8:16, 8:16] += 40
    assert not is_still(dark, moved)
    assert change(dark, moved) == pytest.approx(40)


def test_pictures_smaller_than_a_block_are_compared() -> None:
    assert change(np.zeros((4, 128), np.uint8), np.zeros((4, 128), np.uint8)) == 0
