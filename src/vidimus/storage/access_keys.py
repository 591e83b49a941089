"""Rows of the access keys; secrets come and go encrypted."""

from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import Row, bindparam, insert, select, update

from vidimus.storage.database import Transaction
from vidimus.storage.tables import access_key


@dataclass(frozen=True, slots=True)
class StoredKey:
    """One access key; `secret` is ciphertext, `revoked_at` None while it may be used."""

    access_key_id: str
    secret: bytes
    label: str
    created_at: datetime
    revoked_at: datetime | None


# Made once, since every request asks.
_FIND = select(access_key).where(access_key.c.access_key_id == bindparam("wanted"))


def add(tx: Transaction, key: StoredKey) -> None:
    """Add a key; its id must be free."""
    tx.connection.execute(
        insert(access_key).values(
            access_key_id=key.access_key_id,
            secret=key.secret,
            label=key.label,
            created_at=key.created_at,
            revoked_at=key.revoked_at,
        )
    )


def find(tx: Transaction, access_key_id: str) -> StoredKey | None:
    """Return the key of that id, revoked or not; None where there is none."""
    row = tx.connection.execute(_FIND, {"wanted": access_key_id}).one_or_none()
    return None if row is None else _stored(row)


def every(tx: Transaction) -> tuple[StoredKey, ...]:
    """Return all keys, oldest first."""
    found = tx.connection.execute(
        select(access_key).order_by(access_key.c.created_at, access_key.c.access_key_id)
    )
    return tuple(_stored(row) for row in found)


def revoke(tx: Transaction, access_key_id: str, moment: datetime) -> None:
    """Mark a key as revoked; one that was revoked before keeps its first moment."""
    tx.connection.execute(
        update(access_key)
        .where(access_key.c.access_key_id == access_key_id, access_key.c.revoked_at.is_(None))
        .values(revoked_at=moment)
    )


def _stored(row: Row[tuple[str, bytes, str, datetime, datetime]]) -> StoredKey:
    return StoredKey(row.access_key_id, row.secret, row.label, row.created_at, row.revoked_at)
