"""Made scenes of people who walk, with the truth: who is where, how much of them is seen.

Everybody walks at their own depth; who is nearer hides who is farther, and pillars hide all.
"""

from collections.abc import Callable
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

WIDTH, HEIGHT = 1280, 720
FPS = 25
SEEN = 0.25
"""Share of a person that must be seen to count as there."""

Floats = NDArray[np.float64]


@dataclass(frozen=True, slots=True)
class Walk:
    """One person: 1.7 m tall, `size` pixels high, from x to x in pixels between two times."""

    size: float
    starts: float
    ends: float
    start_s: float
    end_s: float
    sway: float

    def box(self, seconds: float) -> Floats:
        """Pixel corners at a time, feet on a line that is lower for who is nearer."""
        share = (seconds - self.start_s) / (self.end_s - self.start_s)
        x = self.starts + (self.ends - self.starts) * share
        wide = self.size * (0.34 + 0.05 * np.sin(self.sway + 9 * seconds))
        feet = 250 + 0.9 * self.size
        return np.array([x - wide / 2, feet - self.size, x + wide / 2, feet])


@dataclass(frozen=True, slots=True)
class Scene:
    """Who walks, and between which x pillars stand."""

    walks: tuple[Walk, ...]
    pillars: tuple[tuple[float, float], ...]
    seconds: float


@dataclass(frozen=True, slots=True, eq=False)
class MadeFrame:
    """The truth, and what a detector would say: boxes (n, 4) and scores (n,)."""

    timestamp_ms: int
    ids: NDArray[np.int64]
    truth: Floats
    boxes: Floats
    scores: Floats


def _walk(dice: np.random.Generator, start_s: float, size: float | None = None) -> Walk:
    tall = float(dice.uniform(150, 420)) if size is None else size
    meters_per_second = dice.uniform(0.9, 1.8)
    way = WIDTH + 2 * tall
    lasts = way / (meters_per_second * tall / 1.7)
    ends = (-tall, WIDTH + tall) if dice.random() < 0.5 else (WIDTH + tall, -tall)
    return Walk(tall, *ends, start_s, start_s + lasts, float(dice.uniform(0, 6)))


def crossings(seed: int) -> Scene:
    """Six people cross each other's way, at like depths."""
    dice = np.random.default_rng(seed)
    near = float(dice.uniform(200, 350))
    walks = [_walk(dice, dice.uniform(0, 3), near * dice.uniform(0.85, 1.15)) for _ in range(6)]
    return Scene(tuple(walks), (), 12)


def occlusions(seed: int) -> Scene:
    """Five people pass behind three pillars, some half a second and some a second wide."""
    dice = np.random.default_rng(1000 + seed)
    walks = tuple(_walk(dice, dice.uniform(0, 6)) for _ in range(5))
    pillars = tuple((x, x + dice.uniform(40, 140)) for x in (250.0, 600.0, 950.0))
    return Scene(walks, pillars, 14)


def exits(seed: int) -> Scene:
    """Fourteen people come and go within twenty seconds."""
    dice = np.random.default_rng(2000 + seed)
    return Scene(tuple(_walk(dice, dice.uniform(-2, 16)) for _ in range(14)), (), 20)


SCENES: dict[str, Callable[[int], Scene]] = {
    "crossings": crossings,
    "occlusions": occlusions,
    "exits": exits,
}


def frames_of(scene: Scene, seed: int, fps: float = FPS) -> list[MadeFrame]:
    """Return the scene's frames as an imperfect detector sees them."""
    dice = np.random.default_rng(seed)
    times = np.arange(0, scene.seconds, 1 / fps)
    return [_frame(scene, float(seconds), dice) for seconds in times]


def _frame(scene: Scene, seconds: float, dice: np.random.Generator) -> MadeFrame:
    there = [
        (which, walk.box(seconds))
        for which, walk in enumerate(scene.walks)
        if walk.start_s <= seconds <= walk.end_s
    ]
    shares = [_seen(which, box, there, scene) for which, box in there]
    counted = [
        (which, _in_frame(box))
        for (which, box), share in zip(there, shares, strict=True)
        if share >= SEEN
    ]
    found = [
        _detected(box, share, dice)
        for (_, box), share in zip(there, shares, strict=True)
        if dice.random() < _chance(share)
    ]
    found += [_nobody(dice) for _ in range(dice.poisson(0.05))]
    return MadeFrame(
        int(seconds * 1000 + 1e-6),
        np.array([which for which, _ in counted], np.int64),
        np.array([box for _, box in counted]).reshape(-1, 4),
        np.array([box for box, _ in found]).reshape(-1, 4),
        np.array([score for _, score in found]),
    )


def _seen(which: int, box: Floats, there: list[tuple[int, Floats]], scene: Scene) -> float:
    """Return the share of a person that is seen, on a grid of 20 x 20 points."""
    xs = np.linspace(box[0], box[2], 20)[None, :].repeat(20, 0)
    ys = np.linspace(box[1], box[3], 20)[:, None].repeat(20, 1)
    seen = (xs >= 0) & (xs < WIDTH) & (ys >= 0) & (ys < HEIGHT)
    for left, right in scene.pillars:
        seen &= ~((xs >= left) & (xs < right))
    for other, cover in there:
        if other != which and cover[3] > box[3]:
            seen &= ~((xs >= cover[0]) & (xs < cover[2]) & (ys >= cover[1]) & (ys < cover[3]))
    return float(seen.mean())


def _chance(share: float) -> float:
    """Return how probably a person of whom a share is seen is found."""
    return float(np.clip((share - 0.15) / 0.3, 0, 0.97))


def _detected(box: Floats, share: float, dice: np.random.Generator) -> tuple[Floats, float]:
    noise = dice.normal(0, 0.03, 4) * (box[[2, 3, 2, 3]] - box[[0, 1, 0, 1]])
    score = np.clip(dice.normal(0.25 + 0.6 * share, 0.08), 0.05, 0.97)
    return _in_frame(box + noise), float(score)


def _nobody(dice: np.random.Generator) -> tuple[Floats, float]:
    corner, side = dice.uniform(0, 600, 2), dice.uniform(40, 200)
    box = np.concatenate([corner, corner + np.array([0.4, 1]) * side])
    return box, float(dice.uniform(0.1, 0.6))


def _in_frame(box: Floats) -> Floats:
    return np.clip(box, 0, [WIDTH, HEIGHT, WIDTH, HEIGHT])
