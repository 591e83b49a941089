"""The pages beside the API: welcome, health, metrics, and the rules for browsers."""

from collections.abc import Mapping

import httpx
import pytest

from tests.server.conftest import Running, Start
from vidimus.errors import ConfigurationError, StorageUnavailable, VidimusError

ORIGIN = {"Origin": "https://console.example"}
PREFLIGHT = ORIGIN | {
    "Access-Control-Request-Method": "POST",
    "Access-Control-Request-Headers": "amz-sdk-invocation-id,amz-sdk-request,authorization,"
    "content-type,x-amz-content-sha256,x-amz-date,x-amz-target,x-amz-user-agent",
}


def test_the_front_page_says_what_this_is(running: Running) -> None:
    reply = httpx.get(running.url + "/")
    assert reply.status_code == 200
    assert reply.text.startswith("vidimus ")
    assert "endpoint_url" in reply.text


@pytest.mark.parametrize("path", ["/", "/healthz", "/metrics"])
def test_head_is_get_without_a_body(running: Running, path: str) -> None:
    reply = httpx.head(running.url + path)
    assert reply.status_code == 200
    assert reply.content == b""


def test_health_tells_facts(start: Start) -> None:
    with start(check_health=lambda: {"faces": 3}) as server:
        reply = httpx.get(server.url + "/healthz")
    assert reply.status_code == 200
    assert reply.json()["status"] == "ok"
    assert reply.json()["faces"] == 3


@pytest.mark.parametrize(
    ("error", "reason"),
    [
        (StorageUnavailable("The database is locked."), "The database is locked."),
        (ConfigurationError("/secret/path is missing"), "The server"),
    ],
)
def test_trouble_is_not_healthy(start: Start, error: VidimusError, reason: str) -> None:
    def check() -> Mapping[str, object]:
        raise error

    with start(check_health=check) as server:
        reply = httpx.get(server.url + "/healthz")
    assert reply.status_code == 503
    assert reply.json()["status"] == "unavailable"
    assert reply.json()["reason"].startswith(reason)


def test_metrics_are_for_prometheus(running: Running) -> None:
    running.client().list_collections()
    reply = httpx.get(running.url + "/metrics")
    assert reply.headers["content-type"].startswith("text/plain; version=")
    assert 'vidimus_requests_total{code="OK",operation="ListCollections"} 1.0' in reply.text
    assert 'vidimus_request_seconds_count{operation="ListCollections"} 1.0' in reply.text
    assert "process_resident_memory_bytes" in reply.text


@pytest.mark.parametrize("path", ["/nothing", "/healthz/", "//", "/../etc/passwd"])
def test_other_paths_are_not_found(running: Running, path: str) -> None:
    reply = httpx.get(running.url + path)
    assert reply.status_code == 404
    assert reply.json()["__type"] == "UnknownOperationException"


@pytest.mark.parametrize("method", ["PUT", "DELETE", "PATCH", "BREW"])
def test_other_methods_are_refused(running: Running, method: str) -> None:
    reply = httpx.request(method, running.url + "/")
    assert reply.status_code in (400, 405)  # the parser knows no such method as BREW
    if method != "BREW":
        assert reply.headers["allow"] == "GET, HEAD, OPTIONS, POST"
        assert method in reply.json()["message"]


def test_posting_to_another_page_is_refused(running: Running) -> None:
    reply = httpx.post(running.url + "/healthz")
    assert reply.status_code == 405
    assert set(reply.headers["allow"].split(", ")) == {"GET", "HEAD"}


def test_browsers_may_call_from_anywhere_by_default(running: Running) -> None:
    reply = httpx.options(running.url + "/", headers=PREFLIGHT)
    assert reply.status_code == 200
    assert reply.headers["access-control-allow-origin"] == "*"
    assert "POST" in reply.headers["access-control-allow-methods"]
    allowed = reply.headers["access-control-allow-headers"].replace(" ", "").split(",")
    assert set(PREFLIGHT["Access-Control-Request-Headers"].split(",")) <= set(allowed)


def test_browsers_may_read_the_headers_of_replies_and_errors(running: Running) -> None:
    reply = httpx.post(running.url + "/", headers=ORIGIN)
    assert reply.status_code == 415
    assert reply.headers["access-control-allow-origin"] == "*"
    exposed = reply.headers["access-control-expose-headers"].replace(" ", "").split(",")
    assert {"x-amzn-requestid", "x-amzn-errortype", "x-vidimus-ledger-receipt"} <= set(exposed)


def test_origins_can_be_named(start: Start) -> None:
    with start(cors_origins="https://a.example, https://console.example") as server:
        reply = httpx.options(server.url + "/", headers=PREFLIGHT)
        other = PREFLIGHT | {"Origin": "https://evil.example"}
        refused = httpx.options(server.url + "/", headers=other)
    assert reply.headers["access-control-allow-origin"] == "https://console.example"
    assert refused.status_code == 400
    assert "access-control-allow-origin" not in refused.headers


@pytest.mark.parametrize(
    "settings",
    [
        {"cors_origins": ""},
        {"allow_unauthenticated_requests_from_this_machine": True},
    ],
)
def test_browsers_can_be_kept_out(start: Start, settings: dict[str, str | bool]) -> None:
    with start(**settings) as server:
        reply = httpx.options(server.url + "/", headers=PREFLIGHT)
    assert reply.status_code == 405
    assert "access-control-allow-origin" not in reply.headers
