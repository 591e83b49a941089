"""Signatures: whatever botocore signs verifies, and no altered byte does."""

import hashlib
import string
from dataclasses import dataclass, replace
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any
from unittest.mock import patch
from urllib.parse import quote, urlsplit

import pytest
from botocore.auth import SigV4Auth
from botocore.awsrequest import AWSRequest
from botocore.credentials import Credentials
from hypothesis import given, settings
from hypothesis import strategies as st

from tests.server.conftest import BodyQueryAuth
from vidimus import errors
from vidimus.server.auth import (
    AnonymousVerifier,
    Principal,
    SignatureVerifier,
    check_exposure,
    open_verifier,
)
from vidimus.server.canonical import SignedRequest
from vidimus.settings import Settings, read_settings

NOW = datetime(2026, 8, 30, 12, 36, 0, tzinfo=UTC)
KEY = "AKIAVIDIMUSTESTKEY00"
SECRET = "wJalrXUtnFEMI/K7MDENG+bPxRfiCYEXAMPLEKEY"  # made up; opens nothing
TARGET = "RekognitionService.DetectFaces"


@dataclass
class Clock:
    now: datetime = NOW

    def __call__(self) -> datetime:
        return self.now


def verifier(clock: Clock | None = None, **secrets: str | None) -> SignatureVerifier:
    known = secrets or {KEY: SECRET}
    return SignatureVerifier(known.get, clock or Clock(), 900)


def signed(
    *,
    url: str = "http://localhost:8080/",
    headers: dict[str, str] | None = None,
    body: bytes = b"{}",
    presigned_for: int | str | None = None,
    credentials: Credentials | None = None,
    service: str = "rekognition",
    region: str = "eu-west-1",
) -> SignedRequest:
    """Sign with botocore and return what a server would receive."""
    sent = {"X-Amz-Target": TARGET, "Content-Type": "application/x-amz-json-1.1"} | (headers or {})
    scope = (credentials or Credentials(KEY, SECRET), service, region)
    if presigned_for is None:
        signer = SigV4Auth(*scope)
        request = AWSRequest("POST", url, data=body, headers=sent)
    else:
        signer = BodyQueryAuth(*scope, body=body, expires=presigned_for)
        request = AWSRequest("POST", url, headers=sent)
    with patch("botocore.auth.get_current_datetime", return_value=NOW.replace(tzinfo=None)):
        signer.add_auth(request)
    return received(request, body)


def received(request: AWSRequest, body: bytes) -> SignedRequest:
    parts = urlsplit(request.url)
    items = [(n.lower().encode("latin-1"), _wire(v)) for n, v in request.headers.items()]
    if b"host" not in dict(items):
        items.insert(0, (b"host", parts.netloc.encode()))
    return SignedRequest(request.method, parts.path or "/", parts.query, items, body)


def _wire(value: str | bytes) -> bytes:
    return value if isinstance(value, bytes) else value.encode("latin-1")


def with_header(request: SignedRequest, name: str, value: str | None) -> SignedRequest:
    kept = [(n, v) for n, v in request.headers if n != name.encode()]
    added = [] if value is None else [(name.encode(), value.encode())]
    return replace(request, headers=[*kept, *added])


def header(request: SignedRequest, name: str) -> str:
    return dict(request.headers)[name.encode()].decode()


def test_a_signed_request_is_attributed_to_its_key() -> None:
    assert verifier().verify(signed()) == Principal(KEY)


def test_a_presigned_request_is_attributed_to_its_key() -> None:
    request = signed(presigned_for=60, headers={"X-Amz-Meta": "a  b"})
    assert verifier().verify(request) == Principal(KEY)


def test_a_date_header_serves_as_well() -> None:
    request = signed(headers={"Date": "to be replaced by the signer"})
    assert b"x-amz-date" not in dict(request.headers)
    assert verifier().verify(request) == Principal(KEY)


def test_repeated_headers_are_joined() -> None:
    base = AWSRequest("POST", "http://h/", data=b"{}", headers={"X-Amz-Meta": " a "})
    base.headers.add_header("X-Amz-Meta", "b  c")
    with patch("botocore.auth.get_current_datetime", return_value=NOW.replace(tzinfo=None)):
        SigV4Auth(Credentials(KEY, SECRET), "rekognition", "eu-west-1").add_auth(base)
    assert verifier().verify(received(base, b"{}")) == Principal(KEY)


SAFE = string.ascii_letters + string.digits + "-._~"
HEADER_NAMES = st.from_regex(r"x-[a-z0-9]{1,12}(-[a-z0-9]{1,8})?", fullmatch=True).filter(
    lambda name: name not in {"x-amz-date", "x-amzn-trace-id", "x-amz-content-sha256"}
)
LATIN_1 = st.text(
    # A Latin-1 letter followed by one that could continue UTF-8 reads two ways; signers differ.
    st.characters(codec="latin-1", exclude_categories=["Cc"], exclude_characters="\xad\xa0"),
    max_size=30,
)
HEADER_VALUES = LATIN_1.filter(lambda value: _utf8_reading(value) in (None, value))
REQUESTS = st.fixed_dictionaries(
    {
        "url": st.builds(
            lambda path, query: "http://localhost:8080/" + path + ("?" + query if query else ""),
            st.lists(st.text(max_size=8).map(lambda s: quote(s, safe=SAFE)), max_size=4).map(
                "/".join
            ),
            st.lists(
                st.tuples(st.text(min_size=1, max_size=6), st.text(max_size=6)), max_size=4
            ).map(lambda p: "&".join(f"{quote(k, safe=SAFE)}={quote(v, safe=SAFE)}" for k, v in p)),
        ),
        "headers": st.dictionaries(HEADER_NAMES, HEADER_VALUES, max_size=4),
        "body": st.one_of(st.binary(max_size=200), st.text(max_size=80).map(str.encode)),
        "region": st.sampled_from(["us-east-1", "eu-central-1", "moon-1"]),
    }
)


def _utf8_reading(value: str) -> str | None:
    try:
        return value.encode("latin-1").decode()
    except UnicodeDecodeError:
        return None


@settings(max_examples=150, deadline=None)
@given(request=REQUESTS, presigned=st.booleans())
def test_everything_botocore_signs_verifies(request: dict[str, Any], presigned: bool) -> None:
    received_ = signed(**request, presigned_for=60 if presigned else None)
    assert verifier().verify(received_) == Principal(KEY)


@settings(max_examples=200, deadline=None)
@given(request=REQUESTS, presigned=st.booleans(), data=st.data())
def test_no_altered_byte_verifies(
    request: dict[str, Any], presigned: bool, data: st.DataObject
) -> None:
    altered = _alter(signed(**request, presigned_for=60 if presigned else None), data)
    with pytest.raises(errors.AuthenticationError):
        verifier().verify(altered)


def _alter(request: SignedRequest, data: st.DataObject) -> SignedRequest:
    places = ["method", "path", "headers"]
    places += ["body"] if request.body else []
    places += ["query"] if request.query else []
    place = data.draw(st.sampled_from(places))
    if place == "headers":
        return _alter_header(request, data)
    if place == "body":
        return replace(request, body=_flip(request.body, data))
    if place == "path":
        return replace(request, path=request.path + data.draw(st.sampled_from(["x", "%20", "~"])))
    text: str = getattr(request, place)
    at = data.draw(st.integers(0, len(text) - 1))
    other = data.draw(st.sampled_from(sorted(set(SAFE) - {text[at]})))
    text = text[:at] + other + text[at + 1 :]
    return replace(request, method=text) if place == "method" else replace(request, query=text)


def _alter_header(request: SignedRequest, data: st.DataObject) -> SignedRequest:
    signed_names = {"host", "x-amz-target", "x-amz-date", "authorization", "content-type"}
    indexes = [
        i for i, (n, v) in enumerate(request.headers) if n.decode("latin-1") in signed_names and v
    ]
    index = data.draw(st.sampled_from(indexes))
    name, value = request.headers[index]
    at = data.draw(st.integers(0, len(value) - 1).filter(lambda i: value[i : i + 1] not in b" "))
    other = data.draw(st.sampled_from([c for c in SAFE.encode() if c != value[at]]))
    changed = value[:at] + bytes([other]) + value[at + 1 :]
    headers = list(request.headers)
    headers[index] = (name, changed)
    return replace(request, headers=headers)


def _flip(body: bytes, data: st.DataObject) -> bytes:
    at = data.draw(st.integers(0, len(body) - 1))
    mask = data.draw(st.integers(1, 255))
    return body[:at] + bytes([body[at] ^ mask]) + body[at + 1 :]


def test_no_signature_is_missing_authentication() -> None:
    request = with_header(signed(), "authorization", None)
    with pytest.raises(errors.MissingAuthenticationToken):
        verifier().verify(request)


@pytest.mark.parametrize("part", ["Credential", "SignedHeaders", "Signature"])
def test_a_missing_part_is_named(part: str) -> None:
    request = signed()
    parts = header(request, "authorization").split(" ", 1)[1].split(", ")
    kept = [p for p in parts if not p.startswith(part + "=")]
    request = with_header(request, "authorization", "AWS4-HMAC-SHA256 " + ", ".join(kept))
    with pytest.raises(errors.IncompleteSignature, match=part):
        verifier().verify(request)


PRESIGNED_PARTS = ["Algorithm", "Credential", "Date", "Expires", "SignedHeaders", "Signature"]


@pytest.mark.parametrize("part", PRESIGNED_PARTS)
def test_a_missing_parameter_is_named(part: str) -> None:
    request = signed(presigned_for=60)
    kept = [p for p in request.query.split("&") if not p.startswith(f"X-Amz-{part}=")]
    with pytest.raises(errors.IncompleteSignature, match=f"X-Amz-{part}"):
        verifier().verify(replace(request, query="&".join(kept)))


@pytest.mark.parametrize(
    ("authorization", "says"),
    [
        ("Basic dXNlcjpwYXNz", "Basic"),
        ("AWS4-HMAC-SHA256", "lacks Credential and SignedHeaders and Signature"),
        ("AWS4-HMAC-SHA256 garbage", "without '='"),
        ("AWS4-HMAC-SHA256 Credential=a/b, SignedHeaders=host, Signature=0", "five elements"),
        (
            f"AWS4-HMAC-SHA256 Credential={KEY}/20260830/r/rekognition/aws4_request, "
            "SignedHeaders=x-amz-date, Signature=0",
            "'host'",
        ),
    ],
)
def test_a_malformed_authorization_is_incomplete(authorization: str, says: str) -> None:
    with pytest.raises(errors.IncompleteSignature, match=says):
        verifier().verify(with_header(signed(), "authorization", authorization))


@pytest.mark.parametrize("date", ["", "yesterday", "20261399T000000Z", "20260830T123600"])
def test_a_malformed_date_is_incomplete(date: str) -> None:
    with pytest.raises(errors.IncompleteSignature, match="20260131T235959Z"):
        verifier().verify(with_header(signed(), "x-amz-date", date))


def test_a_missing_date_is_incomplete() -> None:
    with pytest.raises(errors.IncompleteSignature, match="X-Amz-Date"):
        verifier().verify(with_header(signed(), "x-amz-date", None))


@pytest.mark.parametrize("year", ["0001", "9999"])
def test_a_date_far_out_is_refused(year: str) -> None:
    request = with_header(signed(), "x-amz-date", f"{year}0830T123600Z")
    with pytest.raises(errors.InvalidSignature):
        verifier().verify(request)


def test_signing_twice_is_refused() -> None:
    request = replace(signed(), query=signed(presigned_for=60).query)
    with pytest.raises(errors.IncompleteSignature, match="not both"):
        verifier().verify(request)


@pytest.mark.parametrize("presigned_for", [None, 60])
def test_session_tokens_are_refused_clearly(presigned_for: int | None) -> None:
    request = signed(
        presigned_for=presigned_for, credentials=Credentials(KEY, SECRET, "session-token")
    )
    with pytest.raises(errors.UnrecognizedClient, match="vidimus access key"):
        verifier().verify(request)


@pytest.mark.parametrize("key", ["AKIANOBODY0000000000", "ключ", "a\x00b", "k" * 200])
def test_an_unknown_key_is_unrecognized(key: str) -> None:
    request = signed()
    authorization = header(request, "authorization").replace(KEY, key)
    with pytest.raises(errors.UnrecognizedClient, match="security token"):
        verifier().verify(with_header(request, "authorization", authorization))


def test_revocation_counts_at_once() -> None:
    secrets = {KEY: SECRET}
    check = SignatureVerifier(secrets.get, Clock(), 900)
    assert check.verify(signed()) == Principal(KEY)
    del secrets[KEY]
    with pytest.raises(errors.UnrecognizedClient):
        check.verify(signed())


def test_a_wrong_secret_does_not_match() -> None:
    with pytest.raises(errors.InvalidSignature, match="does not match"):
        verifier().verify(signed(credentials=Credentials(KEY, SECRET + "x")))


def test_another_service_is_refused() -> None:
    with pytest.raises(errors.InvalidSignature, match="'rekognition'"):
        verifier().verify(signed(service="s3"))


def test_another_day_in_the_scope_is_refused() -> None:
    request = signed()
    authorization = header(request, "authorization").replace("/20260830/", "/20260829/")
    with pytest.raises(errors.InvalidSignature, match="20260829"):
        verifier().verify(with_header(request, "authorization", authorization))


@pytest.mark.parametrize(
    ("offset_s", "says"), [(901, "expired"), (-901, "not yet current"), (900, ""), (-900, "")]
)
def test_the_clock_may_be_off_by_the_skew(offset_s: int, says: str) -> None:
    check = verifier(Clock(NOW + timedelta(seconds=offset_s)))
    if not says:
        assert check.verify(signed()) == Principal(KEY)
        return
    with pytest.raises(errors.InvalidSignature, match=says):
        check.verify(signed())


@pytest.mark.parametrize(("age_s", "holds"), [(0, True), (60, True), (61, False)])
def test_a_presigned_request_expires(age_s: int, holds: bool) -> None:
    check = verifier(Clock(NOW + timedelta(seconds=age_s)))
    request = signed(presigned_for=60)
    if holds:
        assert check.verify(request) == Principal(KEY)
        return
    with pytest.raises(errors.InvalidSignature, match="expired"):
        check.verify(request)


@pytest.mark.parametrize("expires", [0, -1, 604801, "1e3", "\u0661", 10**30])
def test_a_validity_beyond_a_week_is_refused(expires: int | str) -> None:
    request = signed(presigned_for=expires)
    with pytest.raises(errors.IncompleteSignature, match="X-Amz-Expires"):
        verifier().verify(request)


def test_a_stated_digest_must_be_the_bodys() -> None:
    right = {"X-Amz-Content-SHA256": hashlib.sha256(b"{}").hexdigest()}
    assert verifier().verify(signed(headers=right)) == Principal(KEY)
    with pytest.raises(errors.InvalidSignature, match="x-amz-content-sha256"):
        verifier().verify(signed(headers={"X-Amz-Content-SHA256": "UNSIGNED-PAYLOAD"}))


def test_a_signed_header_must_be_sent() -> None:
    request = with_header(signed(), "x-amz-target", None)
    with pytest.raises(errors.InvalidSignature, match="x-amz-target"):
        verifier().verify(request)


def no_secret(_: str) -> None:
    return None


def _open(home: Path, host: str = "127.0.0.1", allow: bool = True) -> Settings:
    return read_settings(
        home=home, host=host, allow_unauthenticated_requests_from_this_machine=allow
    )


@pytest.mark.parametrize("host", ["127.0.0.1", "127.8.8.8", "::1", "localhost"])
def test_unsigned_requests_are_served_on_loopback(tmp_path: Path, host: str) -> None:
    check = open_verifier(_open(tmp_path, host), no_secret, Clock())
    request = SignedRequest("POST", "/", "", [(b"host", b"localhost:8080")], b"{}")
    assert check.verify(request) == Principal("anonymous")


@pytest.mark.parametrize("host", ["0.0.0.0", "::", "192.168.1.4", "example.com", ""])
def test_unsigned_requests_beyond_this_machine_are_refused(tmp_path: Path, host: str) -> None:
    with pytest.raises(errors.ConfigurationError, match="unauthenticated"):
        check_exposure(_open(tmp_path, host))


def test_signatures_are_asked_for_by_default(tmp_path: Path) -> None:
    settings_ = _open(tmp_path, "0.0.0.0", allow=False)
    assert isinstance(open_verifier(settings_, no_secret, Clock()), SignatureVerifier)


@pytest.mark.parametrize("host", [b"evil.example:8080", b"", b"[::2]"])
def test_a_name_that_resolves_here_is_no_loopback_name(host: bytes) -> None:
    with pytest.raises(errors.AccessDenied):
        AnonymousVerifier().verify(SignedRequest("POST", "/", "", [(b"host", host)], b""))
