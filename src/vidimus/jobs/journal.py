"""The journal: where DBOS writes down which tasks wait, which are in work and which step is next.

A SQLite file of its own beside the embedded database, or the schema `dbos` in PostgreSQL. It can
be thrown away: workers queue again whatever the database of vidimus says is not done.
"""

import logging
import os
import sqlite3
from contextlib import closing
from pathlib import Path
from typing import Final

from dbos import DBOS, DBOSPortableJSONSerializer, EnqueueOptions

from vidimus.settings import Settings

APPLICATION: Final = "vidimus"

WORKFLOW_VERSION: Final = "1"
"""Grows when the steps of a workflow change. DBOS hands a workflow only to workers of its own
version, and would otherwise take a hash of the source for it: no upgrade could resume."""

SCHEMA: Final = "dbos"

CARRYING: Final = "carrying"
"""The queue of tasks, and the workflow that carries one out."""

TELLING: Final = "telling"
"""The queue of notifications, and the workflow that sends those of a task."""

# Pickles, DBOS's default, would let whoever can write to the journal run code in a worker.
SERIALIZER: Final = DBOSPortableJSONSerializer()


def open_journal(settings: Settings) -> str:
    """Make or migrate the journal and return its URL; nothing happens where it is up to date."""
    hush()
    url = settings.database_url
    if url.startswith("sqlite"):
        path = settings.home / "jobs.db"
        _make_file(path)
        url = f"sqlite:///{path}"
    DBOS.migrate(url, schema=SCHEMA)
    return url


def carrying(task_id: str) -> EnqueueOptions:
    """Return how a task is queued; one that the journal knows is not queued twice."""
    return EnqueueOptions(
        queue_name=CARRYING,
        workflow_name=CARRYING,
        workflow_id=task_id,
        app_version=WORKFLOW_VERSION,
    )


def hush() -> None:
    """Have DBOS log like any other library, instead of to the console by itself."""
    logger = logging.getLogger("dbos")
    logger.setLevel(logging.WARNING)
    if not logger.handlers:
        # DBOS adds a handler of its own, and cuts the logger off, unless there is one.
        logger.addHandler(logging.NullHandler())


def _make_file(path: Path) -> None:
    path.parent.mkdir(parents=True, exist_ok=True, mode=0o700)
    os.close(os.open(path, os.O_CREAT | os.O_RDWR | os.O_CLOEXEC, 0o600))
    with closing(sqlite3.connect(path, timeout=30)) as connection:
        # Kept in the file: whoever polls for work must not hold up who writes down a step.
        connection.execute("PRAGMA journal_mode = WAL")
