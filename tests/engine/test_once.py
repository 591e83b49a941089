"""Requests with a token are carried out once."""

from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest

from vidimus.accountability.ledger import Receipt
from vidimus.engine.once import TOKEN_LIFE, Once, RequestToken
from vidimus.errors import IdempotentParameterMismatch
from vidimus.storage.database import Database, open_database

NOW = datetime(2026, 11, 23, tzinfo=UTC)


@pytest.fixture
def database(tmp_path: Path) -> Iterator[Database]:
    opened = open_database(f"sqlite:///{tmp_path / 'once.db'}")
    yield opened
    opened.close()


def test_the_first_outcome_comes_again(database: Database) -> None:
    once, token = Once(lambda: NOW), RequestToken.of("a", "key collection", {"UserId": "ada"})
    with database.writing() as tx:
        assert once.replay(tx, "CreateUser", token, Receipt) is None
        once.remember(tx, "CreateUser", token, Receipt(7, "digest"))
    with database.writing() as tx:
        assert once.replay(tx, "CreateUser", token, Receipt) == Receipt(7, "digest")
        assert once.replay(tx, "DeleteUser", token, Receipt) is None
        assert once.replay(tx, "CreateUser", None, Receipt) is None


def test_other_parameters_are_refused(database: Database) -> None:
    once = Once(lambda: NOW)
    with database.writing() as tx:
        first = RequestToken.of("a", "key collection", {"UserId": "ada"})
        once.remember(tx, "CreateUser", first, Receipt(7, "digest"))
        other = RequestToken.of("a", "key collection", {"UserId": "bob"})
        with pytest.raises(IdempotentParameterMismatch, match="ClientRequestToken: a"):
            once.replay(tx, "CreateUser", other, Receipt)


def test_tokens_are_forgotten_after_seven_days(database: Database) -> None:
    token = RequestToken.of("a", "key collection", {})
    with database.writing() as tx:
        Once(lambda: NOW).remember(tx, "CreateUser", token, Receipt(7, "digest"))
        later = NOW + TOKEN_LIFE + timedelta(seconds=1)
        assert Once(lambda: later).replay(tx, "CreateUser", token, Receipt) is None
        # Used again after that, it is a new request's.
        Once(lambda: later).remember(tx, "CreateUser", token, Receipt(8, "other"))
        assert Once(lambda: later).replay(tx, "CreateUser", token, Receipt) == Receipt(8, "other")


def test_equal_parameters_in_any_order() -> None:
    one = RequestToken.of("a", "s", {"x": 1, "y": [1, 2]})
    assert one == RequestToken.of("a", "s", {"y": [1, 2], "x": 1})
    assert one != RequestToken.of("a", "s", {"y": [2, 1], "x": 1})
