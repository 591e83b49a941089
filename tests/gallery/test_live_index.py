import numpy as np
from numpy.typing import NDArray

from tests.gallery.enrolling import MOMENT, create, embedding, enroll, face_id, found, new_face
from vidimus.gallery.exact import ExactIndex
from vidimus.gallery.gallery import Gallery
from vidimus.storage.database import Database


class OnceFullIndex(ExactIndex):
    """An index that finds no memory for the addition that brings it to three."""

    failed = False

    def add(self, ids: NDArray[np.int64], vectors: NDArray[np.float32]) -> None:
        if len(self) == 2 and not OnceFullIndex.failed:
            OnceFullIndex.failed = True
            raise MemoryError
        super().add(ids, vectors)


def test_an_index_that_fails_is_built_again_from_the_rows(database: Database) -> None:
    OnceFullIndex.failed = False
    gallery = Gallery(database, clock=lambda: MOMENT, open_index=OnceFullIndex)
    create(database, gallery, "c")
    enroll(database, gallery, "c", [new_face(1), new_face(2)])
    assert len(found(gallery, "c", embedding(1))) == 2
    enroll(database, gallery, "c", [new_face(3)])
    assert OnceFullIndex.failed
    assert found(gallery, "c", embedding(3))[0] == face_id(3)
    assert len(found(gallery, "c", embedding(1))) == 3


def test_changes_before_the_first_search_need_no_index(database: Database) -> None:
    opened: list[int] = []

    def open_index(dimensions: int) -> ExactIndex:
        opened.append(dimensions)
        return ExactIndex(dimensions)

    gallery = Gallery(database, clock=lambda: MOMENT, open_index=open_index)
    create(database, gallery, "c", "ann")
    enroll(database, gallery, "c", [new_face(1)])
    with database.writing() as tx:
        gallery.associate(tx, "c", "ann", [face_id(1)], 0)
    assert opened == []
    assert found(gallery, "c", embedding(1)) == [face_id(1)]
    assert opened == [16, 16]


def test_several_changes_of_one_transaction_follow_in_order(
    database: Database, gallery: Gallery
) -> None:
    create(database, gallery, "c", "ann")
    assert found(gallery, "c", embedding(1)) == []
    with database.writing() as tx:
        gallery.enroll(tx, "c", [new_face(1), new_face(2)])
        gallery.associate(tx, "c", "ann", [face_id(1)], 0)
        gallery.delete_faces(tx, "c", [face_id(2)])
        gallery.disassociate(tx, "c", "ann", [face_id(1)])
        gallery.delete_faces(tx, "c", [face_id(1)])
        gallery.enroll(tx, "c", [new_face(3)])
    assert found(gallery, "c", embedding(1)) == [face_id(3)]
    assert gallery.search_users("c", embedding(1), limit=5, min_score=-2) == []
