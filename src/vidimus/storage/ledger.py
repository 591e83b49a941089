"""Rows of the ledger; what they mean and how they are chained is accountability/ledger.py's."""

from collections.abc import Iterator
from dataclasses import dataclass

from sqlalchemy import Row, bindparam, func, insert, select, update

from vidimus.storage.database import Transaction
from vidimus.storage.tables import ledger, ledger_head

_ROWS_AT_ONCE = 1000


@dataclass(frozen=True, slots=True)
class StoredRow:
    """One row; hashes are 64 lower-case hexadecimal digits."""

    sequence: int
    payload: str
    previous_hash: str
    hash: str


@dataclass(frozen=True, slots=True)
class StoredHead:
    """Where the ledger ends, and the seal over that statement."""

    sequence: int
    hash: str
    seal: str


# Made once: a statement made anew for each entry costs as much as carrying it out.
_APPEND = insert(ledger)
_LAST = select(func.coalesce(func.max(ledger.c.sequence), 0))
_HEAD = select(ledger_head.c.sequence, ledger_head.c.hash, ledger_head.c.seal)
_END = _HEAD.add_columns(_LAST.scalar_subquery().label("last"))
_FIRST_HEAD = insert(ledger_head)
_NEXT_HEAD = update(ledger_head).values(
    sequence=bindparam("sequence"), hash=bindparam("hash"), seal=bindparam("seal")
)


def append_row(tx: Transaction, row: StoredRow) -> None:
    """Add a row; its sequence must be free."""
    values = {
        "sequence": row.sequence,
        "payload": row.payload,
        "previous_hash": row.previous_hash,
        "hash": row.hash,
    }
    tx.connection.execute(_APPEND, values)


def read_head(tx: Transaction) -> StoredHead | None:
    """Return where the ledger says it ends; None where it does not say."""
    row = tx.connection.execute(_HEAD).one_or_none()
    return None if row is None else StoredHead(row.sequence, _text(row.hash), _text(row.seal))


def write_head(tx: Transaction, head: StoredHead, *, first: bool) -> None:
    """Say where the ledger ends now; `first` when nothing was said before."""
    values = {"sequence": head.sequence, "hash": head.hash, "seal": head.seal}
    if first:
        tx.connection.execute(_FIRST_HEAD, {"key": 1, **values})
    else:
        tx.connection.execute(_NEXT_HEAD, values)


def last_sequence(tx: Transaction) -> int:
    """Return the highest sequence there is; 0 in an empty ledger."""
    return int(tx.connection.execute(_LAST).scalar_one())


def read_end(tx: Transaction) -> tuple[StoredHead | None, int]:
    """Return what `read_head` and `last_sequence` do, mostly by one question."""
    row = tx.connection.execute(_END).one_or_none()
    if row is None:
        return None, last_sequence(tx)
    return StoredHead(row.sequence, _text(row.hash), _text(row.seal)), row.last


def rows_in_order(tx: Transaction) -> Iterator[StoredRow]:
    """Yield every row by rising sequence, a thousand in memory at a time."""
    found = tx.connection.execute(
        select(ledger).order_by(ledger.c.sequence),
        execution_options={"yield_per": _ROWS_AT_ONCE},
    )
    for row in found:
        yield _stored(row)


def last_rows(tx: Transaction, limit: int) -> list[StoredRow]:
    """Return the `limit` newest rows, oldest of them first."""
    found = tx.connection.execute(
        select(ledger).order_by(ledger.c.sequence.desc()).limit(limit)
    ).all()
    return [_stored(row) for row in reversed(found)]


def _stored(row: Row[tuple[int, str, str, str]]) -> StoredRow:
    return StoredRow(row.sequence, _text(row.payload), _text(row.previous_hash), _text(row.hash))


def _text(value: object) -> str:
    # SQLite keeps whatever type somebody writes behind our back; verify has to survive that.
    return value if isinstance(value, str) else f"not text: {value!r}"
