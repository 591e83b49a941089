"""Make a video of people who come and go, with the truth about who is where and when.

    .venv/bin/python tools/make_face_video.py PEOPLE faces.mp4

PEOPLE is a folder of portraits named face_N_M.jpg, the same N being one person. Beside the video a
JSON of the same name tells when each appearance begins and ends and, frame by frame, where each
face is and how much of it is in the picture. The plan is fixed: 640 x 480, 25 frames a second,
60 s, eight people, nineteen appearances, people who pass in front of each other, two hard cuts from
one portrait to another in the same place (one of them before the same wall), and nobody at times.
"""

import argparse
import json
from collections.abc import Iterator
from dataclasses import dataclass
from fractions import Fraction
from pathlib import Path

import cv2
import numpy as np
from numpy.typing import NDArray

from vidimus.imaging.decode import decode_picture
from vidimus.runtime.registry import open_registry
from vidimus.settings import read_settings
from vidimus.video.video_info import VideoInfo
from vidimus.video.writer import Codec, VideoWriter
from vidimus.vision.faces import FaceAnalyzer

Pixels = NDArray[np.uint8]
Floats = NDArray[np.float64]

WIDTH, HEIGHT, RATE, SECONDS = 640, 480, 25, 60
ENTRY_S = 0.5
"""How long somebody takes to come in or to leave."""


@dataclass(frozen=True, slots=True)
class Appearance:
    """One time somebody is there: from and to when in seconds, and how.

    `photo` is which of the person's portraits, `x` and `y` where the head's middle stays (ratios),
    `size` the portrait's side in pixels, `side` where they come from: left, right, below, or cut.
    `drift` is how far they walk while there, in widths of the picture; who is `cut_off` does not
    leave.
    """

    person: int
    photo: int
    start: float
    end: float
    x: float
    y: float
    size: int
    side: str
    drift: float = 0.0
    cut_off: bool = False


PLAN = (
    Appearance(1, 0, 1.0, 7.0, 0.30, 0.52, 260, "left"),
    Appearance(2, 1, 3.0, 9.0, 0.72, 0.50, 240, "right"),
    Appearance(3, 0, 8.0, 13.0, 0.35, 0.55, 220, "below"),
    Appearance(4, 1, 10.0, 16.0, 0.75, 0.50, 250, "right", -0.45),
    Appearance(1, 2, 13.5, 18.0, 0.50, 0.52, 280, "left"),
    Appearance(5, 0, 20.0, 25.0, 0.25, 0.50, 200, "left", 0.50),
    Appearance(6, 0, 20.5, 26.0, 0.75, 0.55, 210, "right", -0.50),
    Appearance(7, 1, 27.0, 30.0, 0.50, 0.50, 270, "below", 0.0, True),
    Appearance(8, 1, 30.0, 33.0, 0.50, 0.50, 270, "cut", 0.0, True),
    Appearance(2, 2, 33.0, 36.0, 0.50, 0.50, 260, "cut", 0.0, True),
    Appearance(3, 2, 37.5, 44.0, 0.22, 0.50, 180, "left"),
    Appearance(6, 2, 38.0, 43.0, 0.50, 0.55, 190, "below"),
    Appearance(8, 2, 39.0, 45.0, 0.80, 0.50, 185, "right"),
    Appearance(5, 2, 45.5, 49.0, 0.40, 0.50, 150, "left"),
    Appearance(7, 0, 46.5, 51.0, 0.72, 0.52, 240, "right"),
    Appearance(4, 2, 51.0, 54.0, 0.30, 0.50, 230, "left"),
    Appearance(1, 1, 52.0, 56.0, 0.70, 0.50, 220, "right"),
    Appearance(3, 1, 55.0, 59.0, 0.35, 0.52, 250, "left"),
    Appearance(5, 1, 56.5, 59.5, 0.75, 0.50, 210, "right"),
)


@dataclass(frozen=True, slots=True, eq=False)
class Portrait:
    """A portrait, RGB, how far each pixel is the head's (0..1), and the face's box in pixels."""

    pixels: Pixels
    mask: NDArray[np.float32]
    box: Floats


def read_portrait(analyzer: FaceAnalyzer, path: Path) -> Portrait:
    """Read a portrait and cut an oval of head and shoulders out of it."""
    pixels = decode_picture(path.read_bytes(), max_pixels=100_000_000).pixels
    pixels = np.asarray(cv2.resize(pixels, (320, 320), interpolation=cv2.INTER_AREA), np.uint8)
    (face,) = analyzer.detect_faces(pixels, limit=1)
    box = face.box.to_pixels(320, 320).astype(np.float64)
    middle = (box[:2] + box[2:]) / 2
    reach = (box[2:] - box[:2]) * (0.95, 0.9)
    mask = np.zeros((320, 320), np.float32)
    axes = (int(reach[0]), int(reach[1]))
    cv2.ellipse(mask, (int(middle[0]), int(middle[1])), axes, 0, 0, 360, 1.0, -1)
    return Portrait(pixels, np.asarray(cv2.GaussianBlur(mask, (0, 0), 5), np.float32), box)


def place(plan: Appearance, portrait: Portrait, time: float) -> Floats:
    """Return the affine map (2, 3) from the portrait's pixels to the frame's at `time`."""
    scale = plan.size / 320 * (1 + 0.04 * np.sin(2.1 * time + plan.person))
    angle = np.radians(7) * np.sin(1.3 * time + plan.person)
    share = (time - plan.start) / (plan.end - plan.start)
    x = (plan.x + plan.drift * share) * WIDTH + 12 * np.sin(1.7 * time)
    y = plan.y * HEIGHT + 8 * np.sin(2.3 * time)
    x, y = x + _away(plan, time) * _outwards(plan)[0], y + _away(plan, time) * _outwards(plan)[1]
    turn = scale * np.array([[np.cos(angle), -np.sin(angle)], [np.sin(angle), np.cos(angle)]])
    middle = (portrait.box[:2] + portrait.box[2:]) / 2
    return np.hstack([turn, (np.array([x, y]) - turn @ middle)[:, None]])


def _away(plan: Appearance, time: float) -> float:
    """How far on the way in or out somebody is: 0 there, 1 out of the picture."""
    if plan.side == "cut":
        return 0.0
    until_end = ENTRY_S if plan.cut_off else max(plan.end - time, 0)
    left = min(1.0, max(time - plan.start, 0) / ENTRY_S, until_end / ENTRY_S)
    return float((1 - left) ** 2)


def _outwards(plan: Appearance) -> tuple[float, float]:
    reach = plan.size * 0.6
    ways = {
        "left": (-(plan.x * WIDTH + reach), 0.0),
        "right": ((1 - plan.x) * WIDTH + reach, 0.0),
        "below": (0.0, (1 - plan.y) * HEIGHT + reach),
        "cut": (0.0, 0.0),
    }
    return ways[plan.side]


def background(time: float) -> Pixels:
    """A wall with soft shapes; another one behind the people who come by a cut."""
    rng = np.random.default_rng(4 if 30 <= time < 36 else 3)
    grey = rng.integers(70, 170, (6, 9, 1))
    coarse = np.clip(grey + rng.integers(-12, 12, (6, 9, 3)), 0, 255).astype(np.uint8)
    wall = cv2.resize(coarse, (WIDTH + 60, HEIGHT + 40), interpolation=cv2.INTER_CUBIC)
    left, top = int(30 + 25 * np.sin(0.2 * time)), int(20 + 15 * np.cos(0.3 * time))
    return np.ascontiguousarray(wall[top : top + HEIGHT, left : left + WIDTH], np.uint8)


def paint(frame: Pixels, portrait: Portrait, matrix: Floats, light: float) -> Pixels:
    """Lay a portrait over a frame."""
    head = cv2.warpAffine(portrait.pixels, matrix, (WIDTH, HEIGHT), flags=cv2.INTER_AREA)
    cover = cv2.warpAffine(portrait.mask, matrix, (WIDTH, HEIGHT))[:, :, None]
    lit = np.clip(head * light, 0, 255)
    return np.asarray(frame * (1 - cover) + lit * cover, np.uint8)


def face_box(portrait: Portrait, matrix: Floats) -> Floats:
    """Return the upright box (x1, y1, x2, y2) that holds the face in the frame."""
    x1, y1, x2, y2 = portrait.box
    corners = np.array([[x1, y1], [x2, y1], [x2, y2], [x1, y2]])
    middle = corners.mean(0) @ matrix[:, :2].T + matrix[:, 2]
    half = np.array([x2 - x1, y2 - y1]) / 2 * np.hypot(matrix[0, 0], matrix[1, 0])
    return np.concatenate([middle - half, middle + half])


def visible(box: Floats) -> float:
    """Return how much of a box is in the picture, 0..1."""
    inside = np.clip(box, 0, (WIDTH, HEIGHT, WIDTH, HEIGHT))
    return float(np.prod(inside[2:] - inside[:2]) / np.prod(box[2:] - box[:2]))


def film(
    portraits: dict[tuple[int, int], Portrait],
) -> Iterator[tuple[Pixels, list[dict[str, object]]]]:
    """Give each frame, RGB, and who is where in it."""
    grain = np.random.default_rng(5)
    for number in range(SECONDS * RATE):
        time = number / RATE
        frame, there = background(time), []
        for plan in PLAN:
            if not plan.start <= time < plan.end:
                continue
            portrait = portraits[plan.person, plan.photo]
            matrix = place(plan, portrait, time)
            frame = paint(frame, portrait, matrix, 1 + 0.12 * np.sin(0.9 * time + plan.person))
            box = face_box(portrait, matrix)
            there.append({"person": plan.person, "box": box.tolist(), "visible": visible(box)})
        noise = grain.normal(0, 3, frame.shape)
        yield np.clip(frame + noise, 0, 255).astype(np.uint8), there


def make_face_video(people: Path, video: Path, codec: Codec = "VP9") -> None:
    """Write the video, and the truth beside it as JSON."""
    analyzer = FaceAnalyzer(open_registry(read_settings()))
    wanted = {(plan.person, plan.photo) for plan in PLAN}
    portraits = {
        (person, photo): read_portrait(analyzer, people / f"face_{person}_{photo}.jpg")
        for person, photo in sorted(wanted)
    }
    truth: list[list[dict[str, object]]] = []
    info = VideoInfo(
        "vp9", "mov", WIDTH, HEIGHT, Fraction(RATE), 0, None, None, 0, "yuv420p", audio=()
    )
    with VideoWriter(video, info, codec=codec) as writer:
        for number, (pixels, there) in enumerate(film(portraits)):
            truth.append(there)
            writer.add(pixels, number * 1000 // RATE)
    video.with_suffix(".json").write_text(json.dumps({"rate": RATE, "frames": truth}))


def main() -> None:
    """Make the video."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("people", type=Path)
    parser.add_argument("video", type=Path)
    parser.add_argument("--codec", choices=("VP9", "AV1", "H.264"), default="VP9")
    options = parser.parse_args()
    make_face_video(options.people, options.video, options.codec)


if __name__ == "__main__":
    main()
