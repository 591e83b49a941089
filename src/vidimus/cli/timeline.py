"""What was seen in a video, as a timeline shows it: lanes of spans, and boxes that move."""

from bisect import bisect_right
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field
from enum import StrEnum

from vidimus.geometry import BoundingBox


class Kind(StrEnum):
    """What a lane is about; in the order in which they are shown."""

    SHOTS = "shots"
    CUES = "cues"
    PEOPLE = "people"
    FLAGS = "flags"
    LABELS = "labels"
    TEXT = "text"


COLORS = {
    Kind.SHOTS: "#8d99ae",
    Kind.CUES: "#f78c6b",
    Kind.PEOPLE: "#c77dff",
    Kind.FLAGS: "#f94144",
    Kind.LABELS: "#4cc9f0",
    Kind.TEXT: "#06d6a0",
}
"""The colour of each kind, on the page and in annotated videos."""


@dataclass(frozen=True, slots=True)
class Span:
    """From when to when something is seen, how sure that is (0..100), and more in words."""

    start_ms: int
    end_ms: int
    confidence: float | None = None
    words: str = ""


@dataclass(frozen=True, slots=True)
class Sight:
    """Where something is on the frame of a time: the place a picture of it is cut from.

    `box` is None where it is the whole frame; `worth` says how good the sight is, more is better.
    """

    timestamp_ms: int
    box: BoundingBox | None
    worth: float


@dataclass(frozen=True, slots=True)
class Lane:
    """One label, person, line of text or the like, and all spans of it in order.

    `notes` are short sentences about it, `sight` where it is best seen.
    """

    kind: Kind
    name: str
    spans: tuple[Span, ...]
    notes: tuple[str, ...] = ()
    sight: Sight | None = None

    @property
    def start_ms(self) -> int:
        """When it is first seen."""
        return self.spans[0].start_ms

    @property
    def total_ms(self) -> int:
        """How long it is seen in all."""
        return sum(span.end_ms - span.start_ms for span in self.spans)


@dataclass(frozen=True, slots=True)
class Course:
    """A box that moves: by time, ratios of the frame. It is shown for `hold_ms` after a sight."""

    kind: Kind
    tag: str
    times_ms: tuple[int, ...]
    boxes: tuple[BoundingBox, ...]
    hold_ms: int

    def box_at(self, timestamp_ms: int) -> BoundingBox | None:
        """Return where the box is, between two sights on the line between them; else None."""
        before = bisect_right(self.times_ms, timestamp_ms) - 1
        if before < 0 or timestamp_ms >= self.times_ms[before] + self.hold_ms:
            return None
        if before + 1 == len(self.times_ms):
            return self.boxes[before]
        begin, end = self.times_ms[before], self.times_ms[before + 1]
        if end - begin > self.hold_ms:
            return self.boxes[before]
        return _between(
            self.boxes[before], self.boxes[before + 1], timestamp_ms - begin, end - begin
        )


@dataclass(frozen=True, slots=True)
class Timeline:
    """All that a video's report and its annotated copy show of what was seen."""

    lanes: tuple[Lane, ...] = ()
    courses: tuple[Course, ...] = ()

    def joined(self, other: "Timeline") -> "Timeline":
        """Return both."""
        return Timeline(self.lanes + other.lanes, self.courses + other.courses)


@dataclass(slots=True)
class SpanMaker:
    """Joins the times at which something is seen to spans: what is farther apart parts them.

    `every_ms` is how often it is looked for; the last sight of a span lasts so long. A gap of at
    most `bridged_ms` parts nothing, nor does one missed look.
    """

    every_ms: int
    bridged_ms: int = 0
    _times: list[tuple[int, float | None]] = field(default_factory=list)

    def add(self, timestamp_ms: int, confidence: float | None = None) -> None:
        """Note a sight, in the order of time."""
        self._times.append((timestamp_ms, confidence))

    def spans(self, end_ms: int) -> tuple[Span, ...]:
        """Return the spans; none lasts beyond the video's end."""
        gap = max(self.bridged_ms, 5 * self.every_ms // 2)
        runs: list[list[tuple[int, float | None]]] = []
        for sight in self._times:
            if runs and sight[0] - runs[-1][-1][0] <= gap:
                runs[-1].append(sight)
            else:
                runs.append([sight])
        return tuple(self._span(run, end_ms) for run in runs)

    def _span(self, run: Sequence[tuple[int, float | None]], end_ms: int) -> Span:
        sure = [confidence for _, confidence in run if confidence is not None]
        start, last = run[0][0], run[-1][0]
        end = max(start, min(last + self.every_ms, end_ms))
        return Span(start, end, max(sure) if sure else None)


def best_sight(sights: Iterable[Sight]) -> Sight | None:
    """Return the sight of most worth; None of none."""
    return max(sights, key=lambda sight: sight.worth, default=None)


def clock_words(timestamp_ms: int, *, tenths: bool = False) -> str:
    """Write a time as a player does: 0:07, 12:30 or 1:02:03; with tenths of seconds 0:07.4."""
    seconds, rest = divmod(timestamp_ms, 1000)
    minutes, seconds = divmod(seconds, 60)
    hours, minutes = divmod(minutes, 60)
    tail = f".{rest // 100}" if tenths else ""
    head = f"{hours}:{minutes:02}" if hours else f"{minutes}"
    return f"{head}:{seconds:02}{tail}"


def _between(first: BoundingBox, second: BoundingBox, past: int, whole: int) -> BoundingBox:
    share = past / whole

    def mix(one: float, other: float) -> float:
        return (1 - share) * one + share * other

    return BoundingBox(
        mix(first.left, second.left),
        mix(first.top, second.top),
        mix(first.width, second.width),
        mix(first.height, second.height),
    )
