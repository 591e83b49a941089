"""The heartbeat: a worker says that it lives, and takes note of workers that no longer do.

A worker that gives no sign of life for a while is given up: its row is removed, and what it had
in work goes back to the queue. Nobody compares clocks of machines: each worker watches, by its
own clock, whether the others' counts grow.
"""

import os
import socket
from collections.abc import Callable, Iterable
from datetime import UTC, datetime
from secrets import token_hex
from threading import Event, Thread
from time import monotonic
from typing import Final

from vidimus.errors import StorageUnavailable
from vidimus.storage.database import Database
from vidimus.storage.workers import (
    StoredWorker,
    add_worker,
    beat,
    give_up_worker,
    list_workers,
    remove_worker,
)
from vidimus.telemetry import get_logger

_log = get_logger(__name__)

BEAT_S: Final = 5.0
SILENT_S: Final = 20.0
"""Without a sign of life for so long a worker counts as dead."""


def new_worker_id() -> str:
    """Return an id that no worker has had."""
    return token_hex(8)


class Register:
    """The workers of one database, as one of them sees it.

    `silent_s` is after how many seconds without a sign of life another one is given up.
    """

    def __init__(self, database: Database, worker_id: str, silent_s: float = SILENT_S) -> None:
        self.worker_id = worker_id
        self._database = database
        self._silent_s = silent_s
        self._last_seen: dict[str, tuple[int, float]] = {}

    def enter(self) -> None:
        """Write this worker down; it must be there before it takes a task."""
        now = datetime.now(UTC)
        row = StoredWorker(
            self.worker_id, socket.gethostname()[:255], os.getpid(), 0, None, now, now
        )
        with self._database.writing() as tx:
            add_worker(tx, row)

    def leave(self) -> None:
        """Take this worker off; what it has in work goes to another."""
        with self._database.writing() as tx:
            remove_worker(tx, self.worker_id)

    def beat(self, task_id: str | None) -> bool:
        """Give a sign of life; False where others have given this worker up."""
        with self._database.writing() as tx:
            return beat(tx, self.worker_id, task_id, datetime.now(UTC))

    def living(self) -> frozenset[str]:
        """Return the ids of the workers that live, after giving up those that fell silent."""
        with self._database.reading() as tx:
            workers = list_workers(tx)
        silent = [each for each in workers if self._is_silent(each)]
        given_up = self._give_up(silent) if silent else set()
        self._forget_all_but(workers)
        return frozenset(each.worker_id for each in workers) - given_up

    def _is_silent(self, other: StoredWorker) -> bool:
        if other.worker_id == self.worker_id:
            return False
        beats, since = self._last_seen.get(other.worker_id, (-1, 0.0))
        if beats != other.beats:
            self._last_seen[other.worker_id] = other.beats, monotonic()
            return False
        return monotonic() - since > self._silent_s

    def _give_up(self, silent: Iterable[StoredWorker]) -> set[str]:
        given_up = set()
        with self._database.writing() as tx:
            for each in silent:
                if give_up_worker(tx, each.worker_id, each.beats):
                    _log.warning("worker given up", worker=each.worker_id, task=each.task_id)
                    given_up.add(each.worker_id)
        return given_up

    def _forget_all_but(self, workers: Iterable[StoredWorker]) -> None:
        ids = {each.worker_id for each in workers}
        self._last_seen = {key: seen for key, seen in self._last_seen.items() if key in ids}


class Heartbeat:
    """A thread that calls `tick` every few seconds until it is stopped.

    Trouble with the storage is logged and the next tick comes; a database that nobody can use
    keeps nobody from living.
    """

    def __init__(self, tick: Callable[[], None], every_s: float = BEAT_S) -> None:
        self._tick = tick
        self._every_s = every_s
        self._stopped = Event()
        self._thread = Thread(target=self._run, name="heartbeat", daemon=True)

    def start(self) -> None:
        """Begin; the first tick comes at once."""
        self._thread.start()

    def stop(self) -> None:
        """Let no further tick begin; does not wait for one that has begun."""
        self._stopped.set()

    def _run(self) -> None:
        while not self._stopped.is_set():
            try:
                self._tick()
            except StorageUnavailable as trouble:
                _log.warning("no heartbeat", error=trouble.message)
            except Exception as trouble:  # noqa: BLE001 - of the journal's database, by any driver
                _log.error("no heartbeat", exc_info=trouble)
            self._stopped.wait(self._every_s)
