"""What HTTP, SigV4, decoding and encoding cost a request: an operation that does nothing.

Starts the server with an empty DetectFaces in a process of its own and sends it one signed
request again and again over a kept-alive connection. Prints CPU time of the server per request
(user and system, which other work on the machine disturbs little) and the time a client waits.

    .venv/bin/python benchmarks/server_overhead.py [--requests 300]
"""

import argparse
import base64
import http.client
import json
import multiprocessing
import os
import statistics
import time
from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import UTC, datetime
from multiprocessing.connection import Connection
from pathlib import Path
from tempfile import TemporaryDirectory

from botocore.auth import SigV4Auth
from botocore.awsrequest import AWSRequest
from botocore.credentials import Credentials

from vidimus.engine.caller import Caller
from vidimus.server.app import create_app
from vidimus.server.auth import SignatureVerifier
from vidimus.server.serve import serve
from vidimus.settings import read_settings
from vidimus.telemetry import Metrics, configure_logging
from vidimus.wire.model import load_contract

KEY, SECRET = "AKIABENCHMARK0000000", "benchmark"
PICTURE_BYTES = (1_000, 50_000, 200_000, 1_000_000, 5_000_000)
WARM_UP = 30


@dataclass(frozen=True)
class Nothing:
    output: Mapping[str, object] = field(default_factory=lambda: {"FaceDetails": []})
    headers: Mapping[str, str] = field(default_factory=dict)


class Idle:
    implemented = frozenset({"DetectFaces"})

    def call(self, operation: str, params: dict[str, object], caller: Caller) -> Nothing:
        return Nothing()


def run_server(home: Path, started: Connection) -> None:
    log = os.open(os.devnull, os.O_WRONLY)
    os.dup2(log, 2)
    configure_logging("info", "json")
    verifier = SignatureVerifier({KEY: SECRET}.get, lambda: datetime.now(UTC), 900)
    app = create_app(Idle(), verifier, read_settings(home=home), load_contract(), Metrics())
    serve(app, "127.0.0.1", 0, started.send)


def signed_request(url: str, picture_bytes: int) -> tuple[bytes, dict[str, str]]:
    picture = base64.b64encode(os.urandom(picture_bytes)).decode()
    body = json.dumps({"Image": {"Bytes": picture}}).encode()
    headers = {
        "X-Amz-Target": "RekognitionService.DetectFaces",
        "Content-Type": "application/x-amz-json-1.1",
    }
    request = AWSRequest("POST", url, data=body, headers=headers)
    SigV4Auth(Credentials(KEY, SECRET), "rekognition", "us-east-1").add_auth(request)
    return body, dict(request.headers.items())


def cpu_seconds(process_id: int) -> float:
    fields = Path(f"/proc/{process_id}/stat").read_text().rsplit(") ", 1)[1].split()
    return (int(fields[11]) + int(fields[12])) / os.sysconf("SC_CLK_TCK")


def measure(url: str, process_id: int, picture_bytes: int, requests: int) -> str:
    connection = http.client.HTTPConnection(url.removeprefix("http://"))
    body, headers = signed_request(url + "/", picture_bytes)
    for _ in range(WARM_UP):
        ask(connection, body, headers)
    before = cpu_seconds(process_id)
    times = sorted(ask(connection, body, headers) for _ in range(requests))
    cpu_ms = (cpu_seconds(process_id) - before) / requests * 1000
    connection.close()
    p50, p99 = statistics.median(times) * 1000, times[int(len(times) * 0.99)] * 1000
    return f"| {picture_bytes:>9,} | {cpu_ms:>10.2f} | {p50:>7.2f} | {p99:>7.2f} |"


def ask(connection: http.client.HTTPConnection, body: bytes, headers: dict[str, str]) -> float:
    start = time.perf_counter()
    connection.request("POST", "/", body, headers)
    reply = connection.getresponse()
    answer = reply.read()
    if reply.status != 200:
        raise SystemExit(answer.decode())
    return time.perf_counter() - start


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--requests", type=int, default=300)
    requests: int = parser.parse_args().requests
    ours, theirs = multiprocessing.Pipe()
    with TemporaryDirectory() as home:
        server = multiprocessing.get_context("spawn").Process(
            target=run_server, args=(Path(home), theirs)
        )
        server.start()
        url: str = ours.recv()
        print("| picture B | CPU ms/req | p50 ms  | p99 ms  |")
        print("|----------:|-----------:|--------:|--------:|")
        for picture_bytes in PICTURE_BYTES:
            print(measure(url, server.pid or 0, picture_bytes, requests))
        server.terminate()
        server.join()


if __name__ == "__main__":
    main()
