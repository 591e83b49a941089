"""How much of a video vidimus takes on."""

from dataclasses import dataclass

from vidimus.errors import VideoTooLarge

HOUR_MS = 3_600_000


@dataclass(frozen=True, slots=True)
class VideoLimits:
    """The largest file in bytes, the longest video in milliseconds, the most pixels a frame.

    The defaults for bytes and length are Amazon's; pixels are enough for 8K.
    """

    max_bytes: int = 10 * 1024**3
    max_ms: int = 6 * HOUR_MS
    max_pixels: int = 36_000_000

    def check_bytes(self, size: int) -> None:
        """Raise VideoTooLarge for a file of more bytes than allowed."""
        if size > self.max_bytes:
            raise VideoTooLarge(
                f"Video size in bytes: {size} is more than the maximum limit of: "
                f"{self.max_bytes} bytes"
            )

    def check_time(self, timestamp_ms: int) -> None:
        """Raise VideoTooLarge for a moment beyond the longest video allowed."""
        if timestamp_ms > self.max_ms:
            raise VideoTooLarge(
                f"The video is too long: it goes on after {timestamp_ms / HOUR_MS:.2f} hours, at "
                f"most {self.max_ms / HOUR_MS:g} may be analysed"
            )

    def check_pixels(self, width: int, height: int) -> None:
        """Raise VideoTooLarge for frames of more pixels than allowed."""
        if width * height > self.max_pixels:
            raise VideoTooLarge(
                f"The video's frames are too large: they have {width} x {height} pixels, at most "
                f"{self.max_pixels} pixels may be analysed"
            )
