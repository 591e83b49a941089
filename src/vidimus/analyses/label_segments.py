"""From moments to segments: how long something was seen without a gap that counts."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from typing import Generic, TypeVar

BRIDGED_MS = 1000
"""What is not seen for so long at most was there all the same."""

Sight = TypeVar("Sight")


@dataclass(frozen=True, slots=True)
class Stretch(Generic[Sight]):
    """From when to when something was seen, and its surest sight."""

    sight: Sight
    start_ms: float
    end_ms: float


@dataclass(slots=True)
class SegmentBuilder(Generic[Sight]):
    """Joins the times that each name is seen at; gaps up to `bridged_ms` are bridged.

    `confidence` says how sure a sight is: that of a segment is its greatest. `open` are the
    segments by name that may still last.
    """

    confidence: Callable[[Sight], float]
    bridged_ms: float = BRIDGED_MS
    open: dict[str, Stretch[Sight]] = field(default_factory=dict)

    def add(
        self, start_ms: float, end_ms: float, seen: Mapping[str, Sight]
    ) -> list[Stretch[Sight]]:
        """Add what is seen from `start_ms` to `end_ms`; returns the segments that ended before."""
        ended = [each for each in self.open.values() if each.end_ms + self.bridged_ms < start_ms]
        kept = {
            name: each
            for name, each in self.open.items()
            if each.end_ms + self.bridged_ms >= start_ms
        }
        for name, sight in seen.items():
            kept[name] = self._joined(kept.get(name), Stretch(sight, start_ms, end_ms))
        self.open = kept
        return ended

    def end(self) -> list[Stretch[Sight]]:
        """Return the segments that lasted to the end."""
        ended, self.open = list(self.open.values()), {}
        return ended

    def _joined(self, before: Stretch[Sight] | None, now: Stretch[Sight]) -> Stretch[Sight]:
        if before is None:
            return now
        surer = self.confidence(now.sight) > self.confidence(before.sight)
        return Stretch(now.sight if surer else before.sight, before.start_ms, now.end_ms)
