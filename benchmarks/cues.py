"""A made film with every technical cue, and what is told of it.

    .venv/bin/python benchmarks/cues.py ../shared/data/videos

Bars, a slate, a logo between black, cards of credits, a film with a silent and a sounding stretch
of black in it, rolling credits; then the films of the folder, which have no cue at all.
"""

import argparse
import tempfile
import time
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from pathlib import Path

import av
import cv2
import msgspec
import numpy as np
from numpy.typing import NDArray
from PIL import Image, ImageDraw, ImageFont

from vidimus.analyses.segments import Segment, SegmentDetection, SegmentWish
from vidimus.analyses.watch import Watch
from vidimus.engine.engine import Engine, open_engine
from vidimus.video.audio import Soundtrack
from vidimus.video.frames import open_video

Pixels = NDArray[np.uint8]
WIDTH, HEIGHT, RATE, SAMPLES = 640, 360, 25, 16_000

SLATE = ["SERIES: NORTH WIND", "EPISODE: 12", "DATE: 2026-03-01", "AUDIO: STEREO", "ASPECT: 16:9"]
CARDS = [
    ["A FILM BY", "JANE MILLER"],
    ["STARRING", "PETER BROWN", "ANNA WHITE"],
    ["MUSIC BY", "JOHN GREEN"],
]
CREW = ["Producer   Jane Doe", "Editor   Max Power", "Camera   Ann Lee", "Music   Ida Wells"] * 5


@dataclass(frozen=True)
class Part:
    """What a stretch of the film is, its frames, and how loud it is (0..1)."""

    cue: str
    frames: list[Pixels]
    level: float = 0.0


def parts(scenes: list[Pixels]) -> Iterator[Part]:
    """Give the film's parts, in their order; black with sound is content."""
    black = [np.zeros((HEIGHT, WIDTH, 3), np.uint8)]
    yield Part("ColorBars", [bars()] * 100)
    yield Part("Slate", [card(SLATE)] * 100)
    yield Part("BlackFrames", black * 25)
    yield Part("StudioLogo", [logo()] * 100, 0.1)
    yield Part("BlackFrames", black * 25)
    yield Part("OpeningCredits", [card(lines) for lines in CARDS for _ in range(70)], 0.1)
    yield Part("Content", scenes[:500], 0.1)
    yield Part("BlackFrames", black * 25)
    yield Part("Content", scenes[500:750] + black * 50 + scenes[750:1000], 0.1)
    yield Part("EndCredits", [card(CREW, HEIGHT - 2.2 * step) for step in range(300)], 0.1)
    yield Part("BlackFrames", black * 25)


def card(lines: list[str], top: float | None = None) -> Pixels:
    image = Image.new("RGB", (WIDTH, HEIGHT), (8, 8, 8))
    draw, font = ImageDraw.Draw(image), ImageFont.load_default(22)
    first = (HEIGHT - 33 * len(lines)) / 2 if top is None else top
    for row, line in enumerate(lines):
        draw.text((WIDTH / 2, first + 33 * row), line, fill=(235,) * 3, font=font, anchor="ma")
    return np.asarray(image)


def bars() -> Pixels:
    colours = [(1, 1, 1), (1, 1, 0), (0, 1, 1), (0, 1, 0), (1, 0, 1), (1, 0, 0), (0, 0, 1)]
    frame = np.full((HEIGHT, WIDTH, 3), 16, np.uint8)
    for index, colour in enumerate(colours):
        columns = slice(index * WIDTH // 7, (index + 1) * WIDTH // 7)
        frame[:240, columns] = np.array(colour) * 191
        frame[240:270, columns] = np.array(colours[6 - index]) * 191 * (index % 2 == 0)
    return frame


def logo() -> Pixels:
    frame = np.zeros((HEIGHT, WIDTH, 3), np.uint8)
    cv2.circle(frame, (320, 150), 70, (200, 160, 30), -1)
    cv2.rectangle(frame, (290, 110), (350, 190), (20, 20, 120), -1)
    cv2.putText(frame, "ACME", (270, 270), 0, 1.2, (230, 230, 230), 2)
    return frame


def write(path: Path, film: Iterable[Part]) -> list[tuple[str, int, int]]:
    """Write a film with its sound and return what its stretches are, by frames."""
    truth, number, sound = [], 0, []
    with av.open(path, "w") as container:
        video = container.add_stream("libx264", rate=RATE, options={"preset": "veryfast"})
        video.width, video.height, video.pix_fmt = WIDTH, HEIGHT, "yuv420p"
        audio = container.add_stream("aac", rate=SAMPLES, layout="mono")
        for part in film:
            for frame in part.frames:
                container.mux(video.encode(av.VideoFrame.from_ndarray(frame, format="rgb24")))
            truth.append((part.cue, number, number + len(part.frames) - 1))
            number += len(part.frames)
            tone = np.sin(np.arange(len(part.frames) * SAMPLES // RATE) * 0.3)
            sound.append(part.level * tone)
        container.mux(video.encode(None))
        whole = np.concatenate(sound).astype(np.float32)
        for start in range(0, len(whole), 1024):
            piece = av.AudioFrame.from_ndarray(whole[None, start : start + 1024], "fltp", "mono")
            piece.sample_rate, piece.pts = SAMPLES, start
            container.mux(audio.encode(piece))
        container.mux(audio.encode(None))
    return truth


def cues_of(engine: Engine, path: Path) -> list[Segment]:
    with open_video(path) as video:
        wish = SegmentWish(kinds=("TECHNICAL_CUE",))
        detection = SegmentDetection(wish, video.info, Soundtrack(lambda: path))
        with Watch({"cues": detection}, engine.open_sheet) as watch:
            for _ in watch.see(video.frames()):
                pass
            findings = watch.finish(video.info.duration_ms)["cues"].findings
    return [msgspec.json.decode(finding.value, type=Segment) for finding in findings]


def tell(engine: Engine, path: Path, truth: list[tuple[str, int, int]] | None) -> None:
    start = time.perf_counter()
    told = cues_of(engine, path)
    seconds = told[-1].end_ms / 1000 / (time.perf_counter() - start)
    print(f"\n{path.name}, {seconds:.0f} times real time\n")
    print("| cue | frames | told as | frames | confidence |\n|---|---|---|---|---:|")
    for cue in told:
        middle = (cue.start_frame + cue.end_frame) // 2
        true = next((f"{n} | {a}..{b}" for n, a, b in truth or [] if a <= middle <= b), "|")
        print(f"| {true} | {cue.cue} | {cue.start_frame}..{cue.end_frame} | {cue.confidence:.0f} |")


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("videos", type=Path)
    folder = parser.parse_args().videos
    with av.open(folder / "one-by-one-person-detection.mp4") as container:
        frames = (each.reformat(WIDTH, HEIGHT) for each in container.decode(video=0))
        scenes = [f.to_ndarray(format="rgb24") for f, _ in zip(frames, range(1000), strict=False)]
    with open_engine() as engine, tempfile.TemporaryDirectory() as place:
        film = Path(place) / "made.mp4"
        truth = write(film, parts(scenes))
        tell(engine, film, truth)
        for path in sorted(folder.glob("*.mp4")):
            tell(engine, path, None)


if __name__ == "__main__":
    main()
