"""What was found in a clip, as the lanes and boxes of a timeline."""

from collections.abc import Iterable, Iterator
from dataclasses import dataclass, field
from typing import TypeVar

import msgspec
import numpy as np

from vidimus.analyses.analysis import MOMENTS, SEGMENTS, Finding
from vidimus.analyses.labels import LabelSegment
from vidimus.analyses.moderation import ModerationSegment
from vidimus.analyses.segments import Segment
from vidimus.analyses.text import ReadText
from vidimus.cli.clip import WatchedClip
from vidimus.cli.people_lanes import people_timeline
from vidimus.cli.timeline import (
    Course,
    Kind,
    Lane,
    Sight,
    Span,
    SpanMaker,
    Timeline,
    best_sight,
)
from vidimus.engine.job_kinds import JobKind
from vidimus.geometry import BoundingBox
from vidimus.video.tracking import UNTRACKED, ByteTracker, TrackSettings
from vidimus.vision.label_types import PictureLabel

MOST_LANES = 80
"""Of each kind so many lanes are shown, those that are seen longest."""

QUOTED_FROM = 80.0
"""Confidence from which a line of text gets a lane; one of a single letter gets none."""

_TEXT_EVERY_MS = 1000
_BOXES = TrackSettings(
    high_score=0.3, low_score=0.1, start_score=0.3, looks_to_confirm=1, reach_per_s=1.5
)
Value = TypeVar("Value")


def timeline_of(clip: WatchedClip) -> Timeline:
    """Return all lanes of a clip: shots first, then cues, people, flags, labels and text."""
    people = people_timeline(clip)
    parts = (
        Timeline(tuple(_segments(clip))),
        people,
        Timeline(tuple(_flags(clip))),
        _labels(clip, people_told=bool(people.courses)),
        _text(clip),
    )
    whole = Timeline()
    for part in parts:
        whole = whole.joined(Timeline(_longest(part.lanes), part.courses))
    return whole


def values_of(
    clip: WatchedClip, kind: str, type_: type[Value], series: str = MOMENTS
) -> Iterator[tuple[Finding, Value]]:
    """Give the findings of an analysis with what they hold."""
    for finding in clip.findings.get(kind, ()):
        if finding.series == series:
            yield finding, msgspec.json.decode(finding.value, type=type_)


def _longest(lanes: Iterable[Lane]) -> tuple[Lane, ...]:
    lanes = tuple(lanes)
    kept = {id(lane) for lane in sorted(lanes, key=lambda lane: -lane.total_ms)[:MOST_LANES]}
    return tuple(lane for lane in lanes if id(lane) in kept)


def _segments(clip: WatchedClip) -> Iterator[Lane]:
    """Give one lane of all shots, and one for each kind of cue."""
    found: dict[str, list[Span]] = {}
    frame_ms = float(1000 / clip.info.frame_rate)
    for _, segment in values_of(clip, JobKind.SEGMENT_DETECTION, Segment):
        name = "shots" if segment.cue is None else cue_words(segment.cue)
        words = "" if segment.index is None else f"shot {segment.index + 1}"
        end = min(round(segment.end_ms + frame_ms), clip.end_ms)
        span = Span(segment.start_ms, end, segment.confidence, words)
        found.setdefault(name, []).append(span)
    for name in sorted(found, key=lambda name: (name != "shots", name)):
        yield Lane(Kind.SHOTS if name == "shots" else Kind.CUES, name, tuple(found[name]))


def cue_words(name: str) -> str:
    """Write a cue's name, such as OpeningCredits, as words."""
    return "".join(f" {each.lower()}" if each.isupper() else each for each in name).strip()


def _flags(clip: WatchedClip) -> Iterator[Lane]:
    spans: dict[str, list[Span]] = {}
    parents: dict[str, str] = {}
    kind = JobKind.CONTENT_MODERATION
    for _, segment in values_of(clip, kind, ModerationSegment, SEGMENTS):
        label = segment.label
        parents[label.name] = label.parent
        spans.setdefault(label.name, []).append(
            Span(segment.start_ms, segment.end_ms, label.confidence)
        )
    for name, each in spans.items():
        note = (f"under {parents[name]}",) if parents[name] else ()
        yield Lane(Kind.FLAGS, name, tuple(each), note)


def _labels(clip: WatchedClip, *, people_told: bool) -> Timeline:
    sights: dict[str, list[Sight]] = {}
    boxes = _MovingBoxes(Kind.LABELS, _hold_ms(clip, JobKind.LABEL_DETECTION))
    for finding, group in _by_time(values_of(clip, JobKind.LABEL_DETECTION, PictureLabel)):
        for label in group:
            sights.setdefault(label.name, []).append(_label_sight(finding, label))
        boxes.add(finding, _named_boxes(group, people_told=people_told))
    lanes = [
        Lane(Kind.LABELS, lane.name, lane.spans, lane.notes, best_sight(sights.get(lane.name, ())))
        for lane in _label_lanes(clip)
    ]
    return Timeline(tuple(lanes), tuple(boxes.courses()))


def _label_lanes(clip: WatchedClip) -> Iterator[Lane]:
    spans: dict[str, list[Span]] = {}
    parents: dict[str, tuple[str, ...]] = {}
    for _, segment in values_of(clip, JobKind.LABEL_DETECTION, LabelSegment, SEGMENTS):
        label = segment.label
        parents[label.name] = label.parents
        spans.setdefault(label.name, []).append(
            Span(segment.start_ms, segment.end_ms, label.confidence)
        )
    longest = sorted(spans, key=lambda name: -sum(s.end_ms - s.start_ms for s in spans[name]))
    for name in longest:
        notes = (f"a kind of {', '.join(parents[name])}",) if parents[name] else ()
        yield Lane(Kind.LABELS, name, tuple(spans[name]), notes)


def _label_sight(finding: Finding, label: PictureLabel) -> Sight:
    """Return where a label is seen: its largest instance, else the whole frame."""
    largest = max(label.instances, key=lambda each: each.box.area, default=None)
    if largest is None:
        return Sight(finding.timestamp_ms, None, label.confidence / 1000)
    return Sight(finding.timestamp_ms, largest.box, largest.confidence * largest.box.area)


def _named_boxes(
    labels: Iterable[PictureLabel], *, people_told: bool
) -> list[tuple[str, BoundingBox, float]]:
    """Return the boxes of one moment, each by the most special of the labels that name it.

    People are left to their own lanes, where those were told.
    """
    named: dict[BoundingBox, tuple[int, str, float]] = {}
    for label in labels:
        for each in label.instances:
            before = named.get(each.box, (-1, "", 0.0))
            now = (len(label.parents), label.name, each.confidence)
            named[each.box] = max(before, now)
    return [
        (name, box, confidence)
        for box, (_, name, confidence) in named.items()
        if not (people_told and name in {"Person", "Man", "Woman", "Face", "Head"})
    ]


def _text(clip: WatchedClip) -> Timeline:
    every = max(_TEXT_EVERY_MS, clip.every_ms.get(JobKind.TEXT_DETECTION, 0))
    spans: dict[str, SpanMaker] = {}
    sights: dict[str, list[Sight]] = {}
    boxes = _MovingBoxes(Kind.TEXT, every)
    for finding, group in _by_time(values_of(clip, JobKind.TEXT_DETECTION, ReadText)):
        lines = [each for each in group if _is_quoted(each)]
        around = [(each.text, BoundingBox.around(each.polygon), each.confidence) for each in lines]
        boxes.add(finding, around)
        for text, box, confidence in around:
            spans.setdefault(text, SpanMaker(every)).add(finding.timestamp_ms, confidence)
            sights.setdefault(text, []).append(Sight(finding.timestamp_ms, box, confidence))
    lanes = tuple(
        Lane(Kind.TEXT, text, maker.spans(clip.end_ms), (), best_sight(sights[text]))
        for text, maker in spans.items()
    )
    return Timeline(lanes, tuple(boxes.courses()))


def _is_quoted(read: ReadText) -> bool:
    return read.kind == "LINE" and read.confidence >= QUOTED_FROM and len(read.text) > 1


def _by_time(
    found: Iterable[tuple[Finding, Value]],
) -> Iterator[tuple[Finding, list[Value]]]:
    """Join the findings of each moment."""
    first: Finding | None = None
    group: list[Value] = []
    for finding, value in found:
        if first is not None and finding.timestamp_ms != first.timestamp_ms:
            yield first, group
            first, group = None, []
        first = first or finding
        group.append(value)
    if first is not None:
        yield first, group


def _hold_ms(clip: WatchedClip, kind: str) -> int:
    """Return how long a box is shown after a look: till the next one, and a little."""
    return max(500, 3 * clip.every_ms.get(kind, 0) // 2)


@dataclass(slots=True)
class _MovingBoxes:
    """Joins boxes of one name from look to look, so that they move and do not jump."""

    kind: Kind
    hold_ms: int
    _trackers: dict[str, ByteTracker] = field(default_factory=dict)
    _seen: dict[tuple[str, int], list[tuple[int, BoundingBox]]] = field(default_factory=dict)

    def add(self, finding: Finding, boxes: Iterable[tuple[str, BoundingBox, float]]) -> None:
        """Add the boxes of one moment with their names and confidences (0..100)."""
        by_name: dict[str, list[tuple[BoundingBox, float]]] = {}
        for name, box, confidence in boxes:
            by_name.setdefault(name, []).append((box, confidence))
        for name, group in by_name.items():
            tracker = self._trackers.setdefault(name, ByteTracker(_BOXES))
            corners = np.array([box.to_pixels(1000, 1000) for box, _ in group])
            scores = np.array([confidence / 100 for _, confidence in group])
            ids = tracker.update(finding.timestamp_ms, corners, scores)
            for number, (box, _) in zip(ids.tolist(), group, strict=True):
                if number != UNTRACKED:
                    sights = self._seen.setdefault((name, number), [])
                    sights.append((finding.timestamp_ms, box))

    def courses(self) -> Iterator[Course]:
        """Give the courses of all boxes."""
        for (name, _), sights in self._seen.items():
            times, boxes = zip(*sights, strict=True)
            yield Course(self.kind, name, times, boxes, self.hold_ms)
