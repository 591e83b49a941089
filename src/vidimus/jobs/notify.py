"""Telling who waits for a job that it ended: the caller's topic, and the operator's webhook.

What came of each is kept with the job. A message that could not be delivered is tried again later;
one that was delivered is not sent again, save where the worker was killed before it could write
that down.
"""

import os
from collections.abc import Callable, Sequence
from datetime import UTC, datetime
from typing import Protocol

import msgspec

from vidimus.errors import Undelivered
from vidimus.jobs.notice import Delivery, Notice, Outcome, read_told
from vidimus.jobs.topic import Topic
from vidimus.jobs.webhook import Webhook
from vidimus.settings import Settings
from vidimus.storage.database import Database
from vidimus.storage.jobs import OPEN, StoredJob, change_job, jobs_of_task
from vidimus.telemetry import get_logger

_BULK = "MediaAnalysis"

_log = get_logger(__name__)


class Channel(Protocol):
    """A way on which notices are sent."""

    @property
    def name(self) -> str:
        """What the channel is called where its outcomes are kept."""

    def send(self, notice: Notice) -> Outcome | None:
        """Send a notice and return what came of it; None where it is not meant for this way."""


class Notifier:
    """Sends the notices of a task's jobs on every channel, and keeps what came of it."""

    def __init__(self, database: Database, channels: Sequence[Channel]) -> None:
        self._database = database
        self._channels = channels

    def tell(self, task_id: str) -> None:
        """Tell of every job of a task that has ended, on the channels that do not know yet.

        Raises Undelivered where a channel could not be reached: the same call has another try.
        """
        with self._database.reading() as tx:
            ended = [job for job in jobs_of_task(tx, task_id) if job.state not in OPEN]
        missed = [name for job in ended for name in self._tell_of(job)]
        if missed:
            raise Undelivered(f"{len(missed)} notifications could not be delivered yet")

    def _tell_of(self, job: StoredJob) -> list[str]:
        """Send a job's notices and return the names of channels that were not reached."""
        notice = notice_of(job)
        told = read_told(job.told)
        for channel in self._channels:
            if channel.name in told and told[channel.name].delivery is not Delivery.UNREACHED:
                continue
            outcome = channel.send(notice)
            if outcome is not None:
                told[channel.name] = outcome
                self._keep(job, channel.name, told)
        return [name for name, each in told.items() if each.delivery is Delivery.UNREACHED]

    def _keep(self, job: StoredJob, name: str, told: dict[str, Outcome]) -> None:
        """Write down what came of a message at once: the next one may end the worker."""
        outcome = told[name]
        if outcome.delivery is not Delivery.DELIVERED:
            _log.warning(
                "a notification was not delivered",
                job_id=job.job_id,
                channel=name,
                outcome=outcome.delivery.value,
                detail=outcome.detail,
            )
        with self._database.writing() as tx:
            change_job(tx, job.key, told=msgspec.json.encode(told).decode())


def notice_of(job: StoredJob) -> Notice:
    """Return what is told of a job that has ended."""
    return Notice(
        job_id=job.job_id,
        operation="StartMediaAnalysisJob" if job.kind == _BULK else f"Start{job.kind}",
        member="Input" if job.kind == _BULK else "Video",
        status=job.state,
        ended_at=job.finished_at or job.created_at,
        bucket=job.bucket,
        name=job.name,
        tag=job.tag,
        message=job.message,
        topic_arn=job.topic_arn,
    )


def open_notifier(
    settings: Settings, database: Database, clock: Callable[[], datetime] | None = None
) -> Notifier:
    """Return the notifier of these settings; the endpoint of topics comes from AWS's variables."""
    channels: list[Channel] = [Topic(os.environ)]
    if settings.webhook_url:
        channels.append(Webhook(settings.webhook_url, settings.webhook_key, clock or _now))
    return Notifier(database, channels)


def _now() -> datetime:
    return datetime.now(UTC)
