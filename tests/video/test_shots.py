"""Shots of made frames whose cuts and fades are known to the frame."""

from collections.abc import Iterable, Sequence
from fractions import Fraction

import cv2
import numpy as np
import pytest
from numpy.typing import NDArray

from vidimus.video.frame_time import FrameTime
from vidimus.video.shots import Shot, ShotFinder

Luma = NDArray[np.uint8]
RATE = Fraction(25)
BLACK: Luma = np.full((54, 96), 16, np.uint8)


def scene(seed: int, frames: int, speed: int = 1) -> list[Luma]:
    """Return frames of a camera that pans over a made scene, `speed` pixels a frame."""
    coarse = np.random.default_rng(seed).integers(16, 236, (6, 40), dtype=np.uint8)
    wide = cv2.resize(coarse, (400, 54), interpolation=cv2.INTER_CUBIC)
    return [np.asarray(wide[:, at * speed : at * speed + 96], np.uint8) for at in range(frames)]


def faded(picture: Luma, frames: int, out: bool = True) -> list[Luma]:
    """Return the picture on its way to black, or from it."""
    shares = [1 - (step + 1) / (frames + 1) for step in range(frames)]
    faint = [(16 + (picture.astype(float) - 16) * share).astype(np.uint8) for share in shares]
    return faint if out else faint[::-1]


def timed(frames: Iterable[Luma]) -> list[tuple[FrameTime, Luma]]:
    return [(FrameTime(number, number * 40), frame) for number, frame in enumerate(frames)]


def shots_of(frames: Sequence[Luma]) -> list[Shot]:
    finder = ShotFinder(RATE)
    return [shot for time, frame in timed(frames) for shot in finder.take(time, frame)] + (
        finder.finish()
    )


def bounds(shots: Iterable[Shot]) -> list[tuple[int, int]]:
    return [(shot.first.number, shot.last.number) for shot in shots]


def test_hard_cuts_are_told_to_the_frame() -> None:
    shots = shots_of(scene(1, 40) + scene(2, 9) + scene(3, 60))
    assert bounds(shots) == [(0, 39), (40, 48), (49, 108)]
    assert [shot.first.timestamp_ms for shot in shots] == [0, 1600, 1960]
    assert all(50 <= shot.confidence <= 100 for shot in shots)


@pytest.mark.parametrize("speed", [0, 1, 3, 5])
def test_a_pan_is_one_shot(speed: int) -> None:
    assert bounds(shots_of(scene(4, 60, speed))) == [(0, 59)]


@pytest.mark.parametrize("speed", [0, 5])
def test_a_flash_is_no_cut(speed: int) -> None:
    frames = [frame // 2 for frame in scene(5, 60, speed)]
    for at in (30, 31):
        frames[at] = np.clip(frames[at].astype(int) + 120, 0, 255).astype(np.uint8)
    assert bounds(shots_of(frames)) == [(0, 59)]


@pytest.mark.parametrize("steps", [6, 12, 40])
def test_a_fade_belongs_to_no_shot(steps: int) -> None:
    one, other = scene(6, 30, speed=0), scene(7, 30, speed=0)
    out, back = faded(one[-1], steps), faded(other[0], steps, out=False)
    told = bounds(shots_of([*one, *out, *[BLACK] * 8, *back, *other]))
    begin = 30 + 2 * steps + 8
    assert [told[0][0], told[1][1]] == [0, begin + 29]
    assert 29 <= told[0][1] <= 30
    assert begin - 1 <= told[1][0] <= begin
    assert len(told) == 2


def test_black_between_hard_cuts_is_no_shot() -> None:
    told = bounds(shots_of([*scene(8, 30), *[BLACK] * 10, *scene(9, 30)]))
    assert told == [(0, 29), (40, 69)]


def test_even_grey_between_hard_cuts_is_a_shot() -> None:
    grey = np.full((54, 96), 200, np.uint8)
    assert bounds(shots_of([*scene(8, 30), *[grey] * 10, *scene(9, 30)]))[1] == (30, 39)


def test_black_at_both_ends_is_no_shot() -> None:
    frames = [*[BLACK] * 10, *scene(10, 30), *[BLACK] * 10]
    assert bounds(shots_of(frames)) == [(10, 39)]


def test_a_video_of_one_frame_is_one_shot_and_black_has_none() -> None:
    assert bounds(shots_of(scene(11, 1))) == [(0, 0)]
    assert shots_of([BLACK] * 20) == []
    assert shots_of([]) == []


def test_a_watch_cut_into_chunks_gives_the_same_shots() -> None:
    one, other = scene(12, 20), scene(13, 20, speed=0)
    fade = [*faded(one[-1], 8), *[BLACK] * 6, *faded(other[0], 8, out=False)]
    frames = [*one, *fade, *other, *scene(14, 12), *scene(15, 25, speed=4)]
    whole = shots_of(frames)
    for chunk in (1, 7, 19):
        finder, told = ShotFinder(RATE), []
        for index, (time, frame) in enumerate(timed(frames)):
            if index % chunk == 0:
                state = finder.snapshot()
                finder = ShotFinder(RATE)
                finder.restore(state)
            told += finder.take(time, frame)
        assert told + finder.finish() == whole


def test_the_state_stays_small() -> None:
    finder = ShotFinder(RATE)
    for time, frame in timed([scene(16, 1)[0]] * 3000):
        finder.take(time, frame)
    assert len(finder.snapshot()) < 60_000
