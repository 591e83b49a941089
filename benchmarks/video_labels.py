"""Labels of videos: how fast, and how much the timeline differs from the one of every frame.

    .venv/bin/python benchmarks/video_labels.py --shared ../shared [--rounds 5] [--clips NAME ...]

With `--rounds 0` nothing is timed: what agrees does not depend on the machine's other work.

A timeline is the segments that GetLabelDetection answers with where AggregateBy is SEGMENTS. The
one of every frame is made by the same code from looks at all frames. Agreement is, for each label,
the time that both have over the time that either has.
"""

import argparse
import statistics
import time
from collections import defaultdict
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from pathlib import Path

import msgspec
import numpy as np
from numpy.typing import NDArray

from live_server import machine
from own_home import engine_on_own_home
from vidimus.analyses.analysis import SEGMENTS, Finding
from vidimus.analyses.label_looks import Pace
from vidimus.analyses.labels import DEFAULT_CHOICE, LabelDetection, LabelSegment, LabelWish
from vidimus.analyses.watch import Watch
from vidimus.engine.engine import Engine
from vidimus.video.frames import Frame, frame_of, open_video
from vidimus.vision.labels import detect_labels
from vidimus.vision.picture_sheet import PictureSheet

CLIPS = ("car-detection", "bottle-detection", "one-by-one-person-detection")
EVERY_FRAME = Pace(every_ms=0)
SHIFTS_MS = (0, 80, 160, 240, 320)
Times = list[tuple[int, int]]
_SPEED_HEAD = """
| clip | s | times real time, best | median | looks | s | decoding alone, s | a look alone, ms |
|---|---|---|---|---|---|---|---|"""


@dataclass
class Timeline:
    """Segments by label, the end of the clip, and how long it took to make them."""

    segments: dict[str, Times]
    end_ms: int
    seconds: float


@dataclass
class Memory:
    """What the networks said of each picture of a clip, asked once; counts who asks."""

    engine: Engine
    known: dict[bytes, dict[str, object]] = field(default_factory=dict)
    sheets: list[PictureSheet] = field(default_factory=list)

    def sheet(self, pixels: NDArray[np.uint8]) -> PictureSheet:
        """Return a sheet on which the networks have spoken."""
        key = pixels[::4, ::4].tobytes()
        if key not in self.known:
            asked = self.engine.open_sheet(pixels)
            detect_labels(asked, DEFAULT_CHOICE)
            names = ("objects", "classes", "faces_at_a_glance")
            self.known[key] = {
                name: asked.__dict__[name] for name in names if name in asked.__dict__
            }
        sheet = self.engine.open_sheet(pixels)
        sheet.__dict__.update(self.known[key])
        return sheet


def frames_of(path: Path, shift_ms: int) -> Iterator[Frame]:
    """Give the frames of a clip, shown later by `shift_ms`: looks fall on other frames."""
    with open_video(path) as video:
        for frame in video.frames():
            later = frame.timestamp_ms + shift_ms
            yield frame_of(frame.number, later, frame.pixels) if shift_ms else frame


def timeline(
    path: Path,
    open_sheet: Callable[[NDArray[np.uint8]], PictureSheet],
    pace: Pace | None = None,
    shift_ms: int = 0,
) -> Timeline:
    """Watch a clip for labels."""
    found: list[Finding] = []
    last = 0

    def shown() -> Iterator[Frame]:
        nonlocal last
        for frame in frames_of(path, shift_ms):
            last = frame.timestamp_ms
            yield frame

    with open_video(path) as video:
        length = video.end_after(0)
    began = time.perf_counter()
    with Watch({"labels": LabelDetection(LabelWish(), pace)}, open_sheet) as watch:
        found += [finding for _, finding in watch.see(shown())]
        found += watch.finish(last + length)["labels"].findings
    return Timeline(segments_of(found), last + length, time.perf_counter() - began)


def segments_of(found: list[Finding]) -> dict[str, Times]:
    segments = defaultdict(list)
    for each in found:
        if each.series == SEGMENTS:
            value = msgspec.json.decode(each.value, type=LabelSegment)
            segments[value.label.name].append((value.start_ms, value.end_ms))
    return segments


def shared_time(one: Times, other: Times, end_ms: int) -> float:
    """Return the time that both have over the time that either has."""
    masks = np.zeros((2, end_ms + 1), bool)
    for mask, times in zip(masks, (one, other), strict=True):
        for start, end in times:
            mask[start:end] = True
    either = masks.any(axis=0).sum()
    return float(masks.all(axis=0).sum() / either) if either else 1.0


def seconds_of(times: Times) -> float:
    return sum(end - start for start, end in times) / 1000


def print_agreement(name: str, path: Path, memory: Memory) -> None:
    """Print, for each label of either timeline, how well they agree at all shifts."""
    pairs = [
        (
            timeline(path, memory.sheet, None, shift),
            timeline(path, memory.sheet, EVERY_FRAME, shift),
        )
        for shift in SHIFTS_MS
    ]
    (looked, full), labels = pairs[0], set()
    for each in pairs:
        labels |= set(each[0].segments) | set(each[1].segments)
    print(f"\n| {name} | of every frame, s | segments | agreement | least of {len(pairs)} shifts |")
    print("|---|---|---|---|---|")
    for label in sorted(labels, key=lambda each: -seconds_of(full.segments[each])):
        agreements = [
            shared_time(each.segments[label], whole.segments[label], whole.end_ms)
            for each, whole in pairs
        ]
        print(
            f"| {label} | {seconds_of(full.segments[label]):.1f} | {len(looked.segments[label])} "
            f"of {len(full.segments[label])} | {agreements[0]:.2f} | {min(agreements):.2f} |"
        )


def print_steadiness(name: str, path: Path, memory: Memory) -> None:
    """Print how often labels come and go in bare frames, and in the timeline."""
    names: list[set[str]] = []
    for frame in frames_of(path, 0):
        found = detect_labels(memory.sheet(frame.pixels), DEFAULT_CHOICE)
        names.append({label.name for label in found})
    runs = sum(len(now - before) for before, now in zip([set(), *names], names, strict=False))
    told = timeline(path, memory.sheet).segments
    told = {label: times for label, times in told.items() if times}
    print(
        f"| {name} | {len(set().union(*names))} | {runs} | {len(told)} "
        f"| {sum(len(times) for times in told.values())} |"
    )


class Counted(PictureSheet):
    """A sheet that counts how often the networks were asked."""

    asked = 0

    @property
    def objects(self):  # type: ignore[no-untyped-def]
        """What the detector finds, once."""
        if "found" not in self.__dict__:
            Counted.asked += 1
            detector = self.nets.object_detector
            self.__dict__["found"] = detector and detector.detect_objects(self.pyramid)
        return self.__dict__["found"]


def print_speed(name: str, path: Path, engine: Engine, rounds: int) -> None:
    """Print how fast labels are told, beside decoding alone and the networks alone."""
    watched, decoded, bare = [], [], []
    for _ in range(rounds):
        Counted.asked = 0
        told = timeline(path, lambda pixels: Counted(engine.nets, engine.faces, pixels))
        watched.append(told.seconds)
        began = time.perf_counter()
        pictures = [frame.pixels for frame in frames_of(path, 0) if not frame.number % 40]
        decoded.append(time.perf_counter() - began)
        began = time.perf_counter()
        for pixels in pictures:
            detect_labels(engine.open_sheet(pixels), DEFAULT_CHOICE)
        bare.append(1000 * (time.perf_counter() - began) / len(pictures))
    length = told.end_ms / 1000
    print(
        f"| {name} | {length:.0f} | {length / min(watched):.1f} | "
        f"{length / statistics.median(watched):.1f} | {Counted.asked} | {min(watched):.2f} | "
        f"{min(decoded):.2f} | {min(bare):.1f} |"
    )


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--shared", type=Path, required=True)
    parser.add_argument("--rounds", type=int, default=5)
    parser.add_argument("--clips", nargs="+", default=CLIPS)
    arguments = parser.parse_args()
    paths = {each: arguments.shared / "data" / "videos" / f"{each}.mp4" for each in arguments.clips}
    print(machine())
    with engine_on_own_home() as engine:
        engine.nets.open_all()
        if arguments.rounds:
            print(_SPEED_HEAD)
        for name, path in paths.items() if arguments.rounds else ():
            print_speed(name, path, engine, arguments.rounds)
        memories = {name: Memory(engine) for name in paths}
        for name, path in paths.items():
            print_agreement(name, path, memories[name])
        print(
            "\n| clip | labels in any frame | times that one appears | labels told | segments |"
            "\n|---|---|---|---|---|"
        )
        for name, path in paths.items():
            print_steadiness(name, path, memories[name])


if __name__ == "__main__":
    main()
