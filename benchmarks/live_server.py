"""A server in a process of its own, and signed requests to it, for the benchmarks over HTTP."""

import base64
import http.client
import json
import os
import platform
import re
import subprocess
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import UTC, datetime
from pathlib import Path
from typing import Any
from urllib.parse import urlsplit

from botocore.auth import SigV4Auth
from botocore.awsrequest import AWSRequest
from botocore.credentials import Credentials

KEY_ID, SECRET = "AKIAVIDIMUSBENCHMARK", "benchmark/only/benchmark/only/benchmark0"


@contextmanager
def serving(home: Path, models: Path, **environment: str) -> Iterator[tuple[str, int]]:
    """Run `vidimus serve`; yields its URL and process id once it serves."""
    variables = os.environ | {
        "VIDIMUS_MODELS": str(models),
        "VIDIMUS_BOOTSTRAP_ACCESS_KEY_ID": KEY_ID,
        "VIDIMUS_BOOTSTRAP_SECRET_ACCESS_KEY": SECRET,
        "VIDIMUS_LOG_LEVEL": "warning",
        # A worker that begins beside the server takes a core for its first seconds.
        "VIDIMUS_VIDEO_WORKERS": "0",
        "PYTHONUNBUFFERED": "1",
        **environment,
    }
    process = subprocess.Popen(
        [sys.executable, "-m", "vidimus", "serve", "--port", "0", "--no-pull", "--home", str(home)],
        env=variables,
        stdout=subprocess.PIPE,
        text=True,
    )
    assert process.stdout is not None
    try:
        for line in process.stdout:
            if found := re.search(r"serves on (http://\S+)", line):
                yield found[1], process.pid
                return
        raise SystemExit("the server did not start")
    finally:
        process.terminate()
        process.wait(timeout=60)


def encoded(**params: Any) -> bytes:
    """Return the JSON of a request; encoding a picture is the client's work, not the server's."""
    return json.dumps(params, default=lambda data: base64.b64encode(data).decode()).encode()


class Client:
    """One kept-open connection that signs every request as an SDK does."""

    def __init__(self, url: str) -> None:
        self._url = url
        self._connection = http.client.HTTPConnection(urlsplit(url).netloc, timeout=120)
        self._credentials = Credentials(KEY_ID, SECRET)

    def call(self, operation: str, **params: Any) -> dict[str, Any]:
        """Carry out an operation; raises SystemExit with the error's text on failure."""
        return self.send(operation, encoded(**params))

    def send(self, operation: str, body: bytes) -> dict[str, Any]:
        """Sign a body that is encoded already, send it and return the answer."""
        headers = {
            "Content-Type": "application/x-amz-json-1.1",
            "X-Amz-Target": f"RekognitionService.{operation}",
        }
        request = AWSRequest("POST", f"{self._url}/", data=body, headers=headers)
        SigV4Auth(self._credentials, "rekognition", "us-east-1").add_auth(request)
        self._connection.request("POST", "/", body, dict(request.headers.items()))
        response = self._connection.getresponse()
        answer = response.read()
        if response.status != 200:
            raise SystemExit(f"{operation}: {answer.decode()}")
        result: dict[str, Any] = json.loads(answer)
        return result


def resident_mb(pid: int) -> float:
    """Return a process's resident memory in megabytes."""
    text = Path(f"/proc/{pid}/status").read_text()
    found = re.search(r"VmRSS:\s+(\d+) kB", text)
    assert found is not None
    return int(found[1]) / 1024


def machine() -> str:
    """Return the date and the machine, for the head of a table."""
    text = Path("/proc/cpuinfo").read_text()
    name = re.search(r"model name\s*: (.+)", text)
    cores = len(os.sched_getaffinity(0))
    cpu = name[1] if name else platform.processor()
    return (
        f"{datetime.now(UTC):%Y-%m-%d}, {cores} cores of {cpu}, Python {platform.python_version()}"
    )
