"""The queue as the server sees it: a place to leave tasks for workers."""

from collections.abc import Callable, Sequence
from threading import Lock
from typing import TYPE_CHECKING

from vidimus.settings import Settings
from vidimus.telemetry import get_logger

if TYPE_CHECKING:
    from dbos import DBOSClient

_log = get_logger(__name__)


class JobQueue:
    """Leaves tasks for workers; safe for any number of threads.

    `connect` opens the journal. It is called when the first task comes: a server that is never
    asked for a job does without.
    """

    def __init__(self, connect: "Callable[[], DBOSClient]") -> None:
        self._connect = connect
        self._lock = Lock()
        self._client: DBOSClient | None = None

    def submit(self, task_id: str) -> None:
        """Leave a task; one that was left before is not left again.

        Where the journal cannot be used this only logs: the task stands in the database, and
        workers look there for tasks that the journal lacks.
        """
        from vidimus.jobs.journal import CARRYING, WORKFLOW_VERSION

        try:
            self._connected().enqueue(
                {
                    "queue_name": CARRYING,
                    "workflow_name": CARRYING,
                    "workflow_id": task_id,
                    "app_version": WORKFLOW_VERSION,
                },
                task_id,
            )
        except Exception as trouble:  # noqa: BLE001 - of whichever database, by whichever driver
            _log.error("task not queued yet", task=task_id, error=str(trouble))

    def requeue(self, task_ids: Sequence[str]) -> None:
        """Leave tasks that are not done once more, where the journal takes them for finished.

        It may: its file was damaged or another's was put in its place, or the disk was full when
        a step was to be written down. Raises whatever the journal's database raises.
        """
        client = self._connected()
        ended = ["SUCCESS", "ERROR", "CANCELLED", "MAX_RECOVERY_ATTEMPTS_EXCEEDED"]
        for ids in _in_hundreds(task_ids):
            found = client.list_workflows(
                workflow_ids=ids, status=ended, load_input=False, load_output=False
            )
            for each in found:
                _log.warning("task queued again", task=each.workflow_id, was=each.status)
                client.delete_workflow(each.workflow_id)
                self.submit(each.workflow_id)

    def close(self) -> None:
        """Close the connections to the journal."""
        with self._lock:
            if self._client is not None:
                self._client.destroy()
                self._client = None

    def _connected(self) -> "DBOSClient":
        with self._lock:
            if self._client is None:
                self._client = self._connect()
            return self._client


def open_queue(settings: Settings) -> JobQueue:
    """Return the queue of these settings; nothing is opened before the first task comes."""

    def connect() -> "DBOSClient":
        from dbos import DBOSClient

        from vidimus.jobs.journal import APPLICATION, SCHEMA, SERIALIZER, open_journal

        return DBOSClient(
            system_database_url=open_journal(settings),
            dbos_system_schema=SCHEMA,
            serializer=SERIALIZER,
            system_database_pool_size=2,
            application_name=APPLICATION,
            retry_connection_errors=False,
        )

    return JobQueue(connect)


def _in_hundreds(ids: Sequence[str]) -> list[list[str]]:
    return [list(ids[start : start + 100]) for start in range(0, len(ids), 100)]
