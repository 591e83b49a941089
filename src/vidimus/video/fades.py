"""Fades: stretches without a picture, and the soft ways into them and out of them.

What tells is how much the luma of a frame spreads (its standard deviation). A fade to black, white
or any other even ground brings it down to nothing, evenly, frame by frame; a hard cut to black does
it at once. Where a picture was gone, `Gap` names the last frame before it began to go and the first
one that is fully there again: a shot has no part in what lies between.

Dissolves from one picture straight to another leave no gap and are not told.
"""

from enum import StrEnum

import msgspec
import numpy as np
from numpy.typing import NDArray

from vidimus.video.frame_time import FrameTime

Luma = NDArray[np.uint8]

FLAT = 3.0
"""A frame whose luma spreads less, in levels of 256, shows nothing."""

_BLACK = 52.0
# A fade takes some frames; what is quicker is a cut for the eye.
_LEAST_FRAMES = 4
_MOST_FRAMES = 600
# While it fades the spread may rise by so much of itself: things move.
_WAVERING = 1.003
# With so much of the spread there it is fully there: fades begin and end slowly.
_FULL = 0.97
# The line of a fade is that of the frames below so much of the spread, and is followed so closely.
_LINE, _FOLLOWS = 0.6, 0.93
# Next to nothing it is faint: a slow loss of contrast that ends in a hard cut is no fade.
_FAINT = 0.5


class Gap(msgspec.Struct, frozen=True):
    """No picture between two frames: the last whole one before, the first whole one after.

    None is the beginning or the end of the video. `soft_out`, `soft_in` say whether the picture
    faded away and came back slowly, `margin` (1 or more) how clear that is.
    """

    last_before: FrameTime | None
    first_after: FrameTime | None
    soft_out: bool
    soft_in: bool
    margin: float


class _Phase(StrEnum):
    SHOWN = "shown"
    FLAT = "flat"
    RISING = "rising"


class FadesState(msgspec.Struct):
    """Where it stands: `times` and `spreads` of the frames that fade, or that come back."""

    phase: str = _Phase.SHOWN
    times: list[FrameTime] = []
    spreads: list[float] = []
    last_before: FrameTime | None = None
    soft_out: bool = False
    black: bool = True
    margin: float = 1.0


class Fades:
    """Finds the gaps among frames that it is told one after the other."""

    def __init__(self) -> None:
        self._state = FadesState()

    @property
    def open_since(self) -> int | None:
        """The last whole frame before what may become a gap; None while there is a picture.

        -1 if there was none. Cuts after it may belong to the gap.
        """
        if self._state.phase == _Phase.SHOWN:
            return None
        return -1 if self._state.last_before is None else self._state.last_before.number

    def take(self, time: FrameTime, picture: Luma) -> Gap | None:
        """Take a frame's luma (h, w); return the gap whose end it makes certain."""
        spread = float(picture.std())
        if self._state.phase == _Phase.SHOWN:
            self._while_shown(time, spread)
        elif self._state.phase == _Phase.RISING:
            return self._while_rising(time, spread)
        elif spread >= FLAT:
            self._state = self._rising(time, spread)
        if self._state.phase == _Phase.FLAT:
            self._state.black &= float(picture.mean()) < _BLACK
        return None

    def cut(self, number: int) -> None:
        """Take note that a hard cut is at frame `number`: what fades, fades since then."""
        if self._state.phase == _Phase.SHOWN:
            since = sum(time.number < number for time in self._state.times)
            self._state.times = self._state.times[since:]
            self._state.spreads = self._state.spreads[since:]

    def finish(self) -> Gap | None:
        """Return the gap that the video ends in."""
        state = self._state
        if state.phase == _Phase.RISING:
            return self._gap()
        flat = state.phase == _Phase.FLAT and (state.soft_out or state.black)
        return Gap(state.last_before, None, state.soft_out, False, state.margin) if flat else None

    def snapshot(self) -> FadesState:
        """Return what `restore` needs."""
        return msgspec.structs.replace(
            self._state, times=list(self._state.times), spreads=list(self._state.spreads)
        )

    def restore(self, state: FadesState) -> None:
        """Go on from a snapshot."""
        self._state = msgspec.structs.replace(
            state, times=list(state.times), spreads=list(state.spreads)
        )

    def _while_shown(self, time: FrameTime, spread: float) -> None:
        state = self._state
        if spread < FLAT:
            self._state = self._flat()
            return
        if not state.spreads or spread > state.spreads[-1] * _WAVERING:
            state.times, state.spreads = [], []
        state.times = [*state.times, time][-_MOST_FRAMES:]
        state.spreads = [*state.spreads, spread][-_MOST_FRAMES:]

    def _flat(self) -> FadesState:
        """Tell from the frames that led here whether the picture faded away."""
        state = self._state
        if not state.times:
            return FadesState(_Phase.FLAT)
        peak, whole = max(state.spreads), _last_whole(state.spreads)
        faint = state.spreads[-1] < _FAINT * peak
        soft = faint and len(state.times) - whole >= _LEAST_FRAMES
        last = state.times[whole] if soft else state.times[-1]
        return FadesState(_Phase.FLAT, last_before=last, soft_out=soft, margin=_margin(peak))

    def _rising(self, time: FrameTime, spread: float) -> FadesState:
        return msgspec.structs.replace(
            self._state, phase=_Phase.RISING, times=[time], spreads=[spread]
        )

    def _while_rising(self, time: FrameTime, spread: float) -> Gap | None:
        state = self._state
        rises = spread * _WAVERING >= state.spreads[-1] and len(state.spreads) < _MOST_FRAMES
        if spread < FLAT:
            self._state = msgspec.structs.replace(state, phase=_Phase.FLAT)
            return None
        state.times.append(time)
        state.spreads.append(spread)
        if rises and spread > state.spreads[0] and not self._levelled():
            return None
        gap = self._gap()
        self._state = FadesState(times=[time], spreads=[spread])
        return gap

    def _levelled(self) -> bool:
        """Say whether the last frames have hardly become richer: the picture is there."""
        spreads = self._state.spreads
        return len(spreads) > _LEAST_FRAMES and spreads[-_LEAST_FRAMES] >= _FULL * spreads[-1]

    def _gap(self) -> Gap | None:
        """Return the gap before the frames that came back; None when a cut says it all."""
        state = self._state
        peak = max(state.spreads)
        whole = len(state.spreads) - 1 - _last_whole(state.spreads[::-1])
        soft = state.spreads[0] < _FAINT * peak and whole + 1 >= _LEAST_FRAMES
        if not (soft or state.soft_out or state.black):
            return None
        first = state.times[whole] if soft else state.times[0]
        margin = max(1.0, min(_margin(peak), state.margin if state.last_before else 1e9))
        return Gap(state.last_before, first, state.soft_out, soft, margin)


def _last_whole(spreads: list[float]) -> int:
    """Return the index of the last whole frame of those on the way to nothing.

    It is the last with nearly the most spread, or a later one: the shot's own contrast may have
    fallen before it faded. The fade is where the spreads follow the line of its fainter half.
    """
    peak = max(spreads)
    whole = max(i for i, spread in enumerate(spreads) if spread >= _FULL * peak)
    faint = [i for i in range(whole + 1, len(spreads)) if spreads[i] < _LINE * peak]
    if len(faint) < _LEAST_FRAMES:
        return whole
    slope, level = np.polyfit(faint, [spreads[i] for i in faint], 1)
    last = faint[0] - 1
    while last > whole and spreads[last] >= _FOLLOWS * (level + slope * last):
        last -= 1
    return last


def _margin(peak: float) -> float:
    return max(1.0, peak / (4 * FLAT))
