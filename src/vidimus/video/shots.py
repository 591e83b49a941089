"""Shots: what one camera took without a break, parted by hard cuts and by fades.

A shot begins at the very frame of a hard cut, and ends at the last frame before the next one. Soft
transitions belong to no shot: where the picture fades away and another comes, the shot ends before
the one and begins after the other. Black between two shots is no shot.
"""

from fractions import Fraction

import msgspec
import numpy as np
from numpy.typing import NDArray

from vidimus.video.cuts import LATE, Cut, CutsState, HardCuts, is_flash
from vidimus.video.fades import Fades, FadesState, Gap
from vidimus.video.frame_time import FrameTime

Luma = NDArray[np.uint8]

_FLASH = Fraction(1, 4)
"""What comes and goes within so many seconds may be a flash."""


class Shot(msgspec.Struct, frozen=True):
    """From frame `first` to frame `last`, both part of it.

    `confidence` 50..100 is that of the less certain one of its two ends: 50 at the least change
    that counts as a cut or a fade, 75 at twice as much, 100 where the video begins or ends.
    """

    first: FrameTime
    last: FrameTime
    confidence: float


class ShotsState(msgspec.Struct):
    """What is open: where the shot began (None: no picture yet), and cuts not yet certain."""

    cuts: CutsState
    fades: FadesState
    first: FrameTime | None
    confidence: float
    waiting: list[Cut]
    last: FrameTime | None


class ShotFinder:
    """Finds the shots among frames that it is told one after the other, numbered without gaps."""

    def __init__(self, frame_rate: Fraction) -> None:
        self._cuts, self._fades = HardCuts(), Fades()
        self._flash = max(1, int(_FLASH * frame_rate))
        self._first: FrameTime | None = None
        self._confidence = 100.0
        self._waiting: list[Cut] = []
        self._last: FrameTime | None = None

    def take(self, time: FrameTime, luma: Luma) -> list[Shot]:
        """Take a frame's luma (h, w), about 96 wide; return the shots whose end is certain now."""
        if self._last is None:
            self._first = time
        self._last = time
        cut = self._cuts.take(time, luma)
        if cut is not None:
            self._fades.cut(cut.first.number)
            self._await(cut)
        gap = self._fades.take(time, luma)
        shots = [] if gap is None else self._part_at_gap(gap)
        return shots + self._part_at_cuts(self._certain_before(time.number))

    def finish(self) -> list[Shot]:
        """Return the shots that end with the video."""
        if self._last is None:
            return []
        gap = self._fades.finish()
        shots = [] if gap is None else self._part_at_gap(gap)
        shots += self._part_at_cuts(self._last.number + 1)
        return shots + self._end(self._last, 100.0)

    def snapshot(self) -> bytes:
        """Return what `restore` needs, some 30 kB."""
        state = ShotsState(
            self._cuts.snapshot(),
            self._fades.snapshot(),
            self._first,
            self._confidence,
            list(self._waiting),
            self._last,
        )
        return msgspec.msgpack.encode(state)

    def restore(self, state: bytes) -> None:
        """Go on from a snapshot."""
        stood = msgspec.msgpack.decode(state, type=ShotsState)
        self._cuts.restore(stood.cuts)
        self._fades.restore(stood.fades)
        self._first, self._confidence = stood.first, stood.confidence
        self._waiting, self._last = list(stood.waiting), stood.last

    def _await(self, cut: Cut) -> None:
        """Let a cut wait, or drop it with the one before if the two are a flash."""
        for index, earlier in enumerate(self._waiting):
            if cut.first.number - earlier.first.number <= self._flash and is_flash(earlier, cut):
                del self._waiting[index:]
                return
        self._waiting.append(cut)

    def _certain_before(self, number: int) -> int:
        """Return the frame before which cuts are certain: no flash, and no part of a fade."""
        certain = number - LATE - self._flash
        since = self._fades.open_since
        return certain if since is None else min(certain, since + 1)

    def _part_at_cuts(self, before: int) -> list[Shot]:
        shots: list[Shot] = []
        while self._waiting and self._waiting[0].first.number < before:
            cut = self._waiting.pop(0)
            confidence = _confidence(cut.margin)
            shots += self._end(cut.last, confidence)
            self._first, self._confidence = cut.first, confidence
        return shots

    def _part_at_gap(self, gap: Gap) -> list[Shot]:
        """End the shot before a gap and begin the one after it; cuts inside of it are none."""
        begin = 0 if gap.last_before is None else gap.last_before.number + 1
        shots = self._part_at_cuts(begin)
        after = gap.first_after
        self._waiting = [cut for cut in self._waiting if after is not None and cut.first > after]
        confidence = _confidence(gap.margin)
        if gap.last_before is not None:
            shots += self._end(gap.last_before, confidence)
        self._first, self._confidence = gap.first_after, confidence
        return shots

    def _end(self, last: FrameTime, confidence: float) -> list[Shot]:
        first = self._first
        self._first = None
        if first is None or last < first:
            return []
        return [Shot(first, last, min(self._confidence, confidence))]


def _confidence(margin: float) -> float:
    return 100 - 50 / margin
