"""What happens when the database is locked, full, gone, replaced, broken or killed."""

import signal
import sqlite3
import subprocess
import sys
import time
from collections.abc import Callable, Iterator
from contextlib import closing, contextmanager
from pathlib import Path
from threading import Timer

import pytest
from sqlalchemy import insert

from tests.storage.rows import MOMENT, add_collection, collection_ids
from vidimus.errors import StorageUnavailable
from vidimus.storage.database import Database, open_database
from vidimus.storage.tables import access_key

LOCKER = """
import sqlite3, sys
connection = sqlite3.connect(sys.argv[1], isolation_level=None)
connection.execute("BEGIN IMMEDIATE")
print("locked", flush=True)
sys.stdin.readline()
"""

WRITER = """
import sys
from tests.storage.rows import add_collection
from vidimus.storage.database import open_database
database = open_database(sys.argv[1])
number = 0
while True:
    name = f"{sys.argv[2]}-{number}"
    with database.writing() as tx:
        add_collection(tx, name)
    print(name, flush=True)
    number += 1
"""


@contextmanager
def locked_by_another_process(file: Path) -> Iterator[Callable[[], object]]:
    command = [sys.executable, "-c", LOCKER, str(file)]
    with subprocess.Popen(
        command, stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True
    ) as process:
        assert process.stdout is not None
        assert process.stdin is not None
        assert process.stdout.readline() == "locked\n"
        yield process.stdin.close
        process.stdin.close()


def test_locked_by_another_process(file: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("vidimus.storage.backend.BUSY_WAIT_S", 0.1)
    with closing(open_database(f"sqlite:///{file}")) as database:
        with locked_by_another_process(file):
            with pytest.raises(StorageUnavailable, match="locked"), database.writing() as tx:
                add_collection(tx, "people")
            assert collection_ids(database) == []
        with database.writing() as tx:
            add_collection(tx, "later")
        assert collection_ids(database) == ["later"]


def test_waits_for_another_process_that_is_soon_done(database: Database, file: Path) -> None:
    with locked_by_another_process(file) as let_go:
        Timer(0.3, let_go).start()
        with database.writing() as tx:
            add_collection(tx, "people")
    assert collection_ids(database) == ["people"]


def fill(database: Database) -> None:
    with database.writing() as tx:
        pages = tx.connection.exec_driver_sql("PRAGMA page_count").scalar_one()
        tx.connection.exec_driver_sql(f"PRAGMA max_page_count = {pages + 4}")
        add_collection(tx, "half")
        key = {"label": "", "created_at": MOMENT, "secret": b"x" * 100_000}
        tx.connection.execute(insert(access_key).values(access_key_id="large", **key))


def test_disk_full_keeps_nothing_and_later_requests_work(database: Database) -> None:
    with pytest.raises(StorageUnavailable, match="full"):
        fill(database)
    assert collection_ids(database) == []
    with database.writing() as tx:
        add_collection(tx, "later")
    assert collection_ids(database) == ["later"]


def test_the_file_is_gone_and_comes_back(database: Database, file: Path) -> None:
    away = file.with_suffix(".away")
    file.rename(away)
    with pytest.raises(StorageUnavailable, match="gone"), database.writing() as tx:
        add_collection(tx, "people")
    with pytest.raises(StorageUnavailable, match="gone"):
        collection_ids(database)
    assert not file.exists()
    away.rename(file)
    with database.writing() as tx:
        add_collection(tx, "later")
    assert collection_ids(database) == ["later"]


def test_the_file_goes_while_a_transaction_is_on(database: Database, file: Path) -> None:
    seen: list[str] = []

    def write() -> None:
        with database.writing() as tx:
            add_collection(tx, "people")
            tx.after_commit(lambda: seen.append("ran"))
            file.unlink()

    with pytest.raises(StorageUnavailable, match="gone"):
        write()
    assert seen == []


def test_another_file_in_its_place_is_not_taken_for_it(database: Database, file: Path) -> None:
    file.unlink()
    open_database(f"sqlite:///{file}").close()
    with pytest.raises(StorageUnavailable, match="replaced"), database.writing():
        pass


def test_not_a_database(file: Path) -> None:
    file.parent.mkdir()
    file.write_bytes(b"certainly no database" * 500)
    with pytest.raises(StorageUnavailable, match="not a database"):
        open_database(f"sqlite:///{file}")


def test_a_page_is_broken(database: Database, file: Path) -> None:
    with database.writing() as tx:
        for number in range(500):
            add_collection(tx, f"c{number}")
    database.close()
    content = bytearray(file.read_bytes())
    for place in range(4096, len(content), 4096):
        content[place : place + 200] = b"\xff" * 200
    with file.open("r+b") as stream:
        stream.write(content)
    with pytest.raises(StorageUnavailable):
        collection_ids(database)


def test_the_folder_cannot_be_made(tmp_path: Path) -> None:
    (tmp_path / "occupied").write_text("")
    with pytest.raises(StorageUnavailable, match="cannot be opened"):
        open_database(f"sqlite:///{tmp_path}/occupied/vidimus.db")


def test_a_read_only_file(database: Database, file: Path) -> None:
    # As a read-only mount makes it; permission bits would not stop the superuser.
    with database.writing() as tx:
        tx.connection.exec_driver_sql("PRAGMA query_only = ON")
    with pytest.raises(StorageUnavailable, match="readonly"), database.writing() as tx:
        add_collection(tx, "people")
    with database.writing() as tx:
        add_collection(tx, "later")
    assert collection_ids(database) == ["later"]


def killed_writer(file: Path, name: str) -> list[str]:
    command = [sys.executable, "-c", WRITER, f"sqlite:///{file}", name]
    with subprocess.Popen(command, stdout=subprocess.PIPE, text=True) as process:
        assert process.stdout is not None
        acknowledged = [process.stdout.readline().strip()]
        time.sleep(0.05)
        process.send_signal(signal.SIGKILL)
        acknowledged += [line.strip() for line in process.stdout if line.endswith("\n")]
    return acknowledged


def test_what_a_killed_process_acknowledged_is_there(file: Path) -> None:
    acknowledged: list[str] = []
    for number in range(3):
        acknowledged += killed_writer(file, f"life{number}")
    with closing(open_database(f"sqlite:///{file}")) as database:
        found = collection_ids(database)
    assert set(acknowledged) <= set(found)
    assert len(found) - len(acknowledged) <= 3  # One commit a life may have gone unanswered.
    with closing(sqlite3.connect(file)) as connection:
        assert connection.execute("PRAGMA integrity_check").fetchall() == [("ok",)]
