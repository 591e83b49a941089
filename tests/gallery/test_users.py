import numpy as np
import pytest

from tests.gallery.enrolling import create, embedding, enroll, face_id, new_face
from vidimus.errors import Conflict, ResourceNotFound, ServiceQuotaExceeded
from vidimus.gallery.gallery import AssociationOutcome, FaceFailure, Gallery
from vidimus.storage.database import Database


def associate(
    database: Database, gallery: Gallery, user_id: str, numbers: list[int], min_score: float = -2
) -> AssociationOutcome:
    with database.writing() as tx:
        ids = [face_id(number) for number in numbers]
        return gallery.associate(tx, "c", user_id, ids, min_score)


def test_users_are_created_once_and_listed_oldest_first(
    database: Database, gallery: Gallery
) -> None:
    create(database, gallery, "c", "zoe", "ann", "mia")
    with (
        pytest.raises(Conflict, match="The user id: ann already exists"),
        database.writing() as tx,
    ):
        gallery.create_user(tx, "c", "ann")
    first = gallery.list_users("c", after_key=None, limit=2)
    second = gallery.list_users("c", after_key=first.next_key, limit=2)
    listed = [(user.user_id, user.status) for user in (*first.items, *second.items)]
    assert listed == [("zoe", "CREATED"), ("ann", "CREATED"), ("mia", "CREATED")]
    assert second.next_key is None
    assert gallery.describe_collection("c").user_count == 3


def test_an_unknown_user_is_named(database: Database, gallery: Gallery) -> None:
    create(database, gallery, "c")
    missing = pytest.raises(ResourceNotFound, match="The user id: ann does not exist")
    with missing:
        associate(database, gallery, "ann", [1])
    with missing, database.writing() as tx:
        gallery.disassociate(tx, "c", "ann", [face_id(1)])
    with missing, database.writing() as tx:
        gallery.delete_user(tx, "c", "ann")
    with missing:
        gallery.embedding_of_user("c", "ann")


def test_a_user_is_the_mean_of_its_faces_as_they_come_and_go(
    database: Database, gallery: Gallery
) -> None:
    create(database, gallery, "c", "ann")
    enroll(database, gallery, "c", [new_face(n, embedding(1, n)) for n in range(4)])
    assert gallery.embedding_of_user("c", "ann") is None
    outcome = associate(database, gallery, "ann", [0, 1, 2])
    assert (len(outcome.associated), outcome.failures, outcome.status) == (3, (), "ACTIVE")

    def check(numbers: list[int]) -> None:
        mean = np.mean([embedding(1, n).astype(np.float64) for n in numbers], axis=0)
        vector = gallery.embedding_of_user("c", "ann")
        assert vector is not None
        np.testing.assert_allclose(vector, mean, atol=1e-7)
        (best,) = gallery.search_users("c", embedding(1), limit=5, min_score=-2)
        assert best.user.user_id == "ann"
        assert best.user.face_count == len(numbers)
        scores = [embedding(1, n) @ embedding(1) for n in numbers]
        assert best.score == pytest.approx(float(np.mean(scores)), abs=1e-6)

    check([0, 1, 2])
    associate(database, gallery, "ann", [3])
    check([0, 1, 2, 3])
    with database.writing() as tx:
        left = gallery.disassociate(tx, "c", "ann", [face_id(0), face_id(2)])
    assert left.disassociated == (face_id(0), face_id(2))
    assert left.status == "ACTIVE"
    check([1, 3])
    with database.writing() as tx:
        left = gallery.disassociate(tx, "c", "ann", [face_id(1), face_id(3)])
    assert left.status == "CREATED"
    assert gallery.embedding_of_user("c", "ann") is None
    assert gallery.search_users("c", embedding(1), limit=5, min_score=-2) == []
    assert gallery.describe_collection("c").face_count == 4


def test_each_reason_not_to_associate(database: Database, gallery: Gallery) -> None:
    create(database, gallery, "c", "ann", "bob")
    faces = [new_face(n, embedding(1, n)) for n in range(3)] + [new_face(8), new_face(9)]
    enroll(database, gallery, "c", faces)
    associate(database, gallery, "bob", [9])
    first = associate(database, gallery, "ann", [0, 8], min_score=0.999)
    assert first.associated == (face_id(0), face_id(8)), "no threshold for the first faces"
    with database.writing() as tx:
        gallery.disassociate(tx, "c", "ann", [face_id(8)])
    outcome = associate(database, gallery, "ann", [9, 8, 77, 0, 1, 1, 77], min_score=0.9)
    assert outcome.associated == (face_id(1),)
    assert [(each.face_id, each.reason, each.user_id) for each in outcome.failures] == [
        (face_id(9), "ASSOCIATED_TO_A_DIFFERENT_USER", "bob"),
        (face_id(8), "LOW_MATCH_CONFIDENCE", None),
        (face_id(77), "FACE_NOT_FOUND", None),
    ]
    low = outcome.failures[1].score
    assert low == pytest.approx(float(embedding(8) @ embedding(1)), abs=1e-6)
    assert outcome.failures[0].score is None
    listed = gallery.list_faces("c", user_id="ann", after_key=None, limit=9).items
    assert [face.face_id for face in listed] == [face_id(0), face_id(1)]
    assert {face.user_id for face in listed} == {"ann"}


def test_each_reason_not_to_disassociate(database: Database, gallery: Gallery) -> None:
    create(database, gallery, "c", "ann", "bob")
    enroll(database, gallery, "c", [new_face(n) for n in range(4)])
    associate(database, gallery, "ann", [0])
    associate(database, gallery, "bob", [1])
    with database.writing() as tx:
        ids = [face_id(n) for n in (2, 77, 1, 0, 0)]
        outcome = gallery.disassociate(tx, "c", "ann", ids)
    assert outcome.disassociated == (face_id(0),)
    assert outcome.failures == (
        FaceFailure(face_id(77), "FACE_NOT_FOUND"),
        FaceFailure(face_id(1), "ASSOCIATED_TO_A_DIFFERENT_USER", "bob"),
    )
    assert outcome.status == "CREATED"


def test_a_user_has_at_most_a_hundred_faces(database: Database, gallery: Gallery) -> None:
    create(database, gallery, "c", "ann")
    enroll(database, gallery, "c", [new_face(n, embedding(1, n % 5)) for n in range(102)])
    associate(database, gallery, "ann", list(range(99)))
    before = gallery.embedding_of_user("c", "ann")
    revision = gallery.describe_collection("c").revision
    with pytest.raises(ServiceQuotaExceeded, match="101 faces; a user may have 100"):
        associate(database, gallery, "ann", [99, 100])
    assert gallery.describe_collection("c").revision == revision
    np.testing.assert_array_equal(gallery.embedding_of_user("c", "ann"), before)
    assert associate(database, gallery, "ann", [99, 3, 98]).associated == (face_id(99),)
    with pytest.raises(ServiceQuotaExceeded):
        associate(database, gallery, "ann", [101])


def test_a_deleted_user_leaves_its_faces(database: Database, gallery: Gallery) -> None:
    create(database, gallery, "c", "ann", "bob")
    enroll(database, gallery, "c", [new_face(n) for n in range(2)])
    associate(database, gallery, "ann", [0, 1])
    with database.writing() as tx:
        gallery.delete_user(tx, "c", "ann")
    assert gallery.search_users("c", embedding(0), limit=5, min_score=-2) == []
    collection = gallery.describe_collection("c")
    assert (collection.face_count, collection.user_count) == (2, 1)
    faces = gallery.list_faces("c", after_key=None, limit=9).items
    assert [face.user_id for face in faces] == [None, None]
    assert associate(database, gallery, "bob", [0]).status == "ACTIVE"


def test_users_are_searched_by_limit_score_and_exclusion(
    database: Database, gallery: Gallery
) -> None:
    users = [f"user-{n}" for n in range(6)]
    create(database, gallery, "c", *users, "empty")
    enroll(database, gallery, "c", [new_face(n, embedding(1, n)) for n in range(6)])
    for number, user_id in enumerate(users):
        associate(database, gallery, user_id, [number])
    everyone = gallery.search_users("c", embedding(1), limit=500, min_score=-2)
    assert len(everyone) == 6
    assert everyone[0].user.user_id == "user-0"
    assert everyone[0].user.status == "ACTIVE"
    some = gallery.search_users("c", embedding(1), limit=2, min_score=-2, exclude_user_id="user-0")
    assert some == everyone[1:3]
    edge = everyone[2].score
    assert gallery.search_users("c", embedding(1), limit=9, min_score=edge) == everyone[:3]
