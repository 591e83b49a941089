"""Covering: nothing finer than a few cells is left, and only the place is touched."""

import numpy as np
import pytest
from numpy.typing import NDArray

from vidimus.imaging.cover import CELLS, CoverStyle, cover_places

NOISE = np.random.default_rng(4).integers(0, 256, (200, 300, 3), np.uint8)
BOX = np.array([[100.0, 60.0, 180.0, 140.0]])


def different(covered: NDArray[np.uint8]) -> NDArray[np.bool_]:
    return np.asarray((covered != NOISE).any(axis=2))


@pytest.mark.parametrize("style", CoverStyle)
def test_the_whole_box_is_covered_and_what_is_far_from_it_is_not(style: CoverStyle) -> None:
    before = NOISE.copy()
    touched = different(cover_places(NOISE, BOX, style))
    assert touched[64:136, 104:176].mean() > 0.99
    assert not touched[:30].any()
    assert not touched[:, :80].any()
    assert not touched[:, 200:].any()
    assert np.array_equal(NOISE, before)


@pytest.mark.parametrize("style", [CoverStyle.BLUR, CoverStyle.PIXELATE])
def test_what_is_finer_than_a_cell_is_gone(style: CoverStyle) -> None:
    """Two pictures whose cells have the same means cannot be told apart once covered."""
    middle = cover_places(NOISE, BOX, style)[70:130, 110:170]
    assert middle.std() < NOISE.std() / 4
    if style is CoverStyle.PIXELATE:
        colors = np.unique(middle.reshape(-1, 3), axis=0)
        assert len(colors) <= (CELLS[style] + 1) ** 2


def test_filling_leaves_one_colour() -> None:
    middle = cover_places(NOISE, BOX, CoverStyle.FILL)[70:130, 110:170]
    assert len(np.unique(middle.reshape(-1, 3), axis=0)) == 1


@pytest.mark.parametrize(
    "box",
    [
        (-50.0, -50.0, 40.0, 40.0),
        (280.0, 180.0, 400.0, 400.0),
        (400.0, 400.0, 500.0, 500.0),
        (10.0, 10.0, 10.0, 10.0),
        (10.0, 10.0, 12.0, 12.0),
        (-1000.0, -1000.0, 2000.0, 2000.0),
    ],
)
@pytest.mark.parametrize("style", CoverStyle)
def test_boxes_of_any_size_and_beyond_the_edge(box: tuple[float, ...], style: CoverStyle) -> None:
    covered = cover_places(NOISE, np.array([box]), style)
    assert covered.shape == NOISE.shape


def test_no_box_leaves_the_picture() -> None:
    assert np.array_equal(cover_places(NOISE, np.zeros((0, 4)), CoverStyle.BLUR), NOISE)


def test_a_read_only_picture_is_copied() -> None:
    picture = NOISE.copy()
    picture.flags.writeable = False
    assert different(cover_places(picture, BOX, CoverStyle.FILL)).any()
