import sqlite3
from contextlib import closing
from pathlib import Path

import pytest
from sqlalchemy import Connection, inspect, select, update

from tests.storage.descriptions import VERSION_1, described
from tests.storage.rows import collection_ids
from vidimus.errors import ConfigurationError
from vidimus.storage.database import Database, open_database
from vidimus.storage.schema import STEPS, Step, prepare_schema
from vidimus.storage.tables import metadata, schema_version


def version_of(database: Database) -> int:
    with database.reading() as tx:
        return int(tx.connection.execute(select(schema_version.c.version)).scalar_one())


def test_an_empty_database_gets_every_table_and_the_newest_version(database: Database) -> None:
    with database.reading() as tx:
        assert set(inspect(tx.connection).get_table_names()) == set(metadata.tables)
    assert version_of(database) == len(STEPS) + 1


def test_an_older_database_gets_the_steps_it_lacks(database: Database) -> None:
    ran: list[str] = []

    def step(name: str) -> Step:
        return lambda connection: ran.append(name)

    steps = (step("1 to 2"), step("2 to 3"), step("3 to 4"))
    with database.writing() as tx:
        tx.connection.execute(update(schema_version).values(version=2))
        prepare_schema(tx.connection, steps)
        prepare_schema(tx.connection, steps)
    assert ran == ["2 to 3", "3 to 4"]
    assert version_of(database) == 4


def test_a_step_that_fails_changes_nothing(database: Database) -> None:
    def make_table(connection: Connection) -> None:
        connection.exec_driver_sql("CREATE TABLE added (key INTEGER)")

    def fail(connection: Connection) -> None:
        raise KeyError

    with pytest.raises(KeyError), database.writing() as tx:
        prepare_schema(tx.connection, (*STEPS, make_table, fail))
    assert version_of(database) == len(STEPS) + 1
    with database.reading() as tx:
        assert not inspect(tx.connection).has_table("added")


def test_a_database_of_version_1_becomes_what_a_new_one_is(
    database: Database, tmp_path: Path
) -> None:
    """The tables are made as version 1 made them; what is in them stays."""
    old = tmp_path / "old.db"
    with closing(sqlite3.connect(old)) as connection:
        connection.executescript(VERSION_1)
        connection.execute("INSERT INTO collection VALUES (1, 'kept', '1.0', 0, 0, 0, 0)")
        connection.commit()
    with closing(open_database(f"sqlite:///{old}")) as migrated:
        assert version_of(migrated) == len(STEPS) + 1
        assert collection_ids(migrated) == ["kept"]
        with migrated.reading() as then, database.reading() as now:
            assert described(then.connection) == described(now.connection)
    open_database(f"sqlite:///{old}").close()


def test_a_database_of_a_newer_vidimus_is_refused(database: Database, file: Path) -> None:
    with database.writing() as tx:
        tx.connection.execute(update(schema_version).values(version=99))
    with pytest.raises(ConfigurationError, match="schema version 99"):
        open_database(f"sqlite:///{file}")


def test_somebody_elses_database_is_refused(tmp_path: Path) -> None:
    with closing(sqlite3.connect(tmp_path / "theirs.db")) as connection:
        connection.execute("CREATE TABLE face (nose TEXT)")
        connection.commit()
    with pytest.raises(ConfigurationError, match="table face"):
        open_database(f"sqlite:///{tmp_path}/theirs.db")
