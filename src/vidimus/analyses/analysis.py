"""What an analysis of a video is: it looks at frames, takes what it saw in order, and concludes.

`look` runs the networks and may run for several frames at once; `take` keeps the state (tracks,
open segments) and sees the frames in order. State can be written down and read back, so that a
worker that was killed goes on where the last finished chunk ended.
"""

from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass, field
from typing import Any, Protocol

import numpy as np
from numpy.typing import NDArray

from vidimus.lazy import lazy
from vidimus.video.frames import Frame
from vidimus.vision.picture_sheet import PictureSheet

Pixels = NDArray[np.uint8]

MOMENTS = "moments"
SEGMENTS = "segments"


@dataclass(frozen=True, slots=True)
class Sampling:
    """Which frames are needed: the first at or after each multiple of `every_ms`; 0 is all."""

    every_ms: int


class View:
    """One frame, and the sheet that all analyses share of it; used by one thread at a time."""

    def __init__(self, frame: Frame, open_sheet: Callable[[Pixels], PictureSheet]) -> None:
        self.frame = frame
        self._open_sheet = open_sheet

    @lazy
    def sheet(self) -> PictureSheet:
        """What the networks say about the frame; whoever asks for it has the frame converted."""
        return self._open_sheet(self.frame.pixels)


@dataclass(frozen=True, slots=True)
class Moment:
    """When a frame is shown: its number from 0 and its time from the start of the video."""

    number: int
    timestamp_ms: int


@dataclass(frozen=True, slots=True)
class Finding:
    """One result of an analysis.

    `subject` is what results are sorted by other than time: a label's name, a person's index as
    ten digits, a known person's id. `value` is JSON of the analysis's own dataclass; `series`
    parts moments from segments.
    """

    timestamp_ms: int
    subject: str
    value: bytes
    series: str = MOMENTS


@dataclass(frozen=True, slots=True)
class Conclusion:
    """What is only known after the last frame.

    `subjects` holds JSON about final subjects (who matched a person, say). `renamed` maps subjects
    as they were written to final ones, `dropped` are those, as written, whose findings are erased.
    `matched` are ids with their similarity (0..100) and `persons` how many people they were
    matched to; both for the ledger.
    """

    findings: tuple[Finding, ...] = ()
    subjects: Mapping[str, bytes] = field(default_factory=dict)
    renamed: Mapping[str, str] = field(default_factory=dict)
    dropped: frozenset[str] = frozenset()
    matched: tuple[tuple[str, float], ...] = ()
    persons: int | None = None


class Analysis(Protocol):
    """One analysis of one video."""

    @property
    def sampling(self) -> Sampling:
        """Which frames it needs."""

    def look(self, view: View) -> Any:
        """Return what the networks see in a frame; changes nothing, and keeps no whole frame."""

    def take(self, moment: Moment, seen: Any) -> Iterable[Finding]:
        """Return what is found, now that the frame's turn has come; frames come in order."""

    def finish(self, end_ms: int) -> Conclusion:
        """Return what is only known at the end; `end_ms` is when the last frame ends."""

    def snapshot(self) -> bytes:
        """Return the state as it is after the last `take`."""

    def restore(self, state: bytes) -> None:
        """Go on from a snapshot, in place of a beginning."""
