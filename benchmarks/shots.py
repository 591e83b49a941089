"""Shots of made films against the truth, beside PySceneDetect's own detectors as they come.

    .venv/bin/python benchmarks/shots.py ../shared/data

A cut counts as told only at its very frame. PySceneDetect runs on the same file with its defaults
(its detectors ask for 15 frames between cuts).
"""

import argparse
import tempfile
import time
from collections.abc import Callable, Iterable
from pathlib import Path

from scenedetect import AdaptiveDetector, ContentDetector, detect

from cut_film import (
    CUT,
    DISSOLVE,
    FADE_BLACK,
    FADE_WHITE,
    RATE,
    Footage,
    Truth,
    make_film,
)
from vidimus.analyses.analysis import Moment, View
from vidimus.analyses.segments import SegmentDetection, SegmentWish
from vidimus.video.frame_time import FrameTime
from vidimus.video.frames import open_video
from vidimus.video.shots import Shot, ShotFinder

FILMS = {
    "100 cuts, 30 fades (seed 1)": ([CUT] * 100 + [FADE_BLACK] * 30, 1),
    "100 cuts, 30 fades (seed 2)": ([CUT] * 100 + [FADE_BLACK] * 30, 2),
    "40 cuts, 10 fades through white, 20 dissolves": (
        [CUT] * 40 + [FADE_WHITE] * 10 + [DISSOLVE] * 20,
        3,
    ),
}
_NEAR = 3


def shots_of(path: Path) -> list[Shot]:
    with open_video(path) as video:
        finder, shots = ShotFinder(video.info.frame_rate), []
        for frame in video.frames():
            shots += finder.take(FrameTime(frame.number, frame.timestamp_ms), frame.luma(96))
        return shots + finder.finish()


def cuts_of(shots: Iterable[Shot]) -> set[int]:
    """Return the shots' first frames that directly follow another shot's last."""
    told = list(shots)
    ends = {shot.last.number for shot in told}
    return {shot.first.number for shot in told if shot.first.number - 1 in ends}


def score(truth: set[int], told: set[int]) -> str:
    hits = len(truth & told)
    precision, recall = hits / max(1, len(told)), hits / max(1, len(truth))
    f1 = 2 * hits / max(1, len(truth) + len(told))
    return f"{f1:.3f} | {precision:.3f} | {recall:.3f}"


def fades_found(truth: Truth, shots: list[Shot]) -> tuple[int, int]:
    """Count fades between which and the shots beside them both ends are off by 3 frames at most."""
    ends = [shot.last.number for shot in shots]
    begins = [shot.first.number for shot in shots]
    found = fades = 0
    for joint, (_, last), (first, _) in zip(
        truth.joints, truth.shots, truth.shots[1:], strict=False
    ):
        if joint in {FADE_BLACK, FADE_WHITE}:
            fades += 1
            near_end = any(abs(end - last) <= _NEAR for end in ends)
            found += near_end and any(abs(begin - first) <= _NEAR for begin in begins)
    return found, fades


def confidences(truth: Truth, shots: list[Shot]) -> str:
    """Return how many of the shots of each range of confidence have both ends right."""
    rows = []
    for low, high in ((50, 60), (60, 75), (75, 90), (90, 101)):
        some = [shot for shot in shots if low <= shot.confidence < high]
        right = sum(_is_true(shot, truth) for shot in some)
        rows.append(f"{low}..{min(high, 100)}: {right} of {len(some)}")
    return ", ".join(rows)


def _is_true(shot: Shot, truth: Truth) -> bool:
    first, last = shot.first.number, shot.last.number
    return any(abs(first - a) <= _NEAR and abs(last - b) <= _NEAR for a, b in truth.shots)


def timed(name: str, frames: int, work: Callable[[], object]) -> None:
    start = time.perf_counter()
    work()
    seconds = time.perf_counter() - start
    print(f"| {name} | {frames / seconds:.0f} | {frames / RATE / seconds:.0f}x |")


def decode(path: Path) -> None:
    with open_video(path) as video:
        for _ in video.frames():
            pass


def segment(path: Path) -> None:
    """Look for shots and cues, one frame after the other; no text is read."""
    with open_video(path) as video:
        detection = SegmentDetection(SegmentWish(), video.info)
        for frame in video.frames():
            seen = detection.look(View(frame, lambda pixels: _NO_TEXT))  # type: ignore[arg-type,return-value]
            list(detection.take(Moment(frame.number, frame.timestamp_ms), seen))


class _NoText:
    text = ()


_NO_TEXT = _NoText()


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("data", type=Path)
    footage = Footage(parser.parse_args().data)
    print("| film | found by | F1 | precision | recall |\n|---|---|---:|---:|---:|")
    with tempfile.TemporaryDirectory() as folder:
        for number, (name, (joints, seed)) in enumerate(FILMS.items()):
            path = Path(folder) / f"{number}.mp4"
            truth = make_film(path, footage, joints, seed)
            shots, wanted = shots_of(path), set(truth.cuts)
            print(f"| {name} | vidimus | {score(wanted, cuts_of(shots))} |")
            for detector in (AdaptiveDetector(), ContentDetector()):
                scenes = detect(str(path), detector)
                told = {scene.frame_num for scene, _ in scenes[1:]}
                print(f"| | {type(detector).__name__} | {score(wanted, told)} |")
            found, fades = fades_found(truth, shots)
            print(f"\nfades within 3 frames: {found} of {fades}; flashes: {truth.flashes}")
            print(f"shots right by confidence: {confidences(truth, shots)}\n")
        print("| | frames a second | times real time |\n|---|---:|---:|")
        timed("decode alone", truth.frames, lambda: decode(path))
        timed("decode and segments, one thread", truth.frames, lambda: segment(path))


if __name__ == "__main__":
    main()
