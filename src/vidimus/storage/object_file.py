"""An object that is read in parts, as a file: videos are too long to be read whole."""

import io
from collections import OrderedDict
from collections.abc import Callable
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from _typeshed import WriteableBuffer  # Exists for type checkers alone.

READ_AT_ONCE_BYTES = 4 * 1024 * 1024
"""Bytes asked of a distant store at once: an answer takes longer to begin than these to come."""

_PARTS_KEPT = 4
"""Sound and picture of one file may lie far apart, and its index at the end."""

_BUFFER_BYTES = 64 * 1024

ReadPart = Callable[[int, int], bytes]
"""Reads the bytes from the first place up to the second, which is not read."""


class ObjectFile(io.BufferedReader):
    """An object as a binary file, read only, of which any place can be sought.

    `size` is in bytes; `identity` changes when other content is put in the object's place.
    Reading raises InvalidS3Object once the object is gone or replaced, and StorageUnavailable
    while the store cannot be reached.
    """

    def __init__(self, raw: io.RawIOBase, size: int, identity: str) -> None:
        super().__init__(raw, _BUFFER_BYTES)
        self.size = size
        self.identity = identity


class DistantParts(io.RawIOBase):
    """An object of `size` bytes whose parts are fetched when they are read; a few are kept."""

    def __init__(self, size: int, read_part: ReadPart) -> None:
        self._size = size
        self._read_part = read_part
        self._at = 0
        self._parts: OrderedDict[int, bytes] = OrderedDict()

    def readable(self) -> bool:
        """Say that it can be read."""
        return True

    def seekable(self) -> bool:
        """Say that places can be sought."""
        return True

    def seek(self, offset: int, whence: int = io.SEEK_SET, /) -> int:
        """Go to a place, in bytes from the start, from here or from the end."""
        start = {io.SEEK_SET: 0, io.SEEK_CUR: self._at, io.SEEK_END: self._size}[whence]
        if start + offset < 0:
            raise ValueError(f"there is no place {start + offset} in a file")
        self._at = start + offset
        return self._at

    def readinto(self, buffer: "WriteableBuffer", /) -> int:
        """Fill a buffer with what comes next, up to the end of a part; returns how much."""
        room = memoryview(buffer).cast("B")
        if self._at >= self._size:
            return 0
        number, skip = divmod(self._at, READ_AT_ONCE_BYTES)
        found = self._part(number)[skip : skip + len(room)]
        room[: len(found)] = found
        self._at += len(found)
        return len(found)

    def _part(self, number: int) -> bytes:
        if number not in self._parts:
            start = number * READ_AT_ONCE_BYTES
            end = min(start + READ_AT_ONCE_BYTES, self._size)
            self._parts[number] = self._read_part(start, end)
            if len(self._parts) > _PARTS_KEPT:
                self._parts.popitem(last=False)
        self._parts.move_to_end(number)
        return self._parts[number]
