"""The library of known people: what is in it, what leaves it, and what stays hidden."""

from collections.abc import Iterator
from pathlib import Path

import pytest
from sqlalchemy import func, select

from tests.gallery.enrolling import embedding, face_id, new_face
from vidimus.engine.engine import Records, open_records
from vidimus.engine.people_library import LIBRARY, PersonChange
from vidimus.engine.record import Act
from vidimus.errors import ResourceNotFound
from vidimus.settings import Settings
from vidimus.storage.known_people import KnownPerson
from vidimus.storage.tables import face, known_person

ADA = KnownPerson("ada1", "Ada", ("x.org",), "Female")
BOB = KnownPerson("bob2", "Bob", (), None)


@pytest.fixture
def records(tmp_path: Path) -> Iterator[Records]:
    with open_records(Settings(home=tmp_path)) as opened:
        yield opened


def put(records: Records, person: KnownPerson, *new: int, gone: tuple[str, ...] = ()) -> None:
    change = PersonChange(person, tuple(new_face(number) for number in new), gone)
    records.people_library.put_person(change, Act("ImportKnownPerson", "1.0", LIBRARY), None)


def operations(records: Records) -> list[str]:
    return [row.entry.operation for row in records.ledger.tail(100)]


def test_an_empty_library(records: Records) -> None:
    library = records.people_library
    assert library.find() is None
    assert library.list_people() == []
    assert library.faces_of("ada1") == ()
    assert library.search(embedding(1), limit=1, min_score=-2) == []
    assert library.clear() is None
    assert operations(records) == []
    with pytest.raises(ResourceNotFound, match="ada1"):
        library.describe_person("ada1")
    assert "vidimus celebrities import" in library.capability().hint


def test_people_are_told_and_found_by_their_faces(records: Records) -> None:
    library = records.people_library
    put(records, BOB, 3)
    put(records, ADA, 1, 2)
    ada, bob = library.list_people()
    assert (ada.name, ada.face_count, bob.face_count) == ("Ada", 2, 1)
    assert library.describe_person("ada1").urls == ("x.org",)
    (best,) = library.search(embedding(2), limit=1, min_score=0.9)
    assert best.face.user_id == "ada1"
    assert library.capability().models == ("2 people by face model 1.0",)
    assert operations(records) == ["ImportKnownPerson"] * 2


def test_a_person_changes(records: Records) -> None:
    put(records, ADA, 1, 2)
    put(records, KnownPerson("ada1", "Ada L.", (), None), 4, gone=(face_id(1),))
    library = records.people_library
    assert library.describe_person("ada1") == KnownPerson("ada1", "Ada L.", (), None, 2)
    assert {each.face_id for each in library.faces_of("ada1")} == {face_id(2), face_id(4)}
    assert library.search(embedding(1), limit=1, min_score=0.9) == []


def test_a_removed_person_leaves_nothing_but_the_id(records: Records) -> None:
    library = records.people_library
    put(records, ADA, 1, 2)
    put(records, BOB, 3)
    library.remove_person("ada1")
    assert [person.name for person in library.list_people()] == ["Bob"]
    assert library.search(embedding(1), limit=1, min_score=0.9) == []
    assert set(library.removals()) == {"ada1"}
    with records.database.reading() as tx:
        left = [
            tx.connection.execute(select(func.count()).select_from(table)).scalar_one()
            for table in (face, known_person)
        ]
    assert left == [1, 1]
    row = records.ledger.tail(1)[0].entry
    assert (row.operation, row.collection_id) == ("RemoveKnownPerson", LIBRARY)
    assert row.details == {"person_id": "ada1", "faces": f"{face_id(1)} {face_id(2)}"}
    assert "Ada" not in str(records.ledger.tail(100))
    with pytest.raises(ResourceNotFound):
        library.remove_person("ada1")
    assert records.ledger.verify() == []


def test_a_removed_person_leaves_no_byte_in_the_file(tmp_path: Path) -> None:
    name = KnownPerson("ada1", "Ada Augusta Lovelace", ("www.example.org/augusta",), None)
    traces = (b"Augusta Lovelace", b"example.org/augusta", new_face(1).embedding.tobytes())
    with open_records(Settings(home=tmp_path)) as opened:
        put(opened, name, 1)
    kept = (tmp_path / "vidimus.db").read_bytes()
    assert all(trace in kept for trace in traces)
    with open_records(Settings(home=tmp_path)) as opened:
        opened.people_library.remove_person("ada1")
    left = b"".join(file.read_bytes() for file in tmp_path.glob("vidimus.db*"))
    assert not any(trace in left for trace in traces)


def test_a_removed_person_may_be_let_back(records: Records) -> None:
    put(records, ADA, 1)
    records.people_library.remove_person("ada1")
    records.people_library.readmit_person("ada1")
    assert records.people_library.removals() == {}
    assert operations(records)[-1] == "ReadmitKnownPerson"
    with pytest.raises(ResourceNotFound):
        records.people_library.readmit_person("ada1")


def test_clearing_keeps_who_was_removed(records: Records) -> None:
    library = records.people_library
    put(records, ADA, 1)
    put(records, BOB, 3)
    library.remove_person("ada1")
    library.clear()
    assert library.find() is None
    assert library.list_people() == []
    assert set(library.removals()) == {"ada1"}
    assert records.ledger.tail(1)[0].entry.details == {"people": 1, "faces": 1}


def test_a_change_that_fails_leaves_nothing(records: Records) -> None:
    """A face of another embedder's size breaks the change after its first half."""
    put(records, ADA, 1)
    odd = new_face(9, embedding(9, dimensions=8))
    change = PersonChange(KnownPerson("eve3", "Eve", (), None), (new_face(8), odd), ())
    with pytest.raises(Exception, match="several sizes"):
        records.people_library.put_person(change, Act("ImportKnownPerson", "1.0", LIBRARY), None)
    assert [person.name for person in records.people_library.list_people()] == ["Ada"]
    assert operations(records) == ["ImportKnownPerson"]


def test_the_library_is_no_collection_of_the_api(records: Records) -> None:
    put(records, ADA, 1)
    page = records.gallery.list_collections(after_key=None, limit=10)
    assert page.items == ()
