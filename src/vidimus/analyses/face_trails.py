"""Where faces are on every frame of a video, also between the frames on which they were found.

A trail is one face followed through a video. A detector misses a face now and then: it turns, or
somebody walks past. Between two sights of a trail its place is interpolated, and for a moment
before the first and after the last it is taken to be where it was seen, for a face comes and goes
by turning away or by half leaving the picture. That needs to look ahead, so trails are complete
before anything is covered.
"""

from array import array
from bisect import bisect_left, bisect_right
from collections.abc import Iterable, Iterator
from dataclasses import dataclass, field

import numpy as np
from numpy.typing import NDArray

Floats = NDArray[np.float32]

REACH_MS = 500
"""So long before its first sight and after its last one a face is taken to be there."""

LONGEST_CHECK_GAP_MS = 1000
"""Two checks of who it is that are farther apart say nothing about the time between them."""


@dataclass(frozen=True, slots=True)
class Check:
    """How alike a trail's face was to each of those who may stay visible (0..100), and when."""

    timestamp_ms: int
    similarities: tuple[float, ...]


@dataclass(slots=True)
class Trail:
    """One face's places by time, in pixels, and who it was found to be like."""

    times: "array[int]" = field(default_factory=lambda: array("q"))
    edges: "array[float]" = field(default_factory=lambda: array("f"))
    checks: list[Check] = field(default_factory=list)

    @property
    def start_ms(self) -> int:
        """When it was first seen."""
        return self.times[0]

    @property
    def end_ms(self) -> int:
        """When it was last seen."""
        return self.times[-1]

    def add(self, timestamp_ms: int, box: Floats) -> None:
        """Note a sight later than all before: (x1, y1, x2, y2) in pixels."""
        self.times.append(timestamp_ms)
        self.edges.extend(float(edge) for edge in box)

    def is_seen_at(self, timestamp_ms: int) -> bool:
        """Tell whether the face was found on the frame of this time."""
        place = bisect_left(self.times, timestamp_ms)
        return place < len(self.times) and self.times[place] == timestamp_ms

    def box_at(self, timestamp_ms: int) -> Floats:
        """Return where the face is taken to be: (x1, y1, x2, y2) in pixels."""
        after = bisect_left(self.times, timestamp_ms)
        if after == 0:
            return self._box(0)
        if after == len(self.times):
            return self._box(-1)
        begin, end = self.times[after - 1], self.times[after]
        share = np.float32((timestamp_ms - begin) / (end - begin))
        return np.asarray((1 - share) * self._box(after - 1) + share * self._box(after), np.float32)

    def stays_visible_at(self, timestamp_ms: int, threshold: float) -> bool:
        """Tell whether the checks just before and just after both say that it is one who may.

        Where one is missing, or too far from the other, it may not.
        """
        before = bisect_right(self.checks, timestamp_ms, key=_time_of) - 1
        after = bisect_left(self.checks, timestamp_ms, key=_time_of)
        if before < 0 or after == len(self.checks):
            return False
        first, second = self.checks[before], self.checks[after]
        if second.timestamp_ms - first.timestamp_ms > LONGEST_CHECK_GAP_MS:
            return False
        pairs = zip(first.similarities, second.similarities, strict=True)
        return any(min(pair) >= threshold for pair in pairs)

    def ever_stays_visible(self, threshold: float | None) -> bool:
        """Tell whether there is a time at which it stays visible; None: nobody does."""
        if threshold is None:
            return False
        times = (check.timestamp_ms for check in self.checks)
        return any(self.stays_visible_at(time, threshold) for time in times)

    @property
    def highest_similarities(self) -> tuple[float, ...]:
        """How alike it was at the most to each of those who may stay visible; empty unchecked."""
        columns = zip(*(check.similarities for check in self.checks), strict=True)
        return tuple(max(column) for column in columns)

    def _box(self, which: int) -> Floats:
        first = which % len(self.times) * 4
        return np.array(self.edges[first : first + 4], np.float32)


@dataclass(frozen=True, slots=True)
class Covering:
    """What to cover on one frame.

    `boxes` (n, 4) in pixels; `found` says whether every face was found on this very frame, `kept`
    how many stay visible.
    """

    boxes: Floats
    found: bool
    kept: int


class CoverPlan:
    """Which places to cover at which time; asked in the order of frames."""

    def __init__(self, trails: Iterable[Trail], keep_from: float | None = None) -> None:
        """Trails whose checks reach the similarity `keep_from` stay visible there; None: none."""
        self._waiting = sorted(trails, key=lambda trail: trail.start_ms, reverse=True)
        self._shown: list[Trail] = []
        self._keep_from = keep_from

    def covering_at(self, timestamp_ms: int) -> Covering:
        """Return what to cover on the frame of this time, no earlier than the one asked before."""
        while self._waiting and self._waiting[-1].start_ms - REACH_MS <= timestamp_ms:
            self._shown.append(self._waiting.pop())
        self._shown = [each for each in self._shown if each.end_ms + REACH_MS >= timestamp_ms]
        hidden = [each for each in self._shown if not self._stays(each, timestamp_ms)]
        boxes = [each.box_at(timestamp_ms) for each in hidden]
        return Covering(
            boxes=np.stack(boxes) if boxes else np.zeros((0, 4), np.float32),
            found=all(each.is_seen_at(timestamp_ms) for each in hidden),
            kept=len(self._shown) - len(hidden),
        )

    def _stays(self, trail: Trail, timestamp_ms: int) -> bool:
        if self._keep_from is None:
            return False
        return trail.stays_visible_at(timestamp_ms, self._keep_from)


def _time_of(check: Check) -> int:
    return check.timestamp_ms


def moments_apart(times_ms: Iterable[int], gap_ms: int) -> Iterator[int]:
    """Give times that are at least `gap_ms` after the one given before, in order."""
    last: int | None = None
    for time in sorted(times_ms):
        if last is None or time - last >= gap_ms:
            last = time
            yield time
