"""Rows of users: identities that fuse several faces of a collection."""

from collections.abc import Collection
from datetime import datetime

import numpy as np
from numpy.typing import NDArray
from sqlalchemy import ColumnElement, delete, insert, select, update

from vidimus.storage.database import Transaction
from vidimus.storage.enrolled import (
    Embedding,
    EnrolledUser,
    embedding_to_bytes,
    embeddings_from_bytes,
)
from vidimus.storage.tables import enrolled_user


def insert_user(
    tx: Transaction, collection_key: int, user_id: str, created_at: datetime
) -> EnrolledUser:
    """Add a user without faces; no other of the collection may have its id."""
    row = insert(enrolled_user).values(
        collection_key=collection_key, user_id=user_id, created_at=created_at
    )
    key = tx.connection.execute(row.returning(enrolled_user.c.key)).scalar_one()
    return EnrolledUser(int(key), user_id, 0)


def find_user(tx: Transaction, collection_key: int, user_id: str) -> EnrolledUser | None:
    """Return the collection's user of this id, if there is one."""
    where = enrolled_user.c.collection_key == collection_key
    found = _select(tx, where & (enrolled_user.c.user_id == user_id))
    return found[0] if found else None


def find_users_by_key(tx: Transaction, keys: Collection[int]) -> dict[int, EnrolledUser]:
    """Return those of the users that exist, by key."""
    return {user.key: user for user in _select(tx, enrolled_user.c.key.in_(list(keys)))}


def list_users(
    tx: Transaction, collection_key: int, after_key: int, limit: int
) -> list[EnrolledUser]:
    """Return at most `limit` users whose key is above `after_key`, oldest first."""
    where = enrolled_user.c.collection_key == collection_key
    return _select(tx, where & (enrolled_user.c.key > after_key), limit)


def delete_user(tx: Transaction, user_key: int) -> None:
    """Delete a user whose faces have been disassociated."""
    tx.connection.execute(delete(enrolled_user).where(enrolled_user.c.key == user_key))


def set_vector(tx: Transaction, user_key: int, vector: Embedding | None, face_count: int) -> None:
    """Store a user's vector (d,), None without faces, and how many faces it fuses."""
    tx.connection.execute(
        update(enrolled_user)
        .where(enrolled_user.c.key == user_key)
        .values(
            vector=None if vector is None else embedding_to_bytes(vector), face_count=face_count
        )
    )


def read_vector(tx: Transaction, user_key: int) -> Embedding | None:
    """Return a user's vector (d,); None while it has no face."""
    stored = tx.connection.execute(
        select(enrolled_user.c.vector).where(enrolled_user.c.key == user_key)
    ).scalar_one_or_none()
    return None if stored is None else embeddings_from_bytes([stored])[0]


def read_vectors(
    tx: Transaction, collection_key: int
) -> tuple[NDArray[np.int64], NDArray[np.float32]]:
    """Return keys (n,) and vectors (n, d) of all users of a collection that have faces."""
    found = tx.connection.execute(
        select(enrolled_user.c.key, enrolled_user.c.vector)
        .where(
            enrolled_user.c.collection_key == collection_key, enrolled_user.c.vector.is_not(None)
        )
        .order_by(enrolled_user.c.key)
    ).all()
    return (
        np.array([row.key for row in found], dtype=np.int64),
        embeddings_from_bytes([row.vector for row in found]),
    )


def _select(
    tx: Transaction, where: ColumnElement[bool], limit: int | None = None
) -> list[EnrolledUser]:
    found = tx.connection.execute(
        select(enrolled_user.c.key, enrolled_user.c.user_id, enrolled_user.c.face_count)
        .where(where)
        .order_by(enrolled_user.c.key)
        .limit(limit)
    )
    return [EnrolledUser(row.key, row.user_id, row.face_count) for row in found]
