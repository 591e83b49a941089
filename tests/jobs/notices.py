"""Notices for tests, and a receiver of webhooks that answers as it is told."""

from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field, replace
from datetime import UTC, datetime
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from threading import Thread

from vidimus.jobs.notice import Notice

ENDED_AT = datetime(2026, 11, 24, 12, 30, 15, 250_000, tzinfo=UTC)

NOTICE = Notice(
    job_id="0a" * 32,
    operation="StartLabelDetection",
    status="SUCCEEDED",
    ended_at=ENDED_AT,
    bucket="films",
    name="a day/out.mp4",
    tag="summer",
    topic_arn="arn:aws:sns:eu-west-1:123456789012:AmazonRekognitionDone",
)


def failed(message: str) -> Notice:
    return replace(NOTICE, status="FAILED", message=message, tag=None)


@dataclass(frozen=True)
class Received:
    """A request as it came in."""

    path: str
    headers: dict[str, str]
    body: bytes


@dataclass
class Receiver:
    """A server that takes notes, and answers with these statuses in turn, then with 204."""

    url: str = ""
    statuses: list[int] = field(default_factory=list)
    received: list[Received] = field(default_factory=list)

    def handle(self, request: Received) -> int:
        self.received.append(request)
        return self.statuses.pop(0) if self.statuses else 204


@contextmanager
def receiving(*statuses: int) -> Iterator[Receiver]:
    receiver = Receiver(statuses=list(statuses))

    class Handler(BaseHTTPRequestHandler):
        def do_POST(self) -> None:
            body = self.rfile.read(int(self.headers["content-length"]))
            headers = {name.lower(): value for name, value in self.headers.items()}
            status = receiver.handle(Received(self.path, headers, body))
            self.send_response(status)
            if status == 302:
                self.send_header("location", f"{receiver.url}/elsewhere")
            self.send_header("content-length", "0")
            self.end_headers()

        def log_message(self, format: str, *args: object) -> None:
            """Say nothing."""

    server = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
    receiver.url = f"http://127.0.0.1:{server.server_address[1]}"
    thread = Thread(target=server.serve_forever, kwargs={"poll_interval": 0.02})
    thread.start()
    try:
        yield receiver
    finally:
        server.shutdown()
        server.server_close()
        thread.join()
