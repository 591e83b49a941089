"""Moderation of a video, from pictures whose networks have spoken."""

from collections.abc import Sequence

import msgspec
import numpy as np
import pytest

from tests.vision.seen import seen
from vidimus.analyses.analysis import MOMENTS, SEGMENTS, Finding, Moment, View
from vidimus.analyses.moderation import (
    ModerationDetection,
    ModerationSegment,
    ModerationWish,
    SeenModeration,
)
from vidimus.models.body_part_detector import BodyParts
from vidimus.models.moderation_classifier import ModerationClasses
from vidimus.video.frames import frame_of
from vidimus.vision.picture_sheet import PictureSheet

GREY = np.full((100, 200, 3), 127, np.uint8)
REVOLVER = 763


def sheet(explicit: float = 0.0, drawn: float = 0.0, revolver: float = 0.0) -> PictureSheet:
    made = seen(classes={REVOLVER: revolver})
    made.__dict__["moderation_classes"] = ModerationClasses(
        {"sexy": 0.0}, float(explicit), float(drawn)
    )
    made.__dict__["body_parts"] = None
    return made


def view_of(at: int, shown: PictureSheet) -> View:
    return View(frame_of(at, at * 400, GREY), lambda _: shown)


def takes(
    moderation: ModerationDetection, sheets: Sequence[PictureSheet], first: int = 0
) -> list[Finding]:
    found: list[Finding] = []
    for at, each in enumerate(sheets, first):
        found += moderation.take(Moment(at, at * 400), moderation.look(view_of(at, each)))
    return found


def segments(findings: Sequence[Finding]) -> list[ModerationSegment]:
    return [
        msgspec.json.decode(each.value, type=ModerationSegment)
        for each in findings
        if each.series == SEGMENTS
    ]


def test_moments_with_parents_and_content_types() -> None:
    found = takes(ModerationDetection(ModerationWish()), [sheet(90, drawn=80)])
    values = [msgspec.json.decode(each.value, type=SeenModeration) for each in found]
    assert {each.series for each in found} == {MOMENTS}
    assert [each.subject for each in found] == [each.label.name for each in values]
    assert "Explicit" in {each.label.name for each in values}
    assert {value.content_types[0].name for value in values} == {"Illustrated"}
    assert min(value.label.confidence for value in values) >= 50


def test_what_is_seen_once_is_told() -> None:
    moderation = ModerationDetection(ModerationWish())
    found = takes(moderation, [sheet(), sheet(90), sheet(), sheet(), sheet(), sheet(), sheet()])
    found += moderation.finish(2800).findings
    (segment,) = [each for each in segments(found) if each.label.name == "Explicit"]
    assert (segment.start_ms, segment.end_ms) == (200, 600)


def test_a_segment_is_as_sure_as_its_surest_moment_and_bridges_short_gaps() -> None:
    moderation = ModerationDetection(ModerationWish())
    found = takes(moderation, [sheet(60), sheet(90, drawn=70), sheet(), sheet(70)])
    found += moderation.finish(1600).findings
    (segment,) = [each for each in segments(found) if each.label.name == "Explicit"]
    assert (segment.start_ms, segment.end_ms) == (0, 1600)
    assert segment.label.confidence == pytest.approx(90)
    assert [each.name for each in segment.content_types] == ["Illustrated"]


def test_what_is_less_sure_is_not_told() -> None:
    assert takes(ModerationDetection(ModerationWish(95)), [sheet(90)]) == []
    assert takes(ModerationDetection(ModerationWish(95)), [sheet(97)]) != []


def test_segments_have_no_boxes() -> None:
    shown = sheet()
    shown.__dict__["body_parts"] = BodyParts(
        np.array([[10, 10, 50, 50]], np.float32),
        np.array([0.95], np.float32),
        ("female_breast_exposed",),
    )
    moderation = ModerationDetection(ModerationWish())
    found = takes(moderation, [shown])
    moments = [msgspec.json.decode(each.value, type=SeenModeration) for each in found]
    assert any(each.label.boxes for each in moments)
    assert not any(each.label.boxes for each in segments(moderation.finish(400).findings))


@pytest.mark.parametrize("cut", [1, 2, 3])
def test_a_worker_that_goes_on_finds_the_same(cut: int) -> None:
    sheets = [sheet(80), sheet(), sheet(75), sheet(revolver=0.9), *[sheet()] * 4]
    whole = ModerationDetection(ModerationWish())
    expected = [*takes(whole, sheets), *whole.finish(3200).findings]
    first, second = ModerationDetection(ModerationWish()), ModerationDetection(ModerationWish())
    found = takes(first, sheets[:cut])
    second.restore(first.snapshot())
    found += takes(second, sheets[cut:], cut)
    assert [*found, *second.finish(3200).findings] == expected


def test_no_frames_nothing_seen() -> None:
    moderation = ModerationDetection(ModerationWish())
    moderation.restore(moderation.snapshot())
    assert moderation.finish(0).findings == ()
