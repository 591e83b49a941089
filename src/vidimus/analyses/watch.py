"""Watching a video: one decode, and every analysis sees the frames it needs.

Frames go to a few threads that look at them with the networks, all analyses' looks at one frame
together, so that they share its sheet. What was seen comes back in order, and each analysis takes
it in a thread of its own, so that none waits while another one's networks are at work. No more
frames are looked at than `_AHEAD` for each thread, and no analysis stays behind by more than
`_BEHIND_MS`: so the slowest one paces the decoder, and memory stays flat.
"""

from collections import deque
from collections.abc import Callable, Iterable, Iterator, Mapping
from concurrent.futures import Future, ThreadPoolExecutor
from dataclasses import dataclass, field
from types import TracebackType
from typing import Any, Self

import msgspec
import numpy as np
from numpy.typing import NDArray

from vidimus.analyses.analysis import Analysis, Conclusion, Finding, Moment, View
from vidimus.errors import StorageUnavailable
from vidimus.video.frames import Frame
from vidimus.vision.picture_sheet import PictureSheet

OpenSheet = Callable[[NDArray[np.uint8]], PictureSheet]
Named = tuple[str, Finding]

MOST_THREADS = 8
"""Threads that look at frames, however many cores there are: each has whole frames in hand."""
_AHEAD = 2
"""Frames under way for each thread: one is looked at while the next is being converted."""
_BEHIND_MS = 2000
"""How far an analysis may stay behind in the video; until then it keeps what was looked at."""


class WatchState(msgspec.Struct, frozen=True):
    """Where a watch stands: when each analysis needs its next frame, and the analyses' states."""

    due_ms: dict[str, int]
    snapshots: dict[str, bytes]


@dataclass(frozen=True, slots=True)
class _Seen:
    """What became of one frame: by analysis, what it saw or why it could not look."""

    moment: Moment
    looks: Mapping[str, Any]


@dataclass(frozen=True, slots=True)
class _Taking:
    """One frame whose turn has come: by analysis, what it finds in it or why it failed."""

    timestamp_ms: int
    found: Mapping[str, "Future[list[Finding]]"]


@dataclass(slots=True)
class Watch:
    """A watch of one video by named analyses; use it in a `with` statement.

    `threads` look at frames at once, but no more than MOST_THREADS.

    An analysis that raises is left out from there on; `failures` says why. The others go on. Only
    StorageUnavailable is raised on: what is away comes back, and then the frames are seen again.
    """

    analyses: dict[str, Analysis]
    open_sheet: OpenSheet
    threads: int = 2
    failures: dict[str, Exception] = field(default_factory=dict)
    _due_ms: dict[str, int] = field(default_factory=dict)
    _pool: ThreadPoolExecutor | None = None
    _lanes: dict[str, ThreadPoolExecutor] = field(default_factory=dict)

    def __post_init__(self) -> None:
        self.threads = min(self.threads, MOST_THREADS)

    def __enter__(self) -> Self:
        self._pool = ThreadPoolExecutor(self.threads, thread_name_prefix="look")
        self._lanes = {name: ThreadPoolExecutor(1, "take") for name in self.analyses}
        return self

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        traceback: TracebackType | None,
    ) -> None:
        for pool in (self._pool, *self._lanes.values()):
            if pool is not None:
                pool.shutdown(cancel_futures=True)

    def see(self, frames: Iterable[Frame]) -> Iterator[Named]:
        """Show frames, in their order, to the analyses; gives each finding with who found it."""
        looking: deque[Future[_Seen]] = deque()
        taking: deque[_Taking] = deque()
        for frame in frames:
            if not self.analyses:
                return
            wanted = self._who_needs(frame.timestamp_ms)
            if not wanted:
                continue
            if len(looking) >= _AHEAD * self.threads:
                taking.append(self._hand_on(looking.popleft().result()))
            while taking and taking[0].timestamp_ms < frame.timestamp_ms - _BEHIND_MS:
                yield from self._findings(taking.popleft())
            looking.append(self._look(frame, wanted))
        while looking:
            taking.append(self._hand_on(looking.popleft().result()))
        while taking:
            yield from self._findings(taking.popleft())

    def finish(self, end_ms: int) -> dict[str, Conclusion]:
        """Return what each analysis concludes; `end_ms` is when the last frame ends."""
        concluded: dict[str, Conclusion] = {}
        for name in list(self.analyses):
            try:
                concluded[name] = self.analyses[name].finish(end_ms)
            except Exception as trouble:  # noqa: BLE001 - one analysis must not end the others
                self._leave_out(name, trouble)
        return concluded

    def state(self) -> WatchState:
        """Return what `resume` needs to go on from here."""
        snapshots = {name: each.snapshot() for name, each in self.analyses.items()}
        return WatchState(dict(self._due_ms), snapshots)

    def resume(self, state: WatchState) -> None:
        """Go on from where another watch by the same analyses stood."""
        self._due_ms = dict(state.due_ms)
        for name in self.analyses.keys() & state.snapshots.keys():
            try:
                self.analyses[name].restore(state.snapshots[name])
            except Exception as trouble:  # noqa: BLE001 - one analysis must not end the others
                self._leave_out(name, trouble)

    def leave_out(self, name: str) -> None:
        """Go on without an analysis, whose job was cancelled say."""
        self.analyses.pop(name, None)

    def _who_needs(self, timestamp_ms: int) -> list[str]:
        wanted = []
        for name, analysis in self.analyses.items():
            every = analysis.sampling.every_ms
            if timestamp_ms >= self._due_ms.get(name, 0):
                wanted.append(name)
                self._due_ms[name] = (timestamp_ms // every + 1) * every if every else 0
        return wanted

    def _look(self, frame: Frame, wanted: list[str]) -> Future[_Seen]:
        assert self._pool is not None, "a watch is used in a with statement"  # noqa: S101
        # One of them may have been left out since, by a frame before this one.
        analyses = {name: self.analyses[name] for name in wanted if name in self.analyses}
        return self._pool.submit(_look_at, frame, analyses, self.open_sheet)

    def _hand_on(self, seen: _Seen) -> _Taking:
        """Give each analysis its turn, in its own lane, at what was looked at."""
        found = {
            name: self._lanes[name].submit(_take, self.analyses[name], seen.moment, look)
            for name, look in seen.looks.items()
            if name in self.analyses
        }
        return _Taking(seen.moment.timestamp_ms, found)

    def _findings(self, taking: _Taking) -> Iterator[Named]:
        for name, found in taking.found.items():
            try:
                findings = found.result()
            except Exception as trouble:  # noqa: BLE001 - one analysis must not end the others
                self._leave_out(name, trouble)
                continue
            if name in self.analyses:
                for finding in findings:
                    yield name, finding

    def _leave_out(self, name: str, trouble: Exception) -> None:
        if isinstance(trouble, StorageUnavailable):
            raise trouble
        self.failures.setdefault(name, trouble)
        self.leave_out(name)


def _look_at(frame: Frame, analyses: Mapping[str, Analysis], open_sheet: OpenSheet) -> _Seen:
    view = View(frame, open_sheet)
    looks: dict[str, Any] = {}
    for name, analysis in analyses.items():
        try:
            looks[name] = analysis.look(view)
        except Exception as trouble:  # noqa: BLE001 - told when the frame's turn has come
            looks[name] = trouble
    return _Seen(Moment(frame.number, frame.timestamp_ms), looks)


def _take(analysis: Analysis, moment: Moment, look: Any) -> list[Finding]:
    if isinstance(look, Exception):
        raise look
    return list(analysis.take(moment, look))


class Chunks:
    """Parts a stream of frames by time; the frame that begins a chunk is not lost."""

    def __init__(self, frames: Iterator[Frame]) -> None:
        self._frames = frames
        self._next: Frame | None = next(frames, None)
        self.last: Moment | None = None

    @property
    def next(self) -> Moment | None:
        """The frame that comes next; None at the end."""
        if self._next is None:
            return None
        return Moment(self._next.number, self._next.timestamp_ms)

    def until(self, end_ms: int) -> Iterator[Frame]:
        """Give the frames that are shown before `end_ms`."""
        while self._next is not None and self._next.timestamp_ms < end_ms:
            frame = self._next
            self.last = Moment(frame.number, frame.timestamp_ms)
            yield frame
            self._next = next(self._frames, None)
