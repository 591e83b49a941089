"""Topics hear of jobs through SNS, wherever AWS's own variables say it is."""

import json
import logging
import socket
from collections.abc import Iterator
from dataclasses import replace
from typing import Any

import boto3
import pytest

from tests.jobs.notices import NOTICE
from vidimus.jobs.notice import Delivery
from vidimus.jobs.topic import NO_ENDPOINT, Topic, open_topics

REGION = "eu-west-1"


@pytest.fixture(autouse=True)
def _credentials(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("AWS_ACCESS_KEY_ID", "testing")
    monkeypatch.setenv("AWS_SECRET_ACCESS_KEY", "testing")
    monkeypatch.setenv("AWS_EC2_METADATA_DISABLED", "true")


@pytest.fixture(scope="module")
def endpoint() -> Iterator[str]:
    """The URL of a running SNS and SQS server (moto)."""
    from moto.server import ThreadedMotoServer

    logging.getLogger("werkzeug").setLevel(logging.ERROR)
    server = ThreadedMotoServer(ip_address="127.0.0.1", port=0, verbose=False)
    server.start()
    host, port = server.get_host_and_port()
    yield f"http://{host}:{port}"
    server.stop()


def client(service: str, endpoint: str) -> Any:
    return boto3.client(service, endpoint_url=endpoint, region_name=REGION)


def subscribed(endpoint: str, topic_arn: str) -> str:
    """The URL of a new queue that gets what the topic is told, as it is."""
    queues = client("sqs", endpoint)
    url = str(queues.create_queue(QueueName="told")["QueueUrl"])
    arn = queues.get_queue_attributes(QueueUrl=url, AttributeNames=["QueueArn"])["Attributes"]
    client("sns", endpoint).subscribe(
        TopicArn=topic_arn,
        Protocol="sqs",
        Endpoint=arn["QueueArn"],
        Attributes={"RawMessageDelivery": "true"},
    )
    return url


def test_subscribers_get_the_message(endpoint: str) -> None:
    arn = client("sns", endpoint).create_topic(Name="AmazonRekognitionDone")["TopicArn"]
    url = subscribed(endpoint, arn)
    topic = Topic({"AWS_ENDPOINT_URL_SNS": endpoint})
    outcome = topic.send(replace(NOTICE, topic_arn=arn))
    assert outcome is not None
    assert outcome.delivery is Delivery.DELIVERED, outcome.detail
    (message,) = client("sqs", endpoint).receive_message(QueueUrl=url)["Messages"]
    assert json.loads(message["Body"]) == json.loads(NOTICE.encode())


def test_a_topic_that_keeps_order(endpoint: str) -> None:
    arn = client("sns", endpoint).create_topic(
        Name="AmazonRekognitionInOrder.fifo", Attributes={"FifoTopic": "true"}
    )["TopicArn"]
    outcome = Topic({"AWS_ENDPOINT_URL": endpoint}).send(replace(NOTICE, topic_arn=arn))
    assert outcome is not None
    assert outcome.delivery is Delivery.DELIVERED, outcome.detail


def test_a_topic_that_does_not_exist_refuses(endpoint: str) -> None:
    outcome = Topic({"AWS_ENDPOINT_URL_SNS": endpoint}).send(
        replace(NOTICE, topic_arn=f"{NOTICE.topic_arn}-not")
    )
    assert outcome is not None
    assert outcome.delivery is Delivery.REFUSED
    assert "NotFound" in outcome.detail


def test_nobody_listens() -> None:
    with socket.create_server(("127.0.0.1", 0)) as taken:
        port = taken.getsockname()[1]
    outcome = Topic({"AWS_ENDPOINT_URL_SNS": f"http://127.0.0.1:{port}"}).send(NOTICE)
    assert outcome is not None
    assert outcome.delivery is Delivery.UNREACHED


def test_no_endpoint_is_named() -> None:
    def refuse(region: str, endpoint: str) -> Any:
        raise AssertionError("nothing may be sent")

    outcome = Topic({"AWS_ENDPOINT_URL_S3": "http://localhost:1"}, refuse).send(NOTICE)
    assert outcome is not None
    assert (outcome.delivery, outcome.detail) == (Delivery.REFUSED, NO_ENDPOINT)


def test_no_topic_is_named(endpoint: str) -> None:
    topic = Topic({"AWS_ENDPOINT_URL_SNS": endpoint})
    assert topic.send(replace(NOTICE, topic_arn=None)) is None


def test_no_credentials(
    endpoint: str, monkeypatch: pytest.MonkeyPatch, tmp_path_factory: pytest.TempPathFactory
) -> None:
    nowhere = tmp_path_factory.mktemp("aws") / "none"
    for name in ("AWS_ACCESS_KEY_ID", "AWS_SECRET_ACCESS_KEY"):
        monkeypatch.delenv(name)
    monkeypatch.setenv("AWS_SHARED_CREDENTIALS_FILE", str(nowhere))
    monkeypatch.setenv("AWS_CONFIG_FILE", str(nowhere))
    outcome = Topic({"AWS_ENDPOINT_URL_SNS": endpoint}).send(NOTICE)
    assert outcome is not None
    assert outcome.delivery is Delivery.REFUSED
    assert "credentials" in outcome.detail


def test_an_endpoint_that_is_no_url() -> None:
    outcome = Topic({"AWS_ENDPOINT_URL_SNS": "somewhere"}).send(NOTICE)
    assert outcome is not None
    assert outcome.delivery is Delivery.REFUSED


def test_the_region_is_the_topics(endpoint: str) -> None:
    asked: list[str] = []

    def open_client(region: str, url: str) -> Any:
        asked.append(region)
        return open_topics(region, url)

    Topic({"AWS_ENDPOINT_URL_SNS": endpoint}, open_client).send(NOTICE)
    assert asked == ["eu-west-1"]
