"""A server over operations that a test writes itself, and the ways to reach it."""

import hashlib
import json
import socket
from collections.abc import Callable, Iterator, Mapping
from contextlib import AbstractContextManager, contextmanager
from dataclasses import dataclass, field
from datetime import UTC, datetime
from pathlib import Path
from typing import Any
from urllib.parse import urlsplit

import boto3
import pytest
import structlog
from botocore.auth import SigV4Auth, SigV4QueryAuth
from botocore.awsrequest import AWSRequest
from botocore.config import Config
from botocore.credentials import Credentials

from vidimus.engine.caller import Caller
from vidimus.server.app import HealthCheck, create_app
from vidimus.server.auth import open_verifier
from vidimus.server.serve import serving
from vidimus.settings import read_settings
from vidimus.telemetry import Metrics
from vidimus.wire.model import load_contract

KEY = "AKIAVIDIMUSTESTKEY00"
SECRET = "test/server/only/test/server/only/test00"
OPEN_S = 20.0
MUCH = 200_000_000

Operation = Callable[[dict[str, object], Caller], Mapping[str, object]]


class BodyQueryAuth(SigV4QueryAuth):  # type: ignore[misc]
    """Presigns a request with a body; botocore's own would move the body into the query."""

    def __init__(self, *args: Any, body: bytes, expires: int | str) -> None:
        super().__init__(*args, expires=expires)
        self._body = body

    def payload(self, request: AWSRequest) -> str:
        return hashlib.sha256(self._body).hexdigest()


@dataclass(frozen=True)
class Given:
    output: Mapping[str, object]
    headers: Mapping[str, str] = field(default_factory=dict)


@dataclass
class Script:
    """Operations of a test: plain functions from parameters and caller to an output."""

    operations: dict[str, Operation] = field(default_factory=dict)
    headers: dict[str, str] = field(default_factory=dict)

    @property
    def implemented(self) -> frozenset[str]:
        return frozenset(self.operations)

    def call(self, operation: str, params: dict[str, object], caller: Caller) -> Given:
        return Given(self.operations[operation](params, caller), self.headers)


@dataclass
class Running:
    """A running server."""

    url: str
    script: Script
    metrics: Metrics
    secrets: dict[str, str]

    def client(self, key: str = KEY, secret: str = SECRET, **config: Any) -> Any:
        return boto3.client(
            "rekognition",
            endpoint_url=self.url,
            region_name="eu-west-1",
            aws_access_key_id=key,
            aws_secret_access_key=secret,
            config=Config(
                retries={"mode": "standard", "total_max_attempts": 1},
                parameter_validation=False,
                **config,
            ),
        )

    def connect(self) -> socket.socket:
        parts = urlsplit(self.url)
        return socket.create_connection((parts.hostname, parts.port), timeout=OPEN_S)

    def signed(self, body: bytes, **headers: str) -> dict[str, str]:
        """The headers of a signed ListCollections with that body."""
        sent = {
            "Content-Type": "application/x-amz-json-1.1",
            "X-Amz-Target": "RekognitionService.ListCollections",
            "Host": urlsplit(self.url).netloc,
        }
        request = AWSRequest("POST", self.url + "/", data=body, headers=sent | headers)
        SigV4Auth(Credentials(KEY, SECRET), "rekognition", "eu-west-1").add_auth(request)
        return dict(request.headers.items())

    def metric(self, line: str) -> float:
        """The value of one line of the metrics."""
        text = self.metrics.render().decode()
        found = [row.rsplit(" ", 1)[1] for row in text.splitlines() if row.startswith(line + " ")]
        return float(found[0]) if found else 0.0


def head(headers: Mapping[str, str], line: str = "POST / HTTP/1.1") -> bytes:
    rows = [line, *(f"{name}: {value}" for name, value in headers.items()), "", ""]
    return "\r\n".join(rows).encode("latin-1")


@dataclass(frozen=True)
class RawReply:
    status: int
    headers: dict[str, str]
    body: bytes

    def json(self) -> dict[str, Any]:
        told: dict[str, Any] = json.loads(self.body)
        return told


def read_reply(connection: socket.socket) -> RawReply:
    """Read one reply that has a content-length, and not a byte more."""
    data = b""
    while b"\r\n\r\n" not in data:
        data += _one(connection)
    lines = data.decode("latin-1").rstrip("\r\n").split("\r\n")
    headers = {n.lower(): v for n, _, v in (line.partition(": ") for line in lines[1:])}
    body = b""
    while len(body) < int(headers.get("content-length", 0)):
        body += _one(connection)
    return RawReply(int(lines[0].split(" ")[1]), headers, body)


def _one(connection: socket.socket) -> bytes:
    byte = connection.recv(1)
    if not byte:
        raise ConnectionResetError("the server closed the connection")
    return byte


def sent_until_closed(connection: socket.socket, data: bytes) -> int:
    """Send again and again; returns how many bytes went before the server closed, or MUCH."""
    sent = 0
    try:
        while sent < MUCH:
            connection.sendall(data)
            sent += len(data)
    except (BrokenPipeError, ConnectionResetError):
        return sent
    return MUCH


Start = Callable[..., AbstractContextManager[Running]]


@pytest.fixture(autouse=True)
def quiet() -> Iterator[None]:
    """Keep a server's thread from printing into the stream that pytest reads at that moment.

    Python's text streams are not made for that: once it ended the whole run by a segmentation
    fault.
    """
    structlog.configure(logger_factory=structlog.ReturnLoggerFactory())
    yield
    structlog.reset_defaults()


@pytest.fixture
def start(tmp_path: Path) -> Start:
    """Start a server with settings of the test's choice."""

    @contextmanager
    def started(
        *, check_health: HealthCheck = dict, check_answers: bool = True, **settings: Any
    ) -> Iterator[Running]:
        chosen = read_settings(home=tmp_path, **settings)
        script = Script({"ListCollections": lambda params, caller: {}})
        metrics, secrets = Metrics(), {KEY: SECRET}
        app = create_app(
            script,
            open_verifier(chosen, secrets.get, lambda: datetime.now(UTC)),
            chosen,
            load_contract(),
            metrics,
            check_health=check_health,
            check_answers=check_answers,
        )
        with serving(app) as url:
            yield Running(url, script, metrics, secrets)

    return started


@pytest.fixture
def running(start: Start) -> Iterator[Running]:
    """A server with the default settings."""
    with start() as server:
        yield server
