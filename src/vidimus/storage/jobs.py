"""Rows of tasks and jobs: what waits, what is worked on, what came of it."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from sqlalchemy import Row, delete, func, insert, select, update

from vidimus.storage.database import Transaction
from vidimus.storage.tables import job, task

QUEUED = "QUEUED"
RUNNING = "IN_PROGRESS"
SUCCEEDED = "SUCCEEDED"
FAILED = "FAILED"
DONE = "DONE"

OPEN = (QUEUED, RUNNING)
"""The states in which a job or a task is not finished."""


@dataclass(frozen=True, slots=True)
class StoredTask:
    """What a worker carries out: `kind` says how, `place` for which object (a URL).

    `state` is QUEUED, IN_PROGRESS or DONE; `position` is JSON, None before the first chunk.
    """

    task_id: str
    kind: str
    state: str
    place: str
    position: str | None
    strikes: int
    progress: float
    created_at: datetime
    started_at: datetime | None = None
    finished_at: datetime | None = None


@dataclass(frozen=True, slots=True)
class NewJob:
    """A job as it is asked for; `wish` is JSON of what is wanted."""

    job_id: str
    kind: str
    task_id: str
    bucket: str
    name: str
    version: str | None
    wish: str
    tag: str | None
    topic_arn: str | None
    role_arn: str | None
    actor: str
    request_id: str
    created_at: datetime


@dataclass(frozen=True, slots=True)
class StoredJob:
    """A job as it stands; `video` and `outcome` are JSON, None while they are not known."""

    key: int
    job_id: str
    kind: str
    state: str
    message: str | None
    task_id: str
    bucket: str
    name: str
    version: str | None
    wish: str
    tag: str | None
    topic_arn: str | None
    role_arn: str | None
    actor: str
    request_id: str
    created_at: datetime
    started_at: datetime | None
    finished_at: datetime | None
    video: str | None
    outcome: str | None
    told: str | None


_JOB_COLUMNS = tuple(job.c[name] for name in StoredJob.__slots__)


def add_task(tx: Transaction, task_id: str, kind: str, place: str, now: datetime) -> None:
    """Add a task that waits."""
    values = {"task_id": task_id, "kind": kind, "place": place, "state": QUEUED, "created_at": now}
    tx.connection.execute(insert(task).values(**values, strikes=0, progress=0.0))


def find_task(tx: Transaction, task_id: str) -> StoredTask | None:
    """Return a task; None where there is none of that id."""
    row = tx.connection.execute(select(task).where(task.c.task_id == task_id)).one_or_none()
    return None if row is None else StoredTask(**row._mapping)


def find_waiting_task(tx: Transaction, kind: str, place: str) -> str | None:
    """Return the id of the task for an object that nobody has begun yet."""
    waiting = select(task.c.task_id).where(
        task.c.place == place, task.c.kind == kind, task.c.state == QUEUED
    )
    found: str | None = tx.connection.execute(waiting.limit(1)).scalar_one_or_none()
    return found


def list_open_tasks(tx: Transaction) -> tuple[StoredTask, ...]:
    """Return the tasks that are not done, oldest first."""
    wanted = select(task).where(task.c.state.in_(OPEN)).order_by(task.c.created_at)
    return tuple(StoredTask(**row._mapping) for row in tx.connection.execute(wanted))


def change_task(tx: Transaction, task_id: str, **values: object) -> None:
    """Set columns of a task."""
    tx.connection.execute(update(task).where(task.c.task_id == task_id).values(**values))


def add_job(tx: Transaction, new: NewJob) -> int:
    """Add a job that waits; returns its key."""
    values = {name: getattr(new, name) for name in new.__slots__}
    added = tx.connection.execute(insert(job).values(**values, state=QUEUED))
    assert added.inserted_primary_key is not None  # noqa: S101 - one row was inserted
    return int(added.inserted_primary_key[0])


def find_job(tx: Transaction, job_id: str) -> StoredJob | None:
    """Return a job; None where there is none of that id."""
    wanted = select(*_JOB_COLUMNS).where(job.c.job_id == job_id)
    row = tx.connection.execute(wanted).one_or_none()
    return None if row is None else _stored(row)


def jobs_beginning(tx: Transaction, letters: str, limit: int) -> tuple[StoredJob, ...]:
    """Return at most `limit` jobs whose ids begin with `letters`, oldest first."""
    begins = job.c.job_id.startswith(letters, autoescape=True)
    wanted = select(*_JOB_COLUMNS).where(begins).order_by(job.c.key).limit(limit)
    return tuple(_stored(row) for row in tx.connection.execute(wanted))


def jobs_of_task(tx: Transaction, task_id: str) -> tuple[StoredJob, ...]:
    """Return the jobs that a task serves, oldest first."""
    wanted = select(*_JOB_COLUMNS).where(job.c.task_id == task_id).order_by(job.c.key)
    return tuple(_stored(row) for row in tx.connection.execute(wanted))


def list_jobs(
    tx: Transaction, *, kinds: Sequence[str] = (), before_key: int | None = None, limit: int
) -> tuple[StoredJob, ...]:
    """Return at most `limit` jobs, newest first: of these kinds, or of all."""
    wanted = select(*_JOB_COLUMNS).order_by(job.c.key.desc()).limit(limit)
    if kinds:
        wanted = wanted.where(job.c.kind.in_(kinds))
    if before_key is not None:
        wanted = wanted.where(job.c.key < before_key)
    return tuple(_stored(row) for row in tx.connection.execute(wanted))


def count_open_jobs(tx: Transaction, kinds: Sequence[str]) -> int:
    """Return how many jobs of these kinds wait or are worked on."""
    counted = select(func.count()).select_from(job)
    counted = counted.where(job.c.state.in_(OPEN), job.c.kind.in_(kinds))
    return int(tx.connection.execute(counted).scalar_one())


def change_job(tx: Transaction, key: int, **values: object) -> None:
    """Set columns of a job."""
    tx.connection.execute(update(job).where(job.c.key == key).values(**values))


def snapshot_of_job(tx: Transaction, key: int) -> bytes | None:
    """Return the state of a job's analysis after its last chunk; None before the first."""
    found: bytes | None = tx.connection.execute(
        select(job.c.snapshot).where(job.c.key == key)
    ).scalar_one_or_none()
    return found


def erase_finished_jobs(tx: Transaction, before: datetime) -> int:
    """Erase jobs that were finished before then, with all they found; returns how many."""
    finished = tx.connection.execute(delete(job).where(job.c.finished_at < before))
    empty = select(job.c.task_id).where(job.c.task_id == task.c.task_id).exists()
    tx.connection.execute(delete(task).where(task.c.state == DONE, ~empty))
    return finished.rowcount


def _stored(row: Row[Any]) -> StoredJob:
    return StoredJob(**row._mapping)
