"""Reading a request's body, no more of it than allowed and no slower than bearable."""

import asyncio
from collections.abc import Mapping
from typing import Final

from starlette.types import Receive

from vidimus.errors import RequestTimeout, RequestTooLarge

IDLE_S: Final = 30.0
"""How long a client may send nothing in the middle of its body, in seconds."""

DRAINED_BODIES: Final = 4
"""A body too large is read to its end, so that the client sees the answer, if it is not longer
than this many times the limit."""


class ClientGoneError(Exception):
    """The client closed the connection before it had sent its request."""


async def read_body(receive: Receive, headers: Mapping[str, str], limit: int) -> bytes:
    """Return the body.

    Raises RequestTooLarge over `limit` bytes, RequestTimeout when nothing comes for IDLE_S
    seconds, ClientGoneError when the client leaves.
    """
    declared = int(headers.get("content-length") or 0)
    too_large = declared > limit
    if too_large and ("expect" in headers or declared > limit * DRAINED_BODIES):
        raise _too_large(limit)
    chunks: list[bytes] = []
    size, more = 0, True
    while more and size <= limit * DRAINED_BODIES:
        chunk, more = await _next_chunk(receive)
        size += len(chunk)
        too_large = too_large or size > limit
        if too_large:
            chunks.clear()
        else:
            chunks.append(chunk)
    if too_large:
        raise _too_large(limit)
    return b"".join(chunks)


def _too_large(limit: int) -> RequestTooLarge:
    return RequestTooLarge(f"The request body is larger than {limit} bytes.")


async def _next_chunk(receive: Receive) -> tuple[bytes, bool]:
    try:
        async with asyncio.timeout(IDLE_S):
            message = await receive()
    except TimeoutError:
        raise RequestTimeout(f"Nothing of the body came for {IDLE_S:.0f} seconds.") from None
    if message["type"] == "http.disconnect":
        raise ClientGoneError
    return message.get("body", b""), message.get("more_body", False)
