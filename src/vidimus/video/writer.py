"""Writing a video: pictures with their times, and the sound of another file.

Encoders under the BSD licence are used (libvpx's VP9, SVT's AV1). That of H.264 is libx264, which
is under the GPL; it is called only where the caller names H.264.
"""

import contextlib
from fractions import Fraction
from pathlib import Path
from types import TracebackType
from typing import Literal, Self, cast

import av
import numpy as np
from av.container import OutputContainer
from av.error import FFmpegError
from av.video.frame import VideoFrame
from av.video.reformatter import ColorRange, Colorspace, VideoReformatter
from av.video.stream import VideoStream
from numpy.typing import NDArray

from vidimus.errors import ConfigurationError
from vidimus.video.sound import CopiedSound
from vidimus.video.video_info import VideoInfo

Pixels = NDArray[np.uint8]
Codec = Literal["VP9", "AV1", "H.264"]

_FORMATS = {".mp4": "mp4", ".m4v": "mp4", ".mkv": "matroska", ".webm": "webm"}
_ENCODERS: dict[Codec, tuple[str, dict[str, str]]] = {
    "VP9": (
        "libvpx-vp9",
        {"deadline": "realtime", "cpu-used": "7", "crf": "30", "b": "0", "row-mt": "1"},
    ),
    "AV1": ("libsvtav1", {"preset": "10", "crf": "30"}),
    "H.264": ("libx264", {"preset": "veryfast", "crf": "21"}),
}
_TICK = Fraction(1, 1000)
_HD_HEIGHT = 720
_SECONDS_BETWEEN_KEY_FRAMES = 2
_AVCOL_BT709, _AVCOL_BT601 = 1, 6


class VideoWriter:
    """A video file that is being written; use it in a `with` statement.

    Until the end of that it is written under another name beside `path`, and what fails leaves
    nothing there. `info` says the size of the (upright) pictures and their rate; `audio_from` is
    the video whose sound is copied as it is. Raises ConfigurationError where the path's ending is
    none of .mp4, .m4v, .mkv and .webm, where that container cannot have the codec or the sound,
    and where the file cannot be written.
    """

    def __init__(
        self, path: Path, info: VideoInfo, audio_from: Path | None = None, codec: Codec = "VP9"
    ) -> None:
        self._path = path
        self._part = path.with_name(f".{path.name}.part")
        self._hd = min(info.width, info.height) >= _HD_HEIGHT
        self._reformatter = VideoReformatter()
        self._last_ms = -1
        self._sound: CopiedSound | None = None
        self._container = self._open(codec)
        try:
            self._stream = self._add_pictures(info, codec)
            if audio_from is not None:
                self._sound = CopiedSound(audio_from, self._container)
        except BaseException:
            self._drop()
            raise

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        traceback: TracebackType | None,
    ) -> None:
        if error is not None:
            self._drop()
            return
        try:
            self._finish()
        except (FFmpegError, OSError) as trouble:
            self._drop()
            raise self._unwritable(trouble) from trouble

    def add(self, pixels: Pixels, timestamp_ms: int) -> None:
        """Add an upright picture, RGB uint8 (height, width, 3), shown from `timestamp_ms` on.

        Raises ValueError for a time that is not after the one before.
        """
        if timestamp_ms <= self._last_ms:
            raise ValueError(f"{timestamp_ms} ms is not after {self._last_ms} ms")
        self._last_ms = timestamp_ms
        picture = self._picture(pixels)
        picture.pts, picture.time_base = timestamp_ms, _TICK
        try:
            self._container.mux(self._stream.encode(picture))
            if self._sound is not None:
                self._sound.copy(until_ms=timestamp_ms)
        except (FFmpegError, OSError) as trouble:
            raise self._unwritable(trouble) from trouble

    def _open(self, codec: Codec) -> OutputContainer:
        name = _FORMATS.get(self._path.suffix.lower())
        if name is None or (name == "webm" and codec == "H.264"):
            endings = ".mp4 or .mkv" if codec == "H.264" else ".mp4, .mkv or .webm"
            raise ConfigurationError(
                f"{self._path.name}: a video in {codec} is written to a file that ends in {endings}"
            )
        try:
            self._part.touch()  # The muxer opens it later, when a fault would be told too late.
            return av.open(self._part, "w", format=name)
        except (FFmpegError, OSError) as trouble:
            raise self._unwritable(trouble) from trouble

    def _add_pictures(self, info: VideoInfo, codec: Codec) -> VideoStream:
        name, options = _ENCODERS[codec]
        try:
            added = self._container.add_stream(name, info.frame_rate, options)
        except ValueError as trouble:  # PyAV's error for a codec that it was built without.
            raise ConfigurationError(
                f"{codec} cannot be written here: PyAV was built without {name}"
            ) from trouble
        stream = cast(VideoStream, added)
        step = 2 if codec == "H.264" else 1  # Its encoder wants even sides.
        stream.width, stream.height = info.width // step * step, info.height // step * step
        stream.pix_fmt = "yuv420p"
        context = stream.codec_context
        context.time_base = stream.time_base = _TICK
        context.gop_size = max(round(info.frame_rate * _SECONDS_BETWEEN_KEY_FRAMES), 1)
        context.colorspace = _AVCOL_BT709 if self._hd else _AVCOL_BT601
        context.color_range = ColorRange.MPEG
        context.thread_type = "AUTO"
        return stream

    def _picture(self, pixels: Pixels) -> VideoFrame:
        """Turn pixels into what the encoder wants; an odd last line or column may be left out."""
        kept = np.ascontiguousarray(pixels[: self._stream.height, : self._stream.width])
        return self._reformatter.reformat(
            VideoFrame.from_ndarray(kept, format="rgb24"),
            format="yuv420p",
            dst_colorspace=Colorspace.ITU709 if self._hd else Colorspace.ITU601,
            dst_color_range=ColorRange.MPEG,
            threads=1,
        )

    def _finish(self) -> None:
        self._container.mux(self._stream.encode(None))
        if self._sound is not None:
            self._sound.copy()
        self._close()
        self._part.replace(self._path)

    def _close(self) -> None:
        self._container.close()
        if self._sound is not None:
            self._sound.close()

    def _drop(self) -> None:
        # What is half-written cannot always be ended well; it is erased anyway.
        with contextlib.suppress(FFmpegError, OSError):
            self._close()
        self._part.unlink(missing_ok=True)

    def _unwritable(self, trouble: Exception) -> ConfigurationError:
        reason = getattr(trouble, "strerror", None) or str(trouble)
        return ConfigurationError(f"{self._path} cannot be written: {reason}")
