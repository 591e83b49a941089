"""A worker whose journal cannot be written, as on a full disk."""

import sqlite3
from collections.abc import Iterator
from contextlib import closing
from pathlib import Path

import pytest

from tests.jobs.counting import Account, Counting, account_of, add_counting
from tests.jobs.processes import Processes, wait_until
from vidimus.jobs.journal import open_journal
from vidimus.jobs.queue import open_queue
from vidimus.settings import Settings
from vidimus.storage.database import Database

FULL = {
    "no_step": "INSERT ON operation_outputs",
    "no_end": "UPDATE OF status ON workflow_status WHEN NEW.status IN ('SUCCESS', 'ERROR')",
}


@pytest.fixture
def workers(tmp_path: Path) -> Iterator[Processes]:
    processes = Processes(tmp_path, f"sqlite:///{tmp_path / 'vidimus.db'}")
    yield processes
    processes.end_all()


def change_journal(home: Path, *statements: str) -> None:
    with closing(sqlite3.connect(home / "jobs.db", timeout=60)) as connection:
        for statement in statements:
            connection.execute(statement)
        connection.commit()


@pytest.mark.slow
def test_a_step_that_could_not_be_written_down_is_not_the_end(
    database: Database, workers: Processes, tmp_path: Path
) -> None:
    settings = Settings(home=tmp_path)
    open_journal(settings)
    change_journal(
        tmp_path,
        *(
            f"CREATE TRIGGER {name} BEFORE {when} BEGIN SELECT RAISE(ABORT, 'disk full'); END"
            for name, when in FULL.items()
        ),
    )
    add_counting(database, "a", Counting(parts=3))
    with closing(open_queue(settings)) as queue:
        queue.submit("a")
    workers.start("w")
    wait_until(lambda: account_of(database, "a").numbers)
    change_journal(tmp_path, *(f"DROP TRIGGER {name}" for name in FULL))
    wait_until(lambda: account_of(database, "a").told)
    assert account_of(database, "a") == Account([0, 1, 2], concluded=1, told=1)
