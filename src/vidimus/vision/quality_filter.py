"""Which faces are too poor to be compared, at five levels, and why."""

from dataclasses import dataclass
from enum import StrEnum

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
    """What a level asks for; angles in degrees, the box as a share of the picture."""

    max_yaw: float
    max_pitch: float
    min_brightness: float
    min_sharpness: float
    min_confidence: float
    min_box_side: float
    min_worth: float


# LOW's demands are weaker than MEDIUM's in every column, and MEDIUM's than HIGH's.
_DEMANDS = {
    QualityLevel.LOW: _Demands(75, 60, 12, 3, 60, 0, 0.02),
    QualityLevel.AUTO: _Demands(65, 50, 18, 6, 70, 0, 0.05),
    QualityLevel.MEDIUM: _Demands(50, 40, 25, 20, 80, 0.02, 0.15),
    QualityLevel.HIGH: _Demands(30, 25, 35, 40, 85, 0.04, 0.35),
}


def rejection_reasons(detail: FaceDetail, level: QualityLevel) -> tuple[str, ...]:
    """Return why a face fails `level`, in AWS's words; empty when it passes."""
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
    return tuple(reason for reason, failed in failures.items() if failed)
