"""Rows of worker processes: who lives, and what each one works on."""

from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import delete, insert, select, update

from vidimus.storage.database import Transaction
from vidimus.storage.tables import worker


@dataclass(frozen=True, slots=True)
class StoredWorker:
    """A worker process; `beats` counts its signs of life, `seen_at` is when the last one came.

    `seen_at` is for people to read: machines' clocks differ, so only `beats` says who lives.
    """

    worker_id: str
    host: str
    pid: int
    beats: int
    task_id: str | None
    started_at: datetime
    seen_at: datetime


def add_worker(tx: Transaction, stored: StoredWorker) -> None:
    """Add a worker; its id must be new."""
    values = {name: getattr(stored, name) for name in stored.__slots__}
    tx.connection.execute(insert(worker).values(**values))


def beat(tx: Transaction, worker_id: str, task_id: str | None, now: datetime) -> bool:
    """Note a sign of life and the present task; False where the worker was given up."""
    noted = tx.connection.execute(
        update(worker)
        .where(worker.c.worker_id == worker_id)
        .values(beats=worker.c.beats + 1, task_id=task_id, seen_at=now)
    )
    return noted.rowcount > 0


def list_workers(tx: Transaction) -> tuple[StoredWorker, ...]:
    """Return the workers that live as far as is known, the oldest first."""
    found = tx.connection.execute(select(worker).order_by(worker.c.started_at, worker.c.worker_id))
    return tuple(StoredWorker(**row._mapping) for row in found)


def remove_worker(tx: Transaction, worker_id: str) -> None:
    """Remove a worker that left or died; nothing happens where there is none of that id."""
    tx.connection.execute(delete(worker).where(worker.c.worker_id == worker_id))


def give_up_worker(tx: Transaction, worker_id: str, beats: int) -> bool:
    """Remove a worker if no sign of life came since `beats`; says whether it did."""
    silent = delete(worker).where(worker.c.worker_id == worker_id, worker.c.beats == beats)
    return tx.connection.execute(silent).rowcount > 0
