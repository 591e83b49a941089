"""HTTP/1.1 with bounds on a request's head, which uvicorn's own protocol does not set."""

import asyncio
from typing import Final

from uvicorn.protocols.http.httptools_impl import HttpToolsProtocol

MOST_HEAD_BYTES: Final = 64 * 1024
"""Bytes that the request line and the headers may take together."""

HEAD_WITHIN_S: Final = 30.0
"""How long a client may take to send them, in seconds; also from connecting to the first."""

_TOO_LARGE: Final = (
    b"HTTP/1.1 431 Request Header Fields Too Large\r\n"
    b"content-length: 0\r\nconnection: close\r\n\r\n"
)


class HeadTooLargeError(Exception):
    """The head of a request is larger than MOST_HEAD_BYTES."""


class BoundedHttpProtocol(HttpToolsProtocol):
    """Uvicorn's protocol; closes a connection whose request's head is too large or too slow."""

    _in_head = True
    _began_now = False
    _head_bytes = 0
    _patience: asyncio.TimerHandle | None = None

    def connection_made(self, transport: asyncio.Transport) -> None:  # type: ignore[override]
        """Start waiting for the first request."""
        super().connection_made(transport)
        self._wait_for_head()

    def connection_lost(self, exc: Exception | None) -> None:
        """Stop waiting."""
        self._stop_waiting()
        super().connection_lost(exc)

    def data_received(self, data: bytes) -> None:
        """Parse what came; a head that goes on beyond the bound ends the connection."""
        self._began_now = False
        super().data_received(data)
        # A chunk in which a head began may hold much else: it is counted by its headers only.
        if self._in_head and not self._began_now:
            self._head_bytes += len(data)
            if self._head_bytes > MOST_HEAD_BYTES:
                self.send_400_response("")

    def send_400_response(self, msg: str) -> None:
        """Answer what could not be parsed: 431 for a head that is too large, else 400."""
        if self.transport.is_closing():
            return
        if self._head_bytes <= MOST_HEAD_BYTES:
            super().send_400_response(msg)
            return
        self.transport.write(_TOO_LARGE)
        self.transport.close()

    def on_message_begin(self) -> None:
        """Begin a head."""
        super().on_message_begin()
        self._in_head = self._began_now = True
        self._head_bytes = 0
        self._wait_for_head()

    def on_url(self, url: bytes) -> None:
        """Take a part of the request line."""
        self._count(len(url))
        super().on_url(url)

    def on_header(self, name: bytes, value: bytes) -> None:
        """Take a header."""
        self._count(len(name) + len(value))
        super().on_header(name, value)

    def on_headers_complete(self) -> None:
        """End a head."""
        self._in_head = False
        self._stop_waiting()
        super().on_headers_complete()

    def _count(self, size: int) -> None:
        self._head_bytes += size if self._began_now else 0
        if self._head_bytes > MOST_HEAD_BYTES:
            raise HeadTooLargeError

    def _wait_for_head(self) -> None:
        self._stop_waiting()
        self._patience = self.loop.call_later(HEAD_WITHIN_S, self.transport.close)

    def _stop_waiting(self) -> None:
        if self._patience is not None:
            self._patience.cancel()
            self._patience = None
