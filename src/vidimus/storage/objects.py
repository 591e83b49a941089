"""The objects that S3Object names: in a folder of buckets, or an S3-compatible store.

Pictures and videos are read where they lie, and never written; what is written are the results
of bulk jobs, where their callers asked for them.
"""

import contextlib
import errno
import io
import os
import re
import stat
import tempfile
from collections.abc import Iterator
from pathlib import Path
from typing import Protocol
from urllib.parse import unquote, urlsplit

from vidimus.errors import ConfigurationError, StorageUnavailable
from vidimus.storage.object_errors import check_size, unreadable, unwritable
from vidimus.storage.object_file import ObjectFile
from vidimus.storage.s3 import S3Objects

_BUCKET_PATTERN = re.compile(r"(?!\.+$)[0-9A-Za-z._-]{1,255}")
_LONGEST_NAME_BYTES = 1024
_FILE_MODE = 0o644


class ObjectStore(Protocol):
    """A place that has buckets, which have objects."""

    def read_object(self, bucket: str, name: str, version: str | None, max_bytes: int) -> bytes:
        """Return an object's bytes; `version` None is the newest.

        Raises InvalidS3Object where there is no such object or it may not be read,
        ImageTooLarge where it has more than `max_bytes` (known before it is read), and
        StorageUnavailable where the store cannot be reached.
        """

    def open_object(self, bucket: str, name: str, version: str | None) -> ObjectFile:
        """Open an object as a file; `version` None is the newest.

        Raises as `read_object` does, but for the size, which the file knows.
        """

    def write_object(self, bucket: str, name: str, data: bytes) -> None:
        """Put an object into a bucket, whole or not at all, in the place of one of its name.

        Raises InvalidS3Object where there is no such bucket or it may not be written to, and
        StorageUnavailable where the store cannot be reached or is full.
        """

    def close(self) -> None:
        """Let go of connections."""


def open_objects(url: str) -> ObjectStore:
    """Return the store at `file:///folder` (its sub-folders are the buckets) or `s3`.

    `s3` goes by AWS's own variables (`AWS_ENDPOINT_URL_S3`, `AWS_ACCESS_KEY_ID`,
    `AWS_SECRET_ACCESS_KEY`, `AWS_REGION`). Raises ConfigurationError for any other URL, and for
    a folder that cannot be made.
    """
    if url == "s3":
        return CheckedNames(S3Objects())
    parts = urlsplit(url)
    if parts.scheme != "file" or parts.netloc not in {"", "localhost"} or len(parts.path) < 2:
        raise ConfigurationError(f"the object store is file:///folder or s3, not {url}")
    return CheckedNames(FolderObjects(Path(unquote(parts.path))))


class CheckedNames:
    """A store that is asked only for names that mean one object and nothing outside a bucket."""

    def __init__(self, store: ObjectStore) -> None:
        self._store = store

    def read_object(self, bucket: str, name: str, version: str | None, max_bytes: int) -> bytes:
        """Read from the store, as ObjectStore says."""
        if fault := _fault_of(bucket, name):
            raise unreadable(bucket, name, fault)
        return self._store.read_object(bucket, name, version, max_bytes)

    def open_object(self, bucket: str, name: str, version: str | None) -> ObjectFile:
        """Open an object, as ObjectStore says."""
        if fault := _fault_of(bucket, name):
            raise unreadable(bucket, name, fault)
        return self._store.open_object(bucket, name, version)

    def write_object(self, bucket: str, name: str, data: bytes) -> None:
        """Write to the store, as ObjectStore says."""
        if fault := _fault_of(bucket, name):
            raise unwritable(bucket, name, fault)
        self._store.write_object(bucket, name, data)

    def close(self) -> None:
        """Close the store."""
        self._store.close()


def _fault_of(bucket: str, name: str) -> str | None:
    if not _BUCKET_PATTERN.fullmatch(bucket):
        return "no such bucket"
    try:
        size = len(name.encode())
    except UnicodeEncodeError:
        return "the name is not Unicode"
    if size > _LONGEST_NAME_BYTES:
        return f"the name has more than {_LONGEST_NAME_BYTES} bytes"
    if not {"", ".", ".."}.isdisjoint(name.split("/")):
        return "a name with an empty part, '.' or '..' between slashes cannot be read"
    if any(ord(letter) < 32 or ord(letter) == 127 for letter in name):
        return "a name with control characters cannot be read"
    return None


class FolderObjects:
    """A folder whose sub-folders are buckets; links may lead to a bucket, never out of one."""

    def __init__(self, folder: Path) -> None:
        self._folder = folder
        try:
            folder.mkdir(parents=True, exist_ok=True)
        except OSError as trouble:
            raise ConfigurationError(
                f"the folder of buckets {folder} cannot be made: {trouble}"
            ) from trouble

    def read_object(self, bucket: str, name: str, version: str | None, max_bytes: int) -> bytes:
        """Read a file, as ObjectStore says."""
        with self.open_object(bucket, name, version) as file, _told(bucket, name):
            check_size(file.size, max_bytes)
            content = file.read(max_bytes + 1)
            check_size(len(content), max_bytes)  # It may have grown since.
            return content

    def open_object(self, bucket: str, name: str, version: str | None) -> ObjectFile:
        """Open a file, as ObjectStore says."""
        if version is not None:
            raise unreadable(bucket, name, "a folder of buckets keeps no versions; give none")
        with _told(bucket, name):
            inside = (self._folder / bucket).resolve(strict=True)
            path = (inside / name).resolve(strict=True)
            if not path.is_relative_to(inside):
                raise unreadable(bucket, name, "it lies outside its bucket")
            return _open_file(bucket, name, path)

    def write_object(self, bucket: str, name: str, data: bytes) -> None:
        """Write a file, as ObjectStore says; its folders are made."""
        try:
            inside = (self._folder / bucket).resolve(strict=True)
            folder = (inside / name).parent.resolve()
            if not folder.is_relative_to(inside):
                raise unwritable(bucket, name, "it lies outside its bucket")
            folder.mkdir(parents=True, exist_ok=True)
            _write_file(folder / Path(name).name, data)
        except (FileNotFoundError, NotADirectoryError):
            raise unwritable(bucket, name, "there is no such bucket") from None
        except OSError as trouble:
            if trouble.errno in {errno.ENOSPC, errno.EDQUOT}:
                raise StorageUnavailable("the disk that has the buckets is full") from trouble
            raise unwritable(bucket, name, trouble.strerror or "it is refused") from trouble

    def close(self) -> None:
        """Do nothing: every file is closed by who opened it."""


@contextlib.contextmanager
def _told(bucket: str, name: str) -> Iterator[None]:
    """Turn what the system says of a file that cannot be read into the caller's error."""
    try:
        yield
    except (FileNotFoundError, NotADirectoryError):
        raise unreadable(bucket, name, "there is no such object") from None
    except (OSError, RuntimeError) as trouble:
        reason = getattr(trouble, "strerror", None) or "a link leads to itself"
        raise unreadable(bucket, name, f"it cannot be read: {reason}") from trouble


def _open_file(bucket: str, name: str, path: Path) -> ObjectFile:
    # Not blocking: a named pipe would make the request wait for ever.
    descriptor = os.open(path, os.O_RDONLY | os.O_NOFOLLOW | os.O_NONBLOCK | os.O_CLOEXEC)
    found = os.fstat(descriptor)
    if not stat.S_ISREG(found.st_mode):
        os.close(descriptor)
        raise unreadable(bucket, name, "it is not a file")
    identity = f"{found.st_ino}-{found.st_size}-{found.st_mtime_ns}"
    return ObjectFile(io.FileIO(descriptor), found.st_size, identity)


def _write_file(path: Path, data: bytes) -> None:
    """Write beside the place and rename: nobody sees half of it, nor does a crash leave it."""
    descriptor, beside = tempfile.mkstemp(dir=path.parent, prefix=".vidimus-")
    try:
        with os.fdopen(descriptor, "wb") as file:
            file.write(data)
            file.flush()
            os.fsync(file.fileno())
        Path(beside).chmod(_FILE_MODE)
        Path(beside).replace(path)
    except BaseException:
        Path(beside).unlink(missing_ok=True)
        raise
