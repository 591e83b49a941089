"""The supervisor: keeps worker processes beside a server, as many as are wanted.

A worker that ends is replaced, after a longer pause each time it did not last. What it had in
work is free at once, since the supervisor knows that it is dead. Workers leave when the server
does, even when the server is killed: they see their standard input close.
"""

import subprocess
from collections.abc import Callable, Sequence
from contextlib import AbstractContextManager
from threading import Event, Lock, Thread
from time import monotonic
from types import TracebackType
from typing import Final, Self

from vidimus.errors import StorageUnavailable
from vidimus.jobs.heartbeat import new_worker_id
from vidimus.storage.database import Database
from vidimus.storage.workers import remove_worker
from vidimus.telemetry import get_logger

_log = get_logger(__name__)

LEAVE_WITHIN_S: Final = 15.0
"""How long a worker may take to leave before it is killed."""

_LASTED_S: Final = 30.0
_FIRST_PAUSE_S: Final = 1.0
_LONGEST_PAUSE_S: Final = 30.0

Command = Callable[[str], Sequence[str]]


class Supervisor(AbstractContextManager["Supervisor"]):
    """Keeps `count` workers alive as long as the context lasts.

    `command` gives the command of a worker of an id; it must have the worker leave when its
    standard input closes.
    """

    def __init__(self, command: Command, count: int, database: Database) -> None:
        self._command = command
        self._database = database
        self._leaving = Event()
        self._lock = Lock()
        self._living: set[subprocess.Popen[bytes]] = set()
        self._keepers = [Thread(target=self._keep_one, name="supervisor") for _ in range(count)]

    def __enter__(self) -> Self:
        for keeper in self._keepers:
            keeper.start()
        return self

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        traceback: TracebackType | None,
    ) -> None:
        with self._lock:
            self._leaving.set()
            living = list(self._living)
        for process in living:
            process.terminate()
        ends_at = monotonic() + LEAVE_WITHIN_S
        for process in living:
            _kill_unless_ended(process, max(ends_at - monotonic(), 0.0))
        for keeper in self._keepers:
            keeper.join()

    def _keep_one(self) -> None:
        pause_s = _FIRST_PAUSE_S
        while not self._leaving.is_set():
            began = monotonic()
            code = self._live_one_life()
            if code is None or self._leaving.is_set():
                return
            if monotonic() - began > _LASTED_S:
                pause_s = _FIRST_PAUSE_S
            _log.error("worker ended", code=code, again_in_s=pause_s)
            self._leaving.wait(pause_s)
            pause_s = min(pause_s * 2, _LONGEST_PAUSE_S)

    def _live_one_life(self) -> int | None:
        """Run a worker to its end and return its code; None where it is too late to begin."""
        worker_id = new_worker_id()
        with self._lock:
            if self._leaving.is_set():
                return None
            process = subprocess.Popen(self._command(worker_id), stdin=subprocess.PIPE)
            self._living.add(process)
        with process:
            code = process.wait()
        with self._lock:
            self._living.discard(process)
        self._take_off_the_register(worker_id)
        return code

    def _take_off_the_register(self, worker_id: str) -> None:
        try:
            with self._database.writing() as tx:
                remove_worker(tx, worker_id)
        except StorageUnavailable as trouble:
            # The other workers will notice that it is silent.
            _log.warning("dead worker still on the register", error=trouble.message)


def _kill_unless_ended(process: subprocess.Popen[bytes], within_s: float) -> None:
    try:
        process.wait(within_s)
    except subprocess.TimeoutExpired:
        process.kill()
