"""Attempts: each part of a task is begun at most three times.

Before a part is begun a strike is written down, and it is taken back when the part is done. So a
part that ends the process (a decoder that crashes, memory that runs out) leaves its strike
behind, and the part that left three is not begun again. Leaving on request is no strike, and
neither is a storage that cannot be used.
"""

from collections.abc import Callable
from enum import StrEnum
from threading import Event, Lock
from time import monotonic
from typing import Final

from vidimus.errors import StorageUnavailable
from vidimus.jobs.carrier import Carrier
from vidimus.jobs.patience import FIRST_WAIT_S, Patience, whenever_possible
from vidimus.storage.database import Database
from vidimus.storage.jobs import DONE, change_task, find_task
from vidimus.telemetry import get_logger

_log = get_logger(__name__)

STRIKES: Final = 3
"""How often a part is begun before its task is abandoned."""

STORAGE_PATIENCE_S: Final = 15 * 60.0
"""How long a part is put off for a database or an object store that cannot be used."""

WORKER_DIED: Final = (
    f"The analysis was given up: {STRIKES} times the worker did not survive the same part of it."
)
PART_FAILED: Final = (
    f"The analysis was given up: the same part of it failed {STRIKES} times by an internal error."
)


class Outcome(StrEnum):
    """What came of a part; the value is what the journal keeps."""

    MORE = "more"
    FINISHED = "finished"
    ABANDONED = "abandoned"


class Attempts:
    """Carries out parts of tasks, one at a time, and keeps account of the strikes.

    `open_carrier` is called when there is a part to carry out, not before.
    """

    def __init__(self, database: Database, open_carrier: Callable[[], Carrier]) -> None:
        self._database = database
        self._open_carrier = open_carrier
        self._carrier: Carrier | None = None
        self._lock = Lock()
        self._leaving = False
        self._begun: tuple[str, float] | None = None

    @property
    def task_id(self) -> str | None:
        """The task in work; None while idle."""
        begun = self._begun
        return None if begun is None else begun[0]

    @property
    def lasts_s(self) -> float:
        """How long the part in work has lasted, in seconds; 0 while idle."""
        begun = self._begun
        return 0.0 if begun is None else monotonic() - begun[1]

    @property
    def carrier(self) -> Carrier:
        """The carrier, opened if it is not yet; raises whatever opening it raises."""
        if self._carrier is None:
            self._carrier = whenever_possible(self._open_carrier)
        return self._carrier

    def advance(self, task_id: str) -> Outcome:
        """Do the next part of a task."""
        return self._carry_out(task_id, lambda: self.carrier.advance(task_id))

    def conclude(self, task_id: str) -> Outcome:
        """End a task whose parts are all done."""

        def conclude() -> bool:
            self.carrier.conclude(task_id)
            return False

        outcome = self._carry_out(task_id, conclude)
        _log.info("task ended", task=task_id, outcome=outcome)
        return outcome

    def leave(self) -> None:
        """Begin nothing any more, and take back the strike of the part in work.

        The part is not stopped: the process has to end. Raises StorageUnavailable.
        """
        with self._lock:
            self._leaving = True
            if self._begun is not None:
                self._add_strikes(self._begun[0], -1)

    def _carry_out(self, task_id: str, part: Callable[[], bool]) -> Outcome:
        if whenever_possible(lambda: self._is_done(task_id)):
            return Outcome.FINISHED
        reason = WORKER_DIED
        patience = Patience(STORAGE_PATIENCE_S)
        while self._begin(task_id):
            try:
                more = part()
            except StorageUnavailable as trouble:
                self._end(task_id, -1)
                if not patience.wait(trouble):
                    return self._abandon(task_id, f"The analysis was given up: {trouble.message}.")
            except Exception as trouble:  # noqa: BLE001 - whatever it is, other tasks go on
                _log.error("part of a task failed", task=task_id, exc_info=trouble)
                reason = PART_FAILED
                Event().wait(FIRST_WAIT_S)
            else:
                self._end(task_id, -STRIKES)
                return Outcome.MORE if more else Outcome.FINISHED
        return self._abandon(task_id, reason)

    def _begin(self, task_id: str) -> bool:
        """Write a strike down; False where the part was begun as often as it may be."""
        self.carrier  # noqa: B018 - a worker that cannot open it must not spend the strikes
        with self._lock:
            self._stay_if_leaving()
            strikes = whenever_possible(lambda: self._add_strikes(task_id, 1))
            self._begun = task_id, monotonic()
        return strikes <= STRIKES

    def _end(self, task_id: str, strikes: int) -> None:
        with self._lock:
            self._stay_if_leaving()
            whenever_possible(lambda: self._add_strikes(task_id, strikes))
            self._begun = None

    def _abandon(self, task_id: str, reason: str) -> Outcome:
        _log.error("task abandoned", task=task_id, reason=reason)
        whenever_possible(lambda: self.carrier.abandon(task_id, reason))
        self._begun = None
        return Outcome.ABANDONED

    def _stay_if_leaving(self) -> None:
        if self._leaving:
            # The process is about to end; nobody would take back what is written down now.
            Event().wait()

    def _is_done(self, task_id: str) -> bool:
        with self._database.reading() as tx:
            found = find_task(tx, task_id)
        return found is None or found.state == DONE

    def _add_strikes(self, task_id: str, count: int) -> int:
        with self._database.writing() as tx:
            found = find_task(tx, task_id)
            if found is None:
                return 0
            strikes = max(found.strikes + count, 0)
            change_task(tx, task_id, strikes=strikes)
            return strikes
