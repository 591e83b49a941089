from collections.abc import Callable, Iterator
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from sqlalchemy import Connection, delete, func, insert, select, update

from tests.accountability.entries import KEY, fill, ticking_clock
from vidimus.accountability.chain import Chain
from vidimus.accountability.ledger import Ledger, Receipt
from vidimus.accountability.ledger_check import MOST_FLAWS, check_ledger
from vidimus.storage.database import Database, Transaction, open_database
from vidimus.storage.tables import ledger as rows
from vidimus.storage.tables import ledger_head

Tampering = Callable[[Connection], object]
ROWS = 6


@pytest.fixture
def ledger(database: Database) -> Ledger:
    return Ledger(database, KEY, ticking_clock())


def kinds_after(ledger: Ledger, database: Database, tamper: Tampering) -> list[tuple[int, str]]:
    fill(ledger, database, ROWS)
    with database.writing() as tx:
        tamper(tx.connection)
    return [(flaw.sequence, flaw.kind) for flaw in ledger.verify()]


def change(number: int, **values: object) -> Tampering:
    return lambda connection: connection.execute(
        update(rows).where(rows.c.sequence == number).values(**values)
    )


def drop(*sequences: int) -> Tampering:
    return lambda connection: connection.execute(delete(rows).where(rows.c.sequence.in_(sequences)))


def swap(one: int, other: int) -> Tampering:
    def tamper(connection: Connection) -> None:
        for source, target in ((one, -1), (other, one), (-1, other)):
            change(source, sequence=target)(connection)

    return tamper


def flip(number: int, cell: str, place: int, letter: str) -> Tampering:
    def tamper(connection: Connection) -> None:
        old = connection.execute(select(rows.c[cell]).where(rows.c.sequence == number)).scalar_one()
        place_within = place % len(old)
        new = old[:place_within] + letter + old[place_within + 1 :]
        change(number, **{cell: new})(connection)

    return tamper


def copy(source: int, target: int) -> Tampering:
    columns = (rows.c.payload, rows.c.previous_hash, rows.c.hash)
    taken = select(target + func.abs(0), *columns).where(rows.c.sequence == source)
    return lambda connection: connection.execute(insert(rows).from_select(list(rows.c), taken))


def test_an_untouched_ledger_has_no_flaw(ledger: Ledger, database: Database) -> None:
    assert ledger.verify() == []
    fill(ledger, database, 25)
    assert ledger.verify() == []
    fill(ledger, database, 25)
    assert ledger.verify() == []


@pytest.mark.parametrize(
    ("tamper", "expected"),
    [
        (change(3, payload='{"sequence":3}'), [(3, "changed")]),
        (change(3, hash="0" * 64), [(3, "changed")]),
        (change(3, previous_hash="0" * 64), [(3, "changed")]),
        (change(1, previous_hash="1" * 64), [(1, "changed")]),
        (change(3, payload=b"\xff\x00"), [(3, "changed")]),
        (change(3, hash=b"\xff\x00"), [(3, "changed")]),
        (change(3, payload="not json"), [(3, "changed")]),
        (drop(1), [(1, "gap")]),
        (drop(3), [(3, "gap")]),
        (drop(2, 3, 5), [(2, "gap"), (5, "gap")]),
        (drop(6), [(6, "tail")]),
        (drop(5, 6), [(5, "tail")]),
        (drop(1, 2, 3, 4, 5, 6), [(1, "tail")]),
        (swap(2, 3), [(2, "moved"), (3, "moved")]),
        (swap(1, 6), [(1, "moved"), (6, "moved"), (6, "head")]),
        (copy(3, 7), [(7, "moved"), (7, "tail")]),
        (copy(3, 0), [(0, "moved"), (0, "moved")]),
        (change(3, sequence=10), [(3, "gap"), (7, "gap"), (10, "moved"), (7, "tail")]),
        (lambda connection: connection.execute(delete(ledger_head)), [(6, "head")]),
        (
            lambda connection: connection.execute(update(ledger_head).values(sequence=5)),
            [(6, "head")],
        ),
        (
            lambda connection: connection.execute(update(ledger_head).values(seal=b"\0")),
            [(6, "head")],
        ),
    ],
)
def test_each_way_to_tamper_is_found_where_it_happened(
    ledger: Ledger, database: Database, tamper: Tampering, expected: list[tuple[int, str]]
) -> None:
    assert kinds_after(ledger, database, tamper) == expected


def test_a_row_put_in_without_the_key_is_found(ledger: Ledger, database: Database) -> None:
    forger = Ledger(database, bytes(32), ticking_clock())
    fill(ledger, database, 3)
    with database.writing() as tx:
        forged_head = tx.connection.execute(select(ledger_head)).one()
        tx.connection.execute(delete(ledger_head))
        tx.connection.execute(delete(rows).where(rows.c.sequence > 0))
    fill(forger, database, 3)
    assert [flaw.kind for flaw in ledger.verify()] == ["changed"] * 3 + ["head"]
    assert forged_head.sequence == 3


def test_rows_of_the_same_key_from_another_ledger_do_not_fit(
    ledger: Ledger, database: Database, tmp_path: Path
) -> None:
    fill(ledger, database, 4)
    other = open_database(f"sqlite:///{tmp_path / 'other.db'}")
    fill(Ledger(other, KEY, lambda: ticking_clock()().replace(year=2030)), other, 4)
    with other.reading() as tx:
        row = tx.connection.execute(select(rows).where(rows.c.sequence == 3)).one()
    other.close()
    with database.writing() as tx:
        change(3, **row._asdict())(tx.connection)
    assert [(flaw.sequence, flaw.kind) for flaw in ledger.verify()] == [(3, "link"), (4, "link")]


def test_a_receipt_kept_elsewhere_shows_a_ledger_that_was_cut_back(
    ledger: Ledger, database: Database
) -> None:
    receipts = fill(ledger, database, 3)
    with database.reading() as tx:
        early_head = tx.connection.execute(select(ledger_head)).one()
    later = fill(ledger, database, 3)
    with database.writing() as tx:
        drop(4, 5, 6)(tx.connection)
        tx.connection.execute(update(ledger_head).values(**early_head._asdict()))
    assert ledger.verify() == []  # What the chain alone cannot show.
    assert ledger.verify(expected_head=receipts[-1]) == []
    (flaw,) = ledger.verify(expected_head=later[-1])
    assert (flaw.sequence, flaw.kind) == (6, "receipt")
    fill(ledger, database, 5)
    (flaw,) = ledger.verify(expected_head=later[-1])
    assert (flaw.sequence, flaw.kind) == (6, "receipt")


def test_an_emptied_ledger_is_seen_by_a_receipt(ledger: Ledger, database: Database) -> None:
    receipt = fill(ledger, database, 3)[-1]
    with database.writing() as tx:
        tx.connection.execute(delete(rows))
        tx.connection.execute(delete(ledger_head))
    assert ledger.verify() == []
    assert [flaw.kind for flaw in ledger.verify(expected_head=receipt)] == ["receipt"]


def test_a_receipt_with_another_digest_does_not_fit(ledger: Ledger, database: Database) -> None:
    fill(ledger, database, 3)
    (flaw,) = ledger.verify(expected_head=Receipt(2, "0" * 64))
    assert (flaw.sequence, flaw.kind) == (2, "receipt")


def test_with_a_wrong_key_the_reading_stops_early(ledger: Ledger, database: Database) -> None:
    fill(ledger, database, MOST_FLAWS + 500)
    flaws = Ledger(database, bytes(32), ticking_clock()).verify()
    assert len(flaws) == MOST_FLAWS
    assert {flaw.kind for flaw in flaws} == {"changed"}


def test_progress_rises_to_the_whole(ledger: Ledger, database: Database) -> None:
    told: list[tuple[int, int]] = []
    fill(ledger, database, 2500)
    assert ledger.verify(progress=lambda done, total: told.append((done, total))) == []
    assert told == [(1000, 2500), (2000, 2500), (2500, 2500)]


def test_entries_added_while_it_reads_do_no_harm(ledger: Ledger, database: Database) -> None:
    fill(ledger, database, 1500)
    added: list[Receipt] = []
    flaws = ledger.verify(progress=lambda *_: added.extend(fill(ledger, database, 1)))
    assert flaws == []
    assert len(added) == 2
    assert ledger.verify(expected_head=added[-1]) == []


@pytest.fixture(scope="module")
def whole(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Database]:
    database = open_database(f"sqlite:///{tmp_path_factory.mktemp('whole') / 'vidimus.db'}")
    fill(Ledger(database, KEY, ticking_clock()), database, ROWS)
    yield database
    database.close()


TEXT = st.text(alphabet='0123456789abcdef {}",:é', max_size=70)
CELL = st.sampled_from(["payload", "previous_hash", "hash"])
NUMBER = st.integers(1, ROWS)
CHANGES = st.builds(lambda number, cell, text: change(number, **{cell: text}), NUMBER, CELL, TEXT)
FLIPS = st.builds(
    flip,
    NUMBER,
    CELL,
    st.integers(0, 400),
    st.sampled_from('0123456789abcdef" {}é'),
)
RENUMBERS = st.builds(
    lambda number, target: change(number, sequence=target),
    NUMBER,
    st.integers(-(2**63), 2**63 - 1).filter(lambda target: not 1 <= target <= ROWS),
)
SWAPS = st.builds(swap, NUMBER, NUMBER)
DROPS = st.builds(lambda numbers: drop(*numbers), st.sets(NUMBER, min_size=1))
COPIES = st.builds(copy, NUMBER, st.sampled_from([-5, 0, ROWS + 1, ROWS + 2, 10**9]))
HEADS = st.builds(
    lambda column, value: (
        lambda connection: connection.execute(update(ledger_head).values({column: value}))
    ),
    st.sampled_from(["sequence", "hash", "seal"]),
    st.integers(0, 99) | TEXT,
)


def contents(tx: Transaction) -> list[object]:
    return [
        *tx.connection.execute(select(rows).order_by(rows.c.sequence)),
        *tx.connection.execute(select(ledger_head)),
    ]


@settings(max_examples=400, deadline=None)
@given(tamper=st.one_of(CHANGES, FLIPS, RENUMBERS, SWAPS, DROPS, COPIES, HEADS))
def test_any_single_tampering_is_found(whole: Database, tamper: Tampering) -> None:
    database = whole
    with database.writing() as tx:
        before = contents(tx)
        attempt = tx.connection.begin_nested()
        tamper(tx.connection)
        flaws = check_ledger(tx, Chain(KEY), None, None)
        assert bool(flaws) == (contents(tx) != before)
        attempt.rollback()
