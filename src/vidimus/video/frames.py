"""The frames of a video file: numbered, timed and upright."""

import threading
from collections.abc import Iterator
from fractions import Fraction
from pathlib import Path
from types import TracebackType
from typing import BinaryIO, Self

import av
import numpy as np
from av.container import InputContainer
from av.video.frame import VideoFrame
from av.video.stream import VideoStream
from numpy.typing import NDArray

from vidimus.video.conversion import to_luma, to_rgb
from vidimus.video.orientation import UPRIGHT, Orientation
from vidimus.video.video_info import AudioInfo, VideoInfo

__all__ = ["AudioInfo", "Frame", "Video", "VideoInfo", "frame_of", "open_video"]

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


class Video:
    """An open video; use it in a `with` statement, and one iterator over its frames at a time."""

    def __init__(self, container: InputContainer) -> None:
        self._container = container
        self._stream: VideoStream = container.streams.video[0]
        self._stream.thread_type = "AUTO"
        self.skipped = 0
        rate = self._stream.average_rate or Fraction(25)
        duration = container.duration or 0
        self.info = VideoInfo(
            self._stream.codec_context.name,
            container.format.name.partition(",")[0],
            self._stream.width,
            self._stream.height,
            rate,
            duration // 1000,
            self._stream.frames or None,
            None,
            0,
            self._stream.pix_fmt or "",
            (),
        )

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        traceback: TracebackType | None,
    ) -> None:
        self.close()

    def close(self) -> None:
        """Let go of the decoder."""
        self._container.close()

    def frames(self, start_ms: int = 0, first_number: int = 0) -> Iterator[Frame]:
        """Give the frames shown at or after `start_ms`; the first gets `first_number`."""
        self._container.seek(0)
        base = self._stream.time_base or Fraction(1, 1000)
        start = self._stream.start_time or 0
        number = first_number
        for picture in self._container.decode(self._stream):
            timestamp_ms = int(((picture.pts or 0) - start) * base * 1000)
            if timestamp_ms >= start_ms:
                yield Frame(number, timestamp_ms, picture, UPRIGHT)
                number += 1

    def end_after(self, timestamp_ms: int) -> int:
        """Return when the frame shown at that time ends, in whole milliseconds."""
        return int(timestamp_ms + 1000 / self.info.frame_rate)


def open_video(file: BinaryIO | Path) -> Video:
    """Open a video for reading."""
    return Video(av.open(file, "r"))
