"""A page about a video: a player, and a timeline of everything that was seen, in one HTML file.

The page holds its pictures and loads nothing from the net. The clip itself stays where it is,
beside the page or elsewhere on the machine, unless it is to be embedded.
"""

import base64
import os
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from importlib.metadata import version
from pathlib import Path
from urllib.parse import quote

from jinja2 import Environment

from vidimus.cli.clip import WatchedClip
from vidimus.cli.page import open_environment, today_in_words
from vidimus.cli.timeline import COLORS, Course, Kind, Lane, Timeline, clock_words
from vidimus.errors import InvalidParameter
from vidimus.video.video_info import VideoInfo

MOST_EMBEDDED = 200_000_000
"""Bytes of a clip that a page can hold; browsers fail at larger ones."""

_TICKS = 10
_TICK_STEPS_MS = tuple(
    1000 * seconds for seconds in (1, 2, 5, 10, 15, 30, 60, 120, 300, 600, 900, 1800, 3600)
)
_MEDIA_TYPES = {".webm": "video/webm", ".mkv": "video/x-matroska", ".mov": "video/quicktime"}

Telling = tuple[str, str, str]
"""A part, how often it was looked for, and what told it or why it was left out."""


@dataclass(frozen=True, slots=True)
class _ShownLane:
    """A lane as the template reads it: with its picture, which is empty where there is none."""

    kind: Kind
    name: str
    spans: Sequence[object]
    notes: tuple[str, ...]
    total_ms: int
    image: str


def write_report(
    path: Path,
    clip: WatchedClip,
    timeline: Timeline,
    pictures: Mapping[int, str],
    tellings: Sequence[Telling],
    *,
    embed: bool = False,
) -> None:
    """Write the page to `path`.

    `pictures` are addresses of pictures of lanes by their place; with `embed` the page holds the
    clip itself. Raises InvalidParameter where that is too large.
    """
    page = _environment().get_template("video_report.html.jinja")
    lanes = [_shown(lane, pictures.get(place, "")) for place, lane in enumerate(timeline.lanes)]
    text = page.render(
        title=clip.path.name,
        source=_embedded(clip.path) if embed else _address(clip.path, path),
        size=(clip.info.width, clip.info.height),
        facts=list(_facts(clip)),
        counts=_counts(clip, timeline),
        kinds=[kind for kind in Kind if any(lane.kind is kind for lane in timeline.lanes)],
        colors=COLORS,
        lanes=lanes,
        strip=clip.stills,
        ticks=list(_ticks(clip.end_ms)),
        duration_ms=clip.end_ms,
        tellings=tellings,
        story=_story(clip, timeline),
        version=version("vidimus"),
        date=today_in_words(),
    )
    path.write_text(text, encoding="utf-8")


def _environment() -> Environment:
    environment = open_environment()
    environment.filters["clock"] = clock_words
    environment.filters["clock_tenths"] = lambda time: clock_words(time, tenths=True)
    return environment


def _shown(lane: Lane, image: str) -> _ShownLane:
    return _ShownLane(lane.kind, lane.name, lane.spans, lane.notes, lane.total_ms, image)


def _address(clip: Path, page: Path) -> str:
    """Return where the clip is, seen from the page."""
    beside = os.path.relpath(clip.resolve(), page.resolve().parent)
    return quote(Path(beside).as_posix())


def _embedded(clip: Path) -> str:
    if clip.stat().st_size > MOST_EMBEDDED:
        raise InvalidParameter(
            f"--embed: {clip.name} has more than {MOST_EMBEDDED:,} bytes; leave it beside the page"
        )
    kind = _MEDIA_TYPES.get(clip.suffix.lower(), "video/mp4")
    return f"data:{kind};base64," + base64.b64encode(clip.read_bytes()).decode("ascii")


def _facts(clip: WatchedClip) -> Iterator[str]:
    info = clip.info
    yield clock_words(clip.end_ms)
    yield f"{info.width} × {info.height}"
    yield f"{float(info.frame_rate):g} frames a second"
    yield _codecs(info)
    if clip.skipped:
        yield f"{clip.skipped} damaged frames left out"


def _codecs(info: VideoInfo) -> str:
    sound = ", ".join(dict.fromkeys(audio.codec for audio in info.audio))
    return f"{info.codec} with {sound}" if sound else f"{info.codec}, silent"


def _counts(clip: WatchedClip, timeline: Timeline) -> list[tuple[int, str]]:
    """Return the numbers at the head of the page."""
    shots = sum(len(lane.spans) for lane in timeline.lanes if lane.kind is Kind.SHOTS)
    numbers = {
        ("shot", "shots"): shots,
        ("person", "people"): _lanes_of(timeline, Kind.PEOPLE),
        ("label", "labels"): _lanes_of(timeline, Kind.LABELS),
        ("line of text", "lines of text"): _lanes_of(timeline, Kind.TEXT),
        ("flag", "flags"): _lanes_of(timeline, Kind.FLAGS),
        ("frame", "frames"): clip.frames,
    }
    return [(count, one if count == 1 else many) for (one, many), count in numbers.items() if count]


def _lanes_of(timeline: Timeline, kind: Kind) -> int:
    return sum(lane.kind is kind for lane in timeline.lanes)


def _ticks(duration_ms: int) -> Iterator[tuple[int, str]]:
    """Give the times that the ruler names, and their words."""
    fits = (step for step in _TICK_STEPS_MS if duration_ms / step <= _TICKS)
    step = next(fits, duration_ms // _TICKS // 3_600_000 * 3_600_000 + 3_600_000)
    for time in range(0, duration_ms, step):
        yield time, clock_words(time)


def _story(clip: WatchedClip, timeline: Timeline) -> dict[str, object]:
    """Return what the page's script reads."""
    return {
        "duration_ms": clip.end_ms,
        "frame_ms": float(1000 / clip.info.frame_rate),
        "size": [clip.info.width, clip.info.height],
        "lanes": [
            {
                "kind": lane.kind,
                "name": lane.name,
                "spans": [[span.start_ms, span.end_ms] for span in lane.spans],
            }
            for lane in timeline.lanes
        ],
        "courses": [_course(course) for course in timeline.courses],
    }


def _course(course: Course) -> dict[str, object]:
    return {
        "kind": course.kind,
        "tag": course.tag,
        "times": course.times_ms,
        "boxes": [
            [round(edge, 4) for edge in (box.left, box.top, box.width, box.height)]
            for box in course.boxes
        ],
        "hold": course.hold_ms,
    }
