"""One pass over a video: its pictures as they are decoded, each with its time."""

from collections import deque
from collections.abc import Iterator
from dataclasses import dataclass
from fractions import Fraction
from math import ceil
from typing import TYPE_CHECKING

from av.error import FFmpegError
from av.packet import Packet
from av.video.frame import VideoFrame
from av.video.stream import VideoStream

from vidimus.errors import UnreadableVideo
from vidimus.video.limits import VideoLimits
from vidimus.video.opening import open_container, start_of
from vidimus.video.source import Source

_DAMAGED_MS = 10_000
_DAMAGED_PICTURES = 25
"""Where as many pictures in a row and as much time are damaged, a file is no longer damaged in
places: it is broken."""

_IDLE_PACKETS = 100_000
"""Packets in a row that give no picture: a damaged file may have some, a hostile one more."""

_RATE_OF_NO_RATE = 25


if TYPE_CHECKING:
    VideoPacket = Packet[VideoStream]


@dataclass(frozen=True, slots=True)
class TimedPicture:
    """A decoded picture, as stored, shown from `timestamp_ms` for `duration_ms` (0: unknown)."""

    timestamp_ms: int
    duration_ms: int
    picture: VideoFrame


def clock(moment_ms: int) -> str:
    """Return a moment as people write it: hours (where there are any), minutes, seconds."""
    minutes, seconds = divmod(moment_ms // 1000, 60)
    hours, minutes = divmod(minutes, 60)
    return f"{hours}:{minutes:02}:{seconds:02}" if hours else f"{minutes}:{seconds:02}"


class Pass:
    """A container opened once, read from a moment to its end; `close` it.

    `skipped` counts what was damaged from that moment on: pictures, and packets that gave none.
    `reached_ms` is where the last packet ends, whether it could be decoded or not.
    """

    def __init__(self, source: Source, limits: VideoLimits) -> None:
        self._source = source
        self._limits = limits
        self.container, self.stream = open_container(source, limits)
        self._start = start_of(self.container, self.stream)
        self._base = self.stream.time_base or Fraction(1, 1000)
        # Whole numbers, since a fraction for each frame takes a tenth of the time of decoding it.
        self._ms_over = self._base.denominator * self._start.denominator
        self._ms_times = 1000 * self._base.numerator * self._start.denominator
        self._ms_less = 1000 * self._start.numerator * self._base.denominator
        self._step = 1 / (self.stream.average_rate or Fraction(_RATE_OF_NO_RATE))
        self._by_order = deque[int]() if self.container.format.name == "avi" else None
        self._from_ms = 0
        self._in_a_row = 0
        self._idle = 0
        self._last_ms = -1
        self.skipped = 0
        self.reached_ms = 0

    def close(self) -> None:
        """Let go of the decoder."""
        self.container.close()

    def pictures(self) -> Iterator[TimedPicture]:
        """Give the pictures from where the pass stands, each later than the one before it.

        Raises UnreadableVideo where too much is damaged, VideoTooLarge beyond the longest video.
        """
        for packet in self._packets():
            for picture in self._decoded(packet):
                timed = self._timed(picture)
                if timed.timestamp_ms > self._last_ms:
                    self._limits.check_time(timed.timestamp_ms)
                    self._last_ms = timed.timestamp_ms
                    self._idle = 0
                    yield timed

    def seek(self, moment_ms: int, count_from_ms: int) -> bool:
        """Go to the nearest place at or before a moment from which pictures can be decoded.

        What is damaged before `count_from_ms` is not counted. Returns False where the container
        cannot be sought in.
        """
        try:
            self.container.seek(self._pts_of(moment_ms), stream=self.stream, backward=True)
        except FFmpegError:
            return False
        self._from_ms = count_from_ms
        return True

    def measure(self) -> tuple[int, int]:
        """Return how many packets there are and when the last one ends, decoding none of them."""
        count = sum(1 for packet in self._packets() if packet.size)
        return count, self.reached_ms

    def _packets(self) -> Iterator["VideoPacket"]:
        """Give the packets of the pictures, then the one without bytes that empties the decoder."""
        while True:
            try:
                yield from self._counted()
                break
            except FFmpegError as trouble:
                self._damaged(None, trouble)
        if self._source.trouble is not None:
            raise self._source.trouble

    def _counted(self) -> Iterator["VideoPacket"]:
        for packet in self.container.demux(self.stream):
            self._idle += 1
            if self._idle > _IDLE_PACKETS:
                raise UnreadableVideo("The video is damaged: its packets give no more pictures.")
            if packet.size or packet.dts is None:  # None of both is the last packet.
                self._note(packet)
                yield packet

    def _note(self, packet: "VideoPacket") -> None:
        if packet.pts is not None:
            self.reached_ms = max(self.reached_ms, self._ms(packet.pts + (packet.duration or 0)))
        if self._by_order is not None and packet.dts is not None:
            self._by_order.append(packet.dts)

    def _decoded(self, packet: "VideoPacket") -> Iterator[VideoFrame]:
        try:
            pictures = packet.decode()
        except EOFError:
            return
        except FFmpegError as trouble:
            if self._by_order:
                self._by_order.pop()
            self._damaged(packet.pts, trouble)
            return
        for picture in pictures:
            at = self._at(picture)
            if picture.is_corrupt:
                self._damaged(at, None)
            else:
                self._in_a_row = 0
                picture.pts = at
                yield picture

    def _damaged(self, at: int | None, trouble: FFmpegError | None) -> None:
        self._in_a_row += 1
        now_ms = self.reached_ms if at is None else self._ms(at)
        self.skipped += now_ms >= self._from_ms
        whole_ms = max(self._last_ms, 0)
        long = at is None or now_ms > whole_ms + _DAMAGED_MS
        if long and self._in_a_row >= _DAMAGED_PICTURES:
            raise UnreadableVideo(
                f"The video is damaged: nothing can be decoded after {clock(whole_ms)}."
            ) from trouble

    def _at(self, picture: VideoFrame) -> int:
        """When a picture is shown, in the stream's units.

        AVI has no such times: its packets are numbered in the order of decoding, and as many
        pictures come out, in the order of showing.
        """
        if self._by_order:
            return self._by_order.popleft()
        for told in (picture.pts, picture.dts):
            if told is not None:
                return told
        return self._pts_of(self._last_ms + Fraction(1000) * self._step)

    def _timed(self, picture: VideoFrame) -> TimedPicture:
        timestamp_ms = max(self._ms(picture.pts or 0), 0)
        duration_ms = picture.duration * self._ms_times // self._ms_over
        return TimedPicture(timestamp_ms, duration_ms, picture)

    def _ms(self, pts: int) -> int:
        return (pts * self._ms_times - self._ms_less) // self._ms_over

    def _pts_of(self, moment_ms: int | Fraction) -> int:
        return ceil((self._start + Fraction(moment_ms) / 1000) / self._base)
