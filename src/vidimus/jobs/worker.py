"""A worker: a process that takes tasks from the queue, one at a time, until it is told to leave.

It costs little while idle: what carries tasks out, with its networks, is opened for the first.
"""

import os
import sys
from collections.abc import Callable
from datetime import UTC, datetime, timedelta
from threading import Event, Thread
from typing import Final, NoReturn

from vidimus.errors import StorageUnavailable, VidimusError
from vidimus.jobs.attempts import Attempts
from vidimus.jobs.carrier import Carrier
from vidimus.jobs.heartbeat import BEAT_S, SILENT_S, Heartbeat, Register, new_worker_id
from vidimus.jobs.journal import open_journal
from vidimus.jobs.workflows import Workflows
from vidimus.settings import Settings
from vidimus.storage.database import Database
from vidimus.telemetry import get_logger

_log = get_logger(__name__)

SWEEP_S: Final = 60.0
PART_LIMIT_S: Final = 3600.0
"""A part that lasts longer hangs: the process ends, which is a strike."""

LEFT: Final = 0
CANNOT_WORK: Final = 3
GIVEN_UP: Final = 4
HUNG: Final = 5

_LEAVE_WITHIN_S: Final = 10.0
_KEPT_IN_JOURNAL: Final = timedelta(days=1)


class Worker:
    """One worker; a process has one at most.

    `open_carrier` is called when the first task comes, `sweep` at the start and then every
    minute: it erases what has been kept long enough and queues what never reached the queue.
    `silent_s` is after how many seconds without a sign of life another worker counts as dead.
    """

    def __init__(
        self,
        settings: Settings,
        database: Database,
        open_carrier: Callable[[], Carrier],
        sweep: Callable[[], object],
        *,
        worker_id: str | None = None,
        silent_s: float = SILENT_S,
    ) -> None:
        self._database = database
        self._open_carrier = open_carrier
        self._sweep_rows = sweep
        self._stopping = Event()
        self._exit_code = LEFT
        self._attempts = Attempts(database, self._open_or_stop)
        self._register = Register(database, worker_id or new_worker_id(), silent_s)
        self._workflows = Workflows(
            open_journal(settings), self._register.worker_id, self._attempts
        )
        beat_s = min(BEAT_S, silent_s / 4)
        self._rounds = (Heartbeat(self._beat, beat_s), Heartbeat(self._sweep, SWEEP_S))

    def stop(self) -> None:
        """Have `run` return; may be called by a signal's handler."""
        self._stopping.set()

    def run(self) -> int:
        """Work until `stop`, then leave at once; returns the code to end the process with.

        The part in work is left where it is, without a strike, and another worker begins it
        again. Its thread cannot be stopped: end the process by `end_process`.
        """
        self._register.enter()
        self._workflows.launch()
        for each in self._rounds:
            each.start()
        _log.info("worker waits for tasks", worker=self._register.worker_id)
        self._stopping.wait()
        for each in self._rounds:
            each.stop()
        self._leave()
        return self._exit_code

    def _beat(self) -> None:
        alive = self._register.beat(self._attempts.task_id)
        if self._stopping.is_set():
            return
        if not alive:
            # It slept so long that another has its task; what it would still do is not wanted.
            _log.error("given up by the other workers")
            end_process(GIVEN_UP)
        if self._attempts.lasts_s > PART_LIMIT_S:
            _log.error("the part in work hangs", task=self._attempts.task_id)
            end_process(HUNG)
        self._workflows.take_over(self._database, self._register.living)

    def _sweep(self) -> None:
        self._sweep_rows()
        self._workflows.queue_again(self._database)
        before = datetime.now(UTC) - _KEPT_IN_JOURNAL
        self._workflows.forget(before.isoformat())

    def _open_or_stop(self) -> Carrier:
        try:
            return self._open_carrier()
        except StorageUnavailable:
            raise
        except Exception as trouble:
            told = isinstance(trouble, VidimusError)
            _log.error("cannot work", error=str(trouble), exc_info=None if told else trouble)
            self._exit_code = CANNOT_WORK
            self.stop()
            # Not an error of the task: it stays in work until the process has ended.
            Event().wait()
            raise

    def _leave(self) -> None:
        """Take the strike back and go off the register, unless the database takes too long."""

        def leave() -> None:
            try:
                self._attempts.leave()
                self._register.leave()
            except StorageUnavailable as trouble:
                _log.warning("left without a word", error=trouble.message)

        leaving = Thread(target=leave, daemon=True)
        leaving.start()
        leaving.join(_LEAVE_WITHIN_S)


def end_process(code: int) -> NoReturn:
    """End the process now, with what its threads are at."""
    sys.stdout.flush()
    sys.stderr.flush()
    os._exit(code)
