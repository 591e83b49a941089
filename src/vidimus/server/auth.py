"""Who sends a request: AWS Signature Version 4, checked with the caller's own access key."""

import hashlib
import hmac
import ipaddress
from collections.abc import Callable
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from functools import lru_cache
from typing import Final, Protocol
from urllib.parse import urlsplit

from vidimus.errors import (
    AccessDenied,
    ConfigurationError,
    InvalidSignature,
    UnrecognizedClient,
)
from vidimus.server.canonical import SignedRequest, canonical_request
from vidimus.server.signature import (
    ALGORITHM,
    SERVICE,
    TERMINATOR,
    PresentedSignature,
    Scope,
    read_signature,
)
from vidimus.settings import Settings

ANONYMOUS: Final = "anonymous"
_CACHED_SIGNING_KEYS = 256
_LONGEST_KEY_ID = 128
_NOBODYS_SECRET = "0" * 40
_BASIC_FORMAT = "%Y%m%dT%H%M%SZ"


@dataclass(frozen=True, slots=True)
class Principal:
    """Whoever a request is attributed to."""

    access_key_id: str


class Verifier(Protocol):
    """Attributes a request to a principal."""

    def verify(self, request: SignedRequest) -> Principal:
        """Return the principal; raises AuthenticationError (or AccessDenied)."""
        ...


class SignatureVerifier:
    """Checks signatures against the secrets of the access keys.

    `secret_of` gives the secret of an access key id, None for an unknown or revoked one; it is
    asked anew for every request, so a revocation counts at once. `clock` gives the time with
    its zone; `skew_s` is how many seconds a signature's time may be off.
    """

    def __init__(
        self,
        secret_of: Callable[[str], str | None],
        clock: Callable[[], datetime],
        skew_s: int,
    ) -> None:
        self._secret_of = secret_of
        self._clock = clock
        self._skew = timedelta(seconds=skew_s)
        self._signing_key = lru_cache(maxsize=_CACHED_SIGNING_KEYS)(derive_signing_key)

    def verify(self, request: SignedRequest) -> Principal:
        """Return who signed the request, by header or by presigned query.

        Raises MissingAuthenticationToken, IncompleteSignature, InvalidSignature or
        UnrecognizedClient.
        """
        presented = read_signature(request)
        secret = self._known_secret(presented.access_key_id)
        # An unknown key costs the same work as a known one, so that time does not tell them apart.
        known = secret is not None
        expected = self._expected_signature(request, presented, secret or _NOBODYS_SECRET)
        right = hmac.compare_digest(expected.encode(), presented.signature.encode())
        if not known:
            raise UnrecognizedClient("The security token included in the request is invalid.")
        self._check_time(presented)
        _check_stated_digest(request)
        if not right:
            raise InvalidSignature(
                "The request signature we calculated does not match the signature you provided. "
                "Check the secret access key and how the request is signed; a proxy that changes "
                "the Host header also breaks it."
            )
        return Principal(presented.access_key_id)

    def _known_secret(self, access_key_id: str) -> str | None:
        if len(access_key_id) > _LONGEST_KEY_ID or not access_key_id.isascii():
            return None
        return self._secret_of(access_key_id) if access_key_id.isprintable() else None

    def _expected_signature(
        self, request: SignedRequest, presented: PresentedSignature, secret: str
    ) -> str:
        canonical = canonical_request(request, presented.signed_headers, presented.query)
        digest = hashlib.sha256(canonical.encode()).hexdigest()
        time = presented.time.strftime(_BASIC_FORMAT)
        to_sign = f"{ALGORITHM}\n{time}\n{presented.scope}\n{digest}"
        key = self._signing_key(secret, presented.scope)
        return hmac.digest(key, to_sign.encode(), "sha256").hex()

    def _check_time(self, presented: PresentedSignature) -> None:
        now, made = self._clock(), presented.time
        lasts = self._skew if presented.validity is None else presented.validity
        if made - self._skew > now:
            raise InvalidSignature(
                f"Signature not yet current: {made:{_BASIC_FORMAT}} is still later than "
                f"{now + self._skew:{_BASIC_FORMAT}} ({now:{_BASIC_FORMAT}} + "
                f"{self._skew.total_seconds():.0f} s.)"
            )
        if made + lasts < now:
            raise InvalidSignature(
                f"Signature expired: {made:{_BASIC_FORMAT}} is now earlier than "
                f"{now - lasts:{_BASIC_FORMAT}} ({now:{_BASIC_FORMAT}} - "
                f"{lasts.total_seconds():.0f} s.)"
            )


class AnonymousVerifier:
    """Lets everyone on this machine in, unsigned; for trying things out."""

    def verify(self, request: SignedRequest) -> Principal:
        """Return the anonymous principal.

        Raises AccessDenied when the Host header names another machine: a web page could
        otherwise reach the server through a host name that resolves to this machine.
        """
        host = urlsplit(f"//{request.header_values.get('host', '')}").hostname or ""
        if not is_loopback(host):
            raise AccessDenied(
                "Unsigned requests are served only to this machine by its loopback name; the "
                f"Host header says {host[:80]!r}."
            )
        return Principal(ANONYMOUS)


def open_verifier(
    settings: Settings,
    secret_of: Callable[[str], str | None],
    clock: Callable[[], datetime] = lambda: datetime.now(UTC),
) -> Verifier:
    """Return the verifier that the settings ask for; raises ConfigurationError."""
    check_exposure(settings)
    if settings.allow_unauthenticated_requests_from_this_machine:
        return AnonymousVerifier()
    return SignatureVerifier(secret_of, clock, settings.clock_skew_s)


def check_exposure(settings: Settings) -> None:
    """Raise ConfigurationError when unsigned requests would be served beyond this machine."""
    if not settings.allow_unauthenticated_requests_from_this_machine:
        return
    if not is_loopback(settings.host):
        raise ConfigurationError(
            "allow_unauthenticated_requests_from_this_machine needs a host of this machine "
            f"alone (127.0.0.1, ::1 or localhost), not {settings.host!r}."
        )


def is_loopback(host: str) -> bool:
    """Tell whether a host name or address is this machine's loopback, without asking DNS."""
    if host == "localhost":
        return True
    try:
        return ipaddress.ip_address(host).is_loopback
    except ValueError:
        return False


def derive_signing_key(secret: str, scope: Scope) -> bytes:
    """Return the 32-byte key that signs requests of one day and region."""
    key = f"AWS4{secret}".encode()
    for part in (scope.date, scope.region, SERVICE, TERMINATOR):
        key = hmac.digest(key, part.encode(), "sha256")
    return key


def _check_stated_digest(request: SignedRequest) -> None:
    stated = request.header_values.get("x-amz-content-sha256")
    if stated is not None and stated != request.body_digest:
        raise InvalidSignature(
            "The header x-amz-content-sha256 is not the SHA-256 of the body that arrived; "
            "unsigned and streamed payloads are not taken."
        )
