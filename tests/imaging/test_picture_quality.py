import cv2
import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from numpy.typing import NDArray

from tests.imaging.pictures import cloud
from vidimus.imaging.picture_quality import PictureMeasure, PictureQuality

SIZE = (90, 120)


def quality(pixels: NDArray[np.generic], mask: NDArray[np.bool_] | None = None) -> PictureQuality:
    return PictureMeasure(np.asarray(pixels, np.uint8)).quality(mask)


@given(st.integers(0, 99), st.floats(0.02, 0.97))
def test_darkening_lowers_brightness(seed: int, gain: float) -> None:
    picture = cloud(seed, size=SIZE)
    assert 0 <= quality(picture * gain).brightness < quality(picture).brightness <= 100


@given(st.integers(0, 99), st.floats(1.05, 4))
def test_darkening_by_gamma_lowers_brightness(seed: int, gamma: float) -> None:
    picture = cloud(seed, size=SIZE)
    darker = (picture / 255) ** gamma * 255
    assert quality(darker).brightness < quality(picture).brightness


@settings(max_examples=50)
@given(st.integers(0, 99), st.floats(0.8, 1.6), st.floats(0.6, 3), st.floats(1.1, 2))
def test_blurring_more_never_raises_sharpness(
    seed: int, roughness: float, sigma: float, more: float
) -> None:
    picture = cloud(seed, roughness, SIZE)
    blurred = quality(cv2.GaussianBlur(picture, (0, 0), sigma))
    blurrier = quality(cv2.GaussianBlur(picture, (0, 0), sigma * more))
    assert 0 <= blurrier.sharpness < blurred.sharpness < quality(picture).sharpness <= 100


@given(st.integers(0, 99), st.floats(0.1, 0.95), st.integers(0, 255))
def test_pressing_the_range_lowers_contrast_by_as_much(
    seed: int, factor: float, towards: int
) -> None:
    picture = cloud(seed, size=SIZE)
    pressed = np.rint(towards + (picture.astype(float) - towards) * factor)
    before, after = quality(picture).contrast, quality(pressed).contrast
    assert after < before
    assert after == pytest.approx(factor * before, abs=0.5)


def test_contrast_is_not_sharpness() -> None:
    picture = cloud(1, size=SIZE)
    faint = 128 + (picture.astype(float) - 128) * 0.4
    assert quality(faint).sharpness == pytest.approx(quality(picture).sharpness, abs=3)


def test_black_white_and_half_of_each_are_the_ends() -> None:
    black, white = quality(np.zeros((80, 80, 3))), quality(np.full((80, 80, 3), 255))
    assert (black.brightness, black.contrast) == (0, 0)
    assert white.brightness == pytest.approx(100)
    assert max(black.sharpness, white.sharpness) < 1
    halves = np.zeros((80, 80, 3))
    halves[:, 40:] = 255
    assert quality(halves).contrast == pytest.approx(100)
    assert quality(halves).brightness == pytest.approx(50)


def test_a_part_is_measured_by_its_own_pixels() -> None:
    picture = np.concatenate([cloud(1, size=SIZE), np.full((*SIZE, 3), 250, np.uint8)], 1)
    left = np.zeros(picture.shape[:2], bool)
    left[:, : SIZE[1]] = True
    alone, part, rest = (
        quality(cloud(1, size=SIZE)),
        quality(picture, left),
        quality(picture, ~left),
    )
    assert part.brightness == pytest.approx(alone.brightness)
    assert part.contrast == pytest.approx(alone.contrast)
    assert rest.contrast == 0
    assert rest.sharpness < part.sharpness
