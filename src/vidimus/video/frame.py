"""A frame of a video: its number, its time, and pictures of it when they are asked for."""

import threading

import numpy as np
from av.video.frame import VideoFrame
from numpy.typing import NDArray

from vidimus.video.conversion import to_luma, to_rgb
from vidimus.video.orientation import UPRIGHT, Orientation

Pixels = NDArray[np.uint8]


class Frame:
    """One frame of a video; what is not asked for is not converted.

    `number` counts from 0; `timestamp_ms` is when it is shown, in whole milliseconds (rounded
    down) from where a player starts. Any thread may ask for pixels.
    """

    __slots__ = ("_lock", "_made", "_orientation", "_picture", "number", "timestamp_ms")

    def __init__(
        self, number: int, timestamp_ms: int, picture: VideoFrame, orientation: Orientation
    ) -> None:
        self.number = number
        self.timestamp_ms = timestamp_ms
        self._picture = picture
        self._orientation = orientation
        self._made: dict[tuple[str, int], Pixels] = {}
        self._lock = threading.Lock()

    @property
    def width(self) -> int:
        """Pixels from left to right, upright."""
        return self._picture.height if self._orientation.sideways else self._picture.width

    @property
    def height(self) -> int:
        """Pixels from top to bottom, upright."""
        return self._picture.width if self._orientation.sideways else self._picture.height

    @property
    def pixels(self) -> Pixels:
        """The whole picture, upright: RGB uint8 (height, width, 3); not to be written to."""
        return self._once("rgb", self.width)

    def small(self, width: int) -> Pixels:
        """Return the upright picture `width` pixels wide, RGB uint8; never larger than it is."""
        return self._once("rgb", min(width, self.width))

    def luma(self, width: int) -> Pixels:
        """Return the upright picture's Y samples, `width` pixels wide: uint8 (height, width).

        The samples are in the video's own range (16 to 235 where it is limited); never larger
        than the picture is.
        """
        return self._once("luma", min(width, self.width))

    def _once(self, kind: str, width: int) -> Pixels:
        with self._lock:
            made = self._made.get((kind, width))
            if made is None:
                size = self._stored_size(width)
                convert = to_rgb if kind == "rgb" else to_luma
                made = self._orientation.upright(convert(self._picture, size))
                made.flags.writeable = False
                self._made[kind, width] = made
            return made

    def _stored_size(self, width: int) -> tuple[int, int]:
        height = max(round(self.height * width / self.width), 1)
        return (height, width) if self._orientation.sideways else (width, height)


def frame_of(number: int, timestamp_ms: int, pixels: Pixels) -> Frame:
    """Return a frame that has such upright pixels, RGB uint8 (height, width, 3)."""
    picture = VideoFrame.from_ndarray(np.ascontiguousarray(pixels), format="rgb24")
    return Frame(number, timestamp_ms, picture, UPRIGHT)
