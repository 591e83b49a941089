"""The file a video is read from, watched: a demuxer that runs round in circles is stopped."""

import io
import os
from pathlib import Path
from typing import BinaryIO

from vidimus.errors import UnreadableVideo

_TIMES_READ = 16
"""A file whose sound lies far from its pictures is read more than once over, but not often."""

_FREE_BYTES = 256 * 1024 * 1024
_EMPTY_READS = 100_000


class Source:
    """What the demuxer reads from: no name (so that none can mislead it), and a budget.

    A path is opened here. Raises UnreadableVideo when it cannot be, and when the same bytes are
    asked for again and again. What the file itself raises is kept in `trouble`, since a demuxer
    may take it for the end.
    """

    def __init__(self, file: BinaryIO | Path) -> None:
        opened = _opened(file) if isinstance(file, Path) else file
        self._file: BinaryIO = opened
        self._own = opened is not file
        self.size = self._file.seek(0, os.SEEK_END)
        self.begin()

    def begin(self) -> None:
        """Go to the start with the whole budget."""
        self._file.seek(0)
        self.trouble: Exception | None = None
        self._bytes_left = self.size * _TIMES_READ + _FREE_BYTES
        self._empty_left = _EMPTY_READS

    def let_go(self) -> None:
        """Close the file where it was opened here; another opener's stays open."""
        if self._own:
            self._file.close()

    def read(self, size: int) -> bytes:
        """Return the next bytes of the file."""
        try:
            content = self._file.read(size)
            self._spend(len(content))
        except Exception as trouble:
            self.trouble = trouble
            raise
        return content

    def seek(self, offset: int, whence: int = io.SEEK_SET) -> int:
        """Go to a place in the file."""
        return self._file.seek(offset, whence)

    def tell(self) -> int:
        """Return the place in the file that is read next."""
        return self._file.tell()

    def _spend(self, size: int) -> None:
        self._bytes_left -= size
        self._empty_left -= not size
        if self._bytes_left < 0 or self._empty_left < 0:
            raise UnreadableVideo(
                "The video cannot be read: its index sends the reader round in circles."
            )


def _opened(path: Path) -> BinaryIO:
    try:
        return path.open("rb")
    except OSError as trouble:
        raise UnreadableVideo(f"{path} cannot be read: {trouble.strerror}.") from trouble
