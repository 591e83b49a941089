import re
from datetime import timedelta
from pathlib import Path

import pytest
from sqlalchemy import select, update

from tests.accountability.entries import KEY, START, ticking_clock
from vidimus.accountability.access_keys import AccessKeys
from vidimus.errors import (
    ConfigurationError,
    InvalidParameter,
    ResourceAlreadyExists,
    ResourceNotFound,
)
from vidimus.storage.database import Database, open_database
from vidimus.storage.tables import access_key

SECRET = "a-secret-of-mine/+="


@pytest.fixture
def keys(database: Database) -> AccessKeys:
    return AccessKeys(database, KEY, ticking_clock())


def test_a_random_key_looks_like_amazons(keys: AccessKeys) -> None:
    made = [keys.create("laptop") for _ in range(20)]
    assert all(re.fullmatch(r"AKIA[A-Z2-7]{16}", key.access_key_id) for key in made)
    assert all(re.fullmatch(r"[A-Za-z0-9]{40}", key.secret) for key in made)
    assert len({key.secret for key in made}) == len({key.access_key_id for key in made}) == 20
    assert keys.secret_of(made[3].access_key_id) == made[3].secret


def test_a_key_of_ones_own(keys: AccessKeys) -> None:
    assert keys.create("mine", "my_key", SECRET).secret == SECRET
    assert keys.secret_of("my_key") == SECRET


@pytest.mark.parametrize(
    ("access_key_id", "secret"),
    [
        ("my_key", None),
        (None, SECRET),
        ("abc", SECRET),
        ("a/b/c/d", SECRET),
        ("é" * 8, SECRET),
        ("x" * 129, SECRET),
        ("my_key\n", SECRET),
        ("my_key", "short"),
        ("my_key", "with space"),
        ("my_key", "x" * 129),
    ],
)
def test_a_malformed_key(keys: AccessKeys, access_key_id: str | None, secret: str | None) -> None:
    with pytest.raises(InvalidParameter):
        keys.create("label", access_key_id, secret)
    assert keys.list() == ()


def test_a_label_that_is_too_long(keys: AccessKeys) -> None:
    with pytest.raises(InvalidParameter, match="256"):
        keys.create("x" * 257)


def test_an_id_is_used_once_even_after_it_was_revoked(keys: AccessKeys) -> None:
    keys.create("", "my_key", SECRET)
    with pytest.raises(ResourceAlreadyExists, match="my_key"):
        keys.create("", "my_key", "another-secret")
    keys.revoke("my_key")
    with pytest.raises(ResourceAlreadyExists):
        keys.create("", "my_key", "another-secret")


def test_a_revoked_key_has_no_secret_any_more(keys: AccessKeys) -> None:
    keys.create("first", "key_1", SECRET)
    keys.create("second", "key_2", SECRET)
    keys.revoke("key_1")
    keys.revoke("key_1")
    assert keys.secret_of("key_1") is None
    assert keys.secret_of("key_2") == SECRET
    first, second = keys.list()
    assert (first.label, first.created_at, second.label) == ("first", START, "second")
    assert first.revoked_at == START + timedelta(milliseconds=2)
    assert second.revoked_at is None


def test_a_revocation_by_another_process_holds_at_once(keys: AccessKeys, tmp_path: Path) -> None:
    keys.create("", "my_key", SECRET)
    assert keys.secret_of("my_key") == SECRET
    other = open_database(f"sqlite:///{tmp_path / 'vidimus.db'}")
    AccessKeys(other, KEY, ticking_clock()).revoke("my_key")
    assert keys.secret_of("my_key") is None
    other.close()


@pytest.mark.parametrize("access_key_id", ["nobody", "", "x" * 5000, "nul\0", "\ud800", "' OR 1=1"])
def test_an_unknown_key(keys: AccessKeys, access_key_id: str) -> None:
    assert keys.secret_of(access_key_id) is None


def test_an_unknown_key_cannot_be_revoked(keys: AccessKeys) -> None:
    with pytest.raises(ResourceNotFound, match="nobody"):
        keys.revoke("nobody")


def test_the_database_does_not_hold_the_secret(
    keys: AccessKeys, database: Database, tmp_path: Path
) -> None:
    new = keys.create("", "my_key", SECRET)
    database.close()
    assert SECRET.encode() not in (tmp_path / "vidimus.db").read_bytes()
    assert SECRET not in repr(new)


def test_one_secret_twice_is_not_the_same_ciphertext(keys: AccessKeys, database: Database) -> None:
    keys.create("", "key_1", SECRET)
    keys.create("", "key_2", SECRET)
    with database.reading() as tx:
        first, second = tx.connection.execute(select(access_key.c.secret)).scalars()
    assert first != second


def test_a_ciphertext_under_another_id_does_not_open(keys: AccessKeys, database: Database) -> None:
    keys.create("", "key_1", SECRET)
    with database.writing() as tx:
        tx.connection.execute(update(access_key).values(access_key_id="key_2"))
    with pytest.raises(ConfigurationError, match="key_2"):
        keys.secret_of("key_2")


@pytest.mark.parametrize("secret", [b"", b"short", b"x" * 40])
def test_a_damaged_ciphertext(keys: AccessKeys, database: Database, secret: bytes) -> None:
    keys.create("", "my_key", SECRET)
    with database.writing() as tx:
        tx.connection.execute(update(access_key).values(secret=secret))
    with pytest.raises(ConfigurationError, match="not encrypted under this key file"):
        keys.secret_of("my_key")


def test_another_key_file(keys: AccessKeys, database: Database) -> None:
    keys.create("", "my_key", SECRET)
    with pytest.raises(ConfigurationError, match="put the right one back"):
        AccessKeys(database, bytes(32), ticking_clock()).secret_of("my_key")
