"""Bodies: how they may come, how large they may be, and clients that leave or dawdle."""

import asyncio
import socket
import struct
import time

import pytest
from starlette.types import Message

from tests.server.conftest import MUCH, Running, Start, head, read_reply, sent_until_closed
from vidimus.errors import RequestTimeout
from vidimus.server import body as body_module
from vidimus.server.body import read_body

LIMIT = 64 * 1024


def spaces(size: int) -> bytes:
    return b"{" + b" " * (size - 2) + b"}"


def chunked(body: bytes, size: int) -> bytes:
    parts = [body[at : at + size] for at in range(0, len(body), size)]
    return b"".join(b"%x\r\n%b\r\n" % (len(part), part) for part in [*parts, b""])


def test_a_body_may_be_as_large_as_the_limit(start: Start) -> None:
    with start(max_body_bytes=LIMIT) as server:
        for size, status in ((LIMIT, 200), (LIMIT + 1, 413)):
            body = spaces(size)
            with server.connect() as connection:
                headers = {**server.signed(body), "Content-Length": str(size)}
                connection.sendall(head(headers) + body)
                reply = read_reply(connection)
            assert reply.status == status
    assert reply.json()["__type"] == "RequestEntityTooLargeException"
    assert str(LIMIT) in reply.json()["Message"]


def test_a_chunked_body_is_read(running: Running) -> None:
    body = spaces(1000)
    headers = {**running.signed(body), "Transfer-Encoding": "chunked"}
    with running.connect() as connection:
        connection.sendall(head(headers) + chunked(body, 7))
        assert read_reply(connection).status == 200


def test_a_chunked_body_is_counted(start: Start) -> None:
    with start(max_body_bytes=LIMIT) as server, server.connect() as connection:
        body = spaces(2 * LIMIT)
        headers = {**server.signed(body), "Transfer-Encoding": "chunked"}
        connection.sendall(head(headers) + chunked(body, 5000))
        reply = read_reply(connection)
    assert reply.status == 413
    assert reply.headers["connection"] == "close"


def test_an_endless_body_is_cut_off(start: Start) -> None:
    with start(max_body_bytes=LIMIT) as server, server.connect() as connection:
        headers = {**server.signed(b""), "Transfer-Encoding": "chunked"}
        connection.sendall(head(headers))
        assert sent_until_closed(connection, chunked(b"x" * 16_384, 16_384)[:-5]) < MUCH


def test_a_huge_declared_body_is_refused_before_it_is_sent(start: Start) -> None:
    with start(max_body_bytes=LIMIT) as server, server.connect() as connection:
        headers = {**server.signed(b""), "Content-Length": str(10**12)}
        connection.sendall(head(headers))
        assert read_reply(connection).status == 413


def test_a_client_that_expects_100_continue_gets_it(running: Running) -> None:
    body = spaces(1000)
    headers = {**running.signed(body), "Content-Length": "1000", "Expect": "100-continue"}
    with running.connect() as connection:
        connection.sendall(head(headers))
        assert read_reply(connection).status == 100
        connection.sendall(body)
        assert read_reply(connection).status == 200


def test_a_client_that_expects_is_spared_a_body_too_large(start: Start) -> None:
    with start(max_body_bytes=LIMIT) as server, server.connect() as connection:
        headers = {**server.signed(b""), "Content-Length": str(2 * LIMIT), "Expect": "100-continue"}
        connection.sendall(head(headers))
        assert read_reply(connection).status == 413


def test_a_slow_client_is_served(running: Running) -> None:
    body = spaces(40)
    headers = {**running.signed(body), "Content-Length": "40"}
    with running.connect() as connection:
        connection.sendall(head(headers))
        for at in range(0, 40, 4):
            time.sleep(0.02)
            connection.sendall(body[at : at + 4])
        assert read_reply(connection).status == 200


def test_a_client_that_stops_is_told(running: Running, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(body_module, "IDLE_S", 0.1)
    headers = {**running.signed(b"{}"), "Content-Length": "2"}
    with running.connect() as connection:
        connection.sendall(head(headers) + b"{")
        reply = read_reply(connection)
    assert (reply.status, reply.json()["__type"]) == (408, "RequestTimeoutException")
    assert reply.headers["connection"] == "close"


@pytest.mark.parametrize("reset", [False, True])
def test_a_client_gone_in_mid_upload_is_counted_and_harms_nobody(
    running: Running, reset: bool, capfd: pytest.CaptureFixture[str]
) -> None:
    body = spaces(100_000)
    for _ in range(5):
        connection = running.connect()
        headers = {**running.signed(body), "Content-Length": "100000"}
        connection.sendall(head(headers) + body[:50_000])
        if reset:
            connection.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, struct.pack("ii", 1, 0))
        connection.close()
    deadline = time.monotonic() + 10
    while running.metric("vidimus_clients_gone_total") < 5 and time.monotonic() < deadline:
        time.sleep(0.01)
    assert running.metric("vidimus_clients_gone_total") == 5
    assert running.client().list_collections()["ResponseMetadata"]["HTTPStatusCode"] == 200
    assert "Traceback" not in capfd.readouterr().err


def test_nothing_for_a_while_is_a_timeout(monkeypatch: pytest.MonkeyPatch) -> None:
    async def receive() -> Message:
        await asyncio.sleep(60)
        raise AssertionError("not reached")

    monkeypatch.setattr(body_module, "IDLE_S", 0.01)
    with pytest.raises(RequestTimeout):
        asyncio.run(read_body(receive, {}, LIMIT))
