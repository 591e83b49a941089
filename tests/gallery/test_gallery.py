import numpy as np
import pytest

from tests.gallery.enrolling import (
    MOMENT,
    create,
    embedding,
    enroll,
    face_id,
    found,
    new_face,
    open_gallery,
)
from vidimus.errors import (
    ResourceAlreadyExists,
    ResourceNotFound,
    ServiceQuotaExceeded,
    VidimusError,
)
from vidimus.gallery.gallery import Gallery
from vidimus.storage.database import Database, open_database


def test_a_new_collection_is_empty_and_described(database: Database, gallery: Gallery) -> None:
    with database.writing() as tx:
        created = gallery.create_collection(tx, "People", "2.0", {"team": "red"})
    assert gallery.describe_collection("People") == created
    assert (created.face_count, created.user_count) == (0, 0)
    assert created.embedder_version == "2.0"
    assert created.created_at == MOMENT
    assert gallery.tags_of_collection("People") == {"team": "red"}
    assert found(gallery, "People", embedding(1)) == []


def test_names_are_case_sensitive_and_taken_once(database: Database, gallery: Gallery) -> None:
    create(database, gallery, "People")
    create(database, gallery, "people")
    with pytest.raises(ResourceAlreadyExists, match="The collection id: People already exists"):
        create(database, gallery, "People")


def test_an_unknown_collection_is_named(database: Database, gallery: Gallery) -> None:
    missing = pytest.raises(ResourceNotFound, match="The collection id: nobody does not exist")
    with missing:
        gallery.describe_collection("nobody")
    with missing:
        gallery.search_faces("nobody", embedding(1), limit=1, min_score=0)
    with missing:
        gallery.search_users("nobody", embedding(1), limit=1, min_score=0)
    with missing:
        gallery.list_faces("nobody", after_key=None, limit=1)
    with missing:
        gallery.list_users("nobody", after_key=None, limit=1)
    with missing:
        gallery.tags_of_collection("nobody")
    with missing:
        gallery.embedding_of_face("nobody", face_id(1))
    with missing:
        gallery.embedding_of_user("nobody", "ann")
    with missing, database.writing() as tx:
        gallery.delete_collection(tx, "nobody")
    with missing, database.writing() as tx:
        gallery.enroll(tx, "nobody", [new_face(1)])
    with missing, database.writing() as tx:
        gallery.delete_faces(tx, "nobody", [face_id(1)])
    with missing, database.writing() as tx:
        gallery.tag_collection(tx, "nobody", {"a": "b"})
    with missing, database.writing() as tx:
        gallery.untag_collection(tx, "nobody", ["a"])


def test_collections_are_listed_in_pages_oldest_first(database: Database, gallery: Gallery) -> None:
    for name in "zyxwv":
        create(database, gallery, name)
    first = gallery.list_collections(after_key=None, limit=2)
    second = gallery.list_collections(after_key=first.next_key, limit=2)
    third = gallery.list_collections(after_key=second.next_key, limit=2)
    listed = [one.collection_id for page in (first, second, third) for one in page.items]
    assert listed == list("zyxwv")
    assert third.next_key is None


def test_a_deleted_collection_takes_everything_with_it(
    database: Database, gallery: Gallery
) -> None:
    create(database, gallery, "c", "ann")
    enroll(database, gallery, "c", [new_face(1), new_face(2)])
    with database.writing() as tx:
        gallery.associate(tx, "c", "ann", [face_id(1)], 0)
        gallery.tag_collection(tx, "c", {"team": "red"})
    assert found(gallery, "c", embedding(1))
    with database.writing() as tx:
        gone = gallery.delete_collection(tx, "c")
    assert (gone.face_count, gone.user_count) == (2, 1)
    create(database, gallery, "c")
    assert found(gallery, "c", embedding(1)) == []
    assert gallery.tags_of_collection("c") == {}
    assert gallery.list_users("c", after_key=None, limit=10).items == ()


def test_tags_may_be_two_hundred(database: Database, gallery: Gallery) -> None:
    create(database, gallery, "c")
    with database.writing() as tx:
        gallery.tag_collection(tx, "c", {f"tag-{n}": "" for n in range(200)})
        gallery.tag_collection(tx, "c", {"tag-7": "new"})
    with pytest.raises(ServiceQuotaExceeded, match="200"), database.writing() as tx:
        gallery.tag_collection(tx, "c", {"one more": ""})
    with database.writing() as tx:
        gallery.untag_collection(tx, "c", ["tag-1", "never there"])
    tags = gallery.tags_of_collection("c")
    assert len(tags) == 199
    assert tags["tag-7"] == "new"


def test_enrolled_faces_come_back_in_order_and_are_found(
    database: Database, gallery: Gallery
) -> None:
    create(database, gallery, "c")
    enrolled = enroll(database, gallery, "c", [new_face(3), new_face(1), new_face(2)])
    assert [face.face_id for face in enrolled] == [face_id(3), face_id(1), face_id(2)]
    assert enrolled[1].external_image_id == "photo-1"
    assert enrolled[2].external_image_id is None
    assert enrolled[0].box == new_face(3).box
    assert enrolled[0].confidence == 99.25
    assert enrolled[0].embedder_version == "1.0"
    assert enrolled[0].user_id is None
    assert found(gallery, "c", embedding(2))[0] == face_id(2)
    assert gallery.describe_collection("c").face_count == 3
    np.testing.assert_array_equal(gallery.embedding_of_face("c", face_id(2)), embedding(2))


def test_enrolling_a_known_face_id_adds_nothing(database: Database, gallery: Gallery) -> None:
    create(database, gallery, "c")
    (first,) = enroll(database, gallery, "c", [new_face(1)])
    again = enroll(database, gallery, "c", [new_face(2), new_face(1), new_face(2)])
    assert again[1] == first
    assert again[0] == again[2]
    assert gallery.describe_collection("c").face_count == 2
    assert len(found(gallery, "c", embedding(1))) == 2


def test_the_same_face_may_be_in_two_collections(database: Database, gallery: Gallery) -> None:
    create(database, gallery, "a")
    create(database, gallery, "b")
    enroll(database, gallery, "a", [new_face(1)])
    enroll(database, gallery, "b", [new_face(1), new_face(2)])
    assert found(gallery, "a", embedding(2)) == [face_id(1)]
    assert found(gallery, "b", embedding(2)) == [face_id(2), face_id(1)]


@pytest.mark.parametrize(
    "spoilt",
    [np.ones(8), np.full(16, np.nan), np.full(16, 1e20), np.ones((1, 16))],
    ids=["other size", "not a number", "too large", "two axes"],
)
def test_embeddings_that_do_not_fit_are_refused_whole(
    database: Database, gallery: Gallery, spoilt: np.ndarray[tuple[int, ...], np.dtype[np.float64]]
) -> None:
    create(database, gallery, "c")
    enroll(database, gallery, "c", [new_face(1)])
    bad = new_face(3, spoilt.astype(np.float32))
    with pytest.raises(VidimusError):
        enroll(database, gallery, "c", [new_face(2), bad])
    assert found(gallery, "c", embedding(1)) == [face_id(1)]


def test_a_probe_of_another_size_is_refused(database: Database, gallery: Gallery) -> None:
    create(database, gallery, "c")
    enroll(database, gallery, "c", [new_face(1)])
    with pytest.raises(VidimusError):
        found(gallery, "c", np.ones(8, np.float32))


def test_what_is_rolled_back_is_not_found(database: Database, gallery: Gallery) -> None:
    create(database, gallery, "c")
    enroll(database, gallery, "c", [new_face(1)])
    assert found(gallery, "c", embedding(1)) == [face_id(1)]

    def change_and_fail() -> None:
        with database.writing() as tx:
            gallery.enroll(tx, "c", [new_face(2)])
            gallery.delete_faces(tx, "c", [face_id(1)])
            raise ZeroDivisionError

    with pytest.raises(ZeroDivisionError):
        change_and_fail()
    assert found(gallery, "c", embedding(1)) == [face_id(1)]
    assert gallery.describe_collection("c").face_count == 1


def test_a_change_is_found_at_once_after_the_commit(database: Database, gallery: Gallery) -> None:
    create(database, gallery, "c")
    for number in range(1, 30):
        enroll(database, gallery, "c", [new_face(number)])
        assert found(gallery, "c", embedding(number))[0] == face_id(number)
        if number % 3 == 0:
            with database.writing() as tx:
                gallery.delete_faces(tx, "c", [face_id(number)])
            assert face_id(number) not in found(gallery, "c", embedding(number))


def test_searches_keep_limit_score_and_exclusion(database: Database, gallery: Gallery) -> None:
    create(database, gallery, "c")
    faces = [new_face(number, embedding(7, number)) for number in range(10)]
    enroll(database, gallery, "c", faces)
    everything = gallery.search_faces("c", embedding(7), limit=4096, min_score=-2)
    scores = [candidate.score for candidate in everything]
    assert scores == sorted(scores, reverse=True)
    assert everything[0].face.face_id == face_id(0)
    three = gallery.search_faces("c", embedding(7), limit=3, min_score=-2)
    assert three == everything[:3]
    others = gallery.search_faces(
        "c", embedding(7), limit=3, min_score=-2, exclude_face_id=face_id(0)
    )
    assert others == everything[1:4]
    edge = everything[4].score
    assert gallery.search_faces("c", embedding(7), limit=10, min_score=edge) == everything[:5]


def test_faces_are_listed_in_pages_with_filters(database: Database, gallery: Gallery) -> None:
    create(database, gallery, "c", "ann")
    enroll(database, gallery, "c", [new_face(number) for number in (5, 4, 3, 2, 1)])
    first = gallery.list_faces("c", after_key=None, limit=3)
    second = gallery.list_faces("c", after_key=first.next_key, limit=3)
    listed = [face.face_id for face in (*first.items, *second.items)]
    assert listed == [face_id(number) for number in (5, 4, 3, 2, 1)]
    assert second.next_key is None
    with database.writing() as tx:
        gallery.associate(tx, "c", "ann", [face_id(2), face_id(5)], 0)

    def ids(user_id: str | None, face_ids: list[str] | None) -> list[str]:
        page = gallery.list_faces("c", user_id=user_id, face_ids=face_ids, after_key=None, limit=9)
        return [face.face_id for face in page.items]

    assert ids("ann", None) == [face_id(5), face_id(2)]
    assert ids(None, [face_id(1), face_id(3), face_id(99)]) == [face_id(3), face_id(1)]
    assert ids("ann", [face_id(1), face_id(2)]) == [face_id(2)]
    with pytest.raises(ResourceNotFound, match="The user id: bob does not exist"):
        ids("bob", None)


def test_deleting_passes_over_missing_and_associated_faces(
    database: Database, gallery: Gallery
) -> None:
    create(database, gallery, "c", "ann")
    enroll(database, gallery, "c", [new_face(number) for number in (1, 2, 3)])
    with database.writing() as tx:
        gallery.associate(tx, "c", "ann", [face_id(2)], 0)
        outcome = gallery.delete_faces(
            tx, "c", [face_id(2), face_id(9), face_id(1), face_id(1), face_id(9)]
        )
    assert outcome.deleted == (face_id(1),)
    told = [(each.face_id, each.reason, each.user_id) for each in outcome.failures]
    assert told == [
        (face_id(2), "ASSOCIATED_TO_AN_EXISTING_USER", "ann"),
        (face_id(9), "FACE_NOT_FOUND", None),
    ]
    assert found(gallery, "c", embedding(1)).count(face_id(1)) == 0
    assert gallery.describe_collection("c").face_count == 2
    with pytest.raises(ResourceNotFound, match=f"The face id: {face_id(1)} does not exist"):
        gallery.embedding_of_face("c", face_id(1))


def test_changes_of_another_process_are_caught_up_with(
    url: str, database: Database, gallery: Gallery
) -> None:
    other_database = open_database(url)
    other = open_gallery(other_database)
    create(database, gallery, "c", "ann", "bob")
    enroll(database, gallery, "c", [new_face(number) for number in range(8)])
    with database.writing() as tx:
        gallery.associate(tx, "c", "bob", [face_id(0)], 0)
    assert len(found(gallery, "c", embedding(1))) == 8
    with other_database.writing() as tx:
        other.delete_faces(tx, "c", [face_id(3), face_id(7)])
        other.enroll(tx, "c", [new_face(20)])
        other.associate(tx, "c", "ann", [face_id(20)], 0)
        other.delete_user(tx, "c", "bob")
    enroll(database, gallery, "c", [new_face(21)])
    for one in (gallery, other):
        assert found(one, "c", embedding(20))[0] == face_id(20)
        assert sorted(found(one, "c", embedding(1))) == sorted(
            face_id(number) for number in (0, 1, 2, 4, 5, 6, 20, 21)
        )
        users = one.search_users("c", embedding(20), limit=5, min_score=-2)
        assert [candidate.user.user_id for candidate in users] == ["ann"]
    with other_database.writing() as tx:
        other.delete_collection(tx, "c")
    with pytest.raises(ResourceNotFound):
        found(gallery, "c", embedding(1))
    other_database.close()


def test_a_reopened_gallery_finds_what_was_enrolled(url: str) -> None:
    first = open_database(url)
    create(first, open_gallery(first), "c", "ann")
    enroll(first, open_gallery(first), "c", [new_face(number) for number in range(20)])
    with first.writing() as tx:
        open_gallery(first).associate(tx, "c", "ann", [face_id(4)], 0)
    first.close()
    second = open_database(url)
    gallery = open_gallery(second)
    seen: list[tuple[int, int]] = []
    gallery.warm_up(lambda done, whole: seen.append((done, whole)))
    assert seen == [(1, 1)]
    assert found(gallery, "c", embedding(4))[0] == face_id(4)
    assert gallery.search_users("c", embedding(4), limit=1, min_score=0.9)[0].score > 0.99
    second.close()


def test_a_full_collection_takes_no_more(database: Database) -> None:
    gallery = Gallery(database, clock=lambda: MOMENT, max_faces=2)
    create(database, gallery, "small")
    enroll(database, gallery, "small", [new_face(1), new_face(2)])
    with pytest.raises(ServiceQuotaExceeded, match="small has 2 faces; it may have 2"):
        enroll(database, gallery, "small", [new_face(3)])
    enroll(database, gallery, "small", [new_face(2)])  # it has that one already
    assert gallery.describe_collection("small").face_count == 2
