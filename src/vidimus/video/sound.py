"""The sound of a video, copied into another file packet by packet, not encoded again."""

from collections.abc import Iterator
from fractions import Fraction
from itertools import chain
from pathlib import Path
from typing import TYPE_CHECKING

from av.container import OutputContainer
from av.packet import Packet
from av.stream import Discard

from vidimus.errors import ConfigurationError
from vidimus.video.limits import VideoLimits
from vidimus.video.opening import open_container, start_of
from vidimus.video.source import Source

if TYPE_CHECKING:
    from av.audio.stream import AudioStream

    AudioPacket = Packet[AudioStream]


class CopiedSound:
    """All sound tracks of a video on their way into a file that is being written.

    Raises UnreadableVideo for what is no video, ConfigurationError where the file's container
    cannot have a track's codec.
    """

    def __init__(self, path: Path, output: OutputContainer) -> None:
        self._source = Source(path)
        self._output = output
        self._container, pictures = open_container(self._source, VideoLimits())
        # What a decoder hears to warm up lies before the start, for which MP4 alone has a word.
        self._may_warm_up = output.format.name == "mp4"
        self._start = start_of(self._container, pictures)
        pictures.discard = Discard.all
        try:
            self._copies = {
                track.index: self._copy_of(track) for track in self._container.streams.audio
            }
        except BaseException:
            self.close()
            raise
        self._waiting: Iterator[AudioPacket] = self._packets()

    def copy(self, until_ms: int | None = None) -> None:
        """Write what is heard before a moment; None is all that is left."""
        for packet in self._waiting:
            at = self._seconds(packet)
            if at < 0 and not self._may_warm_up:
                continue
            if until_ms is not None and at * 1000 >= until_ms:
                self._waiting = chain([packet], self._waiting)
                return
            self._write(packet)

    def close(self) -> None:
        """Let go of the file that the sound comes from."""
        self._container.close()
        self._source.let_go()

    def _copy_of(self, track: "AudioStream") -> "AudioStream":
        codec = track.codec_context.codec.canonical_name
        if codec not in self._output.supported_codecs:
            raise ConfigurationError(
                f"a {self._output.format.name} file cannot have sound in {codec}: write to a file "
                "that ends in .mkv, or leave the sound out"
            )
        track.discard = Discard.default
        return self._output.add_stream_from_template(track)

    def _packets(self) -> Iterator["AudioPacket"]:
        if self._copies:
            for packet in self._container.demux(audio=tuple(range(len(self._copies)))):
                if packet.dts is not None:
                    yield packet

    def _seconds(self, packet: "AudioPacket") -> Fraction:
        return (packet.dts or 0) * packet.time_base - self._start

    def _write(self, packet: "AudioPacket") -> None:
        shift = int(self._start / packet.time_base)
        if packet.pts is not None:
            packet.pts -= shift
        if packet.dts is not None:
            packet.dts -= shift
        packet.stream = self._copies[packet.stream.index]
        self._output.mux(packet)
