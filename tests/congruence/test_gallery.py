"""The same story on SQLite and on PostgreSQL ends the same way."""

from collections.abc import Callable
from pathlib import Path

import numpy as np

from tests.congruence.conftest import OpenDatabase
from tests.gallery.enrolling import (
    create,
    embedding,
    enroll,
    face_id,
    found,
    new_face,
    open_gallery,
)
from vidimus.errors import VidimusError
from vidimus.gallery.gallery import Gallery
from vidimus.storage.database import Database, open_database


def tell(database: Database, gallery: Gallery) -> list[object]:
    """Play the story and return everything that was answered."""
    told: list[object] = []

    def attempt(change: Callable[[], object]) -> None:
        try:
            told.append(change())
        except VidimusError as error:
            told.append((error.code, error.message))

    create(database, gallery, "b", "ann", "bob")
    create(database, gallery, "a")
    attempt(lambda: create(database, gallery, "a"))
    attempt(lambda: gallery.describe_collection("A"))
    attempt(lambda: gallery.list_collections(after_key=None, limit=1))
    faces = [new_face(number, embedding(number // 3, number % 3)) for number in range(30)]
    attempt(lambda: enroll(database, gallery, "b", faces))
    attempt(lambda: enroll(database, gallery, "b", [new_face(3), new_face(50), new_face(50)]))
    attempt(lambda: found(gallery, "b", embedding(2)))
    with database.writing() as tx:
        ids = [face_id(number) for number in (0, 1, 2, 80, 2)]
        told.append(gallery.associate(tx, "b", "ann", ids, 0.5))
        told.append(gallery.associate(tx, "b", "bob", [face_id(1), face_id(6)], 0.5))
        told.append(gallery.associate(tx, "b", "ann", [face_id(9)], 0.999))
        told.append(gallery.delete_faces(tx, "b", [face_id(n) for n in (0, 4, 99, 50)]))
        told.append(gallery.disassociate(tx, "b", "ann", [face_id(2), face_id(6)]))
    attempt(lambda: gallery.search_users("b", embedding(0), limit=10, min_score=-2))
    attempt(lambda: gallery.search_faces("b", embedding(3), limit=3, min_score=0.2))
    attempt(lambda: gallery.list_faces("b", user_id="ann", after_key=None, limit=1))
    attempt(lambda: gallery.list_faces("b", after_key=7, limit=4))
    attempt(lambda: gallery.list_users("b", after_key=None, limit=1))
    attempt(lambda: gallery.describe_collection("b"))
    with database.writing() as tx:
        gallery.delete_user(tx, "b", "ann")
        gallery.tag_collection(tx, "b", {"b": "2", "a": "1"})
    attempt(lambda: gallery.tags_of_collection("b"))
    attempt(lambda: gallery.search_users("b", embedding(0), limit=10, min_score=-2))
    vector = gallery.embedding_of_user("b", "bob")
    told.append(None if vector is None else vector.tobytes())
    with database.writing() as tx:
        told.append(gallery.delete_collection(tx, "b"))
    attempt(lambda: found(gallery, "b", embedding(2)))
    return told


def test_both_databases_tell_the_same(
    tmp_path: Path, make_postgresql_database: Callable[[str], str]
) -> None:
    urls = [f"sqlite:///{tmp_path / 'vidimus.db'}", make_postgresql_database("gallery_story")]
    told = []
    for url in urls:
        database = open_database(url)
        told.append(tell(database, open_gallery(database)))
        database.close()
    assert told[0] == told[1]
    assert len(told[0]) > 15


def test_another_process_is_caught_up_with(open_again: OpenDatabase) -> None:
    here, there = open_again(), open_again()
    near, far = open_gallery(here), open_gallery(there)
    create(here, near, "c", "ann")
    enroll(here, near, "c", [new_face(number) for number in range(4)])
    assert len(found(near, "c", embedding(1))) == 4
    with there.writing() as tx:
        far.delete_faces(tx, "c", [face_id(2)])
        far.enroll(tx, "c", [new_face(7)])
        far.associate(tx, "c", "ann", [face_id(7)], 0)
    assert set(found(near, "c", embedding(7))) == {face_id(n) for n in (0, 1, 3, 7)}
    (best,) = near.search_users("c", embedding(7), limit=3, min_score=-2)
    assert best.user.user_id == "ann"
    np.testing.assert_array_equal(near.embedding_of_user("c", "ann"), embedding(7))
