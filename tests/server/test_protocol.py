"""What is not quite HTTP, or too much of it, ends its own connection and nothing else."""

from collections.abc import Mapping

import pytest

from tests.server.conftest import MUCH, RawReply, Running, head, read_reply, sent_until_closed
from vidimus.server import protocol


def exchange(server: Running, data: bytes) -> RawReply:
    with server.connect() as connection:
        connection.sendall(data)
        return read_reply(connection)


def post(server: Running, more_headers: Mapping[str, str] | None = None) -> bytes:
    body = b"{}"
    sent = {**server.signed(body), "Content-Length": "2", **(more_headers or {})}
    return head(sent) + body


@pytest.mark.parametrize("case", ["lower", "upper"])
def test_names_of_headers_are_not_case_sensitive(running: Running, case: str) -> None:
    body = b"{}"
    headers = running.signed(body) | {"Content-Length": "2"}
    changed = {getattr(name, case)(): value for name, value in headers.items()}
    assert exchange(running, head(changed) + body).status == 200


def test_large_headers_are_taken(running: Running) -> None:
    headers = {f"X-Extra-{n}": "v" * 1000 for n in range(30)}
    assert exchange(running, post(running, headers)).status == 200


def test_huge_headers_are_refused(running: Running) -> None:
    headers = {f"X-Extra-{n}": "v" * 10_000 for n in range(10)}
    assert exchange(running, post(running, headers)).status == 431


@pytest.mark.parametrize("begin", [b"POST / HTTP/1.1\r\nX: ", b"GET /", b"POST / HTTP/1.1\r\n"])
def test_an_endless_head_is_cut_off(running: Running, begin: bytes) -> None:
    more = b"X: y\r\n" * 3000 if begin.endswith(b"\n") else b"x" * 16_384
    with running.connect() as connection:
        connection.sendall(begin)
        assert sent_until_closed(connection, more) < MUCH
    assert exchange(running, post(running)).status == 200


def test_a_head_that_does_not_come_is_not_awaited(
    running: Running, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(protocol, "HEAD_WITHIN_S", 0.1)
    for data in (b"", b"POST / HTTP/1.1\r\nHost:"):
        with running.connect() as connection:
            connection.sendall(data)
            assert connection.recv(1) == b""


@pytest.mark.parametrize(
    "garbage",
    [
        b"\x16\x03\x01\x02\x00\x01\x00\x01\xfc\x03\x03 a TLS hello\r\n\r\n",
        b"\x00" * 64,
        b"GET\r\n\r\n",
        b"POST / HTTP/9.9\r\n\r\n",
        b"POST /\xff HTTP/1.1\r\nHost: x\r\n\r\n",
        b"POST / HTTP/1.1\r\nHost: x\r\nContent-Length: -1\r\n\r\n",
        b"POST / HTTP/1.1\r\nHost: x\r\nContent-Length: 2\r\nContent-Length: 3\r\n\r\n{}",
        b"POST / HTTP/1.1\r\nHost: x\r\nContent-Length: 2\r\nTransfer-Encoding: chunked\r\n\r\n{}",
        b"POST / HTTP/1.1\r\nHost: x\r\nTransfer-Encoding: chunked\r\n\r\nzz\r\n",
    ],
)
def test_garbage_is_a_bad_request(running: Running, garbage: bytes) -> None:
    assert exchange(running, garbage).status in (400, 415)
    assert exchange(running, post(running)).status == 200


def test_garbage_after_a_request_does_not_spoil_its_answer(running: Running) -> None:
    with running.connect() as connection:
        connection.sendall(post(running) + b"\x00\x01 garbage \r\n\r\n")
        statuses = [read_reply(connection).status]
        try:
            statuses.append(read_reply(connection).status)
        except ConnectionError:
            statuses.append(400)
    assert statuses in ([200, 400], [400, 400])


def test_pipelined_requests_are_answered_in_order(running: Running) -> None:
    with running.connect() as connection:
        connection.sendall(post(running) + head({"Host": "x"}, "GET / HTTP/1.1") + post(running))
        replies = [read_reply(connection) for _ in range(3)]
    assert [reply.status for reply in replies] == [200, 200, 200]
    assert replies[0].body == replies[2].body == b"{}"
    assert replies[1].body.startswith(b"vidimus")


def test_a_websocket_is_not_offered(running: Running) -> None:
    headers = {"Host": "x", "Connection": "Upgrade", "Upgrade": "websocket"}
    assert exchange(running, head(headers, "GET / HTTP/1.1")).status == 200


def test_http_1_0_is_answered_and_closed(running: Running) -> None:
    with running.connect() as connection:
        connection.sendall(b"GET /healthz HTTP/1.0\r\n\r\n")
        assert read_reply(connection).status == 200
        assert connection.recv(1) == b""
