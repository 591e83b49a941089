"""How far going over a video is, and how long it will still take."""

from collections.abc import Iterable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass

from rich.console import Console
from rich.markup import escape
from rich.progress import BarColumn, Progress, TextColumn, TimeRemainingColumn

from vidimus.video.frames import Frame


@dataclass(frozen=True, slots=True)
class Passes:
    """Shows the passes over one video, a bar for each."""

    progress: Progress
    name: str

    def follow(self, doing: str, frames: Iterable[Frame], duration_ms: int) -> Iterator[Frame]:
        """Give the frames on, and show how much of the video's time they have come to."""
        bar = self.progress.add_task(escape(f"{self.name}: {doing}"), total=duration_ms or None)
        for frame in frames:
            yield frame
            self.progress.update(bar, completed=frame.timestamp_ms)
        self.progress.update(bar, completed=duration_ms)


@contextmanager
def open_passes(console: Console, name: str) -> Iterator[Passes]:
    """Show progress on the console while the block runs; it goes away afterwards."""
    columns = (
        TextColumn("{task.description}"),
        BarColumn(),
        TextColumn("{task.percentage:>3.0f} %"),
        TimeRemainingColumn(),
        TextColumn("left"),
    )
    with Progress(*columns, console=console, transient=True) as progress:
        yield Passes(progress, name)
