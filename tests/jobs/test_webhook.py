"""A webhook hears of jobs under a signature, again when it was busy, never elsewhere."""

import base64
import hashlib
import hmac
import socket
from datetime import UTC, datetime

import pytest
from urllib3.util import Retry

from tests.jobs.notices import NOTICE, receiving
from vidimus.jobs.notice import Delivery
from vidimus.jobs.webhook import Webhook

KEY = bytes(range(32))
NOW = datetime(2026, 11, 24, 12, 31, tzinfo=UTC)


def webhook(url: str, total: int = 2) -> Webhook:
    """One that does not wait between its tries."""
    forcelist = (408, 429, 500, 502, 503, 504)
    retries = Retry(
        total=total,
        status_forcelist=forcelist,
        allowed_methods=None,
        redirect=False,
        raise_on_status=False,
    )
    return Webhook(url, KEY, lambda: NOW, retries)


def test_the_body_and_its_signature() -> None:
    with receiving() as receiver:
        outcome = Webhook(f"{receiver.url}/done?x=1", KEY, lambda: NOW).send(NOTICE)
    assert outcome.delivery is Delivery.DELIVERED
    assert "204" in outcome.detail
    (request,) = receiver.received
    assert request.path == "/done?x=1"
    assert request.body == NOTICE.encode()
    assert request.headers["content-type"] == "application/json"
    seconds = str(int(NOW.timestamp()))
    assert request.headers["webhook-timestamp"] == seconds
    assert request.headers["webhook-id"] == NOTICE.job_id
    signed = f"{NOTICE.job_id}.{seconds}.".encode() + request.body
    expected = base64.b64encode(hmac.new(KEY, signed, hashlib.sha256).digest()).decode()
    assert request.headers["webhook-signature"] == f"v1,{expected}"


def test_one_that_is_busy_is_asked_again() -> None:
    with receiving(503, 429) as receiver:
        outcome = webhook(receiver.url).send(NOTICE)
    assert outcome.delivery is Delivery.DELIVERED
    assert len(receiver.received) == 3
    assert len({request.headers["webhook-signature"] for request in receiver.received}) == 1


@pytest.mark.parametrize(
    ("status", "delivery", "requests"),
    [
        (500, Delivery.UNREACHED, 3),
        (404, Delivery.UNREACHED, 1),
        (401, Delivery.UNREACHED, 1),
        (302, Delivery.UNREACHED, 1),
        (410, Delivery.REFUSED, 1),
    ],
)
def test_what_is_worth_another_try(status: int, delivery: Delivery, requests: int) -> None:
    with receiving(*[status] * 3) as receiver:
        outcome = webhook(receiver.url).send(NOTICE)
    assert outcome.delivery is delivery
    assert str(status) in outcome.detail
    assert [request.path for request in receiver.received] == ["/"] * requests


def test_nobody_listens() -> None:
    with socket.create_server(("127.0.0.1", 0)) as taken:
        port = taken.getsockname()[1]
    outcome = webhook(f"http://127.0.0.1:{port}", total=1).send(NOTICE)
    assert outcome.delivery is Delivery.UNREACHED
    assert outcome.detail


def test_no_such_host() -> None:
    outcome = webhook("http://nobody.invalid/hook", total=0).send(NOTICE)
    assert outcome.delivery is Delivery.UNREACHED
