"""SMPTE timecodes of frame numbers (SMPTE ST 12-1): HH:MM:SS:FF, with ; before FF for drop frame.

29.97 and 59.94 frames a second are counted as 30 and 60. So that the count keeps to the clock,
the first two (four) numbers of each minute are left out, but for every tenth minute. No frame is
left out, only its number. Other rates, 23.976 among them, drop nothing.
"""

from fractions import Fraction

_DROPPING = {Fraction(30000, 1001): 2, Fraction(60000, 1001): 4}
# Containers tell the rate as a quotient of ticks: 2997/100 is meant as 30000/1001.
_NEAR = Fraction(1, 100)


def timecode(frames: int, frame_rate: Fraction) -> str:
    """Write so many frames (0 or more) at a rate (frames a second, above 0) as a timecode.

    The count of frames has two digits, or three above 100 frames a second.
    """
    rate = max(1, round(frame_rate))
    dropped = _dropped_each_minute(frame_rate)
    seconds, rest = divmod(_counted(frames, rate, dropped), rate)
    minutes, second = divmod(seconds, 60)
    width = 2 if rate <= 100 else 3
    mark = ";" if dropped else ":"
    return f"{minutes // 60:02d}:{minutes % 60:02d}:{second:02d}{mark}{rest:0{width}d}"


def _dropped_each_minute(frame_rate: Fraction) -> int:
    near = (count for rate, count in _DROPPING.items() if abs(rate - frame_rate) < _NEAR)
    return next(near, 0)


def _counted(frames: int, rate: int, dropped: int) -> int:
    """Return the number that a frame has when `dropped` numbers a minute are left out."""
    if not dropped:
        return frames
    minute = rate * 60 - dropped
    tens, rest = divmod(frames, minute * 10 + dropped)
    # The first minute of ten keeps all its numbers, so the others begin that much later.
    minutes = max(0, rest - dropped) // minute
    return frames + dropped * (9 * tens + minutes)
