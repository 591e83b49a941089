from datetime import timedelta

from sqlalchemy import func, select

from tests.storage.rows import MOMENT
from vidimus.storage.database import Database
from vidimus.storage.tables import request_token
from vidimus.storage.tokens import TOKEN_LIFE, StoredAnswer, find_token, store_token

LONG_AGO = MOMENT - timedelta(days=365)


def test_an_answer_is_found_by_operation_scope_and_token_alone(database: Database) -> None:
    with database.writing() as tx:
        store_token(tx, "AssociateFaces", "people", "t", "f" * 64, b'{"a":"\xc3\xa9"}', MOMENT)
    with database.reading() as tx:
        found = find_token(tx, "AssociateFaces", "people", "t", LONG_AGO)
        assert found == StoredAnswer("f" * 64, b'{"a":"\xc3\xa9"}')
        assert find_token(tx, "CreateUser", "people", "t", LONG_AGO) is None
        assert find_token(tx, "AssociateFaces", "others", "t", LONG_AGO) is None
        assert find_token(tx, "AssociateFaces", "people", "u", LONG_AGO) is None


def test_an_answer_is_not_found_when_its_time_is_over(database: Database) -> None:
    with database.writing() as tx:
        store_token(tx, "CreateUser", "people", "t", "f", b"{}", MOMENT)
        just_before = MOMENT - timedelta(microseconds=1)
        assert find_token(tx, "CreateUser", "people", "t", just_before) is not None
        assert find_token(tx, "CreateUser", "people", "t", MOMENT) is None


def test_storing_forgets_what_is_too_old_and_replaces_its_own_token(database: Database) -> None:
    with database.writing() as tx:
        store_token(tx, "CreateUser", "people", "old", "f", b"{}", MOMENT)
        store_token(tx, "CreateUser", "people", "t", "f", b"{}", MOMENT + timedelta(hours=1))
        store_token(tx, "CreateUser", "people", "t", "g", b"[]", MOMENT + TOKEN_LIFE)
        assert find_token(tx, "CreateUser", "people", "t", MOMENT) == StoredAnswer("g", b"[]")
        count = select(func.count()).select_from(request_token)
        assert tx.connection.execute(count).scalar_one() == 1
