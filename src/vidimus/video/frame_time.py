"""When a frame is shown."""

import msgspec


class FrameTime(msgspec.Struct, frozen=True, order=True, array_like=True):
    """A frame's number, from 0, and its time from the start of the video, rounded down to ms."""

    number: int
    timestamp_ms: int
