"""An analysis that counts, and frames without a video, for tests of what feeds analyses."""

from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass, field
from typing import Any, cast

import msgspec
import numpy as np

from vidimus.analyses.analysis import Conclusion, Finding, Moment, Sampling, View
from vidimus.video.frames import Frame
from vidimus.vision.picture_sheet import PictureSheet


@dataclass
class DrawnFrame:
    """As much of a frame as the watch looks at."""

    number: int
    timestamp_ms: int
    pixels: Any = field(default_factory=lambda: np.zeros((8, 8, 3), np.uint8))


def frames(count: int, every_ms: int = 40) -> Iterator[Frame]:
    return (cast(Frame, DrawnFrame(number, number * every_ms)) for number in range(count))


def no_sheet(pixels: object) -> PictureSheet:
    raise AssertionError("nobody asked for the frame's pixels")


@dataclass
class Counting:
    """Finds, at each frame it sees, how many it saw before."""

    every_ms: int = 0
    count: int = 0
    looked: list[int] = field(default_factory=list)
    trouble: Callable[[int], None] = lambda number: None

    @property
    def sampling(self) -> Sampling:
        return Sampling(self.every_ms)

    def look(self, view: View) -> int:
        self.trouble(view.frame.number)
        return view.frame.number

    def take(self, moment: Moment, seen: Any) -> Iterable[Finding]:
        assert seen == moment.number
        self.looked.append(moment.timestamp_ms)
        yield Finding(moment.timestamp_ms, f"{self.count % 3}", msgspec.json.encode(self.count))
        self.count += 1

    def finish(self, end_ms: int) -> Conclusion:
        return Conclusion(subjects={"end": msgspec.json.encode(end_ms)}, persons=self.count)

    def snapshot(self) -> bytes:
        return msgspec.json.encode(self.count)

    def restore(self, state: bytes) -> None:
        self.count = msgspec.json.decode(state, type=int)
