"""SQLite and PostgreSQL do the same."""

from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from datetime import timedelta
from threading import Barrier, Event

import pytest
from sqlalchemy import delete, func, select, update

from tests.accountability.entries import KEY, entry, fill, ticking_clock
from tests.congruence.conftest import OpenDatabase
from tests.storage.descriptions import described, tables_of_version_1
from tests.storage.rows import MOMENT, add_collection, add_face, collection_ids
from vidimus.accountability.access_keys import AccessKeys
from vidimus.accountability.ledger import Ledger
from vidimus.errors import ConfigurationError, StorageUnavailable
from vidimus.storage import tags
from vidimus.storage.database import Database, open_database
from vidimus.storage.schema import STEPS, prepare_schema
from vidimus.storage.tables import collection, face, ledger, metadata, schema_version
from vidimus.storage.tokens import StoredAnswer, find_token, store_token


def test_commit_and_rollback(database: Database, open_again: OpenDatabase) -> None:
    def write_and_fail() -> None:
        with database.writing() as tx:
            add_collection(tx, "never")
            raise KeyError

    with database.writing() as tx:
        add_collection(tx, "people")
    with pytest.raises(KeyError):
        write_and_fail()
    assert collection_ids(database) == collection_ids(open_again()) == ["people"]


def test_a_reader_sees_one_moment_and_waits_for_nobody(database: Database) -> None:
    count = select(func.count()).select_from(collection)
    with database.reading() as reader, database.writing() as tx:
        assert reader.connection.execute(count).scalar_one() == 0
        add_collection(tx, "people")
        with ThreadPoolExecutor(1) as pool:
            assert pool.submit(collection_ids, database).result(timeout=5) == []
        assert reader.connection.execute(count).scalar_one() == 0
    assert collection_ids(database) == ["people"]


def test_a_long_reader_still_sees_its_moment_after_a_commit(database: Database) -> None:
    count = select(func.count()).select_from(collection)
    with database.reading() as reader:
        assert reader.connection.execute(count).scalar_one() == 0
        with database.writing() as tx:
            add_collection(tx, "people")
        assert reader.connection.execute(count).scalar_one() == 0


def test_the_tables_since_version_1_are_added_as_a_new_database_has_them(
    database: Database,
) -> None:
    with database.writing() as tx:
        new = described(tx.connection)
        for table in reversed(metadata.sorted_tables):
            if table.name not in tables_of_version_1():
                table.drop(tx.connection)
        tx.connection.execute(update(schema_version).values(version=1))
        prepare_schema(tx.connection)
        assert described(tx.connection) == new


def test_a_reader_cannot_write(database: Database) -> None:
    with pytest.raises(StorageUnavailable), database.reading() as tx:
        add_collection(tx, "people")


def test_writers_of_several_processes_take_turns(open_again: OpenDatabase) -> None:
    databases = [open_again() for _ in range(4)]
    with databases[0].writing() as tx:
        add_collection(tx, "people")

    def count_up(number: int) -> None:
        with databases[number % 4].writing() as tx:
            seen = tx.connection.execute(select(collection.c.revision)).scalar_one()
            tx.connection.execute(update(collection).values(revision=seen + 1))

    with ThreadPoolExecutor(8) as pool:
        list(pool.map(count_up, range(80)))
    with databases[0].reading() as tx:
        assert tx.connection.execute(select(collection.c.revision)).scalar_one() == 80


def test_a_writer_kept_out_too_long_gives_up(
    open_again: OpenDatabase, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("vidimus.storage.backend.BUSY_WAIT_S", 0.2)
    one, other = open_again(), open_again()
    begun, done = Event(), Event()

    def hold() -> None:
        with one.writing() as tx:
            add_collection(tx, "first")
            begun.set()
            done.wait(20)

    with ThreadPoolExecutor(1) as pool:
        holder = pool.submit(hold)
        begun.wait(20)
        with pytest.raises(StorageUnavailable), other.writing():
            pass
        done.set()
        holder.result()
    with other.writing() as tx:
        add_collection(tx, "second")
    assert collection_ids(one) == ["first", "second"]


def test_several_processes_may_start_at_once(url: str) -> None:
    barrier = Barrier(4)

    def start(_: int) -> Database:
        barrier.wait()
        return open_database(url)

    with ThreadPoolExecutor(4) as pool:
        databases = list(pool.map(start, range(4)))
    with databases[0].reading() as tx:
        assert tx.connection.execute(select(schema_version.c.version)).scalars().all() == [
            len(STEPS) + 1
        ]
    for database in databases:
        database.close()


def test_a_newer_schema_is_refused(database: Database, open_again: OpenDatabase) -> None:
    with database.writing() as tx:
        tx.connection.execute(update(schema_version).values(version=99))
    with pytest.raises(ConfigurationError, match="schema version 99"):
        open_again()


def test_rows_go_with_their_collection_and_keys_never_return(database: Database) -> None:
    with database.writing() as tx:
        first = add_collection(tx, "people")
        add_face(tx, first)
        tx.connection.execute(delete(collection))
        assert tx.connection.execute(select(func.count()).select_from(face)).scalar_one() == 0
        assert add_collection(tx, "people") > first


def test_what_is_stored_comes_back_equal(database: Database) -> None:
    with database.writing() as tx:
        add_face(tx, add_collection(tx, "people"))
    with database.reading() as tx:
        row = tx.connection.execute(select(face)).one()
        assert tx.connection.execute(select(collection.c.created_at)).scalar_one() == MOMENT
    assert (row.left, row.confidence, row.created_at) == (0.1, 99.5, MOMENT)
    assert bytes(row.embedding) == b"\0" * 512
    assert row.external_image_id is None


def test_tags(database: Database) -> None:
    with database.writing() as tx:
        tags.put(tx, "arn", {"b": "2", "a": "1", "B": "é"})
        tags.put(tx, "arn", {"b": "3"})
        tags.remove(tx, "arn", ["a"])
    with database.writing() as tx:
        assert tags.get(tx, "arn") == {"b": "3", "B": "é"}
        tags.delete_all(tx, "arn")
        assert tags.get(tx, "arn") == {}


def test_tokens(database: Database) -> None:
    with database.writing() as tx:
        store_token(tx, "CreateUser", "people", "t", "f", b"{}", MOMENT)
        store_token(tx, "CreateUser", "people", "t", "g", b"[]", MOMENT)
    with database.reading() as tx:
        before = MOMENT - timedelta(seconds=1)
        assert find_token(tx, "CreateUser", "people", "t", before) == StoredAnswer("g", b"[]")
        assert find_token(tx, "CreateUser", "people", "t", MOMENT) is None


def test_access_keys(database: Database, open_again: OpenDatabase) -> None:
    keys = AccessKeys(database, KEY, ticking_clock())
    new = keys.create("laptop")
    assert keys.secret_of(new.access_key_id) == new.secret
    AccessKeys(open_again(), KEY, ticking_clock()).revoke(new.access_key_id)
    assert keys.secret_of(new.access_key_id) is None
    assert [key.label for key in keys.list()] == ["laptop"]


def test_the_ledger(database: Database, open_again: OpenDatabase) -> None:
    book = Ledger(database, KEY, ticking_clock())
    receipts = fill(book, database, 1200)
    assert book.verify(expected_head=receipts[-1]) == []
    assert book.tail(1)[0].entry == entry("1199")
    with open_again().writing() as tx:
        changed = update(ledger).where(ledger.c.sequence == 700).values(payload="{}")
        tx.connection.execute(changed)
        tx.connection.execute(delete(ledger).where(ledger.c.sequence.in_([5, 1200])))
    flaws = [(flaw.sequence, flaw.kind) for flaw in book.verify()]
    assert flaws == [(5, "gap"), (700, "changed"), (1200, "tail")]


def test_both_kinds_write_the_same_chain(
    make_postgresql_database: Callable[[str], str], tmp_path_factory: pytest.TempPathFactory
) -> None:
    urls = [
        make_postgresql_database("same_chain"),
        f"sqlite:///{tmp_path_factory.mktemp('same') / 'vidimus.db'}",
    ]
    heads = []
    for url in urls:
        database = open_database(url)
        heads.append(fill(Ledger(database, KEY, ticking_clock()), database, 20)[-1])
        database.close()
    assert heads[0] == heads[1]


def test_postgresql_dropping_every_connection_is_survived(
    make_postgresql_database: Callable[[str], str],
) -> None:
    url = make_postgresql_database("dropped")
    database, other = open_database(url), open_database(url)
    drop_all = (
        "SELECT pg_terminate_backend(pid) FROM pg_stat_activity WHERE pid <> pg_backend_pid()"
    )

    def write_and_be_dropped() -> None:
        with database.writing() as tx:
            add_collection(tx, "never")
            with other.reading() as intruder:
                intruder.connection.exec_driver_sql(f"{drop_all} AND datname = current_database()")
            add_collection(tx, "never either")

    with pytest.raises(StorageUnavailable):
        write_and_be_dropped()
    assert collection_ids(database) == []
    with database.writing() as tx:
        add_collection(tx, "later")
    assert collection_ids(database) == ["later"]
    database.close()
    other.close()


def test_postgresql_ends_a_writer_that_fell_asleep(
    make_postgresql_database: Callable[[str], str], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("vidimus.storage.backend.IDLE_IN_TRANSACTION_S", 0.2)
    url = make_postgresql_database("asleep")
    sleeper, other = open_database(url), open_database(url)

    def write_and_fall_asleep() -> None:
        with sleeper.writing() as tx:
            add_collection(tx, "never")
            with other.writing() as tx_of_other:
                add_collection(tx_of_other, "meanwhile")

    with pytest.raises(StorageUnavailable):
        write_and_fall_asleep()
    assert collection_ids(other) == collection_ids(sleeper) == ["meanwhile"]
    sleeper.close()
    other.close()


def test_postgresql_that_is_not_there_is_told(tmp_path_factory: pytest.TempPathFactory) -> None:
    nowhere = tmp_path_factory.mktemp("nowhere")
    with pytest.raises(StorageUnavailable, match="OperationalError") as caught:
        open_database(f"postgresql://me:secret@/name?host={nowhere}")
    assert "secret" not in str(caught.value)
