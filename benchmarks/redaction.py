"""How often redaction leaves a face open, on a made video whose faces are known.

    .venv/bin/python tools/make_face_video.py PEOPLE faces.mp4
    .venv/bin/python benchmarks/redaction.py faces.mp4

A face is open on a frame when less than half of what is seen of its box is covered. Faces of which
less than half is in the picture, or that somebody else stands before, are not counted. Three ways
are compared on the same frames: the detector of the API on each frame for itself, the spotter of
`vidimus redact` on each frame for itself, and `vidimus redact`, which follows faces through misses.
"""

import argparse
import json
from collections.abc import Callable, Iterator, Sequence
from pathlib import Path

import numpy as np
from numpy.typing import NDArray

from vidimus.analyses.face_trails import CoverPlan
from vidimus.engine.engine import Engine, open_engine
from vidimus.engine.video_redaction import FaceFollower
from vidimus.imaging.cover import CoverStyle, cover_places
from vidimus.video.frames import Frame, Video, frame_of, open_video
from vidimus.vision.face_spotter import LEAST_SCORE, FaceSpotter

Floats = NDArray[np.floating]
BoxesOf = Callable[[Frame], Floats]

MOST_OCCLUDED = 0.2


def seen_faces(there: Sequence[dict[str, object]]) -> Iterator[Floats]:
    """Give the truth's faces that count: later ones are painted over earlier ones."""
    boxes = [np.array(each["box"], float) for each in there]
    for place, (each, box) in enumerate(zip(there, boxes, strict=True)):
        over = max((shared(box, other) for other in boxes[place + 1 :]), default=0.0)
        if float(str(each["visible"])) >= 0.5 and over <= MOST_OCCLUDED:
            yield box


def shared(box: Floats, other: Floats) -> float:
    """Return which share of a box another covers."""
    spans = np.minimum(box[2:], other[2:]) - np.maximum(box[:2], other[:2])
    return float(np.prod(np.maximum(spans, 0)) / np.prod(box[2:] - box[:2]))


def open_faces(frame: Frame, boxes: Floats, faces: Sequence[Floats]) -> int:
    """Return how many faces less than half is covered of."""
    white = np.full((frame.height, frame.width, 3), 255, np.uint8)
    covered = (cover_places(white, boxes, CoverStyle.FILL) != 255).any(axis=2)
    left_open = 0
    for face in faces:
        x1, y1, x2, y2 = face.clip(0, [frame.width, frame.height] * 2).astype(int)
        left_open += bool(covered[y1:y2, x1:x2].mean() < 0.5)
    return left_open


def shrunk(clip: Video, width: int) -> Iterator[Frame]:
    """Give the clip's frames, reduced to `width` pixels: smaller faces are harder to find."""
    for frame in clip.frames():
        yield frame_of(frame.number, frame.timestamp_ms, frame.small(width))


def measure(engine: Engine, video: Path, every: int, width: int) -> dict[str, tuple[int, int]]:
    """Return for each way how many faces were left open, and of how many."""
    truth = json.loads(video.with_suffix(".json").read_text())["frames"]
    spotter = FaceSpotter(engine.models)
    with open_video(video) as clip:
        followed = FaceFollower(spotter).follow(shrunk(clip, width))
        plan = CoverPlan(followed.trails)
        ways: dict[str, BoxesOf] = {
            "detector, each frame for itself": lambda frame: detected(engine, frame),
            "spotter, each frame for itself": lambda frame: spotted(spotter, frame),
            "vidimus redact": lambda frame: plan.covering_at(frame.timestamp_ms).boxes,
        }
        counts = dict.fromkeys(ways, (0, 0))
        scale = width / clip.info.width
        for frame in shrunk(clip, width):
            faces = [scale * box for box in seen_faces(truth[frame.number])]
            if frame.number % every or not faces:
                continue
            for way, boxes_of in ways.items():
                missed, known = counts[way]
                missed += open_faces(frame, boxes_of(frame), faces)
                counts[way] = (missed, known + len(faces))
    return counts


def detected(engine: Engine, frame: Frame) -> Floats:
    """Return the boxes of what the API calls a face."""
    faces = engine.faces.detect_faces(frame.pixels)
    boxes = [face.box.to_pixels(frame.width, frame.height) for face in faces]
    return np.array(boxes).reshape(-1, 4)


def spotted(spotter: FaceSpotter, frame: Frame) -> Floats:
    """Return the boxes of what is covered on a frame seen alone."""
    found = spotter.spot_in_frame(frame.pixels, frame.number)
    return found.boxes[found.scores >= LEAST_SCORE]


def main() -> None:
    """Measure and print a row for each way."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("video", type=Path)
    parser.add_argument("--every", type=int, default=1, help="frames to measure: each so manieth")
    parser.add_argument("--width", type=int, default=640, help="pixels to reduce frames to")
    given = parser.parse_args()
    with open_engine() as engine:
        counts = measure(engine, given.video, given.every, given.width)
    print("| way | faces left open | of | share |")
    print("|---|---|---|---|")
    for way, (missed, known) in counts.items():
        print(f"| {way} | {missed} | {known} | {100 * missed / known:.2f} % |")


if __name__ == "__main__":
    main()
