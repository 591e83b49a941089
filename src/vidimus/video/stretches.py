"""Stretches of frames of which the same is said, one frame after the other."""

import msgspec

from vidimus.video.frame_time import FrameTime


class Stretch(msgspec.Struct, frozen=True, array_like=True):
    """From frame `first` to `last`, both part of it; `score` is the mean of its frames' scores."""

    first: FrameTime
    last: FrameTime
    score: float
    frames: int


class Stretches:
    """Joins frames that hold into stretches; the state is a list of them."""

    def __init__(self) -> None:
        self._done: list[Stretch] = []
        self._open: Stretch | None = None

    def take(self, time: FrameTime, score: float | None) -> None:
        """Take the next frame: its score if it holds, None if it does not."""
        if score is None:
            self._done += [] if self._open is None else [self._open]
            self._open = None
        elif self._open is None:
            self._open = Stretch(time, time, score, 1)
        else:
            self._open = _longer(self._open, time, score)

    def told(self) -> list[Stretch]:
        """Return all stretches so far, the open one among them."""
        return [*self._done, *([] if self._open is None else [self._open])]

    def snapshot(self) -> tuple[list[Stretch], Stretch | None]:
        """Return what `restore` needs."""
        return list(self._done), self._open

    def restore(self, state: tuple[list[Stretch], Stretch | None]) -> None:
        """Go on from a snapshot."""
        self._done, self._open = list(state[0]), state[1]


def _longer(stretch: Stretch, time: FrameTime, score: float) -> Stretch:
    frames = stretch.frames + 1
    mean = stretch.score + (score - stretch.score) / frames
    return Stretch(stretch.first, time, mean, frames)
