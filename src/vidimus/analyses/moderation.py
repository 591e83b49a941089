"""Moderation of a video: what it shows that a platform may not want, by moments and by segments.

Unlike labels, nothing is made steady: what was seen once is worth a person's look.
"""

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, replace

import msgspec

from vidimus.analyses.analysis import SEGMENTS, Conclusion, Finding, Moment, Sampling, View
from vidimus.analyses.label_segments import SegmentBuilder, Stretch
from vidimus.vision.moderation import DEFAULT_CONFIDENCE, detect_moderation_labels
from vidimus.vision.moderation_types import ContentType, Moderation, ModerationLabel

EVERY_MS = 400


@dataclass(frozen=True, slots=True)
class ModerationWish:
    """How sure labels have to be to be told, 0..100."""

    min_confidence: float = DEFAULT_CONFIDENCE


@dataclass(frozen=True, slots=True)
class SeenModeration:
    """A label at one moment, and how the picture was made."""

    label: ModerationLabel
    content_types: tuple[ContentType, ...]


@dataclass(frozen=True, slots=True)
class ModerationSegment:
    """A label from when to when it was seen, as it was at its surest, without boxes."""

    label: ModerationLabel
    content_types: tuple[ContentType, ...]
    start_ms: int
    end_ms: int


class _Open(msgspec.Struct, frozen=True):
    """The last moment, whose end is half-way to the next, and when it began."""

    start_ms: float
    timestamp_ms: int
    seen: dict[str, SeenModeration]


class _State(msgspec.Struct, frozen=True):
    last: _Open | None
    open: dict[str, Stretch[SeenModeration]]


class ModerationDetection:
    """Tells what of the taxonomy a video shows; values are SeenModeration, ModerationSegment."""

    def __init__(self, wish: ModerationWish) -> None:
        self._wish = wish
        self._last: _Open | None = None
        self._segments: SegmentBuilder[SeenModeration] = SegmentBuilder(_confidence)

    @property
    def sampling(self) -> Sampling:
        """A few looks a second: what is shown for less may be missed."""
        return Sampling(EVERY_MS)

    def look(self, view: View) -> Moderation:
        """Ask the networks about a frame."""
        return detect_moderation_labels(view.sheet, self._wish.min_confidence)

    def take(self, moment: Moment, seen: Moderation) -> Iterable[Finding]:
        """Return the frame's labels, and the segments that ended before it."""
        now = moment.timestamp_ms
        labels = {label.name: SeenModeration(label, seen.content_types) for label in seen.labels}
        ended = self._advance(now, {name: _without_boxes(each) for name, each in labels.items()})
        moments = (Finding(now, name, msgspec.json.encode(each)) for name, each in labels.items())
        return [*moments, *ended]

    def finish(self, end_ms: int) -> Conclusion:
        """Return the segments that lasted to the end or nearly so."""
        ended = list(self._close_last(float(end_ms)))
        return Conclusion((*ended, *map(_segment_finding, self._segments.end())))

    def snapshot(self) -> bytes:
        """Return the last moment and the segments that may still last."""
        return msgspec.json.encode(_State(self._last, self._segments.open))

    def restore(self, state: bytes) -> None:
        """Go on from a snapshot."""
        known = msgspec.json.decode(state, type=_State)
        self._last, self._segments.open = known.last, dict(known.open)

    def _advance(self, now: int, seen: Mapping[str, SeenModeration]) -> list[Finding]:
        middle = float(now) if self._last is None else (self._last.timestamp_ms + now) / 2
        ended = list(self._close_last(middle))
        self._last = _Open(middle, now, dict(seen))
        return ended

    def _close_last(self, end_ms: float) -> Iterator[Finding]:
        """Add what was seen last to the segments, now that its end is known."""
        if self._last is not None:
            ended = self._segments.add(self._last.start_ms, end_ms, self._last.seen)
            yield from map(_segment_finding, ended)
        self._last = None


def _confidence(seen: SeenModeration) -> float:
    return seen.label.confidence


def _without_boxes(seen: SeenModeration) -> SeenModeration:
    return replace(seen, label=replace(seen.label, boxes=()))


def _segment_finding(stretch: Stretch[SeenModeration]) -> Finding:
    label, types = stretch.sight.label, stretch.sight.content_types
    segment = ModerationSegment(label, types, int(stretch.start_ms), int(stretch.end_ms))
    return Finding(segment.start_ms, label.name, msgspec.json.encode(segment), SEGMENTS)
