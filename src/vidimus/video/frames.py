"""A video file: what it says of itself, and its frames, numbered, timed and upright.

Times are those at which a player shows the frames, whatever their rate; a file is read from any
moment with the same numbers and times as from its start, so that work on it can be taken up
again. A file is hostile until read: see `opening` for what is let in and `source` for how a
reader that runs round in circles is stopped.
"""

from collections.abc import Iterator
from dataclasses import replace
from fractions import Fraction
from itertools import chain
from pathlib import Path
from types import TracebackType
from typing import BinaryIO, Self

from vidimus.errors import UnreadableVideo
from vidimus.video.frame import Frame, frame_of
from vidimus.video.headers import FASTEST_RATE, orientation_of, pictures_end_ms, read_info
from vidimus.video.limits import VideoLimits
from vidimus.video.pass_over import Pass, TimedPicture, clock
from vidimus.video.source import Source
from vidimus.video.video_info import AudioInfo, VideoInfo

__all__ = [
    "AudioInfo",
    "Frame",
    "Video",
    "VideoInfo",
    "VideoLimits",
    "frame_of",
    "open_video",
]

_STEPS_BACK_MS = (0, 2_000, 20_000)
"""How far before a moment to look for a picture to begin at, until one is not after it."""

_SHORT_BY_MS = 1_000
_SHORT_BY_SHARE = 0.02
"""What may be missing at the end of a file before it counts as cut short."""

_LONGEST_SHOWN_MS = 60_000


class Video:
    """An open video; use it in a `with` statement. `info` is what its headers say."""

    def __init__(self, source: Source, limits: VideoLimits) -> None:
        self._source = source
        self._limits = limits
        self._pass = Pass(source, limits)
        try:
            self._read_headers()
        except BaseException:
            self._pass.close()
            raise

    def _read_headers(self) -> None:
        pictures = self._pass.pictures()
        first = next(pictures, None)
        if first is None:
            raise UnreadableVideo("The video has no frame that can be decoded.")
        self._ready: Iterator[TimedPicture] | None = chain([first], pictures)
        self._last = first
        self._orientation = orientation_of(first.picture)
        container, stream = self._pass.container, self._pass.stream
        self._end_ms = pictures_end_ms(container, stream)
        self.info: VideoInfo = read_info(container, stream, first.picture, self._orientation)
        if self.info.duration_ms == 0:
            self._measure()
        self._limits.check_time(self.info.duration_ms)

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
        """Let go of the decoder; a file that was handed in open stays so, and is its opener's."""
        self._pass.close()
        self._source.let_go()

    @property
    def skipped(self) -> int:
        """Damaged frames that the last call of `frames` has left out so far."""
        return self._pass.skipped

    def frames(self, start_ms: int = 0, first_number: int = 0) -> Iterator[Frame]:
        """Give the frames shown at or after `start_ms`; the first of them gets `first_number`.

        One iterator at a time: asking again ends the one before. Raises UnreadableVideo where
        the file is damaged for long or cut short, VideoTooLarge where it goes on beyond the
        limit, and whatever reading the file raises.
        """
        number = first_number
        for timed in self._sought(start_ms) or self._from_start():
            if timed.timestamp_ms >= start_ms:
                self._last = timed
                yield Frame(number, timed.timestamp_ms, timed.picture, self._orientation)
                number += 1
        self._check_whole()

    def end_after(self, timestamp_ms: int) -> int:
        """Return when the frame shown at that time ends, in whole milliseconds.

        By its own duration where it is the last that was given, else by the mean rate.
        """
        own = self._last.duration_ms if self._last.timestamp_ms == timestamp_ms else 0
        if 0 < own <= _LONGEST_SHOWN_MS:
            return timestamp_ms + own
        return int(timestamp_ms + 1000 / self.info.frame_rate)

    def _from_start(self) -> Iterator[TimedPicture]:
        if self._ready is None:
            self._open_again()
        pictures, self._ready = self._ready or self._pass.pictures(), None
        return pictures

    def _sought(self, start_ms: int) -> Iterator[TimedPicture] | None:
        """Return pictures from one that is not after `start_ms`; None where none is found."""
        for step_ms in _STEPS_BACK_MS:
            if start_ms <= step_ms:
                return None
            self._open_again()
            if self._pass.seek(start_ms - step_ms, count_from_ms=start_ms):
                pictures = self._pass.pictures()
                first = next(pictures, None)
                if first is not None and first.timestamp_ms <= start_ms:
                    return chain([first], pictures)
        self._open_again()
        return None

    def _open_again(self) -> None:
        self._pass.close()
        self._ready = None
        self._pass = Pass(self._source, self._limits)

    def _measure(self) -> None:
        """Read the length off the packets where no header tells: a recorder that was stopped."""
        self._open_again()
        count, end_ms = self._pass.measure()
        rate = Fraction(count * 1000, end_ms) if end_ms else self.info.frame_rate
        if not 0 < rate <= FASTEST_RATE:
            rate = self.info.frame_rate
        self.info = replace(self.info, duration_ms=end_ms, frame_count=count, frame_rate=rate)
        self._open_again()

    def _check_whole(self) -> None:
        if self._end_ms is None:
            return
        may_miss = max(_SHORT_BY_MS, int(_SHORT_BY_SHARE * self._end_ms))
        if self._pass.reached_ms < self._end_ms - may_miss:
            raise UnreadableVideo(
                f"The video is cut short: it says that it lasts {clock(self._end_ms)}, and ends "
                f"at {clock(self._pass.reached_ms)}."
            )


def open_video(file: BinaryIO | Path, limits: VideoLimits | None = None) -> Video:
    """Open a video; `file` is a path, or a binary file that can be sought and stays its opener's.

    Raises UnreadableVideo for what is no video, has no frame that can be decoded or cannot be
    read at all, VideoTooLarge for one beyond the limits.
    """
    limits = limits or VideoLimits()
    source = Source(file)
    try:
        limits.check_bytes(source.size)
        return Video(source, limits)
    except BaseException:
        source.let_go()
        raise
