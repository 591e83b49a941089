"""Where a made sound track is silent."""

import wave
from io import BytesIO
from pathlib import Path
from typing import BinaryIO

import numpy as np
import pytest

from vidimus.video.audio import Soundtrack

RATE = 16_000


@pytest.fixture
def sound(tmp_path: Path) -> Path:
    """Two seconds of a tone, two of silence, two of a faint tone at -70 dB."""
    tone = np.sin(np.arange(2 * RATE) * 0.2)
    samples = np.concatenate([tone * 0.3, tone * 0, tone * 10 ** (-70 / 20)])
    path = tmp_path / "sound.wav"
    with wave.open(str(path), "wb") as file:
        file.setnchannels(1)
        file.setsampwidth(2)
        file.setframerate(RATE)
        file.writeframes((samples * 32767).astype("<i2").tobytes())
    return path


def test_silence(sound: Path) -> None:
    told = {
        (0, 1000): False,
        (500, 540): False,
        (2000, 4000): True,
        (2500, 2540): True,
        (1000, 3500): False,
        (4500, 5500): True,
        (9000, 9500): True,
    }
    assert Soundtrack(lambda: sound).are_silent(list(told)) == list(told.values())


def test_what_was_opened_is_closed(sound: Path) -> None:
    opened: list[BinaryIO] = []

    def open_sound() -> BinaryIO:
        opened.append(sound.open("rb"))
        return opened[-1]

    assert Soundtrack(open_sound).are_silent([(2000, 4000), (0, 500)]) == [True, False]
    assert [file.closed for file in opened] == [True]


def test_what_cannot_be_decoded_is_silent() -> None:
    assert Soundtrack(lambda: BytesIO(b"no sound at all")).are_silent([(0, 1000)]) == [True]
