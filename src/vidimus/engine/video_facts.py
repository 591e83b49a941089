"""What is known of a video as such, written down with its job and read back."""

from fractions import Fraction
from typing import Any

import msgspec

from vidimus.video.video_info import VideoInfo


def encode_facts(info: VideoInfo) -> str:
    """Return the facts as JSON; a frame rate as numerator and denominator."""
    return msgspec.json.encode(info, enc_hook=_plain).decode()


def decode_facts(text: str) -> VideoInfo:
    """Return the facts that `encode_facts` wrote."""
    return msgspec.json.decode(text, type=VideoInfo, dec_hook=_fraction)


def _plain(value: Any) -> object:
    """Encode what msgspec cannot; NotImplementedError is how its hooks refuse a value."""
    if isinstance(value, Fraction):
        return [value.numerator, value.denominator]
    raise NotImplementedError(f"{type(value)} is no fact of a video")


def _fraction(kind: type, value: Any) -> object:
    """Decode what msgspec cannot; NotImplementedError is how its hooks refuse a type."""
    if kind is Fraction:
        return Fraction(*value)
    raise NotImplementedError(f"{kind} is no fact of a video")
