"""Small test videos, made from a function of the frame's number."""

from collections.abc import Callable
from fractions import Fraction
from pathlib import Path

import av
import numpy as np
from av.video.stream import VideoStream
from numpy.typing import NDArray

Pixels = NDArray[np.uint8]
Draw = Callable[[int], Pixels]


def numbered(number: int, width: int = 128, height: int = 96) -> Pixels:
    """A picture that says its number: sixteen bars, white for 1 and black for 0, low bit left."""
    bars = np.array([255 if number >> bit & 1 else 0 for bit in range(16)], np.uint8)
    line = np.repeat(bars, -(-width // 16))[:width]
    return np.broadcast_to(line[None, :, None], (height, width, 3)).copy()


def number_of(pixels: Pixels) -> int:
    """The number that `numbered` drew, read from a decoded picture."""
    middle = pixels[pixels.shape[0] // 2, :, 1]
    centres = ((np.arange(16) + 0.5) * pixels.shape[1] / 16).astype(int)
    return sum(1 << bit for bit, at in enumerate(centres) if middle[at] > 127)


def make_video(
    path: Path, count: int, draw: Draw = numbered, rate: int | Fraction = 25, codec: str = "libx264"
) -> Path:
    """Write `count` pictures, H.264 in what the path's ending says, and return the path."""
    with av.open(path, "w") as container:
        stream = container.add_stream(codec, rate=rate)
        assert isinstance(stream, VideoStream)
        stream.height, stream.width = draw(0).shape[:2]
        stream.pix_fmt = "yuv420p"
        for number in range(count):
            picture = av.VideoFrame.from_ndarray(draw(number), format="rgb24")
            container.mux(stream.encode(picture))
        container.mux(stream.encode(None))
    return path
