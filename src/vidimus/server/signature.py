"""The signature a request presents, in its Authorization header or in its query.

Everything here is about form: whether the signature is right is decided in `auth`.
"""

import re
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from email.utils import parsedate_to_datetime
from urllib.parse import unquote

from vidimus.errors import (
    IncompleteSignature,
    InvalidSignature,
    MissingAuthenticationToken,
    UnrecognizedClient,
)
from vidimus.server.canonical import SignedRequest, canonical_query

ALGORITHM = "AWS4-HMAC-SHA256"
SERVICE = "rekognition"
TERMINATOR = "aws4_request"
LONGEST_VALIDITY_S = 7 * 24 * 3600
"""A presigned request is valid for a week at most."""

_BASIC_TIME = re.compile(r"([0-9]{4})([0-9]{2})([0-9]{2})T([0-9]{2})([0-9]{2})([0-9]{2})Z")
_YEARS = range(1970, 9000)
_HEADER_FIELDS = ("Credential", "SignedHeaders", "Signature")
_QUERY_FIELDS = (
    "X-Amz-Algorithm",
    "X-Amz-Credential",
    "X-Amz-Date",
    "X-Amz-Expires",
    "X-Amz-SignedHeaders",
    "X-Amz-Signature",
)


@dataclass(frozen=True, slots=True)
class Scope:
    """What a signing key is good for."""

    date: str
    region: str

    def __str__(self) -> str:
        return f"{self.date}/{self.region}/{SERVICE}/{TERMINATOR}"


@dataclass(frozen=True, slots=True)
class PresentedSignature:
    """A well-formed signature, not yet checked.

    `time` is when it was made; `validity` is how long a presigned request holds from then, None
    for the header form. `query` is the canonical query it covers.
    """

    access_key_id: str
    scope: Scope
    signed_headers: tuple[str, ...]
    signature: str
    time: datetime
    validity: timedelta | None
    query: str


def read_signature(request: SignedRequest) -> PresentedSignature:
    """Read the signature a request presents.

    Raises MissingAuthenticationToken when there is none, IncompleteSignature naming the part
    that is missing or malformed, InvalidSignature for a scope of another service or day, and
    UnrecognizedClient for a session token.
    """
    header = request.header_values.get("authorization")
    parameters = _query_parameters(request.query)
    presigned = "X-Amz-Algorithm" in parameters or "X-Amz-Signature" in parameters
    if header is None and not presigned:
        raise MissingAuthenticationToken("Missing Authentication Token")
    if header is not None and presigned:
        raise IncompleteSignature(
            "The request is signed twice: send the Authorization header or the X-Amz- query "
            "parameters, not both."
        )
    if "x-amz-security-token" in request.header_values or "X-Amz-Security-Token" in parameters:
        raise UnrecognizedClient(
            "The request carries a session token (X-Amz-Security-Token). vidimus knows no "
            "temporary credentials; sign with a vidimus access key and leave the token out."
        )
    return _from_query(request, parameters) if header is None else _from_header(request, header)


def _from_header(request: SignedRequest, header: str) -> PresentedSignature:
    algorithm, _, rest = header.partition(" ")
    if algorithm != ALGORITHM:
        raise IncompleteSignature(
            f"The Authorization header starts with {algorithm[:40]!r}; only {ALGORITHM} is known."
        )
    fields = dict(_field(part) for part in rest.split(",") if part.strip())
    _require(fields, _HEADER_FIELDS, "Authorization header")
    time = _header_time(request.header_values)
    return PresentedSignature(
        *_read_credential(fields["Credential"], time),
        signed_headers=_read_signed_headers(fields["SignedHeaders"]),
        signature=fields["Signature"],
        time=time,
        validity=None,
        query=canonical_query(request.query),
    )


def _from_query(request: SignedRequest, parameters: Mapping[str, str]) -> PresentedSignature:
    _require(parameters, _QUERY_FIELDS, "query")
    if parameters["X-Amz-Algorithm"] != ALGORITHM:
        raise IncompleteSignature(f"X-Amz-Algorithm must be {ALGORITHM}.")
    time = _read_basic_time(parameters["X-Amz-Date"])
    return PresentedSignature(
        *_read_credential(parameters["X-Amz-Credential"], time),
        signed_headers=_read_signed_headers(parameters["X-Amz-SignedHeaders"]),
        signature=parameters["X-Amz-Signature"],
        time=time,
        validity=_read_validity(parameters["X-Amz-Expires"]),
        query=canonical_query(request.query, leave_out="X-Amz-Signature"),
    )


def _query_parameters(query: str) -> dict[str, str]:
    # Python's parse_qsl would read "+" as a space, which no signer means.
    pairs = (pair.partition("=") for pair in query.split("&") if pair)
    return {unquote(name): unquote(value) for name, _, value in pairs}


def _field(part: str) -> tuple[str, str]:
    name, equals, value = part.strip().partition("=")
    if not equals:
        raise IncompleteSignature(
            f"The Authorization header has a part without '=': {name[:60]!r}."
        )
    return name, value


def _require(fields: Mapping[str, str], names: tuple[str, ...], where: str) -> None:
    missing = [name for name in names if not fields.get(name)]
    if missing:
        raise IncompleteSignature(f"The {where} lacks {' and '.join(missing)}.")


def _read_credential(credential: str, time: datetime) -> tuple[str, Scope]:
    if time.year not in _YEARS:
        raise InvalidSignature(f"The date of the request is in the year {time.year}.")
    parts = credential.split("/")
    if len(parts) != 5 or not all(parts):
        raise IncompleteSignature(
            "Credential must have five elements divided by slashes "
            f"(key/date/region/service/{TERMINATOR}), not {credential[:120]!r}."
        )
    access_key_id, date, region, service, terminator = parts
    if service != SERVICE:
        raise InvalidSignature(f"Credential should be scoped to the service '{SERVICE}'.")
    if terminator != TERMINATOR:
        raise InvalidSignature(f"Credential should be scoped with the terminator '{TERMINATOR}'.")
    if date != time.strftime("%Y%m%d"):
        raise InvalidSignature(
            f"The date in the Credential scope ({date[:16]!r}) is not the day of the request's "
            f"date ({time:%Y%m%d})."
        )
    return access_key_id, Scope(date, region)


def _read_signed_headers(names: str) -> tuple[str, ...]:
    signed = tuple(names.split(";"))
    if "host" not in signed:
        raise IncompleteSignature("'host' must be one of the SignedHeaders.")
    return signed


def _header_time(headers: Mapping[str, str]) -> datetime:
    if "x-amz-date" in headers:
        return _read_basic_time(headers["x-amz-date"])
    if "date" not in headers:
        raise IncompleteSignature("The request lacks the header X-Amz-Date (or Date).")
    try:
        time = parsedate_to_datetime(headers["date"])
        return time.replace(tzinfo=UTC) if time.tzinfo is None else time.astimezone(UTC)
    except (ValueError, OverflowError):
        return _read_basic_time(headers["date"])


def _read_basic_time(text: str) -> datetime:
    match = _BASIC_TIME.fullmatch(text)
    try:
        if match is None:
            raise ValueError(text)
        year, month, day, hour, minute, second = map(int, match.groups())
        return datetime(year, month, day, hour, minute, second, tzinfo=UTC)
    except ValueError:
        raise IncompleteSignature(
            f"The date must be in ISO 8601 basic format (20260131T235959Z), not {text[:40]!r}."
        ) from None


def _read_validity(text: str) -> timedelta:
    if not (text.isascii() and text.isdigit() and 1 <= int(text[:8]) <= LONGEST_VALIDITY_S):
        raise IncompleteSignature(
            f"X-Amz-Expires must be 1 to {LONGEST_VALIDITY_S} seconds, not {text[:20]!r}."
        )
    return timedelta(seconds=int(text))
