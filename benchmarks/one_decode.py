"""One watch of labels, faces, text and segments, against four watches of one each.

    .venv/bin/python benchmarks/one_decode.py --shared ../shared [--rounds 3] [--clips NAME ...]

The clips of the shared folder are small. The last rows are ten seconds of one of them as telephones
record: enlarged, with the grain of a sensor, in 1080p by H.264 at 17 Mbit/s and in 2160p by HEVC at
23 Mbit/s. Wall time, and the processor time of the process, which other work on the machine
disturbs less. `share` is the time of one watch over the sum of the four.
"""

import argparse
import statistics
import time
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path

import av
import cv2
import numpy as np

from live_server import machine
from own_home import engine_on_own_home
from vidimus.analyses.analysis import Analysis
from vidimus.analyses.faces import FaceWish
from vidimus.analyses.labels import LabelWish
from vidimus.analyses.segments import SegmentWish
from vidimus.analyses.text import TextWish
from vidimus.analyses.watch import Watch
from vidimus.engine.analyses import RECIPES, Footage
from vidimus.engine.engine import Engine
from vidimus.engine.job_kinds import JobKind
from vidimus.video.frames import open_video
from vidimus.video.video_info import VideoInfo

CLIPS = ("car-detection", "bottle-detection")
WISHES = {
    JobKind.LABEL_DETECTION: LabelWish(),
    JobKind.FACE_DETECTION: FaceWish(all_attributes=False),
    JobKind.TEXT_DETECTION: TextWish(),
    JobKind.SEGMENT_DETECTION: SegmentWish(),
}
RECORDED_SECONDS = 10
GRAIN = 3.0
"""Standard deviation of the grain, of 255 levels, as of a small sensor indoors."""


@dataclass(frozen=True)
class Recording:
    """A way that telephones record in."""

    name: str
    width: int
    height: int
    encoder: str
    megabits: int
    options: Mapping[str, str]


RECORDINGS = (
    Recording("1080p, H.264", 1920, 1080, "libx264", 17, {"preset": "veryfast"}),
    Recording(
        "2160p, HEVC",
        3840,
        2160,
        "libx265",
        23,
        {"preset": "ultrafast", "x265-params": "log-level=error"},
    ),
)


@dataclass(frozen=True)
class Cost:
    """Seconds by the clock and of the processor."""

    wall: float
    processor: float

    def __add__(self, other: "Cost") -> "Cost":
        return Cost(self.wall + other.wall, self.processor + other.processor)


def analyses(
    engine: Engine, path: Path, info: VideoInfo, kinds: Sequence[JobKind]
) -> dict[str, Analysis]:
    footage = Footage(info, lambda: path.open("rb"))
    return {kind.value: RECIPES[kind].make(engine, WISHES[kind], footage) for kind in kinds}


def watch(engine: Engine, path: Path, kinds: Sequence[JobKind]) -> Cost:
    """Watch a clip for some kinds at once."""
    wall, processor = time.perf_counter(), time.process_time()
    with (
        open_video(path) as video,
        Watch(analyses(engine, path, video.info, kinds), engine.open_sheet) as watching,
    ):
        for _ in watching.see(video.frames()):
            pass
        watching.finish(video.info.duration_ms)
        assert not watching.failures, watching.failures
    return Cost(time.perf_counter() - wall, time.process_time() - processor)


def decode(path: Path) -> Cost:
    """Decode a clip and do nothing."""
    wall, processor = time.perf_counter(), time.process_time()
    with open_video(path) as video:
        for _ in video.frames():
            pass
    return Cost(time.perf_counter() - wall, time.process_time() - processor)


def recorded(path: Path, recording: Recording, target: Path) -> None:
    """Write the beginning of a clip as a telephone would have recorded it, 30 frames a second."""
    chance = np.random.default_rng(4)
    sides = recording.height, recording.width
    grain = chance.normal(0, GRAIN, (2 * sides[0], 2 * sides[1], 1)).astype(np.int16)
    with open_video(path) as video, av.open(str(target), "w") as container:
        stream = container.add_stream(recording.encoder, rate=30, options=dict(recording.options))
        stream.width, stream.height, stream.pix_fmt = sides[1], sides[0], "yuv420p"
        stream.bit_rate = recording.megabits * 1_000_000
        for frame in video.frames():
            if frame.timestamp_ms >= 1000 * RECORDED_SECONDS:
                break
            large = cv2.resize(frame.pixels, sides[::-1], interpolation=cv2.INTER_CUBIC)
            top, left = (int(chance.integers(side)) for side in sides)
            grained = large + grain[top : top + sides[0], left : left + sides[1]]
            picture = grained.clip(0, 255).astype(np.uint8)
            container.mux(stream.encode(av.VideoFrame.from_ndarray(picture, format="rgb24")))
        container.mux(stream.encode(None))


def print_clip(engine: Engine, name: str, path: Path, rounds: int) -> None:
    """Print what each analysis costs alone, and what all cost together."""
    watch(engine, path, [JobKind.LABEL_DETECTION])
    shares, costs = [], {}
    for _ in range(rounds):
        costs = {kind.value: watch(engine, path, [kind]) for kind in WISHES}
        costs["four one after the other"] = sum(costs.values(), Cost(0, 0))
        costs["one watch of all four"] = watch(engine, path, list(WISHES))
        costs["decoding alone"] = decode(path)
        one, four = costs["one watch of all four"], costs["four one after the other"]
        shares.append((one.wall / four.wall, one.processor / four.processor))
    with open_video(path) as video:
        info = video.info
    print(
        f"\n| {name}, {info.width}x{info.height}, {info.duration_ms / 1000:.0f} s "
        "| s | processor s |"
    )
    print("|---|---|---|")
    for what, cost in costs.items():
        print(f"| {what} | {cost.wall:.2f} | {cost.processor:.2f} |")
    wall, processor = (statistics.median(each) for each in zip(*shares, strict=True))
    print(f"| share, median of {rounds} | {wall:.2f} | {processor:.2f} |")


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--shared", type=Path, required=True)
    parser.add_argument("--rounds", type=int, default=3)
    parser.add_argument("--clips", nargs="*", default=CLIPS)
    arguments = parser.parse_args()
    videos = arguments.shared / "data" / "videos"
    print(machine())
    with engine_on_own_home() as engine:
        engine.warm_up()
        for name in arguments.clips:
            print_clip(engine, name, videos / f"{name}.mp4", arguments.rounds)
        for recording in RECORDINGS:
            path = engine.settings.home / "recorded.mp4"
            recorded(videos / "bottle-detection.mp4", recording, path)
            print_clip(engine, recording.name, path, arguments.rounds)
            print(f"{8e-6 * path.stat().st_size / RECORDED_SECONDS:.0f} Mbit/s")


if __name__ == "__main__":
    main()
