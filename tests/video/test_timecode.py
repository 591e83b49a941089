"""Timecodes against known ones, and drop frame against the clock."""

from fractions import Fraction

import pytest
from hypothesis import given
from hypothesis import strategies as st

from vidimus.video.timecode import timecode

NTSC = Fraction(30000, 1001)


@pytest.mark.parametrize(
    ("frames", "rate", "written"),
    [
        (0, Fraction(25), "00:00:00:00"),
        (149, Fraction(25), "00:00:05:24"),
        (2920, Fraction(24), "00:02:01:16"),
        (23976, Fraction(24000, 1001), "00:16:39:00"),
        (1799, NTSC, "00:00:59;29"),
        (1800, NTSC, "00:01:00;02"),
        (17981, NTSC, "00:09:59;29"),
        (17982, NTSC, "00:10:00;00"),
        (107892, NTSC, "01:00:00;00"),
        (3600, Fraction(60000, 1001), "00:01:00;04"),
        (35964, Fraction(60000, 1001), "00:10:00;00"),
        (1800, Fraction(2997, 100), "00:01:00;02"),
        (121, Fraction(120), "00:00:01:001"),
        (3, Fraction(1, 10), "00:00:03:00"),
    ],
)
def test_known_timecodes(frames: int, rate: Fraction, written: str) -> None:
    assert timecode(frames, rate) == written


@given(st.integers(0, 30 * 3600 * 6))
def test_drop_frame_keeps_to_the_clock(frames: int) -> None:
    clock, count = timecode(frames, NTSC).split(";")
    hours, minutes, seconds = (int(part) for part in clock.split(":"))
    told = hours * 3600 + minutes * 60 + seconds + int(count) / 30
    assert abs(told - frames / NTSC) < 0.09


@given(st.integers(0, 200_000))
def test_no_two_frames_share_a_timecode(frame: int) -> None:
    assert timecode(frame, NTSC) < timecode(frame + 1, NTSC)
