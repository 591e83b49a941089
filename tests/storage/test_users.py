import numpy as np

from tests.gallery.enrolling import MOMENT, embedding, new_face
from vidimus.storage import collections as collection_rows
from vidimus.storage import faces as face_rows
from vidimus.storage import users as user_rows
from vidimus.storage.database import Database


def test_vectors_are_stored_and_taken_away(database: Database) -> None:
    with database.writing() as tx:
        key = collection_rows.insert_collection(tx, "c", "1.0", MOMENT).key
        ann = user_rows.insert_user(tx, key, "ann", MOMENT)
        bob = user_rows.insert_user(tx, key, "bob", MOMENT)
        assert user_rows.read_vector(tx, ann.key) is None
        user_rows.set_vector(tx, ann.key, embedding(1), 3)
        user_rows.set_vector(tx, bob.key, embedding(2), 1)
        user_rows.set_vector(tx, bob.key, None, 0)
    with database.reading() as tx:
        keys, vectors = user_rows.read_vectors(tx, key)
        assert keys.tolist() == [ann.key]
        np.testing.assert_array_equal(vectors, [embedding(1)])
        found = user_rows.find_user(tx, key, "ann")
        assert found is not None
        assert (found.status, found.face_count) == ("ACTIVE", 3)
        assert user_rows.find_users_by_key(tx, [bob.key])[bob.key].status == "CREATED"
        assert user_rows.find_user(tx, key + 1, "ann") is None


def test_faces_of_a_user_are_its_own(database: Database) -> None:
    with database.writing() as tx:
        key = collection_rows.insert_collection(tx, "c", "1.0", MOMENT).key
        ann = user_rows.insert_user(tx, key, "ann", MOMENT)
        faces = face_rows.insert_faces(tx, key, "1.0", [new_face(n) for n in range(4)], MOMENT)
        keys = list(faces.values())
        face_rows.set_user(tx, keys[1:3], ann.key)
        own = face_rows.read_embeddings_of_user(tx, ann.key)
        np.testing.assert_array_equal(own, [embedding(1), embedding(2)])
        assert face_rows.find_faces_by_key(tx, keys)[keys[2]].user_id == "ann"
        face_rows.forget_user(tx, ann.key)
        assert len(face_rows.read_embeddings_of_user(tx, ann.key)) == 0
        user_rows.delete_user(tx, ann.key)
        assert user_rows.list_users(tx, key, 0, 10) == []


def test_changes_are_counted(database: Database) -> None:
    with database.writing() as tx:
        made = collection_rows.insert_collection(tx, "c", "1.0", MOMENT)
        assert collection_rows.note_change(tx, made.key, new_faces=5) == 1
        assert collection_rows.note_change(tx, made.key, new_faces=-2, new_users=1) == 2
        counted = collection_rows.find_collection(tx, "c")
    assert counted is not None
    assert (counted.revision, counted.face_count, counted.user_count) == (2, 3, 1)
