"""Colour bars as test generators draw them, even grounds, and what is neither."""

import cv2
import numpy as np
import pytest
from numpy.typing import NDArray

from vidimus.video.panels import colour_bars, even_ground

Pixels = NDArray[np.uint8]
COLOURS = np.array(
    [[1, 1, 1], [1, 1, 0], [0, 1, 1], [0, 1, 0], [1, 0, 1], [1, 0, 0], [0, 0, 1], [0, 0, 0]]
)


def bars(count: int = 7, level: int = 191, side: float = 0.0, white: int | None = None) -> Pixels:
    """Return colour bars, 128 x 72, with SMPTE's two strips below."""
    picture = np.full((72, 128, 3), 102, np.uint8)
    edges = np.round(np.linspace(side * 128, (1 - side) * 128, count + 1)).astype(int)
    for bar in range(count):
        picture[:48, edges[bar] : edges[bar + 1]] = COLOURS[bar] * level
    if white is not None:
        picture[:48, edges[0] : edges[1]] = white
    picture[48:54] = picture[:6, ::-1]
    picture[54:] = 16
    return picture


@pytest.mark.parametrize(
    "picture",
    [bars(), bars(level=255), bars(8), bars(8, white=255), bars(side=0.125)],
    ids=["75 %", "100 %", "EBU", "EBU 100/75", "HD"],
)
def test_colour_bars(picture: Pixels) -> None:
    assert colour_bars(picture) > 80


def test_bars_of_a_bad_copy_are_told_with_less_confidence() -> None:
    dice = np.random.default_rng(1)
    worn = bars().astype(float) * 0.8 + 20 + dice.normal(0, 6, (72, 128, 3))
    blurred = cv2.GaussianBlur(np.clip(worn, 0, 255).astype(np.uint8), (3, 3), 0)
    told = colour_bars(np.asarray(blurred, np.uint8))
    assert 50 <= told < colour_bars(bars())


@pytest.mark.parametrize(
    "picture",
    [
        bars()[:, ::-1],
        np.zeros((72, 128, 3), np.uint8),
        np.full((72, 128, 3), 191, np.uint8),
        np.random.default_rng(2).integers(0, 256, (72, 128, 3), dtype=np.uint8),
        np.repeat(np.linspace(0, 255, 128, dtype=np.uint8)[None, :, None], 72, 0).repeat(3, 2),
    ],
    ids=["mirrored", "black", "white", "noise", "ramp"],
)
def test_what_is_no_colour_bars(picture: Pixels) -> None:
    assert colour_bars(picture) == 0


def test_ink_on_an_even_ground() -> None:
    picture = np.full((72, 128, 3), 8, np.uint8)
    picture[30:42, 40:88] = 230
    ground = even_ground(picture)
    assert ground is not None
    assert ground.dark
    assert ground.centred
    assert ground.box == pytest.approx((40 / 128, 30 / 72, 48 / 128, 12 / 72))


def test_a_bright_ground_with_ink_in_a_corner() -> None:
    picture = np.full((72, 128, 3), 220, np.uint8)
    picture[5:15, 5:30] = 10
    ground = even_ground(picture)
    assert ground is not None
    assert not ground.dark
    assert not ground.centred


def test_nothing_on_the_ground_or_no_ground_at_all() -> None:
    assert even_ground(np.zeros((72, 128, 3), np.uint8)) is None
    noise = np.random.default_rng(3).integers(0, 256, (72, 128, 3), dtype=np.uint8)
    assert even_ground(noise) is None


def test_an_uneven_ground_is_none() -> None:
    road = np.random.default_rng(4).normal(110, 7, (72, 128, 3))
    road[30:40, 50:80] = 230
    assert even_ground(np.clip(road, 0, 255).astype(np.uint8)) is None
