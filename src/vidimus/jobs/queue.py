"""The queue as the server sees it: a place to leave tasks for workers."""

from collections.abc import Callable
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
        from vidimus.jobs.journal import carrying

        try:
            self._connected().enqueue(carrying(task_id), task_id)
        except Exception as trouble:  # noqa: BLE001 - of whichever database, by whichever driver
            _log.error("task not queued yet", task=task_id, error=str(trouble))

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
