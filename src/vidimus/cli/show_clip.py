"""Watching a clip and showing what was seen: in a table, as JSON, on a page or drawn on a copy."""

from collections.abc import Collection, Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path

import msgspec
import typer
from rich.console import Console
from rich.table import Table
from rich.text import Text

from vidimus.cli.analyze_video import PAGE_ENDINGS
from vidimus.cli.annotated_video import write_annotated
from vidimus.cli.clip import KINDS, WatchedClip, watch_clip
from vidimus.cli.clip_answers import clip_answers
from vidimus.cli.clip_part import ClipPart
from vidimus.cli.lane_pictures import cut_pictures
from vidimus.cli.options import plain_table
from vidimus.cli.progress import Passes, open_passes
from vidimus.cli.timeline import Lane, Timeline, clock_words
from vidimus.cli.video_lanes import timeline_of
from vidimus.cli.video_report import Telling, write_report
from vidimus.engine.engine import Engine
from vidimus.video.frames import Video, open_video

_MOST_TIMES = 6


@dataclass(frozen=True, slots=True)
class ClipWish:
    """What to tell of a clip, the files to write about it, and whether a page holds the clip."""

    parts: Collection[ClipPart]
    outputs: Sequence[Path] = ()
    embed: bool = False


def show_clip(engine: Engine, path: Path, wish: ClipWish, *, json: bool) -> None:
    """Watch a clip, write what is wanted and print what was seen; progress goes to stderr."""
    console = Console(stderr=True, highlight=False)
    with open_video(path, engine.video_limits) as video, open_passes(console, path.name) as passes:
        clip = watch_clip(engine, path, video, wish.parts, passes)
        timeline = timeline_of(clip)
        for output in wish.outputs:
            _write(output, clip, timeline, video, passes, embed=wish.embed)
    _tell(clip, timeline, json=json)
    _say_what_is_left_out(console, clip)


def _write(
    path: Path,
    clip: WatchedClip,
    timeline: Timeline,
    video: Video,
    passes: Passes,
    *,
    embed: bool,
) -> None:
    if path.suffix.lower() in PAGE_ENDINGS:
        pictures = cut_pictures(video, timeline.lanes, passes)
        write_report(path, clip, timeline, pictures, list(_tellings(clip)), embed=embed)
    else:
        write_annotated(path, clip, timeline, video, passes)


def _tell(clip: WatchedClip, timeline: Timeline, *, json: bool) -> None:
    if json:
        typer.echo(msgspec.json.encode({"File": str(clip.path), **clip_answers(clip)}))
        return
    console = Console(highlight=False)
    length = clock_words(clip.end_ms, tenths=True)
    console.print(Text(f"{clip.path.name}: {length}, {clip.frames} frames", style="bold"))
    console.print(_table(timeline.lanes))


def _table(lanes: Collection[Lane]) -> Table:
    table = plain_table("kind", "what", "seen", "for", "when")
    for lane in lanes:
        times = [clock_words(span.start_ms) for span in lane.spans]
        more = f" and {len(times) - _MOST_TIMES} more" if len(times) > _MOST_TIMES else ""
        table.add_row(
            lane.kind,
            Text(lane.name),
            f"{len(times)}×",
            clock_words(lane.total_ms, tenths=True),
            " ".join(times[:_MOST_TIMES]) + more,
        )
    return table


def _say_what_is_left_out(console: Console, clip: WatchedClip) -> None:
    for name, reason in clip.failures.items():
        console.print("[yellow]left out:[/yellow]", Text(f"{name}: {reason}"), soft_wrap=True)


def _tellings(clip: WatchedClip) -> Iterator[Telling]:
    """Give what the page says of each analysis: its part, how often it looked, and what failed."""
    parts: dict[str, ClipPart] = {kind: part for part in KINDS for kind in KINDS[part]}
    for name, every_ms in clip.every_ms.items():
        looked = f"every {every_ms} ms" if every_ms else "every frame"
        failure = clip.failures.get(name)
        yield parts.get(name, ClipPart.PEOPLE), looked, f"left out: {failure}" if failure else name
    for name, reason in clip.failures.items():
        if name not in clip.every_ms:
            yield parts.get(name, ClipPart.PEOPLE), "", f"left out: {reason}"
