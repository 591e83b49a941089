"""The canonical form of a request, as AWS Signature Version 4 defines it.

Source: "Create a signed AWS API request" in the AWS IAM user guide; for services other than S3
the path is normalised and percent-encoded once more.
"""

import hashlib
from collections.abc import Sequence
from dataclasses import dataclass
from urllib.parse import quote

from vidimus.errors import InvalidSignature
from vidimus.lazy import lazy

EMPTY_PATH = "/"


@dataclass(frozen=True)
class SignedRequest:
    """A request as it arrived: what a signature is checked against.

    `path` and `query` are percent-encoded as sent, `headers` are (lower-case name, value) in
    the order they came, repeated names included. (No slots: two facts are worked out once.)
    """

    method: str
    path: str
    query: str
    headers: Sequence[tuple[bytes, bytes]]
    body: bytes

    @lazy
    def header_values(self) -> dict[str, str]:
        """Values by lower-case name, white space folded, repeated ones joined by commas."""
        values: dict[str, str] = {}
        for raw_name, raw_value in self.headers:
            name, value = raw_name.decode("latin-1"), _fold(_decode(raw_value))
            values[name] = f"{values[name]},{value}" if name in values else value
        return values

    @lazy
    def body_digest(self) -> str:
        """SHA-256 of the body received, in hexadecimal."""
        return hashlib.sha256(self.body).hexdigest()


def canonical_request(request: SignedRequest, signed_headers: Sequence[str], query: str) -> str:
    """Return the canonical request; `query` is the one to sign, as `canonical_query` gives it.

    Raises InvalidSignature when a header said to be signed was not sent.
    """
    names = ";".join(signed_headers)
    lines = "\n".join(f"{name}:{_signed_value(request, name)}" for name in signed_headers)
    path = canonical_path(request.path)
    return f"{request.method}\n{path}\n{query}\n{lines}\n\n{names}\n{request.body_digest}"


def canonical_path(path: str) -> str:
    """Return the path without empty, `.` and `..` segments, percent-encoded once more."""
    if path in ("", EMPTY_PATH):
        return EMPTY_PATH
    kept: list[str] = []
    for segment in path.split("/"):
        if segment == "..":
            del kept[-1:]
        elif segment not in ("", "."):
            kept.append(segment)
    closing = "/" if path.endswith("/") and kept else ""
    return quote(f"/{'/'.join(kept)}{closing}", safe="/~")


def canonical_query(query: str, leave_out: str = "") -> str:
    """Return the query's pairs sorted, a missing `=` added, one parameter left out.

    The pairs keep the percent-encoding they came with: the signer encoded them.
    """
    if not query:
        return ""
    pairs = (pair.partition("=") for pair in query.split("&"))
    return "&".join(f"{k}={v}" for k, v in sorted((k, v) for k, _, v in pairs if k != leave_out))


def _signed_value(request: SignedRequest, name: str) -> str:
    try:
        return request.header_values[name]
    except KeyError:
        raise InvalidSignature(
            f"SignedHeaders names the header '{name}', which the request does not carry."
        ) from None


def _fold(value: str) -> str:
    return " ".join(value.split())


def _decode(value: bytes) -> str:
    # Signers hash UTF-8, yet Python's own HTTP client sends Latin-1.
    try:
        return value.decode()
    except UnicodeDecodeError:
        return value.decode("latin-1")
