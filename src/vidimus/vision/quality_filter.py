"""Which faces are too poor to be compared, at five levels, and why."""

from dataclasses import dataclass
from enum import StrEnum
from math import cos, radians

from vidimus.vision.face_types import FaceDetail


class QualityLevel(StrEnum):
    """How much is asked of a face; LOW rejects few faces, HIGH many, NONE none."""

    NONE = "NONE"
    AUTO = "AUTO"
    LOW = "LOW"
    MEDIUM = "MEDIUM"
    HIGH = "HIGH"


@dataclass(frozen=True, slots=True)
class _Demands:
    """What a level asks for: angles in degrees, brightness to confidence 0..100.

    `min_box_side` is a share of the picture's side, `min_worth` of a face that is perfect in
    every respect.
    """

    max_yaw: float
    max_pitch: float
    min_brightness: float
    min_sharpness: float
    min_confidence: float
    min_box_side: float
    min_worth: float


# Each row asks for more than the one above it in every column, so a stricter level never passes
# a face that a laxer one rejects. Measured on Congress's mated pairs (docs/explanation/
# attributes.md): down to the sharpness and brightness that AUTO asks for, 95 of 100 degraded
# portraits still find their mate first; a little below, mates are lost. Profiles keep a third
# to a half of their score. All 1,348 portraits of Congress pass HIGH's brightness and
# sharpness; sizes and angles beyond AUTO's are rare in photographs that people choose.
_DEMANDS = {
    QualityLevel.LOW: _Demands(80, 60, 6, 2, 50, 0.004, 0.0005),
    QualityLevel.AUTO: _Demands(65, 50, 10, 6, 70, 0.006, 0.002),
    QualityLevel.MEDIUM: _Demands(50, 40, 20, 15, 90, 0.015, 0.04),
    QualityLevel.HIGH: _Demands(35, 28, 35, 40, 97, 0.03, 0.2),
}


def rejection_reasons(detail: FaceDetail, level: QualityLevel) -> tuple[str, ...]:
    """Return why a face fails `level`, in AWS's words; empty when it passes.

    LOW_FACE_QUALITY is a face that passes each single demand but is poor in several at once.
    """
    if level is QualityLevel.NONE:
        return ()
    asked = _DEMANDS[level]
    pose, quality, box = detail.pose, detail.quality, detail.box
    failures = {
        "EXTREME_POSE": abs(pose.yaw) > asked.max_yaw or abs(pose.pitch) > asked.max_pitch,
        "LOW_BRIGHTNESS": quality.brightness < asked.min_brightness,
        "LOW_SHARPNESS": quality.sharpness < asked.min_sharpness,
        "LOW_CONFIDENCE": detail.confidence < asked.min_confidence,
        "SMALL_BOUNDING_BOX": min(box.width, box.height) < asked.min_box_side,
    }
    reasons = tuple(reason for reason, failed in failures.items() if failed)
    if not reasons and face_worth(detail) < asked.min_worth:
        return ("LOW_FACE_QUALITY",)
    return reasons


def face_worth(detail: FaceDetail) -> float:
    """Return how good a face is for comparing, 0..1: light, focus and pose multiplied."""
    facing = max(0.0, cos(radians(detail.pose.yaw))) * max(0.0, cos(radians(detail.pose.pitch)))
    quality = detail.quality
    return facing * quality.brightness / 100 * quality.sharpness / 100 * detail.confidence / 100
