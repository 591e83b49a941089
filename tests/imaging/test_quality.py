import cv2
import numpy as np
from hypothesis import given, settings
from hypothesis import strategies as st

from tests.imaging.pictures import cloud
from vidimus.imaging.quality import CHIP_SIZE, brightness, sharpness


@given(st.integers(0, 99), st.floats(0.01, 0.97))
def test_darkening_lowers_brightness(seed: int, gain: float) -> None:
    chip = cloud(seed)
    darker = (chip * gain).astype(np.uint8)
    before, after = brightness(np.stack([chip, darker]))
    assert 0 <= after < before <= 100


@given(st.integers(0, 99), st.floats(1.05, 4))
def test_darkening_by_gamma_lowers_brightness(seed: int, gamma: float) -> None:
    chip = cloud(seed)
    darker = ((chip / 255) ** gamma * 255).astype(np.uint8)
    before, after = brightness(np.stack([chip, darker]))
    assert after < before


@settings(max_examples=50)
@given(st.integers(0, 99), st.floats(0.8, 1.6), st.floats(0.6, 3), st.floats(1.1, 2))
def test_blurring_more_never_raises_sharpness(
    seed: int, roughness: float, sigma: float, more: float
) -> None:
    chip = cloud(seed, roughness)
    blurred = cv2.GaussianBlur(chip, (0, 0), sigma)
    blurrier = cv2.GaussianBlur(chip, (0, 0), sigma * more)
    sharp, soft, softer = sharpness(np.stack([chip, blurred, blurrier]))
    assert 0 <= softer < soft < sharp <= 100


def test_contrast_is_not_sharpness() -> None:
    chip = cloud(1)
    faint = (128 + (chip.astype(float) - 128) * 0.4).astype(np.uint8)
    strong, weak = sharpness(np.stack([chip, faint]))
    assert abs(strong - weak) < 3


def test_a_flat_chip_is_not_sharp_and_black_and_white_are_the_ends_of_brightness() -> None:
    chips = np.stack([np.full((CHIP_SIZE, CHIP_SIZE, 3), value, np.uint8) for value in (0, 255)])
    assert (sharpness(chips) < 1).all()
    np.testing.assert_allclose(brightness(chips), [0, 100], atol=1e-3)
