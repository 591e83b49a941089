"""What workers do with a task, as DBOS writes it down: carry it out step by step, then tell.

DBOS keeps the result of each step. A workflow that is resumed runs through from its beginning,
is given the results of the steps it has done, and goes on after them; so the order of the steps
must not change without a new WORKFLOW_VERSION (jobs/journal.py).
"""

from collections.abc import Callable, Iterator, Mapping
from contextlib import AbstractContextManager, contextmanager
from typing import Final

from dbos import DBOS, DBOSConfig, WorkflowStatus

from vidimus.jobs.attempts import Attempts, Outcome
from vidimus.jobs.journal import (
    APPLICATION,
    CARRYING,
    SCHEMA,
    SERIALIZER,
    TELLING,
    WORKFLOW_VERSION,
    carrying,
)
from vidimus.storage.database import Database, Transaction
from vidimus.storage.jobs import list_open_tasks
from vidimus.telemetry import get_logger

_log = get_logger(__name__)

TELLING_ATTEMPTS: Final = 5
POLL_S: Final = 1.0
"""How often an idle worker looks for tasks."""

_TELLING_WAIT_S: Final = 5.0
_TELLING_BACK_OFF: Final = 4.0
_TOLD_AT_ONCE: Final = 4
_CONNECTIONS: Final = 6
_SELDOM_S: Final = 600.0
_FINISHED = ["SUCCESS", "ERROR", "CANCELLED", "MAX_RECOVERY_ATTEMPTS_EXCEEDED"]


InWork = Mapping[str, WorkflowStatus]


class Workflows:
    """DBOS in this process, under the name of one worker; there is one DBOS in a process.

    `worker_id` must be new: DBOS takes what it finds in work under that name for its own.
    """

    def __init__(self, journal_url: str, worker_id: str, attempts: Attempts) -> None:
        DBOS(
            config=DBOSConfig(
                name=APPLICATION,
                system_database_url=journal_url,
                dbos_system_schema=SCHEMA,
                sys_db_pool_size=_CONNECTIONS,
                serializer=SERIALIZER,
                application_version=WORKFLOW_VERSION,
                executor_id=worker_id,
                log_level="WARNING",
                enable_otlp=False,
                # We send no messages and keep no schedules, so nobody waits for these.
                notification_listener_polling_interval_sec=_SELDOM_S,
                scheduler_polling_interval_sec=_SELDOM_S,
            )
        )
        self._worker_id = worker_id
        self._running: set[str] = set()
        self._lying: frozenset[str] = frozenset()
        _define(attempts, self._at_work)

    def launch(self) -> None:
        """Begin to take tasks, one at a time, and notifications beside them."""
        DBOS.launch()
        DBOS.register_queue(CARRYING, worker_concurrency=1, polling_interval_sec=POLL_S)
        DBOS.register_queue(TELLING, worker_concurrency=_TOLD_AT_ONCE, polling_interval_sec=POLL_S)

    def take_over(self, database: Database, living: Callable[[], frozenset[str]]) -> int:
        """Queue again what is in work and nobody works on; returns how many. Call it often.

        That is what is in the hands of workers that do not live, and what lay in this one's hands
        at two calls without running: its step was done but could not be written down, the disk
        being full. Among all workers of the database one looks at a time, so that none takes
        from a worker what that one has just taken over itself.
        """
        in_work = _in_work()
        lying = self._lying_here(in_work)
        stuck, self._lying = lying & self._lying, lying
        # Read after what is in work: a worker enters the register before it takes anything.
        if not (in_work and (stuck or _orphans(in_work, living()))):
            return 0
        with database.writing():
            in_work = _in_work()
            stuck = stuck & self._lying_here(in_work)
            orphans = [*_orphans(in_work, living()), *(in_work[each] for each in stuck)]
            for each in orphans:
                _log.warning("work goes back to the queue", workflow=each.workflow_id)
                DBOS.resume_workflow(each.workflow_id, queue_name=each.queue_name)
        return len(orphans)

    def _lying_here(self, in_work: InWork) -> frozenset[str]:
        mine = (key for key, each in in_work.items() if each.executor_id == self._worker_id)
        return frozenset(mine) - self._running

    @contextmanager
    def _at_work(self) -> Iterator[None]:
        workflow_id = DBOS.workflow_id
        assert workflow_id is not None, "it is called by a workflow"  # noqa: S101
        self._running.add(workflow_id)
        try:
            yield
        finally:
            self._running.discard(workflow_id)

    def queue_again(self, database: Database) -> int:
        """Queue again the tasks that are not done though the journal says so; returns how many.

        It may say so: its file was lost and another's was put in its place, or the disk was full
        when a step was to be written down.
        """
        with database.reading() as tx:
            forgotten = _not_done_but_finished(tx)
        if not forgotten:
            return 0
        with database.writing() as tx:
            forgotten = _not_done_but_finished(tx)
            for task_id in forgotten:
                _log.warning("task queued again", task=task_id)
                DBOS.delete_workflow(task_id)
                DBOS.enqueue_workflow_with_options(carrying(task_id), task_id)
        return len(forgotten)

    def forget(self, finished_before: str) -> None:
        """Erase the account of tasks that were finished before then (ISO 8601)."""
        finished = DBOS.list_workflows(
            status=_FINISHED,
            completed_before=finished_before,
            limit=500,
            load_input=False,
            load_output=False,
        )
        for each in finished:
            DBOS.delete_workflow(each.workflow_id)


def _define(attempts: Attempts, at_work: Callable[[], AbstractContextManager[None]]) -> None:
    @DBOS.step(name="advance")
    def advance(task_id: str) -> str:
        return attempts.advance(task_id).value

    @DBOS.step(name="conclude")
    def conclude(task_id: str) -> str:
        return attempts.conclude(task_id).value

    @DBOS.step(
        name="notify",
        retries_allowed=True,
        interval_seconds=_TELLING_WAIT_S,
        backoff_rate=_TELLING_BACK_OFF,
        max_attempts=TELLING_ATTEMPTS,
    )
    def notify(task_id: str) -> None:
        attempts.carrier.notify(task_id)

    # How often a task may be resumed is for its strikes to say: DBOS also counts leaving.
    @DBOS.workflow(name=TELLING, max_recovery_attempts=None)
    def tell(task_id: str) -> None:
        with at_work():
            notify(task_id)

    @DBOS.workflow(name=CARRYING, max_recovery_attempts=None)
    def carry(task_id: str) -> None:
        with at_work():
            outcome = advance(task_id)
            while outcome == Outcome.MORE:
                outcome = advance(task_id)
            if outcome == Outcome.FINISHED:
                conclude(task_id)
            DBOS.enqueue_workflow(TELLING, tell, task_id)


def _in_work() -> InWork:
    found = DBOS.list_workflows(status="PENDING", load_input=False, load_output=False)
    return {each.workflow_id: each for each in found}


def _orphans(in_work: InWork, living: frozenset[str]) -> list[WorkflowStatus]:
    return [each for each in in_work.values() if each.executor_id not in living]


def _not_done_but_finished(tx: Transaction) -> list[str]:
    """Return such tasks; exact in a writing transaction, since no task gets done meanwhile."""
    open_ids = [each.task_id for each in list_open_tasks(tx)]
    if not open_ids:
        return []
    finished = DBOS.list_workflows(
        workflow_ids=open_ids, status=_FINISHED, load_input=False, load_output=False
    )
    return [each.workflow_id for each in finished]
