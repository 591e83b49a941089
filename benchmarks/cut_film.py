"""Films with known cuts, made of photographs that a camera pans over and of stretches of videos.

Shots last half a second to two seconds. They are still or panned over at up to twenty pixels a
frame, zoomed, crossed by a moving thing, with grain or without; one in ten has a flash of light.
They are joined by cuts, by fades through black or white of a quarter to a whole second each way,
or by dissolves. All follows from the seed.
"""

from collections.abc import Sequence
from dataclasses import dataclass, field
from fractions import Fraction
from itertools import pairwise
from pathlib import Path
from random import Random

import av
import cv2
import numpy as np
from numpy.typing import NDArray

from vidimus.video.video_info import VideoInfo
from vidimus.video.writer import Codec, VideoWriter

Pixels = NDArray[np.uint8]

WIDTH, HEIGHT, RATE = 640, 360, 25
SPEEDS = (0, 0, 1, 3, 8, 20)
CUT, FADE_BLACK, FADE_WHITE, DISSOLVE = (
    "cut",
    "fade through black",
    "fade through white",
    "dissolve",
)


@dataclass
class Truth:
    """Frames at which a shot begins by a hard cut; shots as first and last frame; flashes."""

    cuts: list[int] = field(default_factory=list)
    shots: list[tuple[int, int]] = field(default_factory=list)
    joints: list[str] = field(default_factory=list)
    flashes: int = 0
    frames: int = 0


class Footage:
    """Photographs and videos of the shared folder."""

    def __init__(self, data: Path) -> None:
        folders = ("coco50", "samples/things", "samples/conditions")
        self.photographs = [p for f in folders for p in sorted((data / f).rglob("*.jpg"))]
        self.clips = [_clip(path) for path in sorted((data / "videos").glob("*.mp4"))]

    def shot(self, dice: Random, frames: int) -> list[Pixels]:
        """Return frames of one shot: a stretch of a video one time in four."""
        if dice.random() < 0.25:
            clip = dice.choice(self.clips)
            first = dice.randrange(len(clip) - frames)
            return [frame.copy() for frame in clip[first : first + frames]]
        return _panned(dice.choice(self.photographs), dice, frames)


def make_film(
    path: Path, footage: Footage, joints: Sequence[str], seed: int, codec: Codec = "VP9"
) -> Truth:
    """Write a film whose shots are joined in these ways, shuffled, and return where."""
    dice, truth = Random(seed), Truth(joints=list(joints))
    dice.shuffle(truth.joints)
    info = VideoInfo("", "", WIDTH, HEIGHT, Fraction(RATE), 0, None, "LIMITED", 0, "yuv420p", ())
    with VideoWriter(path, info, codec=codec) as writer:
        film = _Film(writer, truth, dice)
        ways = [CUT, *truth.joints, CUT]
        for way_in, way_out in pairwise(ways):
            film.add(_aged(footage.shot(dice, dice.randint(12, 50)), dice, truth), way_in, way_out)
    return truth


class _Film:
    def __init__(self, writer: VideoWriter, truth: Truth, dice: Random) -> None:
        self._writer, self._truth, self._dice = writer, truth, dice
        self._last: Pixels | None = None

    def add(self, frames: list[Pixels], way_in: str, way_out: str) -> None:
        """Add a shot with the second half of the way into it and the first of that out of it."""
        if way_in == DISSOLVE and self._last is not None:
            self._mix(self._last, frames[0])
        elif way_in in {FADE_BLACK, FADE_WHITE}:
            self._mix(_ground(way_in), frames[0])
        elif self._last is not None:
            self._truth.cuts.append(self._truth.frames)
        first = self._truth.frames
        self._write(frames)
        self._truth.shots.append((first, self._truth.frames - 1))
        self._last = frames[-1]
        if way_out in {FADE_BLACK, FADE_WHITE}:
            self._mix(frames[-1], _ground(way_out))
            self._write([_ground(way_out)] * self._dice.randint(1, 15))

    def _mix(self, one: Pixels, other: Pixels) -> None:
        steps = self._dice.randint(6, 25)
        shares = [(step + 1) / (steps + 1) for step in range(steps)]
        self._write([cv2.addWeighted(one, 1 - s, other, s, 0) for s in shares])

    def _write(self, frames: Sequence[Pixels]) -> None:
        for frame in frames:
            self._writer.add(frame, self._truth.frames * 1000 // RATE)
            self._truth.frames += 1


def _ground(way: str) -> Pixels:
    return np.full((HEIGHT, WIDTH, 3), 0 if way == FADE_BLACK else 255, np.uint8)


def _aged(frames: list[Pixels], dice: Random, truth: Truth) -> list[Pixels]:
    """Add a flash to one shot in ten, and grain to one in three."""
    if len(frames) > 30 and dice.random() < 0.1:
        first = dice.randint(10, len(frames) - 10)
        for index in range(first, first + dice.choice((1, 2))):
            frames[index] = cv2.convertScaleAbs(frames[index], alpha=1.2, beta=110)
        truth.flashes += 1
    if dice.random() < 1 / 3:
        grain = np.random.default_rng(dice.randrange(2**32))
        noise = grain.normal(0, 4, (2 * HEIGHT, WIDTH, 3)).astype(np.int16)
        frames = [_grainy(frame, noise[dice.randrange(HEIGHT) :]) for frame in frames]
    return frames


def _grainy(frame: Pixels, noise: NDArray[np.int16]) -> Pixels:
    return np.clip(frame + noise[:HEIGHT], 0, 255).astype(np.uint8)


def _clip(path: Path) -> list[Pixels]:
    with av.open(path) as container:
        frames = (each.reformat(WIDTH, HEIGHT) for each in container.decode(video=0))
        return [f.to_ndarray(format="rgb24") for f, _ in zip(frames, range(700), strict=False)]


def _panned(path: Path, dice: Random, frames: int) -> list[Pixels]:
    photograph = cv2.cvtColor(cv2.imread(str(path)), cv2.COLOR_BGR2RGB)
    height, width = photograph.shape[:2]
    window = 0.7 * min(width, height * WIDTH / HEIGHT)
    left, top = dice.uniform(0, width - window), dice.uniform(0, height - window * HEIGHT / WIDTH)
    angle, speed = dice.uniform(0, 2 * np.pi), dice.choice(SPEEDS) * width / WIDTH
    zoom, crossed = dice.uniform(-0.003, 0.003), dice.random() < 0.3
    shot = []
    for step in range(frames):
        side = min(window * (1 + zoom * step), width, height * WIDTH / HEIGHT)
        x = np.clip(left + np.cos(angle) * speed * step, 0, width - side)
        y = np.clip(top + np.sin(angle) * speed * step, 0, height - side * HEIGHT / WIDTH)
        scale = WIDTH / side
        turn = np.array([[scale, 0, -x * scale], [0, scale, -y * scale]], np.float32)
        frame = cv2.warpAffine(photograph, turn, (WIDTH, HEIGHT), borderMode=cv2.BORDER_REFLECT)
        if crossed:
            at = (12 * step) % (WIDTH + 200) - 100
            cv2.rectangle(frame, (at, 60), (at + 90, 330), (30, 60, 200), -1)
        shot.append(frame)
    return shot
