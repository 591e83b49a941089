"""Rows of collections."""

from datetime import datetime

from sqlalchemy import Row, delete, insert, select, update

from vidimus.storage.database import Transaction
from vidimus.storage.enrolled import Collection
from vidimus.storage.tables import collection, enrolled_user, face

RESERVED = "vidimus:"
"""Ids that begin so are of collections vidimus keeps for itself; the API can name none of them."""


def insert_collection(
    tx: Transaction, collection_id: str, embedder_version: str, created_at: datetime
) -> Collection:
    """Add an empty collection; no other may have its id."""
    values = {
        "collection_id": collection_id,
        "embedder_version": embedder_version,
        "created_at": created_at,
    }
    row = insert(collection).values(**values).returning(collection)
    return _collection(tx.connection.execute(row).one())


def find_collection(tx: Transaction, collection_id: str) -> Collection | None:
    """Return the collection of this id, if there is one."""
    found = tx.connection.execute(
        select(collection).where(collection.c.collection_id == collection_id)
    ).one_or_none()
    return None if found is None else _collection(found)


def list_collections(
    tx: Transaction, after_key: int, limit: int, *, reserved: bool = False
) -> list[Collection]:
    """Return at most `limit` collections whose key is above `after_key`, oldest first.

    Those that vidimus keeps for itself only with `reserved`.
    """
    query = select(collection).where(collection.c.key > after_key)
    if not reserved:
        query = query.where(collection.c.collection_id.not_like(f"{RESERVED}%"))
    found = tx.connection.execute(query.order_by(collection.c.key).limit(limit))
    return [_collection(row) for row in found]


def delete_collection(tx: Transaction, collection_key: int) -> None:
    """Delete a collection, its faces and its users."""
    # Faces first: deleting users before them would rewrite each face once more for nothing.
    tx.connection.execute(delete(face).where(face.c.collection_key == collection_key))
    tx.connection.execute(
        delete(enrolled_user).where(enrolled_user.c.collection_key == collection_key)
    )
    tx.connection.execute(delete(collection).where(collection.c.key == collection_key))


def note_change(
    tx: Transaction, collection_key: int, *, new_faces: int = 0, new_users: int = 0
) -> int:
    """Count a change of what is in a collection; returns its new revision."""
    changed = (
        update(collection)
        .where(collection.c.key == collection_key)
        .values(
            revision=collection.c.revision + 1,
            face_count=collection.c.face_count + new_faces,
            user_count=collection.c.user_count + new_users,
        )
        .returning(collection.c.revision)
    )
    return int(tx.connection.execute(changed).scalar_one())


def _collection(row: Row[tuple[object, ...]]) -> Collection:
    return Collection(
        key=row.key,
        collection_id=row.collection_id,
        embedder_version=row.embedder_version,
        created_at=row.created_at,
        face_count=row.face_count,
        user_count=row.user_count,
        revision=row.revision,
    )
