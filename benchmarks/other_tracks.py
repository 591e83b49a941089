"""Run by the interpreter of another environment that has `trackers`: its ByteTrack on detections.

Reads JSON from standard input: {"fps", "settings", "scenes": [[[timestamp_ms, boxes, scores],
...], ...]}, and writes the ids of each detection, -1 where it has none.
"""

import json
import sys
import warnings

import numpy as np
import supervision
from trackers import ByteTrackTracker


def ids_of(scene: list, fps: float, settings: dict) -> list[list[int]]:
    tracker = ByteTrackTracker(frame_rate=fps, **settings)
    told = []
    for timestamp_ms, boxes, scores in scene:
        places = np.array(boxes, np.float32).reshape(-1, 4)
        detections = supervision.Detections(
            xyxy=places,
            confidence=np.array(scores, np.float32),
            class_id=np.arange(len(places)),
        )
        found = tracker.update(detections, timestamp=timestamp_ms / 1000)
        ids = np.full(len(places), -1)
        if len(found):
            ids[found.class_id] = found.tracker_id
        told.append(ids.tolist())
    return told


warnings.simplefilter("ignore")
given = json.load(sys.stdin)
json.dump([ids_of(scene, given["fps"], given["settings"]) for scene in given["scenes"]], sys.stdout)
