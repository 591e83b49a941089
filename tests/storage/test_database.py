from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from threading import Event

import pytest
from sqlalchemy import delete, func, select, update

from tests.storage.rows import add_collection, add_face, collection_ids
from vidimus.errors import StorageUnavailable
from vidimus.storage.database import Database, open_database
from vidimus.storage.tables import collection, face


def write_and_fail(database: Database, callback: Callable[[], None] = lambda: None) -> None:
    with database.writing() as tx:
        add_collection(tx, "people")
        tx.after_commit(callback)
        raise KeyError


def test_what_was_committed_is_there_when_the_database_is_opened_again(file: Path) -> None:
    first = open_database(f"sqlite:///{file}")
    with first.writing() as tx:
        add_collection(tx, "people")
    first.close()
    second = open_database(f"sqlite:///{file}")
    assert collection_ids(second) == ["people"]
    second.close()


def test_an_exception_takes_everything_back(database: Database) -> None:
    with pytest.raises(KeyError):
        write_and_fail(database)
    assert collection_ids(database) == []


def test_the_file_is_for_its_owner_alone(database: Database, file: Path) -> None:
    with database.writing() as tx:
        add_collection(tx, "people")
        made = sorted(file.parent.iterdir())
        assert [path.name for path in made] == ["vidimus.db", "vidimus.db-shm", "vidimus.db-wal"]
        assert {path.stat().st_mode & 0o777 for path in made} == {0o600}
    assert file.parent.stat().st_mode & 0o077 == 0


def test_closing_folds_the_log_into_the_file(file: Path) -> None:
    database = open_database(f"sqlite:///{file}")
    with database.writing() as tx:
        add_collection(tx, "people")
    database.close()
    assert [path.name for path in file.parent.iterdir()] == ["vidimus.db"]


def test_what_is_committed_is_synced_to_the_disk(database: Database) -> None:
    with database.writing() as tx:
        pragmas = {
            name: tx.connection.exec_driver_sql(f"PRAGMA {name}").scalar_one()
            for name in ("journal_mode", "synchronous", "foreign_keys")
        }
    assert pragmas == {"journal_mode": "wal", "synchronous": 2, "foreign_keys": 1}


def test_a_reader_cannot_write(database: Database) -> None:
    with pytest.raises(StorageUnavailable), database.reading() as tx:
        add_collection(tx, "people")
    assert collection_ids(database) == []


def test_a_reader_does_not_wait_for_the_writer(database: Database) -> None:
    with database.writing() as tx:
        add_collection(tx, "people")
        with ThreadPoolExecutor(1) as pool:
            assert pool.submit(collection_ids, database).result(timeout=5) == []
    assert collection_ids(database) == ["people"]


def test_a_reader_sees_one_moment(database: Database) -> None:
    with database.reading() as reader:
        count = select(func.count()).select_from(collection)
        assert reader.connection.execute(count).scalar_one() == 0
        with database.writing() as tx:
            add_collection(tx, "people")
        assert reader.connection.execute(count).scalar_one() == 0


def test_writers_of_many_threads_take_turns(database: Database) -> None:
    with database.writing() as tx:
        add_collection(tx, "people")

    def count_up(_: int) -> None:
        with database.writing() as tx:
            seen = tx.connection.execute(select(collection.c.revision)).scalar_one()
            tx.connection.execute(update(collection).values(revision=seen + 1))

    with ThreadPoolExecutor(8) as pool:
        list(pool.map(count_up, range(120)))
    with database.reading() as tx:
        assert tx.connection.execute(select(collection.c.revision)).scalar_one() == 120


def test_a_writer_gives_up_when_its_turn_does_not_come(
    database: Database, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("vidimus.storage.database.WRITER_WAIT_S", 0.05)
    begun, done = Event(), Event()

    def hold() -> None:
        with database.writing():
            begun.set()
            done.wait(10)

    with ThreadPoolExecutor(1) as pool:
        holder = pool.submit(hold)
        begun.wait(10)
        with pytest.raises(StorageUnavailable, match="too many writers"), database.writing():
            pass
        done.set()
        holder.result()


def test_callbacks_run_in_order_once_the_commit_is_visible(database: Database) -> None:
    seen: list[object] = []
    with database.writing() as tx:
        add_collection(tx, "people")
        tx.after_commit(lambda: seen.append(collection_ids(database)))
        tx.after_commit(lambda: seen.append("second"))
        assert seen == []
    assert seen == [["people"], "second"]


def test_callbacks_run_while_the_turn_lasts(
    database: Database, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("vidimus.storage.database.WRITER_WAIT_S", 0.05)

    def intrude() -> None:
        with database.writing():
            pass

    def try_to_write() -> None:
        with ThreadPoolExecutor(1) as pool, pytest.raises(StorageUnavailable):
            pool.submit(intrude).result()

    with database.writing() as tx:
        tx.after_commit(try_to_write)


def test_callbacks_do_not_run_when_nothing_was_kept(database: Database) -> None:
    seen: list[str] = []
    with pytest.raises(KeyError):
        write_and_fail(database, lambda: seen.append("ran"))
    assert seen == []


def test_a_callback_that_raises_keeps_neither_the_others_nor_the_commit_back(
    database: Database,
) -> None:
    seen: list[str] = []

    def fail() -> None:
        raise KeyError("index")

    def write() -> None:
        with database.writing() as tx:
            add_collection(tx, "people")
            tx.after_commit(fail)
            tx.after_commit(lambda: seen.append("ran"))

    with pytest.raises(KeyError, match="index"):
        write()
    assert seen == ["ran"]
    assert collection_ids(database) == ["people"]
    with database.writing() as tx:
        add_collection(tx, "more")


def test_a_key_is_never_given_out_twice(database: Database) -> None:
    with database.writing() as tx:
        first = add_collection(tx, "people")
        tx.connection.execute(delete(collection))
        assert add_collection(tx, "people") > first


def test_deleting_a_collection_deletes_its_faces(database: Database) -> None:
    with database.writing() as tx:
        add_face(tx, add_collection(tx, "people"))
        tx.connection.execute(delete(collection))
        assert tx.connection.execute(select(func.count()).select_from(face)).scalar_one() == 0
