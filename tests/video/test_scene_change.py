"""Scenes told apart on sampled frames: made pictures, moved, flashed and replaced."""

import cv2
import numpy as np
import pytest
from numpy.typing import NDArray

from vidimus.video.scene_change import SceneChange

Pixels = NDArray[np.uint8]


def scenery(seed: int, height: int = 36) -> Pixels:
    """Return a made picture, 64 wide: blobs of a few colours."""
    dice = np.random.default_rng(seed)
    coarse = dice.integers(0, 256, (5, 8, 3), dtype=np.uint8)
    return np.asarray(cv2.resize(coarse, (64, height), interpolation=cv2.INTER_CUBIC), np.uint8)


def verdicts(pictures: list[Pixels]) -> list[bool]:
    change = SceneChange()
    return [change.changed(picture) for picture in pictures]


def test_the_first_picture_begins_no_scene() -> None:
    assert verdicts([scenery(1)]) == [False]


@pytest.mark.parametrize("seed", range(12))
def test_another_picture_is_another_scene(seed: int) -> None:
    assert verdicts([scenery(seed), scenery(seed + 100)]) == [False, True]


@pytest.mark.parametrize("seed", range(6))
def test_a_pan_is_the_same_scene(seed: int) -> None:
    wide = np.concatenate([scenery(seed), scenery(seed + 50)[:, :8]], 1)
    assert verdicts([wide[:, :64], wide[:, 4:68]]) == [False, False]


@pytest.mark.parametrize("seed", range(6))
def test_a_flash_is_the_same_scene(seed: int) -> None:
    calm = (scenery(seed) * 0.7).astype(np.uint8)
    flash = np.clip(calm * 1.3 + 15, 0, 255).astype(np.uint8)
    assert verdicts([calm, flash, calm]) == [False, False, False]


def test_black_after_a_picture_is_another_scene_and_black_after_black_none() -> None:
    black = np.zeros((36, 64, 3), np.uint8)
    assert verdicts([scenery(3), black, black, scenery(3)]) == [False, True, False, True]


def test_a_snapshot_goes_on_where_it_was_taken() -> None:
    change = SceneChange()
    change.changed(scenery(1, height=48))
    later = SceneChange()
    later.restore(change.snapshot())
    assert later.snapshot() == change.snapshot()
    assert not later.changed(scenery(1, height=48))
    assert later.changed(scenery(2, height=48))


def test_a_snapshot_before_the_first_picture_is_a_beginning() -> None:
    change = SceneChange()
    change.changed(scenery(1))
    change.restore(SceneChange().snapshot())
    assert not change.changed(scenery(2))
