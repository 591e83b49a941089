"""Small test videos, made from a function of the frame's number, with what real files do wrong."""

from collections.abc import Callable
from fractions import Fraction
from pathlib import Path

import av
import numpy as np
from av.audio.stream import AudioStream
from av.container import OutputContainer
from av.video.stream import VideoStream
from numpy.typing import NDArray

Pixels = NDArray[np.uint8]
Draw = Callable[[int], Pixels]
Times = Callable[[int], int]

MILLISECOND = Fraction(1, 1000)
SAMPLE_RATE = 48_000
_SAMPLES_A_PACKET = 1024
_QUIET = {"libx265": {"x265-params": "log-level=none"}}
_PIXEL_FORMATS = {"mjpeg": "yuvj420p", "prores_ks": "yuv422p10le"}


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
    path: Path,
    count: int,
    draw: Draw = numbered,
    rate: int | Fraction = 25,
    codec: str = "libx264",
    *,
    times: Times | None = None,
    clockwise: int = 0,
    mirrored: bool = False,
    sound_from_ms: int | None = None,
    sound_codec: str = "aac",
    pixel_format: str = "",
    options: dict[str, str] | None = None,
    container_options: dict[str, str] | None = None,
) -> Path:
    """Write `count` pictures to what the path's ending says, and return the path.

    `times` gives each picture's milliseconds instead of the rate; `clockwise` is how far a player
    turns pictures, in degrees, after `mirrored` mirrored them; `sound_from_ms` adds a sound track
    as long as the pictures that starts then.
    """
    with av.open(path, "w", container_options=container_options or {}) as container:
        stream = container.add_stream(
            codec, rate=rate, options=_QUIET.get(codec, {}) | (options or {})
        )
        assert isinstance(stream, VideoStream)
        stream.height, stream.width = draw(0).shape[:2]
        stream.pix_fmt = pixel_format or _PIXEL_FORMATS.get(codec, "yuv420p")
        if times is not None:
            stream.time_base = stream.codec_context.time_base = MILLISECOND
        if clockwise or mirrored:
            stream.set_display_rotation(-clockwise, hflip=mirrored)
        sound = None if sound_from_ms is None else _add_sound(container, sound_codec)
        for number in range(count):
            picture = av.VideoFrame.from_ndarray(draw(number), format="rgb24")
            if times is not None:
                picture.pts, picture.time_base = times(number), MILLISECOND
            container.mux(stream.encode(picture))
        container.mux(stream.encode(None))
        if sound is not None:
            _write_sound(container, sound, sound_from_ms or 0, float(count / Fraction(rate)))
    return path


def _add_sound(container: OutputContainer, codec: str) -> AudioStream:
    stream = container.add_stream(codec, rate=SAMPLE_RATE)
    assert isinstance(stream, AudioStream)
    stream.layout = "mono"
    return stream


def _write_sound(
    container: OutputContainer, stream: AudioStream, from_ms: int, seconds: float
) -> None:
    first = from_ms * SAMPLE_RATE // 1000
    for at in range(0, int(seconds * SAMPLE_RATE), _SAMPLES_A_PACKET):
        hum = np.sin(np.arange(at, at + _SAMPLES_A_PACKET) * 0.05).astype(np.float32)[None]
        samples = av.AudioFrame.from_ndarray(hum, format="fltp", layout="mono")
        samples.sample_rate, samples.pts = SAMPLE_RATE, first + at
        samples.time_base = Fraction(1, SAMPLE_RATE)
        container.mux(stream.encode(samples))
    container.mux(stream.encode(None))
