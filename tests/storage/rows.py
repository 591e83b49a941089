"""Rows to write and read back, whatever they say."""

from datetime import UTC, datetime

from sqlalchemy import insert, select

from vidimus.storage.database import Database, Transaction
from vidimus.storage.tables import collection, face

MOMENT = datetime(2026, 2, 3, 4, 5, 6, 789012, tzinfo=UTC)


def add_collection(tx: Transaction, collection_id: str) -> int:
    row = insert(collection).values(
        collection_id=collection_id, embedder_version="1.0", created_at=MOMENT
    )
    return int(tx.connection.execute(row.returning(collection.c.key)).scalar_one())


def add_face(tx: Transaction, collection_key: int) -> None:
    row = {
        "collection_key": collection_key,
        "face_id": "f",
        "image_id": "i",
        "left": 0.1,
        "top": 0.2,
        "width": 0.3,
        "height": 0.4,
        "confidence": 99.5,
        "embedding": b"\0" * 512,
        "embedder_version": "1.0",
        "created_at": MOMENT,
    }
    tx.connection.execute(insert(face).values(**row))


def collection_ids(database: Database) -> list[str]:
    with database.reading() as tx:
        found = tx.connection.execute(select(collection.c.collection_id).order_by(collection.c.key))
        return list(found.scalars())
