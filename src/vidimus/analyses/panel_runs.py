"""Runs of panels: looks one after the other that show colour bars, or an even ground with ink."""

from collections.abc import Sequence

import msgspec

from vidimus.analyses.panels import EVERY_MS, Panel
from vidimus.video.frame_time import FrameTime
from vidimus.video.shots import Shot


class PanelRun(msgspec.Struct, frozen=True, array_like=True):
    """Looks that show the same kind of panel, from frame `first` to frame `last`.

    `bars` is the mean confidence of colour bars, 0 for other panels; `dark` whether all grounds
    are; `centred` the share of looks with centred ink. Of the looks that were read: `reads` how
    many, `read_lines` how many had any legible line, `lines` how many lines in all, `legible` the
    mean confidence of those, `words` the most words of a slate on one, `written` the most that
    text covered of the ink's box.
    """

    first: FrameTime
    last: FrameTime
    looks: int
    bars: float
    dark: bool
    centred: float
    reads: int
    read_lines: int
    lines: int
    legible: float
    words: int
    written: float

    @property
    def duration_ms(self) -> int:
        """From the first frame to the last."""
        return self.last.timestamp_ms - self.first.timestamp_ms

    @property
    def mean_lines(self) -> float:
        """How many lines a look that was read has."""
        return self.lines / self.reads if self.reads else 0.0


class PanelRuns:
    """Joins looks into runs."""

    def __init__(self) -> None:
        self._done: list[PanelRun] = []
        self._open: PanelRun | None = None

    def take(self, time: FrameTime, panel: Panel) -> None:
        """Take the next look, in the order of time."""
        if self._open is not None and not _alike(self._open, panel):
            self._done += [self._open] if self._open.looks > 1 else []
            self._open = None
        if panel.bars or panel.even:
            run = _run(time, panel)
            self._open = run if self._open is None else _joined(self._open, run)

    def told(self, shots: Sequence[Shot]) -> list[PanelRun]:
        """Return all runs so far; their ends are those of shots that are less than a look away."""
        runs = [*self._done, *([] if self._open is None else [self._open])]
        return [_to_shots(run, shots) for run in runs]

    def snapshot(self) -> tuple[list[PanelRun], PanelRun | None]:
        """Return what `restore` needs."""
        return list(self._done), self._open

    def restore(self, state: tuple[list[PanelRun], PanelRun | None]) -> None:
        """Go on from a snapshot."""
        self._done, self._open = list(state[0]), state[1]


def _alike(run: PanelRun, panel: Panel) -> bool:
    if run.bars or panel.bars:
        return bool(run.bars and panel.bars)
    return panel.even and panel.dark == run.dark


def _run(time: FrameTime, panel: Panel) -> PanelRun:
    read = panel.lines is not None
    lines = panel.lines or 0
    return PanelRun(
        first=time,
        last=time,
        looks=1,
        bars=panel.bars,
        dark=panel.dark,
        centred=float(panel.centred),
        reads=int(read),
        read_lines=int(lines > 0),
        lines=lines,
        legible=panel.legible,
        words=panel.words,
        written=panel.written,
    )


def _joined(run: PanelRun, new: PanelRun) -> PanelRun:
    looks, lines = run.looks + 1, run.lines + new.lines
    legible = run.legible * run.lines + new.legible * new.lines
    return PanelRun(
        first=run.first,
        last=new.last,
        looks=looks,
        bars=run.bars + (new.bars - run.bars) / looks,
        dark=run.dark and new.dark,
        centred=run.centred + (new.centred - run.centred) / looks,
        reads=run.reads + new.reads,
        read_lines=run.read_lines + new.read_lines,
        lines=lines,
        legible=legible / lines if lines else 0.0,
        words=max(run.words, new.words),
        written=max(run.written, new.written),
    )


def _to_shots(run: PanelRun, shots: Sequence[Shot]) -> PanelRun:
    """Move both ends to where a shot begins or ends, if one does within the time of a look."""
    begins = [
        shot.first
        for shot in shots
        if 0 <= run.first.timestamp_ms - shot.first.timestamp_ms <= EVERY_MS
    ]
    ends = [
        shot.last
        for shot in shots
        if 0 <= shot.last.timestamp_ms - run.last.timestamp_ms <= EVERY_MS
    ]
    first = min(begins, default=run.first)
    last = max(ends, default=run.last)
    return msgspec.structs.replace(run, first=first, last=last)
