"""Which faces are kept when there are too many."""

import numpy as np

from vidimus.engine.portraits import Portrait, best_portraits
from vidimus.geometry import BoundingBox
from vidimus.vision.face_types import DetectedFace, FaceDetail, FaceQuality, Pose


def portrait(side: float, sharpness: float = 95.0) -> Portrait:
    box = BoundingBox(0.1, 0.1, side, side)
    face = DetectedFace(box, 99.9, np.zeros((5, 2), dtype=np.float32))
    detail = FaceDetail(box, 99.9, (), Pose(0, 0, 0), FaceQuality(80.0, sharpness))
    return Portrait(face, detail, ())


def test_the_smallest_go_first() -> None:
    large, middle, small = portrait(0.5), portrait(0.3), portrait(0.2)
    kept, dropped = best_portraits([large, middle, small], 2)
    assert (kept, dropped) == ([large, middle], [small])


def test_poor_ones_go_before_small_ones() -> None:
    blurred, small = portrait(0.5, sharpness=0.0), portrait(0.2)
    assert blurred.tier < small.tier
    kept, dropped = best_portraits([blurred, small], 1)
    assert (kept, dropped) == ([small], [blurred])


def test_the_order_stays() -> None:
    blurred, large, small = portrait(0.6, sharpness=0.0), portrait(0.5), portrait(0.2)
    kept, _ = best_portraits([blurred, large, small], 3)
    assert kept == [blurred, large, small]
