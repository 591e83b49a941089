"""What a container's headers say, put into a VideoInfo, with what is absurd left out."""

import re
from collections.abc import Mapping
from fractions import Fraction
from typing import cast

import av
from av.audio.stream import AudioStream
from av.container import InputContainer
from av.sidedata.sidedata import SideData, Type
from av.video.frame import VideoFrame
from av.video.stream import VideoStream

from vidimus.video.opening import start_of
from vidimus.video.orientation import UPRIGHT, Orientation, read_orientation
from vidimus.video.video_info import AudioInfo, ColourRange, VideoInfo

FASTEST_RATE = 1000
"""Frames a second: times are whole milliseconds."""

_ANY_RATE = Fraction(25)
_RANGES: dict[int, ColourRange] = {1: "LIMITED", 2: "FULL"}
_TAG = re.compile(r"(\d+):(\d\d):(\d\d(?:\.\d+)?)")


def read_info(
    container: InputContainer, stream: VideoStream, first: VideoFrame, orientation: Orientation
) -> VideoInfo:
    """Return what the headers say, and the first picture where it knows better."""
    width, height = first.width, first.height
    if orientation.sideways:
        width, height = height, width
    return VideoInfo(
        codec=stream.codec_context.codec.canonical_name,
        container=container.format.name.partition(",")[0],
        width=width,
        height=height,
        frame_rate=_rate_of(stream),
        duration_ms=_duration_of(container, stream),
        frame_count=_count_of(stream),
        color_range="FULL"
        if first.format.name.startswith("yuvj")
        else _RANGES.get(first.color_range),
        rotation=orientation.quarters * 90,
        pixel_format=first.format.name,
        audio=tuple(_audio_of(container, track) for track in container.streams.audio),
    )


def orientation_of(first: VideoFrame) -> Orientation:
    """Return how a video's pictures are turned to be upright, by what comes with the first."""
    known = cast(Mapping[Type, SideData], first.side_data)
    matrix = known.get(Type.DISPLAYMATRIX)
    return UPRIGHT if matrix is None else read_orientation(bytes(matrix))


def pictures_end_ms(container: InputContainer, stream: VideoStream) -> int | None:
    """Return when the headers say that the last picture ends; None where they do not."""
    start = start_of(container, stream)
    if stream.duration is not None and stream.time_base is not None:
        end = ((stream.start_time or 0) + stream.duration) * stream.time_base
        return int((end - start) * 1000)
    if said := _TAG.fullmatch(stream.metadata.get("DURATION", "")):
        hours, minutes, seconds = said.groups()
        return int(((int(hours) * 60 + int(minutes)) * 60 + Fraction(seconds) - start) * 1000)
    return None


def _rate_of(stream: VideoStream) -> Fraction:
    for rate in (stream.average_rate, stream.guessed_rate, stream.base_rate):
        if rate and 0 < rate <= FASTEST_RATE:
            return rate
    return _ANY_RATE


def _duration_of(container: InputContainer, stream: VideoStream) -> int:
    """Return how long the file plays; what Matroska says is counted from 0, not the start."""
    whole = Fraction(container.duration or 0, av.time_base)
    if container.format.name.startswith("matroska"):
        whole -= start_of(container, stream)
    return max(int(whole * 1000), 0)


def _count_of(stream: VideoStream) -> int | None:
    """Return the frames that are shown; an index that an edit list cuts counts others too."""
    if not stream.frames or stream.duration is None or stream.time_base is None:
        return stream.frames or None
    shown = stream.duration * stream.time_base * (stream.average_rate or 0)
    return stream.frames if abs(stream.frames - shown) < 1.5 else None


def _audio_of(container: InputContainer, track: AudioStream) -> AudioInfo:
    if track.duration is not None and track.time_base is not None:
        duration_ms = int(track.duration * track.time_base * 1000)
    else:
        duration_ms = int(Fraction(container.duration or 0, av.time_base) * 1000)
    context = track.codec_context
    return AudioInfo(
        codec=context.codec.canonical_name if context is not None else "unknown",
        sample_rate=context.sample_rate or 0 if context is not None else 0,
        channels=context.layout.nb_channels if context is not None else 0,
        duration_ms=max(duration_ms, 0),
    )
