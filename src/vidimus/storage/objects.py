"""Reading the objects that S3Object names: from a folder of buckets, or an S3-compatible store.

vidimus reads pictures where they lie and never writes one.
"""

import os
import re
import stat
from pathlib import Path
from typing import Protocol
from urllib.parse import unquote, urlsplit

from vidimus.errors import ConfigurationError
from vidimus.storage.object_errors import check_size, unreadable
from vidimus.storage.s3 import S3Objects

_BUCKET_PATTERN = re.compile(r"(?!\.+$)[0-9A-Za-z._-]{1,255}")
_LONGEST_NAME_BYTES = 1024


class ObjectStore(Protocol):
    """A place that has buckets, which have objects."""

    def read_object(self, bucket: str, name: str, version: str | None, max_bytes: int) -> bytes:
        """Return an object's bytes; `version` None is the newest.

        Raises InvalidS3Object where there is no such object or it may not be read,
        ImageTooLarge where it has more than `max_bytes` (known before it is read), and
        StorageUnavailable where the store cannot be reached.
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
        if not _BUCKET_PATTERN.fullmatch(bucket):
            raise unreadable(bucket, name, "no such bucket")
        if fault := _fault_of(name):
            raise unreadable(bucket, name, fault)
        return self._store.read_object(bucket, name, version, max_bytes)

    def close(self) -> None:
        """Close the store."""
        self._store.close()


def _fault_of(name: str) -> str | None:
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
        if version is not None:
            raise unreadable(bucket, name, "a folder of buckets keeps no versions; give none")
        try:
            inside = (self._folder / bucket).resolve(strict=True)
            path = (inside / name).resolve(strict=True)
            if not path.is_relative_to(inside):
                raise unreadable(bucket, name, "it lies outside its bucket")
            return _read_file(bucket, name, path, max_bytes)
        except (FileNotFoundError, NotADirectoryError):
            raise unreadable(bucket, name, "there is no such object") from None
        except (OSError, RuntimeError) as trouble:
            reason = getattr(trouble, "strerror", None) or "a link leads to itself"
            raise unreadable(bucket, name, f"it cannot be read: {reason}") from trouble

    def close(self) -> None:
        """Do nothing: every file was closed when it was read."""


def _read_file(bucket: str, name: str, path: Path, max_bytes: int) -> bytes:
    # Not blocking: a named pipe would make the request wait for ever.
    file = os.open(path, os.O_RDONLY | os.O_NOFOLLOW | os.O_NONBLOCK | os.O_CLOEXEC)
    with os.fdopen(file, "rb") as stream:
        found = os.fstat(stream.fileno())
        if not stat.S_ISREG(found.st_mode):
            raise unreadable(bucket, name, "it is not a file")
        check_size(found.st_size, max_bytes)
        content = stream.read(max_bytes + 1)
    check_size(len(content), max_bytes)  # It may have grown since.
    return content
