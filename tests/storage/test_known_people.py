from datetime import UTC, datetime

import pytest
from sqlalchemy import func, select

from tests.storage.rows import MOMENT, add_collection
from vidimus.storage.collections import RESERVED, delete_collection, list_collections
from vidimus.storage.database import Database
from vidimus.storage.known_people import (
    KnownPerson,
    find_people,
    forget_removal,
    list_people,
    note_removal,
    put_person,
    read_removals,
)
from vidimus.storage.tables import known_person
from vidimus.storage.users import delete_user, insert_user

ADA = KnownPerson("ada1", "Ada Lovelace", ("www.example.org/ada", "b"), "Female")
BOB = KnownPerson("bob2", "Bøb", (), None)


@pytest.fixture
def library(database: Database) -> int:
    """A collection with Ada and Bob, and a user who is nobody known."""
    with database.writing() as tx:
        key = add_collection(tx, "library")
        for person in (BOB, ADA):
            user = insert_user(tx, key, person.person_id, MOMENT)
            put_person(tx, user.key, person)
        insert_user(tx, key, "unnamed", MOMENT)
    return key


def people_told(database: Database) -> int:
    with database.reading() as tx:
        count = select(func.count()).select_from(known_person)
        return int(tx.connection.execute(count).scalar_one())


def test_people_are_found_and_listed_by_name(database: Database, library: int) -> None:
    with database.reading() as tx:
        assert list_people(tx, library) == [ADA, BOB]
        assert find_people(tx, library, ["ada1", "unnamed", "absent"]) == {"ada1": ADA}
        assert find_people(tx, library + 1, ["ada1"]) == {}


def test_what_is_said_last_counts(database: Database, library: int) -> None:
    with database.writing() as tx:
        user = insert_user(tx, library, "eve3", MOMENT)
        put_person(tx, user.key, KnownPerson("eve3", "Eve", ("a",), "Male"))
        put_person(tx, user.key, KnownPerson("eve3", "Eva", (), None))
        assert find_people(tx, library, ["eve3"])["eve3"] == KnownPerson("eve3", "Eva", (), None)


def test_a_person_goes_with_the_user_and_with_the_collection(
    database: Database, library: int
) -> None:
    with database.writing() as tx:
        user = insert_user(tx, library, "eve3", MOMENT)
        put_person(tx, user.key, KnownPerson("eve3", "Eve", (), None))
        delete_user(tx, user.key)
    assert people_told(database) == 2
    with database.writing() as tx:
        delete_collection(tx, library)
    assert people_told(database) == 0


def test_removals_are_kept_until_forgotten(database: Database) -> None:
    later = datetime(2026, 5, 6, tzinfo=UTC)
    with database.writing() as tx:
        note_removal(tx, "ada1", MOMENT)
        note_removal(tx, "ada1", later)
        assert read_removals(tx) == {"ada1": later}
        assert forget_removal(tx, "ada1")
        assert not forget_removal(tx, "ada1")
        assert read_removals(tx) == {}


def test_reserved_collections_are_listed_only_when_asked_for(database: Database) -> None:
    with database.writing() as tx:
        for name in ("first", f"{RESERVED}library", "last"):
            add_collection(tx, name)
        told = list_collections(tx, 0, 2)
        assert [each.collection_id for each in told] == ["first", "last"]
        assert len(list_collections(tx, 0, 9, reserved=True)) == 3
