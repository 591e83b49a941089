"""Objects of any store that speaks S3, by obstore."""

import os
import re
from datetime import timedelta
from threading import Lock
from typing import TYPE_CHECKING

import obstore
from obstore.exceptions import (
    BaseError,
    PermissionDeniedError,
    PreconditionError,
    UnauthenticatedError,
)
from obstore.store import S3Store

from vidimus.errors import InvalidS3Object, StorageUnavailable
from vidimus.storage.object_errors import check_size, unreadable, unwritable
from vidimus.storage.object_file import DistantParts, ObjectFile

if TYPE_CHECKING:
    from obstore import GetOptions  # Exists for type checkers alone.

_BUCKETS_KEPT = 64
_CONNECT_WAIT = timedelta(seconds=5)
_READ_WAIT = timedelta(seconds=30)
_RETRY_FOR = timedelta(seconds=10)
_RETRIES = 2
_REPLACED = "another object took its place while it was being read"

# The store answered and said no (and not: later); an S3 store redirects to another region.
_REFUSAL = re.compile(r"status code: (?!429)[34]\d\d|redirect")


class S3Objects:
    """Buckets of the endpoint, region and credentials in AWS's own environment variables.

    Buckets are named in the path of the URL rather than in its host, so that a store without
    DNS names of its own will do; `AWS_VIRTUAL_HOSTED_STYLE_REQUEST=true` turns that round.
    """

    def __init__(self) -> None:
        endpoint = os.environ.get("AWS_ENDPOINT_URL_S3") or os.environ.get("AWS_ENDPOINT_URL", "")
        self._unencrypted = endpoint.lower().startswith("http://")
        self._buckets: dict[str, S3Store] = {}
        self._turn = Lock()

    def read_object(self, bucket: str, name: str, version: str | None, max_bytes: int) -> bytes:
        """Download an object, as ObjectStore says; its size is known before its bytes come."""
        try:
            which: GetOptions = {} if version is None else {"version": version}
            found = obstore.get(self._bucket(bucket), name, options=which)
            check_size(found.meta["size"], max_bytes)
            return found.bytes().to_bytes()
        except (FileNotFoundError, ValueError, BaseError) as trouble:
            raise _told(bucket, name, trouble) from trouble

    def open_object(self, bucket: str, name: str, version: str | None) -> ObjectFile:
        """Open an object, as ObjectStore says; its parts are downloaded when they are read."""
        which: GetOptions = {} if version is None else {"version": version}
        try:
            meta = obstore.get(self._bucket(bucket), name, options={**which, "head": True}).meta
        except (FileNotFoundError, ValueError, BaseError) as trouble:
            raise _told(bucket, name, trouble) from trouble
        tag = meta["e_tag"]

        def read_part(start: int, end: int) -> bytes:
            part: GetOptions = {**which, "range": (start, end), "if_match": tag}
            return self._read_part(bucket, name, part, end - start)

        identity = tag or str(meta["last_modified"])
        return ObjectFile(DistantParts(meta["size"], read_part), meta["size"], identity)

    def _read_part(self, bucket: str, name: str, part: "GetOptions", size: int) -> bytes:
        try:
            content = obstore.get(self._bucket(bucket), name, options=part).bytes().to_bytes()
        except (FileNotFoundError, ValueError, BaseError) as trouble:
            raise _told(bucket, name, trouble) from trouble
        if len(content) != size:
            raise unreadable(bucket, name, _REPLACED)
        return content

    def write_object(self, bucket: str, name: str, data: bytes) -> None:
        """Upload an object, as ObjectStore says."""
        try:
            obstore.put(self._bucket(bucket), name, data)
        except FileNotFoundError as trouble:
            raise unwritable(bucket, name, "there is no such bucket") from trouble
        except (ValueError, BaseError) as trouble:
            told = _told(bucket, name, trouble)
            if isinstance(told, StorageUnavailable):
                raise told from trouble
            raise unwritable(bucket, name, "the store refused the request") from trouble

    def close(self) -> None:
        """Forget the buckets' connections."""
        with self._turn:
            self._buckets.clear()

    def _bucket(self, bucket: str) -> S3Store:
        with self._turn:
            store = self._buckets.get(bucket)
            if store is None:
                if len(self._buckets) >= _BUCKETS_KEPT:
                    self._buckets.pop(next(iter(self._buckets)))
                store = self._buckets[bucket] = self._connect(bucket)
            return store

    def _connect(self, bucket: str) -> S3Store:
        return S3Store(
            bucket,
            client_options={
                "allow_http": self._unencrypted,
                "connect_timeout": _CONNECT_WAIT,
                "timeout": _READ_WAIT,
            },
            retry_config={"max_retries": _RETRIES, "retry_timeout": _RETRY_FOR},
        )


def _told(bucket: str, name: str, trouble: Exception) -> InvalidS3Object | StorageUnavailable:
    if isinstance(trouble, FileNotFoundError):
        return unreadable(bucket, name, "there is no such object")
    if isinstance(trouble, (PermissionDeniedError, UnauthenticatedError)):
        return unreadable(bucket, name, "the store does not let vidimus read it")
    if isinstance(trouble, PreconditionError):
        return unreadable(bucket, name, _REPLACED)
    if isinstance(trouble, ValueError):
        return unreadable(bucket, name, "the store cannot be asked for such a name")
    if _REFUSAL.search(str(trouble)):
        return unreadable(bucket, name, "the store refused the request")
    return StorageUnavailable("the S3 store cannot be reached now, or failed")
