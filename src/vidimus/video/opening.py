"""Opening a video's container with nothing let in that is not meant to be."""

from fractions import Fraction

import av
from av.container import InputContainer
from av.error import FFmpegError
from av.stream import Discard, Disposition
from av.video.stream import VideoStream

from vidimus.errors import UnreadableVideo
from vidimus.video.limits import VideoLimits
from vidimus.video.source import Source

_CONTAINERS = "mov,mp4,m4a,3gp,3g2,mj2,matroska,webm,avi"
"""MP4 and MOV, MKV and WebM, AVI. Playlists, which name other files, are not among them."""

_CODECS = frozenset(
    ("h264", "hevc", "vp8", "vp9", "av1", "mjpeg", "mpeg4", "mpeg2video", "prores", "dnxhd")
)
_READ_BYTES = 256 * 1024
_EBML = b"\x1a\x45\xdf\xa3"
_ACCEPTED = "MP4, MOV, MKV, WebM and AVI files are read"


def open_container(source: Source, limits: VideoLimits) -> tuple[InputContainer, VideoStream]:
    """Open a file from its start and choose its pictures; nothing else of it will be read.

    Raises UnreadableVideo for what is no video, VideoTooLarge for one beyond the limits.
    """
    source.begin()
    try:
        container = av.open(
            source,
            "r",
            options={"format_whitelist": _CONTAINERS, "max_pixels": str(limits.max_pixels)},
            metadata_errors="replace",
            buffer_size=_READ_BYTES,
        )
    except FFmpegError as trouble:
        raise source.trouble or UnreadableVideo(_no_container(source)) from trouble
    try:
        return container, _pictures_of(container, limits)
    except BaseException:
        container.close()
        raise


def _no_container(source: Source) -> str:
    if source.size == 0:
        return f"The video has no bytes; {_ACCEPTED}."
    source.seek(0)
    start = source.read(12)
    if start[4:8] == b"ftyp" or start[:4] == _EBML or start[8:] == b"AVI ":
        return "The video is damaged or cut short: it begins as one, but its index is missing."
    return f"The file is not a video; {_ACCEPTED}."


def _pictures_of(container: InputContainer, limits: VideoLimits) -> VideoStream:
    moving = [
        stream
        for stream in container.streams.video
        if not stream.disposition & Disposition.attached_pic
    ]
    if not moving:
        what = "only sound" if container.streams.audio else "no pictures"
        raise UnreadableVideo(f"The file has {what}: there is no video in it.")
    stream = moving[0]
    _check_codec(stream)
    limits.check_pixels(stream.width, stream.height)
    for other in container.streams:
        if other.index != stream.index:
            other.discard = Discard.all
    stream.thread_type = "AUTO"
    stream.codec_context.options = {"max_pixels": str(limits.max_pixels)}
    return stream


def _check_codec(stream: VideoStream) -> None:
    context = stream.codec_context
    name = context.codec.canonical_name if context is not None else "an unknown codec"
    if name not in _CODECS:
        raise UnreadableVideo(
            f"The video's pictures are in {name}, which is not read: H.264, HEVC, VP8, VP9, AV1, "
            "Motion JPEG, MPEG-2, MPEG-4, ProRes and DNxHD are."
        )


def start_of(container: InputContainer, stream: VideoStream) -> Fraction:
    """Return where a player starts, in seconds of the container's own time.

    That is where the earliest of sound and pictures starts. Sound that starts before 0 is what
    its decoder needs to warm up, and is not heard.
    """
    start = Fraction(container.start_time or 0, av.time_base)
    pictures = (stream.start_time or 0) * (stream.time_base or Fraction(0))
    return start if start >= 0 else min(Fraction(0), pictures)
