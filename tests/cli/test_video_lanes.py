"""Findings of each analysis as lanes and boxes."""

from collections.abc import Sequence
from typing import Any

import msgspec

from tests.cli.test_people_lanes import clip
from vidimus.analyses.analysis import SEGMENTS, Finding
from vidimus.analyses.labels import LabelSegment
from vidimus.analyses.moderation import ModerationSegment
from vidimus.analyses.segments import Segment
from vidimus.analyses.text import ReadText
from vidimus.cli.annotated_video import caption_words
from vidimus.cli.timeline import Kind
from vidimus.cli.video_lanes import MOST_LANES, cue_words, timeline_of
from vidimus.engine.job_kinds import JobKind
from vidimus.geometry import BoundingBox, Point
from vidimus.vision.label_types import LabelInstance, PictureLabel
from vidimus.vision.moderation_types import ModerationLabel


def finding(time: int, subject: str, value: Any, series: str = "moments") -> Finding:
    return Finding(time, subject, msgspec.json.encode(value), series)


def car(left: float) -> BoundingBox:
    return BoundingBox(left, 0.4, 0.2, 0.2)


def label(name: str, *boxes: BoundingBox, parents: tuple[str, ...] = ()) -> PictureLabel:
    instances = tuple(LabelInstance(box, 90.0) for box in boxes)
    return PictureLabel(name, 90.0, instances, parents)


def label_findings(moments: Sequence[tuple[int, BoundingBox]]) -> list[Finding]:
    found = []
    for time, box in moments:
        found.append(finding(time, "Car", label("Car", box, parents=("Vehicle",))))
        found.append(finding(time, "Vehicle", label("Vehicle", box)))
    for name in ("Car", "Vehicle"):
        parents = ("Vehicle",) if name == "Car" else ()
        segment = LabelSegment(label(name, parents=parents), 0, 1000)
        found.append(finding(0, name, segment, SEGMENTS))
    return found


def read(text: str, kind: str = "LINE", confidence: float = 95.0) -> ReadText:
    corners = tuple(Point(x, y) for x, y in ((0.1, 0.1), (0.5, 0.1), (0.5, 0.2), (0.1, 0.2)))
    return ReadText(text, kind, 0, None, confidence, corners)  # type: ignore[arg-type]


def shot(index: int | None, cue: str | None, start: int, end: int) -> Segment:
    kind: Any = "SHOT" if cue is None else "TECHNICAL_CUE"
    frames = (start // 40, end // 40)
    codes = ("00:00:00:00",) * 3
    return Segment(kind, cue, index, 90.0, start, end, end - start, *frames, 1, *codes)


def test_a_box_has_its_most_special_name_and_moves() -> None:
    found = label_findings([(0, car(0.1)), (400, car(0.12)), (800, car(0.14))])
    timeline = timeline_of(clip({JobKind.LABEL_DETECTION: found}))
    assert [lane.name for lane in timeline.lanes] == ["Car", "Vehicle"]
    assert timeline.lanes[0].notes == ("a kind of Vehicle",)
    (course,) = timeline.courses
    assert course.tag == "Car"
    middle = course.box_at(600)
    assert middle is not None
    assert 0.12 < middle.left < 0.14


def test_lines_of_text_have_lanes_and_words_single_letters_and_guesses_have_none() -> None:
    found = [
        finding(time, f"{number:03}", value)
        for time in (0, 1000, 9000)
        for number, value in enumerate(
            [read("EXIT"), read("EXIT", "WORD"), read("X"), read("GUESS", confidence=60.0)]
        )
    ]
    (lane,) = timeline_of(clip({JobKind.TEXT_DETECTION: found})).lanes
    assert (lane.kind, lane.name) == (Kind.TEXT, "EXIT")
    assert [(span.start_ms, span.end_ms) for span in lane.spans] == [(0, 2000), (9000, 10_000)]


def test_shots_share_a_lane_and_each_cue_has_its_own() -> None:
    found = [
        finding(0, "1", shot(None, "BlackFrames", 0, 960)),
        finding(0, "2", shot(0, None, 1000, 4960)),
        finding(0, "2", shot(1, None, 5000, 59_960)),
    ]
    lanes = timeline_of(clip({JobKind.SEGMENT_DETECTION: found})).lanes
    assert [(lane.kind, lane.name) for lane in lanes] == [
        (Kind.SHOTS, "shots"),
        (Kind.CUES, "black frames"),
    ]
    assert [(s.start_ms, s.end_ms, s.words) for s in lanes[0].spans] == [
        (1000, 5000, "shot 1"),
        (5000, 60_000, "shot 2"),
    ]
    assert caption_words(lanes, 6400) == ["0:06.4", "shot 2"]
    assert caption_words(lanes, 400) == ["0:00.4", "black frames"]


def test_flags_say_what_they_are_under() -> None:
    weapons = ModerationLabel("Weapons", "Violence", 2, 80.0)
    found = [finding(2000, "Weapons", ModerationSegment(weapons, (), 2000, 4000), SEGMENTS)]
    (lane,) = timeline_of(clip({JobKind.CONTENT_MODERATION: found})).lanes
    assert (lane.kind, lane.notes) == (Kind.FLAGS, ("under Violence",))


def test_of_very_many_lanes_the_longest_are_shown() -> None:
    found = [
        finding(0, f"L{n}", LabelSegment(label(f"L{n}"), 0, 100 + n), SEGMENTS)
        for n in range(MOST_LANES + 20)
    ]
    lanes = timeline_of(clip({JobKind.LABEL_DETECTION: found})).lanes
    assert len(lanes) == MOST_LANES
    assert min(lane.total_ms for lane in lanes) == 120


def test_cues_are_named_in_words() -> None:
    assert cue_words("OpeningCredits") == "opening credits"
    assert cue_words("content") == "content"
