"""Every job that ended is told of once on every channel, and what came of it is kept."""

import json
from collections.abc import Iterator
from dataclasses import dataclass, field
from datetime import UTC, datetime
from pathlib import Path

import pytest

from tests.jobs.notices import receiving
from vidimus.errors import Undelivered
from vidimus.jobs.notice import Delivery, Notice, Outcome, read_told
from vidimus.jobs.notify import Notifier, notice_of, open_notifier
from vidimus.jobs.topic import NO_ENDPOINT
from vidimus.settings import Settings
from vidimus.storage.database import Database, open_database
from vidimus.storage.jobs import (
    FAILED,
    SUCCEEDED,
    NewJob,
    StoredJob,
    add_job,
    add_task,
    change_job,
    find_job,
)

NOW = datetime(2026, 11, 24, tzinfo=UTC)
SECRET = "whsec_" + "A" * 32
TOPIC = "arn:aws:sns:us-east-1:123456789012:AmazonRekognition"


@dataclass
class Written:
    """A channel that writes down what it is given, and what it answers in turn."""

    name: str
    outcomes: list[Delivery] = field(default_factory=list)
    notices: list[Notice] = field(default_factory=list)

    def send(self, notice: Notice) -> Outcome:
        self.notices.append(notice)
        delivery = self.outcomes.pop(0) if self.outcomes else Delivery.DELIVERED
        return Outcome(delivery, "as told")


@pytest.fixture
def database(tmp_path: Path) -> Iterator[Database]:
    opened = open_database(f"sqlite:///{tmp_path / 'jobs.db'}")
    with opened.writing() as tx:
        add_task(tx, "task", "viewing", "s3://films/out.mp4", NOW)
    yield opened
    opened.close()


def ended(database: Database, job_id: str, kind: str = "LabelDetection", **values: object) -> None:
    new = NewJob(
        job_id=job_id,
        kind=kind,
        task_id="task",
        bucket="films",
        name="out.mp4",
        version=None,
        wish="{}",
        tag="tag",
        topic_arn=TOPIC,
        role_arn=None,
        actor="AKIAADA",
        request_id="request",
        created_at=NOW,
    )
    with database.writing() as tx:
        key = add_job(tx, new)
        change_job(tx, key, **{"state": SUCCEEDED, "finished_at": NOW, **values})


def job(database: Database, job_id: str) -> StoredJob:
    with database.reading() as tx:
        found = find_job(tx, job_id)
    assert found is not None
    return found


def test_each_job_is_told_of_once_on_each_channel(database: Database) -> None:
    ended(database, "first")
    ended(database, "second", state=FAILED, message="It was cancelled.")
    topic, webhook = Written("topic"), Written("webhook")
    notifier = Notifier(database, [topic, webhook])
    notifier.tell("task")
    notifier.tell("task")
    for channel in (topic, webhook):
        told = [(each.job_id, each.status, each.message) for each in channel.notices]
        assert told == [("first", "SUCCEEDED", None), ("second", "FAILED", "It was cancelled.")]
    assert read_told(job(database, "first").told) == {
        "topic": Outcome(Delivery.DELIVERED, "as told"),
        "webhook": Outcome(Delivery.DELIVERED, "as told"),
    }


def test_jobs_in_work_are_not_told_of(database: Database) -> None:
    ended(database, "open", state="IN_PROGRESS", finished_at=None)
    topic = Written("topic")
    Notifier(database, [topic]).tell("task")
    assert topic.notices == []
    assert job(database, "open").told is None


def test_only_what_was_not_reached_is_tried_again(database: Database) -> None:
    ended(database, "first")
    topic = Written("topic", [Delivery.REFUSED])
    webhook = Written("webhook", [Delivery.UNREACHED, Delivery.UNREACHED])
    notifier = Notifier(database, [topic, webhook])
    for _ in range(2):
        with pytest.raises(Undelivered, match="1 notification"):
            notifier.tell("task")
    notifier.tell("task")
    assert (len(topic.notices), len(webhook.notices)) == (1, 3)
    told = read_told(job(database, "first").told)
    assert told["topic"].delivery is Delivery.REFUSED
    assert told["webhook"].delivery is Delivery.DELIVERED


def test_one_channel_that_is_not_reached_holds_up_no_other(database: Database) -> None:
    ended(database, "first")
    ended(database, "second")
    topic, webhook = Written("topic", [Delivery.UNREACHED]), Written("webhook")
    with pytest.raises(Undelivered):
        Notifier(database, [topic, webhook]).tell("task")
    assert [each.job_id for each in topic.notices] == ["first", "second"]
    assert [each.job_id for each in webhook.notices] == ["first", "second"]


def test_what_the_worker_did_before_it_was_killed_is_not_done_again(database: Database) -> None:
    ended(database, "first")
    webhook = Written("webhook")

    class Killed:
        name = "topic"

        def send(self, notice: Notice) -> Outcome:
            raise KeyboardInterrupt

    with pytest.raises(KeyboardInterrupt):
        Notifier(database, [webhook, Killed()]).tell("task")
    Notifier(database, [webhook, Written("topic")]).tell("task")
    assert len(webhook.notices) == 1


def test_nobody_is_told_of_a_task_that_does_not_exist(database: Database) -> None:
    Notifier(database, [Written("topic")]).tell("no such task")


def test_bulk_jobs_name_their_operation_and_their_manifest(database: Database) -> None:
    ended(database, "bulk", "MediaAnalysis")
    told = json.loads(notice_of(job(database, "bulk")).encode())
    assert told["API"] == "StartMediaAnalysisJob"
    assert told["Input"] == {"S3ObjectName": "out.mp4", "S3Bucket": "films"}
    assert "Video" not in told


def test_channels_come_from_the_settings(
    database: Database, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    for name in ("AWS_ENDPOINT_URL_SNS", "AWS_ENDPOINT_URL"):
        monkeypatch.delenv(name, raising=False)
    ended(database, "first")
    with receiving() as receiver:
        settings = Settings(home=tmp_path, webhook_url=receiver.url, webhook_secret=SECRET)
        open_notifier(settings, database).tell("task")
    assert len(receiver.received) == 1
    told = read_told(job(database, "first").told)
    assert told["topic"] == Outcome(Delivery.REFUSED, NO_ENDPOINT)
    assert told["webhook"].delivery is Delivery.DELIVERED
