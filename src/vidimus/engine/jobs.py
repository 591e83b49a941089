"""Jobs: asked for once per token, waiting for a worker, read in pages, erased in time.

Jobs on the same object that nobody has begun yet share a task, so that one decode serves them.
What is handed to the queue is only the task's id; what there is to do stands in the database, and
a task that did not reach the queue (the server was killed in between) is handed over by `sweep`.
"""

from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from secrets import token_hex
from typing import Protocol

import msgspec

from vidimus.engine.caller import Caller
from vidimus.engine.job_kinds import VIDEO_KINDS, JobKind, TaskKind
from vidimus.engine.job_records import JobRecords
from vidimus.engine.once import Once, RequestToken
from vidimus.errors import InvalidParameter, LimitExceeded, ResourceNotFound
from vidimus.storage import findings as finding_rows
from vidimus.storage import jobs as rows
from vidimus.storage.database import Database, Transaction
from vidimus.storage.findings import StoredFinding
from vidimus.storage.jobs import NewJob, StoredJob

CANCELLED = "The job was cancelled."


class TaskQueue(Protocol):
    """Where tasks wait for workers."""

    def submit(self, task_id: str) -> None:
        """Hand a task over; a task that was handed over before is not handed over again."""


@dataclass(frozen=True, slots=True)
class ObjectPlace:
    """An object in a bucket; `version` None is the newest."""

    bucket: str
    name: str
    version: str | None = None

    @property
    def url(self) -> str:
        """The place in one line."""
        version = "" if self.version is None else f"?versionId={self.version}"
        return f"s3://{self.bucket}/{self.name}{version}"


@dataclass(frozen=True, slots=True)
class JobOrder:
    """What a caller asks for: which kind of job, on what, with which parameters (a dataclass).

    `topic_arn` is told when it is finished, `role_arn` is only recorded.
    """

    kind: JobKind
    place: ObjectPlace
    wish: object
    tag: str | None = None
    topic_arn: str | None = None
    role_arn: str | None = None
    task_kind: TaskKind = TaskKind.VIEWING


@dataclass(frozen=True, slots=True)
class FindingPage:
    """A page of results; `next_offset` is None on the last."""

    items: tuple[StoredFinding, ...]
    next_offset: int | None
    subjects: dict[str, bytes] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class JobLimits:
    """How many jobs may be open at once, and how long results are kept."""

    open_jobs: int
    kept_for: timedelta


class Jobs:
    """The jobs of one database."""

    def __init__(
        self,
        database: Database,
        queue: TaskQueue,
        once: Once,
        records: JobRecords,
        clock: Callable[[], datetime],
        limits: JobLimits,
    ) -> None:
        self._database = database
        self._queue = queue
        self._once = once
        self._records = records
        self._clock = clock
        self._limits = limits

    def submit(
        self, order: JobOrder, *, token: RequestToken | None = None, caller: Caller | None = None
    ) -> str:
        """Have a job carried out, and return its id: the first one's where the token is known.

        Raises IdempotentParameterMismatch for a token that came with other parameters, and
        LimitExceeded where too many jobs are open.
        """
        caller = caller or Caller.local()
        operation = _operation(order.kind)
        with self._database.writing() as tx:
            known = self._once.replay(tx, operation, token, str)
            if known is not None:
                return known
            self._refuse_too_many(tx, order.kind, caller)
            job = self._add(tx, order, caller)
            self._once.remember(tx, operation, token, job.job_id)
            self._records.started(tx, job, caller)
        self._queue.submit(job.task_id)
        return job.job_id

    def replay(self, kind: JobKind, token: RequestToken | None) -> str | None:
        """Return the job that a token was given before; None where it is new.

        Ask before anything is looked up: the object may be gone by now. Raises
        IdempotentParameterMismatch for a token that came with other parameters.
        """
        with self._database.reading() as tx:
            return self._once.replay(tx, _operation(kind), token, str)

    def describe(self, job_id: str, *kinds: JobKind) -> StoredJob:
        """Return a job; raises ResourceNotFound where there is none of these kinds."""
        with self._database.reading() as tx:
            job = rows.find_job(tx, job_id)
        if job is None or (kinds and job.kind not in kinds):
            what = f" of kind {' or '.join(kinds)}" if kinds else ""
            raise ResourceNotFound(f"JobId: there is no job {job_id}{what}")
        return job

    def named(self, letters: str) -> StoredJob:
        """Return the job whose id begins so, as people write ids.

        Raises ResourceNotFound where there is none, InvalidParameter where there are several.
        """
        with self._database.reading() as tx:
            found = rows.jobs_beginning(tx, letters, limit=2)
        if len(found) > 1:
            raise InvalidParameter(f"JobId: several jobs begin with {letters}; write more of it")
        return found[0] if found else self.describe(letters)

    def progress(self, job: StoredJob) -> float:
        """Return how much of a job is done, 0..1."""
        with self._database.reading() as tx:
            task = rows.find_task(tx, job.task_id)
        return 0.0 if task is None else task.progress

    def list(
        self, *kinds: JobKind, before_key: int | None = None, limit: int = 100
    ) -> tuple[StoredJob, ...]:
        """Return at most `limit` jobs, newest first: of these kinds, or of all."""
        with self._database.reading() as tx:
            return rows.list_jobs(tx, kinds=kinds, before_key=before_key, limit=limit)

    def read_findings(
        self, job: StoredJob, series: str, *, by_subject: bool, offset: int, limit: int
    ) -> FindingPage:
        """Return a page of results by time, or by subject and then time, and their subjects.

        `offset` is how many come before; results of a finished job never change.
        """
        with self._database.reading() as tx:
            found = finding_rows.page_of_findings(
                tx, job.key, series, by_subject=by_subject, offset=offset, limit=limit + 1
            )
            page = found[:limit]
            names = list(dict.fromkeys(each.subject for each in page))
            subjects = finding_rows.read_subjects(tx, job.key, names)
        return FindingPage(page, offset + limit if len(found) > limit else None, subjects)

    def cancel(self, job_id: str, caller: Caller | None = None) -> StoredJob:
        """End an open job as FAILED; a finished one stays as it is. Raises ResourceNotFound."""
        with self._database.writing() as tx:
            job = rows.find_job(tx, job_id)
            if job is not None and job.state in rows.OPEN:
                self.fail(tx, job, CANCELLED, caller)
        return self.describe(job_id)

    def fail(
        self, tx: Transaction, job: StoredJob, message: str, caller: Caller | None = None
    ) -> None:
        """End a job as FAILED for that reason; what it had found is erased."""
        now = self._clock()
        finding_rows.erase_findings(tx, job.key)
        rows.change_job(
            tx, job.key, state=rows.FAILED, message=message, finished_at=now, snapshot=None
        )
        self._records.failed(tx, job, message, now, caller)

    def sweep(self) -> int:
        """Erase jobs that were kept long enough, and queue what never reached the queue.

        Returns how many jobs were erased.
        """
        with self._database.writing() as tx:
            erased = rows.erase_finished_jobs(tx, self._clock() - self._limits.kept_for)
            waiting = [each.task_id for each in rows.list_open_tasks(tx)]
        for task_id in waiting:
            self._queue.submit(task_id)
        return erased

    def _refuse_too_many(self, tx: Transaction, kind: JobKind, caller: Caller) -> None:
        kinds: Sequence[JobKind] = VIDEO_KINDS if kind in VIDEO_KINDS else (kind,)
        count = rows.count_open_jobs(tx, kinds)
        if count >= self._limits.open_jobs:
            raise LimitExceeded(
                f"{count} open Jobs for User {caller.access_key_id} Maximum limit: "
                f"{self._limits.open_jobs}"
            )

    def _add(self, tx: Transaction, order: JobOrder, caller: Caller) -> StoredJob:
        new = NewJob(
            job_id=token_hex(32),
            kind=order.kind,
            task_id=self._task_for(tx, order),
            bucket=order.place.bucket,
            name=order.place.name,
            version=order.place.version,
            wish=msgspec.json.encode(order.wish).decode(),
            tag=order.tag,
            topic_arn=order.topic_arn,
            role_arn=order.role_arn,
            actor=caller.access_key_id,
            request_id=caller.request_id,
            created_at=self._clock(),
        )
        rows.add_job(tx, new)
        job = rows.find_job(tx, new.job_id)
        assert job is not None  # noqa: S101 - it was added just now
        return job

    def _task_for(self, tx: Transaction, order: JobOrder) -> str:
        """Return the task that serves an order: one that waits for the same video, or a new one."""
        place = order.place.url
        if order.task_kind is TaskKind.VIEWING:
            waiting = rows.find_waiting_task(tx, order.task_kind, place)
            if waiting is not None:
                return waiting
        task_id = token_hex(16)
        rows.add_task(tx, task_id, order.task_kind, place, self._clock())
        return task_id


def _operation(kind: JobKind) -> str:
    return f"Start{kind}"
