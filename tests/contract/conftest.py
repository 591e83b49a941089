"""A live server, started as a user starts it, and real clients against it."""

import os
import re
import signal
import subprocess
import sys
import threading
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import boto3
import pytest
from botocore.config import Config

from tests.wire.violations import minimal_input  # noqa: F401 - keeps the generator importable

KEY_ID = "AKIAVIDIMUSCONTRACT0"
SECRET = "contract/tests/only/contract/tests/only0"
REGION = "us-east-1"


@dataclass
class LiveServer:
    """A server in a process of its own."""

    url: str
    home: Path
    process: subprocess.Popen[str]
    reader: threading.Thread
    said: list[str]

    def client(self, key_id: str = KEY_ID, secret: str = SECRET, **config: Any) -> Any:
        """A boto3 client for this server that neither retries nor checks before it sends."""
        return boto3.client(
            "rekognition",
            endpoint_url=self.url,
            region_name=REGION,
            aws_access_key_id=key_id,
            aws_secret_access_key=secret,
            config=Config(
                retries={"mode": "standard", "total_max_attempts": 1},
                parameter_validation=False,
                **config,
            ),
        )

    def end(self, how: signal.Signals) -> None:
        """Send the process a signal and wait until it is gone."""
        self.process.send_signal(how)
        self.process.wait(timeout=90)
        self.reader.join(timeout=30)
        assert self.process.stdout is not None
        self.process.stdout.close()


def start_server(home: Path, models: Path, **environment: str) -> LiveServer:
    """Run `vidimus serve` on a port of the system's choice and wait until it says where."""
    variables = {
        name: value for name, value in os.environ.items() if not name.startswith("VIDIMUS_")
    }
    variables |= {
        "VIDIMUS_MODELS": str(models),
        "VIDIMUS_BOOTSTRAP_ACCESS_KEY_ID": KEY_ID,
        "VIDIMUS_BOOTSTRAP_SECRET_ACCESS_KEY": SECRET,
        "VIDIMUS_CHECK_ANSWERS": "true",
        "PYTHONUNBUFFERED": "1",
        **environment,
    }
    command = [sys.executable, "-m", "vidimus", "serve", "--port", "0", "--no-pull"]
    process = subprocess.Popen(
        [*command, "--home", str(home)],
        env=variables,
        stdout=subprocess.PIPE,
        stderr=subprocess.STDOUT,
        text=True,
    )
    said: list[str] = []
    assert process.stdout is not None
    for line in process.stdout:
        said.append(line)
        if found := re.search(r"serves on (http://\S+)", line):
            reader = threading.Thread(target=_drain, args=(process, said), daemon=True)
            reader.start()
            return LiveServer(found[1], home, process, reader, said)
    process.stdout.close()
    process.wait(timeout=30)
    raise AssertionError(f"the server did not start:\n{''.join(said)}")


def _drain(process: subprocess.Popen[str], said: list[str]) -> None:
    assert process.stdout is not None
    said.extend(process.stdout)


@contextmanager
def serving(home: Path, models: Path, **environment: str) -> Iterator[LiveServer]:
    server = start_server(home, models, **environment)
    try:
        yield server
    finally:
        server.end(signal.SIGTERM)


@pytest.fixture(scope="session")
def server(tmp_path_factory: pytest.TempPathFactory, models_path: Path) -> Iterator[LiveServer]:
    with serving(tmp_path_factory.mktemp("contract"), models_path) as live:
        yield live


@pytest.fixture(scope="session")
def rekognition(server: LiveServer) -> Any:
    """A boto3 client; the server itself refuses answers that break the contract."""
    return server.client()


@pytest.fixture
def collection(rekognition: Any, request: pytest.FixtureRequest) -> Iterator[str]:
    """An empty collection, gone after the test."""
    name = re.sub(r"[^a-zA-Z0-9_.-]", "-", request.node.name)[:200]
    rekognition.create_collection(CollectionId=name)
    yield name
    if name in rekognition.list_collections()["CollectionIds"]:
        rekognition.delete_collection(CollectionId=name)


@pytest.fixture(scope="session")
def photo(people: Path) -> Callable[[str], dict[str, bytes]]:
    """The Image member of one of the sample photographs."""

    def read(name: str) -> dict[str, bytes]:
        return {"Bytes": (people / f"{name}.jpg").read_bytes()}

    return read
