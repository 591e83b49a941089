import hashlib
import hmac
import json
from datetime import UTC, datetime, timedelta, timezone

import pytest
from sqlalchemy import delete, select, update

from tests.accountability.entries import KEY, START, entry, fill, ticking_clock
from vidimus.accountability.ledger import Entry, Ledger, Receipt
from vidimus.errors import StorageUnavailable
from vidimus.storage import tables
from vidimus.storage.database import Database


@pytest.fixture
def ledger(database: Database) -> Ledger:
    return Ledger(database, KEY, ticking_clock())


def test_an_entry_is_read_back_as_it_was_written(ledger: Ledger, database: Database) -> None:
    with database.writing() as tx:
        receipt = ledger.append(tx, entry())
    (row,) = ledger.tail(10)
    assert row.entry == entry()
    assert row.recorded_at == START
    assert Receipt(row.sequence, row.hash) == receipt
    assert receipt.sequence == 1


def test_an_entry_without_optional_parts(ledger: Ledger, database: Database) -> None:
    bare = Entry("local:me", "DeleteFaces", None, "r", None, None, (), 0, {})
    with database.writing() as tx:
        ledger.append(tx, bare)
    assert ledger.tail(1)[0].entry == bare


def test_the_payload_is_canonical_and_the_hash_can_be_made_by_anyone_with_the_key(
    ledger: Ledger, database: Database
) -> None:
    fill(ledger, database, 2)
    with database.reading() as tx:
        first, second = tx.connection.execute(select(tables.ledger)).all()
    assert first.payload == json.dumps(
        json.loads(first.payload), sort_keys=True, separators=(",", ":")
    )
    assert json.loads(first.payload)["at"] == "2026-01-02T03:04:05.000000+00:00"
    assert first.previous_hash == "0" * 64
    assert second.previous_hash == first.hash
    message = f"vidimus ledger row 1\n{first.hash}\n{second.payload}".encode()
    assert second.hash == hmac.new(KEY, message, hashlib.sha256).hexdigest()


def test_the_clock_may_tell_any_time_zone(database: Database) -> None:
    local = datetime(2026, 1, 2, 8, 34, 5, tzinfo=timezone(timedelta(hours=5, minutes=30)))
    ledger = Ledger(database, KEY, lambda: local)
    fill(ledger, database, 1)
    assert ledger.tail(1)[0].recorded_at == datetime(2026, 1, 2, 3, 4, 5, tzinfo=UTC)


def test_an_entry_is_kept_with_its_transaction_or_not_at_all(
    ledger: Ledger, database: Database
) -> None:
    def append_and_fail() -> None:
        with database.writing() as tx:
            ledger.append(tx, entry())
            raise KeyError

    with pytest.raises(KeyError):
        append_and_fail()
    assert ledger.tail(10) == []
    assert ledger.head() is None
    assert fill(ledger, database, 1)[0].sequence == 1


def test_two_ledgers_of_one_database_write_one_chain(ledger: Ledger, database: Database) -> None:
    other = Ledger(database, KEY, ticking_clock())
    receipts = [fill(each, database, 1)[0] for each in (ledger, other, ledger, other)]
    assert [receipt.sequence for receipt in receipts] == [1, 2, 3, 4]
    assert ledger.verify(expected_head=receipts[1]) == []


def test_the_head_is_the_newest_receipt(ledger: Ledger, database: Database) -> None:
    assert fill(ledger, database, 3)[-1] == ledger.head()


def test_the_tail_is_in_order_and_limited(ledger: Ledger, database: Database) -> None:
    fill(ledger, database, 5)
    assert [row.sequence for row in ledger.tail(2)] == [4, 5]
    assert [row.sequence for row in ledger.tail(100)] == [1, 2, 3, 4, 5]


def test_the_tail_shows_an_unreadable_row_too(ledger: Ledger, database: Database) -> None:
    fill(ledger, database, 2)
    with database.writing() as tx:
        second = update(tables.ledger).where(tables.ledger.c.sequence == 2)
        tx.connection.execute(second.values(payload='{"at":3}'))
    assert [row.entry.operation for row in ledger.tail(5)] == ["SearchFacesByImage", "unreadable"]
    assert ledger.tail(1)[0].entry.details == {"payload": '{"at":3}'}


def test_not_a_number_is_refused(ledger: Ledger, database: Database) -> None:
    odd = Entry("a", "o", None, "r", None, float("nan"), (), 0, {})
    with pytest.raises(ValueError, match="JSON compliant"), database.writing() as tx:
        ledger.append(tx, odd)


@pytest.mark.parametrize(
    ("tamper", "message"),
    [
        (delete(tables.ledger_head), "no head"),
        (update(tables.ledger_head).values(hash="f" * 64), "not made with this ledger key"),
        (update(tables.ledger_head).values(sequence=2), "not made with this ledger key"),
        (delete(tables.ledger).where(tables.ledger.c.sequence == 3), "does not end where"),
    ],
)
def test_nothing_is_added_to_an_end_that_was_tampered_with(
    ledger: Ledger, database: Database, tamper: object, message: str
) -> None:
    fill(ledger, database, 3)
    with database.writing() as tx:
        tx.connection.execute(tamper)  # type: ignore[call-overload]
    with pytest.raises(StorageUnavailable, match=message):
        fill(ledger, database, 1)
    assert ledger.verify() != []


def test_another_key_adds_nothing(ledger: Ledger, database: Database) -> None:
    Ledger(database, bytes(32), ticking_clock()).check_end()
    fill(ledger, database, 1)
    ledger.check_end()
    with pytest.raises(StorageUnavailable, match="not made with this ledger key"):
        Ledger(database, bytes(32), ticking_clock()).check_end()
    with pytest.raises(StorageUnavailable, match="not made with this ledger key"):
        fill(Ledger(database, bytes(32), ticking_clock()), database, 1)
