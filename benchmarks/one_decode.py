"""One watch of labels, faces, text and segments, against four watches of one each.

    .venv/bin/python benchmarks/one_decode.py --shared ../shared [--rounds 3] [--clips NAME ...]

The clips of the shared folder are small; the last rows are one of them enlarged to 1080p by H.264,
as most cameras record. Wall time, and the processor time of the process, which other work on the
machine disturbs less. `share` is what the decoder, the conversions and the looks that are shared
save: the time of one watch over the sum of the four.
"""

import argparse
import statistics
import tempfile
import time
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from fractions import Fraction
from pathlib import Path

import cv2
import numpy as np
from numpy.typing import NDArray

from live_server import machine
from vidimus import open_engine, read_settings
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
from vidimus.video.writer import VideoWriter
from vidimus.vision.picture_sheet import PictureSheet

CLIPS = ("car-detection", "bottle-detection")
WISHES = {
    JobKind.LABEL_DETECTION: LabelWish(),
    JobKind.FACE_DETECTION: FaceWish(all_attributes=False),
    JobKind.TEXT_DETECTION: TextWish(),
    JobKind.SEGMENT_DETECTION: SegmentWish(),
}
ENLARGED_SECONDS = 8


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

    def open_sheet(pixels: NDArray[np.uint8]) -> PictureSheet:
        return PictureSheet(engine.nets, engine.faces, pixels)

    wall, processor = time.perf_counter(), time.process_time()
    with (
        open_video(path) as video,
        Watch(analyses(engine, path, video.info, kinds), open_sheet) as watching,
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


def enlarged(path: Path, folder: Path) -> Path:
    """Write the beginning of a clip in 1080p."""
    larger = folder / "enlarged.mp4"
    with open_video(path) as video:
        info = VideoInfo(
            "h264", "mov", 1920, 1080, Fraction(30), 0, None, "LIMITED", 0, "yuv420p", ()
        )
        with VideoWriter(larger, info, codec="H.264") as writer:
            for pixels, timestamp_ms in _beginning(video.frames()):
                writer.add(pixels, timestamp_ms)
    return larger


def _beginning(frames: Iterator) -> Iterator[tuple[NDArray[np.uint8], int]]:  # type: ignore[type-arg]
    for frame in frames:
        if frame.timestamp_ms >= 1000 * ENLARGED_SECONDS:
            return
        yield (
            cv2.resize(frame.pixels, (1920, 1080), interpolation=cv2.INTER_CUBIC),
            (frame.timestamp_ms),
        )


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
    with tempfile.TemporaryDirectory() as home:
        settings = read_settings().model_copy(
            update={"home": Path(home), "models": str(read_settings().models_path)}
        )
        with open_engine(settings) as engine:
            engine.warm_up()
            for name in arguments.clips:
                print_clip(engine, name, videos / f"{name}.mp4", arguments.rounds)
            larger = enlarged(videos / "bottle-detection.mp4", Path(home))
            print_clip(engine, "bottle-detection enlarged", larger, arguments.rounds)


if __name__ == "__main__":
    main()
