"""What a video's headers say about it."""

from dataclasses import dataclass
from fractions import Fraction
from typing import Literal

ColourRange = Literal["FULL", "LIMITED"]


@dataclass(frozen=True, slots=True)
class AudioInfo:
    """A sound track: its codec (`aac`), samples a second, channels and length."""

    codec: str
    sample_rate: int
    channels: int
    duration_ms: int


@dataclass(frozen=True, slots=True)
class VideoInfo:
    """What the headers of a video say; only its frames can tell whether they are right.

    `codec` and `container` are FFmpeg's names (`h264`, `mov`); `width` and `height` are those of
    upright pictures, in pixels; `frame_rate` is the mean, in frames a second; `frame_count` is
    None where the container does not tell; `rotation` is how far pictures are turned clockwise
    to be upright: 0, 90, 180 or 270 degrees; `pixel_format` is FFmpeg's name (`yuv420p`).
    """

    codec: str
    container: str
    width: int
    height: int
    frame_rate: Fraction
    duration_ms: int
    frame_count: int | None
    color_range: ColourRange | None
    rotation: int
    pixel_format: str
    audio: tuple[AudioInfo, ...]
