"""Hard cuts, to the frame, by PySceneDetect's AdaptiveDetector on small luma pictures.

The detector compares how much a frame differs from the one before with how much its neighbours do
(two before, two after), so that fast motion is no cut. It tells a cut two frames late. All it knows
is its last five pictures: so these are what a snapshot holds, and a new detector that is shown them
again goes on as the old one would have.
"""

from collections import deque
from dataclasses import dataclass

import cv2
import msgspec
import numpy as np
from numpy.typing import NDArray
from scenedetect import AdaptiveDetector, FrameTimecode

from vidimus.video.frame_time import FrameTime

Luma = NDArray[np.uint8]

LATE = 2
"""So many frames after a cut it is told."""

_LEAST_RATIO = 3.0
_LEAST_CHANGE = 15.0
_WINDOW = 2 * LATE + 1
_FLASH_LEFT = 0.4
# The detector only counts frames; at which rate they are shown makes no difference to it.
_ANY_RATE = 25.0
_THUMBNAIL = (16, 9)


class Cut(msgspec.Struct, frozen=True):
    """One shot ends with frame `last`, the next begins with frame `first`.

    `margin`, 1 or more, is how many times the least change that counts as a cut this is. `before`
    and `after` are thumbnails (9 x 16 grey levels) of the two frames.
    """

    last: FrameTime
    first: FrameTime
    margin: float
    before: bytes
    after: bytes


class CutsState(msgspec.Struct, frozen=True):
    """The last pictures with their times, oldest first; `height` and `width` of each."""

    times: list[FrameTime]
    pictures: list[bytes]
    height: int
    width: int


@dataclass(frozen=True, slots=True)
class _Shown:
    time: FrameTime
    picture: Luma
    change: float


class HardCuts:
    """Finds the hard cuts among frames that it is told one after the other."""

    def __init__(self) -> None:
        self._begin()

    def take(self, time: FrameTime, picture: Luma) -> Cut | None:
        """Take a frame's luma (h, w), about 96 wide; return the cut that it makes certain."""
        before = self._shown[-1].picture if self._shown else picture
        change = float(cv2.absdiff(picture, before).mean())
        self._shown.append(_Shown(time, picture, change))
        colours = cv2.cvtColor(picture, cv2.COLOR_GRAY2BGR)
        told = self._detector.process_frame(FrameTimecode(time.number, _ANY_RATE), colours)
        return self._cut() if told else None

    def snapshot(self) -> CutsState:
        """Return what `restore` needs."""
        height, width = self._shown[-1].picture.shape if self._shown else (0, 0)
        times = [shown.time for shown in self._shown]
        return CutsState(times, [s.picture.tobytes() for s in self._shown], height, width)

    def restore(self, state: CutsState) -> None:
        """Go on from a snapshot."""
        self._begin()
        for time, data in zip(state.times, state.pictures, strict=True):
            picture = np.frombuffer(data, np.uint8).reshape(state.height, state.width)
            self.take(time, picture)

    def _begin(self) -> None:
        self._detector = AdaptiveDetector(
            adaptive_threshold=_LEAST_RATIO,
            min_scene_len=0,
            window_width=LATE,
            min_content_val=_LEAST_CHANGE,
            luma_only=True,
        )
        self._shown: deque[_Shown] = deque(maxlen=_WINDOW)

    def _cut(self) -> Cut:
        """Return the cut in the middle of the window."""
        changes = [shown.change for shown in self._shown]
        around = (sum(changes) - changes[LATE]) / (_WINDOW - 1)
        ratio = changes[LATE] / max(around, 1e-5)
        margin = max(1.0, min(ratio / _LEAST_RATIO, changes[LATE] / _LEAST_CHANGE))
        last, first = self._shown[LATE - 1], self._shown[LATE]
        thumbnails = _thumbnail(last.picture), _thumbnail(first.picture)
        return Cut(last.time, first.time, margin, *thumbnails)


def is_flash(first: Cut, second: Cut) -> bool:
    """Say whether after `second` things are much as before `first`: a flash of light, no shot.

    Much as before is little changed, or by far less than by the two cuts: the camera may move.
    """
    change = min(_difference(cut.before, cut.after) for cut in (first, second))
    left = _difference(first.before, second.after)
    return left < max(_LEAST_CHANGE, _FLASH_LEFT * change)


def _difference(one: bytes, other: bytes) -> float:
    levels = [np.frombuffer(thumbnail, np.uint8).astype(np.int16) for thumbnail in (one, other)]
    return float(np.abs(levels[0] - levels[1]).mean())


def _thumbnail(picture: Luma) -> bytes:
    return cv2.resize(picture, _THUMBNAIL, interpolation=cv2.INTER_AREA).tobytes()
