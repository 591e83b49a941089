"""Page tokens: where a listing goes on, opaque to callers and of use to their listing alone."""

import hashlib
import hmac
import re
import struct
from base64 import urlsafe_b64decode, urlsafe_b64encode
from collections.abc import Callable
from datetime import datetime, timedelta
from typing import Final

from vidimus.errors import InvalidPaginationToken

TOKEN_LIFE: Final = timedelta(hours=24)
"""How long a token may be used (Amazon's developer guide: 24 hours)."""

_CONTENT: Final = struct.Struct(">qd")
# 16 bytes of content and 32 of signature: 48 bytes are 64 characters with no spare bits, so no
# two spellings decode to the same token.
_SHAPE: Final = re.compile(r"[A-Za-z0-9_-]{64}")
_PURPOSE: Final = b"vidimus page token 1"


class PageTokens:
    """Issues and reads page tokens, signed by `key` (32 random bytes) and dated by `clock`.

    A token is 64 URL-safe characters. It holds a row key and the time of issue; operation and
    scope are only under its signature, so it reads back for the same two alone.
    """

    def __init__(self, key: bytes, clock: Callable[[], datetime]) -> None:
        self._key = key
        self._clock = clock

    def issue(self, operation: str, scope: str, key: int) -> str:
        """Return a token for the page after row `key` (64 bits, signed).

        `scope` names all else that decides what is listed, a collection's id and filters say.
        """
        content = _CONTENT.pack(key, self._clock().timestamp())
        return urlsafe_b64encode(content + self._sign(operation, scope, content)).decode()

    def read(self, token: str, operation: str, scope: str) -> int:
        """Return the row key of a token.

        Raises InvalidPaginationToken for an altered token, one of another operation or scope,
        and one older than 24 hours.
        """
        if _SHAPE.fullmatch(token) is None:
            raise InvalidPaginationToken("Invalid Pagination Token")
        raw = urlsafe_b64decode(token)
        content, signature = raw[: _CONTENT.size], raw[_CONTENT.size :]
        if not hmac.compare_digest(signature, self._sign(operation, scope, content)):
            raise InvalidPaginationToken("Invalid Pagination Token")
        key, issued = _CONTENT.unpack(content)
        if self._clock().timestamp() - issued > TOKEN_LIFE.total_seconds():
            raise InvalidPaginationToken("Invalid Pagination Token: it is older than 24 hours")
        return int(key)

    def _sign(self, operation: str, scope: str, content: bytes) -> bytes:
        parts = (_PURPOSE, operation.encode(), scope.encode(), content)
        framed = b"".join(len(part).to_bytes(4, "big") + part for part in parts)
        return hmac.new(self._key, framed, hashlib.sha256).digest()
