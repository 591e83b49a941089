from dataclasses import replace

import pytest
from hypothesis import given
from hypothesis import strategies as st

from vidimus.geometry import BoundingBox
from vidimus.vision.face_types import FaceDetail, FaceQuality, Pose
from vidimus.vision.quality_filter import QualityLevel, rejection_reasons

GOOD = FaceDetail(
    box=BoundingBox(0.3, 0.2, 0.2, 0.3),
    confidence=99.5,
    landmarks=(),
    pose=Pose(2, -5, 3),
    quality=FaceQuality(75, 88),
)
STRICTER = [QualityLevel.LOW, QualityLevel.AUTO, QualityLevel.MEDIUM, QualityLevel.HIGH]

details = st.builds(
    FaceDetail,
    box=st.builds(
        BoundingBox, st.just(0.0), st.just(0.0), st.floats(0.001, 1.2), st.floats(0.001, 1.2)
    ),
    confidence=st.floats(0, 100),
    landmarks=st.just(()),
    pose=st.builds(Pose, st.floats(-180, 180), st.floats(-90, 90), st.floats(-90, 90)),
    quality=st.builds(FaceQuality, st.floats(0, 100), st.floats(0, 100)),
)


@given(details)
def test_a_stricter_level_rejects_every_face_that_a_laxer_one_rejects(detail: FaceDetail) -> None:
    rejected = [bool(rejection_reasons(detail, level)) for level in STRICTER]
    assert rejected == sorted(rejected)
    assert rejection_reasons(detail, QualityLevel.NONE) == ()


def test_a_good_face_passes_every_level_however_it_is_rolled() -> None:
    for level in QualityLevel:
        assert rejection_reasons(GOOD, level) == ()
        assert rejection_reasons(replace(GOOD, pose=Pose(170, -5, 3)), level) == ()


@pytest.mark.parametrize(
    ("change", "reason"),
    [
        ({"pose": Pose(0, 85, 0)}, "EXTREME_POSE"),
        ({"pose": Pose(0, 0, -70)}, "EXTREME_POSE"),
        ({"quality": FaceQuality(4, 88)}, "LOW_BRIGHTNESS"),
        ({"quality": FaceQuality(75, 1)}, "LOW_SHARPNESS"),
        ({"confidence": 40.0}, "LOW_CONFIDENCE"),
        ({"box": BoundingBox(0, 0, 0.003, 0.01)}, "SMALL_BOUNDING_BOX"),
    ],
)
def test_each_fault_is_named(change: dict[str, object], reason: str) -> None:
    poor = replace(GOOD, **change)  # type: ignore[arg-type]
    for level in STRICTER:
        assert rejection_reasons(poor, level) == (reason,)


def test_a_face_poor_in_everything_is_rejected_though_no_single_demand_fails() -> None:
    poor = replace(GOOD, pose=Pose(0, 30, 20), quality=FaceQuality(38, 42))
    assert rejection_reasons(poor, QualityLevel.HIGH) == ("LOW_FACE_QUALITY",)
    assert rejection_reasons(poor, QualityLevel.AUTO) == ()
