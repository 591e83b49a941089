"""Tracking against the truth, beside `trackers` 2.6.1 on the same detections.

    .venv/bin/python benchmarks/tracking.py [--trackers-python PATH] [--seeds 10] [--golden FILE]

Made scenes (made_walks.py) at 25 and at 5 looks a second; HOTA and IDF1. The other tracker runs in
an environment of its own: python -m venv DIR; DIR/bin/pip install trackers==2.6.1. `--golden`
writes two scenes with its ids, which tests/video compares with ours, and ends.
"""

import argparse
import json
import subprocess
import time
from collections.abc import Mapping, Sequence
from dataclasses import replace
from pathlib import Path

import numpy as np

from made_walks import SCENES, MadeFrame, frames_of
from vidimus.analyses.persons import FOLLOWING
from vidimus.evaluation.tracking_metrics import TrackedFrame, hota, idf1
from vidimus.video.tracking import ByteTracker, TrackSettings

RATES = (25, 5)
GOLDEN = (("crossings", 54), ("exits", 52))
OTHER_SETTINGS: Mapping[str, Mapping[str, float]] = {
    "trackers, its defaults": {},
    "trackers, our thresholds": {
        "track_activation_threshold": FOLLOWING.start_score,
        "high_conf_det_threshold": FOLLOWING.high_score,
        "minimum_consecutive_frames": 1,
    },
}
OURS: Mapping[str, TrackSettings] = {
    "vidimus, its defaults": TrackSettings(),
    "vidimus, as persons are followed": FOLLOWING,
}

Ids = list[list[list[int]]]


def our_ids(scenes: Sequence[Sequence[MadeFrame]], settings: TrackSettings) -> Ids:
    told = []
    for frames in scenes:
        tracker = ByteTracker(settings)
        told.append(
            [tracker.update(each.timestamp_ms, each.boxes, each.scores).tolist() for each in frames]
        )
    return told


def other_ids(
    python: Path, scenes: Sequence[Sequence[MadeFrame]], rate: int, settings: Mapping[str, float]
) -> Ids:
    rows = [
        [[each.timestamp_ms, each.boxes.tolist(), each.scores.tolist()] for each in frames]
        for frames in scenes
    ]
    given = json.dumps({"fps": rate, "settings": settings, "scenes": rows})
    script = Path(__file__).with_name("other_tracks.py")
    done = subprocess.run(
        [str(python), str(script)], input=given, capture_output=True, text=True, check=True
    )
    return json.loads(done.stdout)


def quality(scenes: Sequence[Sequence[MadeFrame]], told: Ids) -> tuple[float, float, float, float]:
    """Return HOTA, its two parts and IDF1, in percent, as means over scenes."""
    rows = []
    for frames, ids in zip(scenes, told, strict=True):
        truth = [TrackedFrame(each.ids, each.truth) for each in frames]
        mine = [
            tracked(each, np.array(which, np.int64))
            for each, which in zip(frames, ids, strict=True)
        ]
        parts = hota(truth, mine)
        rows.append((parts.hota, parts.detection, parts.association, idf1(truth, mine)))
    return tuple(100 * np.mean(rows, 0))


def tracked(frame: MadeFrame, ids: np.ndarray) -> TrackedFrame:
    kept = ids >= 0
    return TrackedFrame(ids[kept], frame.boxes[kept])


def golden_scene(kind: str, seed: int) -> list[MadeFrame]:
    """Return six seconds of a scene at ten looks a second, rounded to be written down."""
    frames = frames_of(SCENES[kind](seed), seed, 10)[20:80]
    return [replace(each, boxes=each.boxes.round(), scores=each.scores.round(2)) for each in frames]


def same_tracks(mine: list[list[int]], others: list[list[int]]) -> bool:
    """Say whether both parted those detections alike to which the other tracker gave an id.

    It gives none to the first detection of a track.
    """
    pairs = [
        pair
        for rows in zip(mine, others, strict=True)
        for pair in zip(*rows, strict=True)
        if pair[1] >= 0
    ]
    kinds = {len(set(pairs)), len({one for one, _ in pairs}), len({other for _, other in pairs})}
    return len(kinds) == 1 and all(one >= 0 for one, _ in pairs)


def agreement(python: Path, seeds: Sequence[int]) -> str:
    scenes = [golden_scene(kind, seed) for kind in SCENES for seed in seeds]
    others = other_ids(python, scenes, 10, OTHER_SETTINGS["trackers, our thresholds"])
    pairs = zip(our_ids(scenes, FOLLOWING), others, strict=True)
    return f"the same tracks in {sum(same_tracks(*pair) for pair in pairs)} of {len(scenes)} scenes"


def write_golden(python: Path, file: Path) -> None:
    scenes = {f"{kind} {seed}": golden_scene(kind, seed) for kind, seed in GOLDEN}
    others = other_ids(
        python, list(scenes.values()), 10, OTHER_SETTINGS["trackers, our thresholds"]
    )
    told = {
        name: [
            [each.timestamp_ms, each.boxes.astype(int).tolist(), each.scores.tolist(), ids]
            for each, ids in zip(frames, rows, strict=True)
        ]
        for (name, frames), rows in zip(scenes.items(), others, strict=True)
    }
    text = (
        json.dumps(told, separators=(",", ":")).replace("],[[", "],\n[[").replace("]],[", "]],\n[")
    )
    file.write_text(text + "\n")


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--trackers-python", type=Path)
    parser.add_argument("--seeds", type=int, default=10)
    parser.add_argument("--golden", type=Path)
    chosen = parser.parse_args()
    if chosen.trackers_python and chosen.golden:
        write_golden(chosen.trackers_python, chosen.golden)
        return
    print("| scenes | looks a second | tracker | HOTA | DetA | AssA | IDF1 |\n" + "|---" * 7 + "|")
    for kind, make in SCENES.items():
        for rate in RATES:
            scenes = [frames_of(make(seed), seed, rate) for seed in range(chosen.seeds)]
            told = {name: our_ids(scenes, settings) for name, settings in OURS.items()}
            if chosen.trackers_python:
                for name, settings in OTHER_SETTINGS.items():
                    told[name] = other_ids(chosen.trackers_python, scenes, rate, settings)
            for name, ids in told.items():
                row = " | ".join(f"{value:.1f}" for value in quality(scenes, ids))
                print(f"| {kind} | {rate} | {name} | {row} |", flush=True)
    if chosen.trackers_python:
        print(agreement(chosen.trackers_python, range(50, 56)))
    frames = frames_of(SCENES["exits"](0), 0)
    began = time.perf_counter()
    our_ids([frames], FOLLOWING)
    print(f"{1000 * (time.perf_counter() - began) / len(frames):.2f} ms a frame")


if __name__ == "__main__":
    main()
