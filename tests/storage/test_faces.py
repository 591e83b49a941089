import numpy as np
import pytest

from tests.gallery.enrolling import MOMENT, embedding, face_id, new_face
from vidimus.storage import collections as collection_rows
from vidimus.storage import faces as face_rows
from vidimus.storage.database import Database
from vidimus.storage.enrolled import embedding_to_bytes, embeddings_from_bytes


@pytest.fixture
def collection_key(database: Database) -> int:
    with database.writing() as tx:
        return collection_rows.insert_collection(tx, "c", "1.0", MOMENT).key


def insert(database: Database, collection_key: int, numbers: range) -> dict[str, int]:
    with database.writing() as tx:
        faces = [new_face(number) for number in numbers]
        return face_rows.insert_faces(tx, collection_key, "1.0", faces, MOMENT)


def test_embeddings_survive_the_way_through_bytes() -> None:
    rows = np.stack([embedding(1), embedding(2)])
    stored = [embedding_to_bytes(row) for row in rows]
    assert stored[0][:4] == rows[0, :1].astype("<f4").tobytes()
    back = embeddings_from_bytes(stored)
    np.testing.assert_array_equal(back, rows)
    assert back.dtype == np.float32
    assert embeddings_from_bytes([]).shape == (0, 0)


def test_keys_rise_in_the_order_given(database: Database, collection_key: int) -> None:
    keys = insert(database, collection_key, range(50, 0, -1))
    assert list(keys) == [face_id(number) for number in range(50, 0, -1)]
    assert list(keys.values()) == sorted(keys.values())


def test_keys_are_never_given_out_twice(database: Database, collection_key: int) -> None:
    first = insert(database, collection_key, range(3))
    with database.writing() as tx:
        face_rows.delete_faces(tx, first.values())
    second = insert(database, collection_key, range(3))
    assert min(second.values()) > max(first.values())


def test_embeddings_are_streamed_in_parts(
    database: Database, collection_key: int, monkeypatch: pytest.MonkeyPatch
) -> None:
    keys = list(insert(database, collection_key, range(10)).values())
    monkeypatch.setattr(face_rows, "STREAMED_ROWS", 3)
    with database.reading() as tx:
        parts = list(face_rows.stream_embeddings(tx, collection_key))
        later = list(face_rows.stream_embeddings(tx, collection_key, keys[7]))
        none = list(face_rows.stream_embeddings(tx, collection_key, keys[-1]))
    assert [len(part) for part, _ in parts] == [3, 3, 3, 1]
    assert np.concatenate([part for part, _ in parts]).tolist() == keys
    np.testing.assert_array_equal(
        np.concatenate([rows for _, rows in parts]), [embedding(n) for n in range(10)]
    )
    assert [part.tolist() for part, _ in later] == [keys[8:]]
    assert none == []


def test_counts_keys_and_sizes(database: Database, collection_key: int) -> None:
    with database.reading() as tx:
        assert face_rows.any_embedding_size(tx, collection_key) is None
        assert face_rows.read_keys(tx, collection_key).tolist() == []
    keys = list(insert(database, collection_key, range(5)).values())
    with database.reading() as tx:
        assert face_rows.any_embedding_size(tx, collection_key) == 16
        assert face_rows.count_faces(tx, collection_key, keys[2]) == 3
        assert face_rows.read_keys(tx, collection_key).tolist() == keys
        assert face_rows.count_faces(tx, collection_key + 1, keys[2]) == 0


def test_four_thousand_faces_may_be_named_at_once(database: Database, collection_key: int) -> None:
    insert(database, collection_key, range(10))
    named = [face_id(number) for number in range(4096)]
    with database.reading() as tx:
        assert len(face_rows.find_faces(tx, collection_key, named)) == 10
        assert len(face_rows.find_faces_by_key(tx, range(1, 4097))) == 10
