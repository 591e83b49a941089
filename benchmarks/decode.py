"""How fast frames come: bare PyAV, `Video.frames`, and the pipeline with an analysis that idles.

    .venv/bin/python benchmarks/decode.py ../shared/data/videos/car-detection.mp4 ...

Each way reads each whole clip by turns, `--rounds` times. The rate is the best round's; speeds are
over bare PyAV's in the same round (medians), by the clock and by the processor's time, of which
the latter holds on a machine that is not idle. `--hour` instead makes an hour
of 1080p and prints what memory the pipeline takes as it goes. Prints Markdown.
"""

import argparse
import statistics
import tempfile
import time
from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass
from pathlib import Path

import av
import numpy as np

from live_server import machine
from vidimus.analyses.analysis import Conclusion, Finding, Moment, Sampling, View
from vidimus.analyses.watch import Watch
from vidimus.video.frames import open_video

_NEVER_MS = 10**9

Way = Callable[[Path, bool], int]


@dataclass(frozen=True, slots=True)
class Idle:
    """An analysis that needs frames, has them converted or not, and finds nothing."""

    sampling: Sampling
    converts: bool

    def look(self, view: View) -> None:
        if self.converts:
            _ = view.frame.pixels

    def take(self, moment: Moment, seen: object) -> Iterable[Finding]:
        return ()

    def finish(self, end_ms: int) -> Conclusion:
        return Conclusion()

    def snapshot(self) -> bytes:
        return b""

    def restore(self, state: bytes) -> None:
        pass


def bare(path: Path, converts: bool) -> int:
    """Decode as a user of PyAV alone would, with threads of its own choice."""
    count = 0
    with av.open(str(path)) as container:
        stream = container.streams.video[0]
        stream.thread_type = "AUTO"
        for picture in container.decode(stream):
            count += 1
            if converts:
                picture.to_ndarray(format="rgb24")
    return count


def frames(path: Path, converts: bool) -> int:
    count = 0
    with open_video(path) as video:
        for frame in video.frames():
            count += 1
            if converts:
                _ = frame.pixels
    return count


def pipeline(path: Path, converts: bool) -> int:
    """Read through the watch, as a job does; an analysis needs all frames, or but the first."""
    idle = Idle(Sampling(0 if converts else _NEVER_MS), converts)
    count = 0

    def counted() -> Iterator:
        nonlocal count
        for frame in video.frames():
            count += 1
            yield frame

    with open_video(path) as video, Watch({"idle": idle}, no_sheet) as watch:
        for _ in watch.see(counted()):
            pass
    return count


def no_sheet(pixels: object) -> None:
    raise AssertionError("nobody asked for networks")


WAYS: dict[str, Way] = {"bare PyAV": bare, "`Video.frames`": frames, "pipeline": pipeline}


@dataclass(frozen=True, slots=True)
class Taken:
    """Milliseconds a frame, by the clock and of the processor (all threads)."""

    clock: float
    processor: float


def timed(way: Way, path: Path, converts: bool) -> Taken:
    clock, processor = time.perf_counter(), time.process_time()
    count = way(path, converts)
    clock, processor = time.perf_counter() - clock, time.process_time() - processor
    return Taken(clock * 1000 / count, processor * 1000 / count)


def compare(path: Path, rounds: int, converts: bool) -> None:
    rows: dict[str, list[Taken]] = {name: [] for name in WAYS}
    for _ in range(rounds):
        for name, way in WAYS.items():
            rows[name].append(timed(way, path, converts))
    with open_video(path) as video:
        playing = float(video.info.frame_rate)
    what = "RGB of every frame" if converts else "decoding alone"
    for name, found in rows.items():
        best = 1000 / min(each.clock for each in found)
        pairs = list(zip(found, rows["bare PyAV"], strict=True))
        clock = statistics.median(theirs.clock / ours.clock for ours, theirs in pairs)
        processor = statistics.median(theirs.processor / ours.processor for ours, theirs in pairs)
        print(
            f"| {path.stem} | {what} | {name} | {best:,.0f} | {best / playing:.0f}x "
            f"| {clock:.2f} | {processor:.2f} |"
        )


def make_hour(folder: Path, minutes: int) -> Path:
    """Ten seconds of moving 1080p, encoded once and copied again and again."""
    short = folder / "short.mp4"
    y, x = np.mgrid[:1080, :1920]
    with av.open(str(short), "w") as container:
        stream = container.add_stream("libx264", rate=25, options={"preset": "ultrafast"})
        stream.width, stream.height, stream.pix_fmt = 1920, 1080, "yuv420p"
        for number in range(250):
            drawn = np.stack([(x + number * 4) // 8, (y + number * 2) // 8, (x + y) // 8], -1)
            picture = av.VideoFrame.from_ndarray((drawn % 256).astype(np.uint8), format="rgb24")
            container.mux(stream.encode(picture))
        container.mux(stream.encode(None))
    return repeat(short, folder / "hour.mp4", minutes * 6)


def repeat(short: Path, long: Path, times: int) -> Path:
    with av.open(str(long), "w") as container:
        copy = None
        for number in range(times):
            with av.open(str(short)) as source:
                stream = source.streams.video[0]
                copy = copy or container.add_stream_from_template(stream)
                for packet in source.demux(stream):
                    if packet.dts is not None:
                        packet.dts += number * stream.duration
                        packet.pts += number * stream.duration
                        packet.stream = copy
                        container.mux(packet)
    return long


def resident_mib() -> int:
    status = Path("/proc/self/status").read_text()
    return int(status.split("VmRSS:")[1].split()[0]) // 1024


def watch_memory(path: Path) -> None:
    """Print the memory taken at each ten minutes of a video, every 200 ms of it converted."""
    print("| minute of the video | memory of the process, MiB |\n|---:|---:|")
    idle = Idle(Sampling(200), converts=True)

    def watched() -> Iterator:
        for frame in video.frames():
            if frame.timestamp_ms % 600_000 == 0:
                print(f"| {frame.timestamp_ms // 60_000} | {resident_mib()} |", flush=True)
            yield frame

    began = time.perf_counter()
    with open_video(path) as video, Watch({"idle": idle}, no_sheet) as watch:
        for _ in watch.see(watched()):
            pass
        lasted = video.info.duration_ms / 1000
    print(f"| end | {resident_mib()} |\n")
    print(f"{lasted / (time.perf_counter() - began):.0f} times real time.")


def main() -> None:
    options = argparse.ArgumentParser(description=__doc__)
    options.add_argument("clips", nargs="*", type=Path)
    options.add_argument("--rounds", type=int, default=9)
    options.add_argument("--hour", action="store_true")
    options.add_argument("--minutes", type=int, default=60)
    chosen = options.parse_args()
    print(machine(), "\n")
    if chosen.hour:
        with tempfile.TemporaryDirectory() as folder:
            watch_memory(make_hour(Path(folder), chosen.minutes))
        return
    print("| clip | what | way | frames/s | of real time | speed | speed by processor time |")
    print("|---|---|---|---:|---:|---:|---:|")
    for clip in chosen.clips:
        for converts in (False, True):
            compare(clip, chosen.rounds, converts)


if __name__ == "__main__":
    main()
