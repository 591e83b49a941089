"""Rows of faces; their float32 embeddings are the truth that every index is derived from."""

from collections.abc import Collection, Iterator, Sequence
from datetime import datetime

import numpy as np
from numpy.typing import NDArray
from sqlalchemy import ColumnElement, delete, func, insert, select, true, update

from vidimus.geometry import BoundingBox
from vidimus.storage.database import Transaction
from vidimus.storage.enrolled import (
    Embedding,
    EnrolledFace,
    NewFace,
    embedding_to_bytes,
    embeddings_from_bytes,
)
from vidimus.storage.tables import enrolled_user, face

STREAMED_ROWS = 32_768
"""How many embeddings `stream_embeddings` reads at a time."""


def insert_faces(
    tx: Transaction,
    collection_key: int,
    embedder_version: str,
    faces: Sequence[NewFace],
    created_at: datetime,
) -> dict[str, int]:
    """Add faces whose ids the collection does not have; returns their keys by face id."""
    if not faces:
        return {}
    rows = [
        {
            "collection_key": collection_key,
            "face_id": new.face_id,
            "image_id": new.image_id,
            "external_image_id": new.external_image_id,
            "left": new.box.left,
            "top": new.box.top,
            "width": new.box.width,
            "height": new.box.height,
            "confidence": new.confidence,
            "embedding": embedding_to_bytes(new.embedding),
            "embedder_version": embedder_version,
            "created_at": created_at,
        }
        for new in faces
    ]
    # One by one in order, so that keys rise in the order the faces were given.
    key = insert(face).returning(face.c.key, sort_by_parameter_order=True)
    keys = tx.connection.execute(key, rows).scalars()
    return {new.face_id: int(key) for new, key in zip(faces, keys, strict=True)}


def find_faces(
    tx: Transaction, collection_key: int, face_ids: Collection[str]
) -> dict[str, EnrolledFace]:
    """Return those of the faces that the collection has, by face id."""
    return {found.face_id: found for found in _select(tx, _named(collection_key, face_ids))}


def find_faces_by_key(tx: Transaction, keys: Collection[int]) -> dict[int, EnrolledFace]:
    """Return those of the faces that exist, by key."""
    return {found.key: found for found in _select(tx, face.c.key.in_(list(keys)))}


def list_faces(
    tx: Transaction,
    collection_key: int,
    *,
    user_key: int | None,
    face_ids: Collection[str] | None,
    after_key: int,
    limit: int,
) -> list[EnrolledFace]:
    """Return at most `limit` faces with a key above `after_key`, oldest first.

    Only those of one user, and only those named, where a filter is given.
    """
    if user_key is None and face_ids is None:
        where = (face.c.collection_key == collection_key) & (face.c.key > after_key)
        return _select(tx, where, limit)
    # A filter names few faces. Left to itself the database may read a million in order of their
    # keys to find these; so they are found by the filter alone, and put in order here.
    named = face.c.user_key == user_key
    if face_ids is not None:
        named = _named(collection_key, face_ids) & (named if user_key is not None else true())
    found = [one for one in _select(tx, named) if one.key > after_key]
    return sorted(found, key=lambda one: one.key)[:limit]


def delete_faces(tx: Transaction, keys: Collection[int]) -> None:
    """Delete faces by key."""
    tx.connection.execute(delete(face).where(face.c.key.in_(list(keys))))


def set_user(tx: Transaction, keys: Collection[int], user_key: int | None) -> None:
    """Associate faces to a user, or to none."""
    tx.connection.execute(update(face).where(face.c.key.in_(list(keys))).values(user_key=user_key))


def forget_user(tx: Transaction, user_key: int) -> None:
    """Disassociate every face of a user."""
    tx.connection.execute(update(face).where(face.c.user_key == user_key).values(user_key=None))


def read_embeddings(tx: Transaction, keys: Collection[int]) -> dict[int, Embedding]:
    """Return the embeddings (d,) of those of the faces that exist, by key."""
    found = tx.connection.execute(
        select(face.c.key, face.c.embedding).where(face.c.key.in_(list(keys)))
    ).all()
    rows = embeddings_from_bytes([row.embedding for row in found])
    return {row.key: rows[place] for place, row in enumerate(found)}


def read_embeddings_of_user(tx: Transaction, user_key: int) -> NDArray[np.float32]:
    """Return the embeddings (n, d) of a user's faces, oldest first."""
    found = tx.connection.execute(
        select(face.c.embedding).where(face.c.user_key == user_key).order_by(face.c.key)
    )
    return embeddings_from_bytes(list(found.scalars()))


def any_embedding_size(tx: Transaction, collection_key: int) -> int | None:
    """Return how many values the collection's embeddings have, None while it has no face."""
    size = tx.connection.execute(
        select(func.length(face.c.embedding))
        .where(face.c.collection_key == collection_key)
        .limit(1)
    ).scalar_one_or_none()
    return None if size is None else int(size) // 4


def stream_embeddings(
    tx: Transaction, collection_key: int, after_key: int = 0
) -> Iterator[tuple[NDArray[np.int64], NDArray[np.float32]]]:
    """Yield keys (n,) and embeddings (n, d) of faces with a key above `after_key`, by key."""
    while True:
        found = tx.connection.execute(
            select(face.c.key, face.c.embedding)
            .where(face.c.collection_key == collection_key, face.c.key > after_key)
            .order_by(face.c.key)
            .limit(STREAMED_ROWS)
        ).all()
        if not found:
            return
        after_key = found[-1].key
        yield (
            np.fromiter((row[0] for row in found), np.int64, len(found)),
            embeddings_from_bytes([row[1] for row in found]),
        )
        if len(found) < STREAMED_ROWS:
            return


def count_faces(tx: Transaction, collection_key: int, up_to_key: int) -> int:
    """Return how many faces with a key of at most `up_to_key` there are."""
    return int(
        tx.connection.execute(
            select(func.count())
            .select_from(face)
            .where(face.c.collection_key == collection_key, face.c.key <= up_to_key)
        ).scalar_one()
    )


def read_keys(tx: Transaction, collection_key: int) -> NDArray[np.int64]:
    """Return the keys of all faces of a collection, ascending."""
    found = tx.connection.execute(
        select(face.c.key).where(face.c.collection_key == collection_key).order_by(face.c.key)
    )
    return np.array(found.scalars().all(), dtype=np.int64)


# In the order of EnrolledFace's fields, with the box's four sides in its place.
_COLUMNS = (
    face.c.key,
    face.c.face_id,
    face.c.image_id,
    face.c.external_image_id,
    face.c.left,
    face.c.top,
    face.c.width,
    face.c.height,
    face.c.confidence,
    face.c.embedder_version,
    enrolled_user.c.user_id,
)


def _named(collection_key: int, face_ids: Collection[str]) -> ColumnElement[bool]:
    return (face.c.collection_key == collection_key) & face.c.face_id.in_(list(face_ids))


def _select(
    tx: Transaction, where: ColumnElement[bool], first: int | None = None
) -> list[EnrolledFace]:
    """Return the faces, the `first` by key if given, else all in no order."""
    query = (
        select(*_COLUMNS)
        .select_from(face.outerjoin(enrolled_user, face.c.user_key == enrolled_user.c.key))
        .where(where)
    )
    if first is not None:
        query = query.order_by(face.c.key).limit(first)
    # By place, not by name: a search may bring 4,096 rows.
    return [
        EnrolledFace(*row[:4], BoundingBox(*row[4:8]), *row[8:])
        for row in tx.connection.execute(query)
    ]
