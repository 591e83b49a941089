"""Masks that are painted: where, and in which light."""

import numpy as np
import pytest
from numpy.typing import NDArray

from vidimus.evaluation.painted_masks import Worn, paint_mask


def mesh() -> NDArray[np.float32]:
    """A mesh whose points lie on a circle around (50, 50), by their number."""
    turns = np.arange(468) / 468 * 2 * np.pi
    return np.stack([50 + 40 * np.cos(turns), 50 + 40 * np.sin(turns)], 1).astype(np.float32)


@pytest.mark.parametrize("worn", Worn)
def test_only_the_mask_changes_the_picture(worn: Worn) -> None:
    pixels = np.full((120, 120, 3), 100, np.uint8)
    painted = paint_mask(pixels, mesh(), worn, (10, 200, 30))
    assert painted.shape == pixels.shape
    assert (painted[110:] == 100).all()
    assert (painted == [10, 200, 30]).all(axis=2).any()
    assert (pixels == 100).all()


def test_the_mask_lies_in_the_light_of_the_face() -> None:
    pixels = np.full((120, 120, 3), 160, np.uint8)
    pixels[:, :50] = 110
    painted = paint_mask(pixels, mesh(), Worn.OVER_NOSE, (200, 200, 200)).astype(int)
    changed = (painted != pixels).all(axis=2)
    assert painted[:, :40][changed[:, :40]].mean() < painted[:, 62:][changed[:, 62:]].mean()
