"""Replies of the API: their bytes, headers and status."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Final

import msgspec
from starlette.types import Send

from vidimus.errors import (
    ConfigurationError,
    RequestTimeout,
    RequestTooLarge,
    StorageUnavailable,
    Throttled,
    VidimusError,
)

CONTENT_TYPE: Final = "application/x-amz-json-1.1"
SUCCESS: Final = "OK"
"""The code under which a reply without error is counted and logged."""

_OWN_FAULTS_WITH_A_SENTENCE: Final = (StorageUnavailable, Throttled)
_INTERNAL_MESSAGE: Final = "The server failed to answer; its log tells why under the request id."


@dataclass(frozen=True, slots=True)
class Reply:
    """One answer; `code` is an error code or SUCCESS, `principal` who it was for ("" unknown)."""

    body: bytes
    request_id: str
    status: int = 200
    code: str = SUCCESS
    principal: str = ""
    headers: Mapping[str, str] = field(default_factory=dict)

    async def send(self, send: Send) -> None:
        """Send the reply as an ASGI application does."""
        headers = {
            "content-type": CONTENT_TYPE,
            "content-length": str(len(self.body)),
            "x-amzn-requestid": self.request_id,
            **self.headers,
        }
        raw = [(name.encode("latin-1"), value.encode("latin-1")) for name, value in headers.items()]
        await send({"type": "http.response.start", "status": self.status, "headers": raw})
        await send({"type": "http.response.body", "body": self.body})


def error_reply(
    error: VidimusError, request_id: str, principal: str = "", status: int | None = None
) -> Reply:
    """Return the reply an error becomes; faults of our own keep their details to the log."""
    headers = {"x-amzn-errortype": error.code}
    if isinstance(error, RequestTooLarge | RequestTimeout):
        # The rest of the body may still be on its way; it must not be read as a next request.
        headers["connection"] = "close"
    return Reply(
        body=error_body(error.code, public_message(error), request_id, error.members),
        request_id=request_id,
        status=error.status if status is None else status,
        code=error.code,
        principal=principal,
        headers=headers,
    )


def error_body(code: str, message: str, request_id: str, members: Mapping[str, str]) -> bytes:
    """Return an error's JSON, with the spellings the various SDKs look for."""
    return msgspec.json.encode(
        {
            **members,
            "__type": code,
            "Code": code,
            "Message": message,
            "message": message,
            "Logref": request_id,
        }
    )


def public_message(error: VidimusError) -> str:
    """Return the sentence a caller may read; nothing of paths, settings or models."""
    ours = error.status >= 500 and not isinstance(error, _OWN_FAULTS_WITH_A_SENTENCE)
    return _INTERNAL_MESSAGE if ours or isinstance(error, ConfigurationError) else error.message
