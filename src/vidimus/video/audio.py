"""Whether there is sound at a time of a video: black frames with sound are part of the programme.

The sound is decoded only where it is asked for. Silence is a level below -60 dB of full scale, as
broadcasters' alarms for silence have it.
"""

from collections.abc import Callable, Iterator, Sequence
from pathlib import Path
from typing import BinaryIO

import av
import numpy as np
from av.audio.resampler import AudioResampler
from av.container import InputContainer

Source = BinaryIO | Path

SILENCE = 10 ** (-60 / 20)
"""The greatest level (root mean square, 1 is full scale) that passes for silence."""

_RATE = 16_000
_SMEARED = 2
# What is longer is listened to in its beginning: so much of silence is a pause at any rate.
_MOST_SECONDS = 60.0


class Soundtrack:
    """The first audio stream of a video."""

    def __init__(self, open_source: Callable[[], Source]) -> None:
        """`open_source` opens the video anew, at its beginning; what it opens is closed here."""
        self._open = open_source

    def are_silent(self, stretches: Sequence[tuple[int, int]]) -> list[bool]:
        """Say of each stretch, from one ms to another as a player counts, whether it is silent.

        A video without audio, or with audio that cannot be decoded, is silent.
        """
        source = self._open()
        try:
            name = str(source) if isinstance(source, Path) else source
            with av.open(name, "r") as container:
                return [self._is_silent(container, a / 1000, b / 1000) for a, b in stretches]
        except av.FFmpegError:
            return [True] * len(stretches)
        finally:
            if not isinstance(source, Path):
                source.close()

    def _is_silent(self, container: InputContainer, start: float, end: float) -> bool:
        if not container.streams.audio:
            return True
        begin = (container.start_time or 0) / av.time_base + start
        heard = list(_levels(container, begin, begin + min(end - start, _MOST_SECONDS)))
        # Lossy codecs smear sound into the frames beside it.
        inner = heard[_SMEARED:-_SMEARED] or heard[len(heard) // 2 :][:1]
        return all(level < SILENCE for level in inner)


def _levels(container: InputContainer, start: float, end: float) -> Iterator[float]:
    """Give the level of each audio frame that is heard between two times of the file, in s."""
    stream = container.streams.audio[0]
    container.seek(max(0, round((start - 1) * av.time_base)), backward=True)
    mono = AudioResampler("flt", "mono", _RATE)
    for frame in container.decode(stream):
        if frame.time is None or frame.time + frame.samples / frame.sample_rate <= start:
            continue
        if frame.time >= end:
            return
        samples = [piece.to_ndarray() for piece in mono.resample(frame)]
        yield max((float(np.sqrt(np.mean(piece**2))) for piece in samples), default=0.0)
