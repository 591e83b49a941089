"""Importing real photographs: whole people or none, told clearly, and as often as one likes."""

import shutil
from collections.abc import Iterator
from pathlib import Path

import numpy as np
import pytest
from PIL import Image

from vidimus.engine.engine import Engine
from vidimus.engine.people_file import read_people_file
from vidimus.engine.people_import import Outcome, PersonReport
from vidimus.engine.people_library import LIBRARY

HEADER = "name,photos,urls,gender,id"


@pytest.fixture
def photos(people: Path, tmp_path: Path) -> Path:
    """A folder with photographs of three people, and some that are no use."""
    folder = tmp_path / "photos"
    folder.mkdir()
    for name in ("face_3", "face_3_0", "face_7", "face_7_1", "face_9"):
        shutil.copy(people / f"{name}.jpg", folder)
    with Image.open(people / "face_3.jpg") as left, Image.open(people / "face_7.jpg") as right:
        both = Image.new("RGB", (left.width + right.width, max(left.height, right.height)))
        both.paste(left, (0, 0))
        both.paste(right, (left.width, 0))
    both.save(folder / "two.jpg")
    Image.fromarray(np.full((200, 200, 3), 127, np.uint8)).save(folder / "grey.png")
    (folder / "broken.jpg").write_bytes(b"\xff\xd8\xff nothing")
    return folder


@pytest.fixture
def library(engine: Engine) -> Iterator[Engine]:
    """The engine, with nobody known before and after."""
    engine.people_library.clear()
    yield engine
    engine.people_library.clear()
    assert engine.people_library.removals() == {}


def imported(
    engine: Engine, photos: Path, *rows: str, largest_face: bool = False
) -> list[PersonReport]:
    file = photos / "people.csv"
    file.write_text("\n".join((HEADER, *rows)), encoding="utf-8")
    people = read_people_file(file, photos)
    assert not people.refusals
    return list(engine.people_import.import_people(people.entries, largest_face=largest_face))


def outcomes(reports: list[PersonReport]) -> list[str]:
    return [str(report.outcome) for report in reports]


def test_importing_again_does_only_what_is_missing(library: Engine, photos: Path) -> None:
    ada, bob = "Ada,face_3.jpg;face_3_0.jpg,x.org,Female,ada1", "Bob,face_7.jpg,,,bob2"
    assert outcomes(imported(library, photos, ada)) == ["added"]
    rows = len(library.ledger.tail(1000))
    first = library.people_library.faces_of("ada1")
    assert outcomes(imported(library, photos, ada, bob)) == ["unchanged", "added"]
    assert library.people_library.faces_of("ada1") == first
    assert len(library.ledger.tail(1000)) == rows + 1
    entry = library.ledger.tail(1)[0].entry
    assert (entry.operation, entry.collection_id) == ("ImportKnownPerson", LIBRARY)
    assert entry.details["person_id"] == "bob2"


def test_an_import_that_is_stopped_goes_on_where_it_was(library: Engine, photos: Path) -> None:
    rows = ["Ada,face_3.jpg,,,ada1", "Bob,face_7.jpg,,,bob2", "Cid,face_9.jpg,,,cid3"]
    (photos / "people.csv").write_text("\n".join((HEADER, *rows)))
    entries = read_people_file(photos / "people.csv", photos).entries
    running = library.people_import.import_people(entries)
    assert next(running).outcome is Outcome.ADDED
    running.close()  # type: ignore[attr-defined]
    assert [person.name for person in library.people_library.list_people()] == ["Ada"]
    assert outcomes(imported(library, photos, *rows)) == ["unchanged", "added", "added"]


def test_a_person_becomes_what_the_file_says(library: Engine, photos: Path) -> None:
    imported(library, photos, "Ada,face_3.jpg;face_9.jpg,x.org,Female,ada1")
    kept = {face.face_id for face in library.people_library.faces_of("ada1")}
    changed = imported(library, photos, "Ada L.,face_3.jpg;face_3_0.jpg,,,ada1")
    assert outcomes(changed) == ["changed"]
    ada = library.people_library.describe_person("ada1")
    assert (ada.name, ada.urls, ada.gender, ada.face_count) == ("Ada L.", (), None, 2)
    assert len(kept & {face.face_id for face in library.people_library.faces_of("ada1")}) == 1
    assert outcomes(imported(library, photos, "Ada,face_3.jpg;face_3_0.jpg,,,ada1")) == ["changed"]


@pytest.mark.parametrize(
    ("file", "told"),
    [
        ("absent.jpg", "absent.jpg: No such file or directory"),
        ("two.jpg", "two.jpg: it shows 2 faces, and which one is meant is not known: crop it"),
        ("grey.png", "grey.png: no face was found in it"),
        ("broken.jpg", "broken.jpg: "),
        ("people.csv", "people.csv: "),
        (".", ".: Is a directory"),
    ],
)
def test_one_bad_photo_leaves_the_person_as_it_was(
    library: Engine, photos: Path, file: str, told: str
) -> None:
    bad, good = f"Ada,face_3.jpg;{file},,,ada1", "Bob,face_7.jpg,,,bob2"
    refused, added = imported(library, photos, bad, good)
    assert refused.outcome is Outcome.REFUSED
    assert [reason[: len(told)] for reason in refused.reasons] == [told]
    assert added.outcome is Outcome.ADDED
    assert [person.name for person in library.people_library.list_people()] == ["Bob"]
    imported(library, photos, "Ada,face_3.jpg,,,ada1")
    assert imported(library, photos, bad)[0].outcome is Outcome.REFUSED
    assert library.people_library.describe_person("ada1").face_count == 1


def test_the_largest_face_is_taken_when_asked_for(library: Engine, photos: Path) -> None:
    (report,) = imported(library, photos, "Ada,two.jpg,,,ada1", largest_face=True)
    assert report.outcome is Outcome.ADDED


def test_what_to_look_at(library: Engine, photos: Path) -> None:
    """The same person under two ids, and two people under one."""
    rows = ["Ada,face_3.jpg,,,ada1", "Eve,face_3_0.jpg,,,eve2", "Mix,face_7.jpg;face_9.jpg,,,mix3"]
    ada, eve, mix = imported(library, photos, *rows)
    assert ada.look_at == ()
    assert len(eve.look_at) == 1
    assert "face_3_0.jpg is like Ada (ada1)" in eve.look_at[0]
    assert ["is like no other photo" in line for line in mix.look_at] == [True, True]
    assert library.ledger.tail(2)[0].entry.candidates[0][0] == "ada1"


def test_who_was_removed_does_not_come_back(library: Engine, photos: Path) -> None:
    ada = "Ada,face_3.jpg,,,ada1"
    imported(library, photos, ada)
    library.people_library.remove_person("ada1")
    (report,) = imported(library, photos, ada)
    assert report.outcome is Outcome.REMOVED
    assert library.people_library.list_people() == []
    library.people_library.readmit_person("ada1")
    assert outcomes(imported(library, photos, ada)) == ["added"]


def test_the_library_stays_with_its_face_model(library: Engine, photos: Path) -> None:
    assert library.people_import.model_version == library.model_version
    versions = [card.version for card in library.models.cards_for("face_embedder") if card.version]
    other = next((version for version in versions if version != library.model_version), None)
    if other is None:
        pytest.skip("only one face embedder is installed")
    with library.database.writing() as tx:
        library.gallery.create_collection(tx, LIBRARY, other)
    imported(library, photos, "Ada,face_3.jpg,,,ada1")
    (face,) = library.people_library.faces_of("ada1")
    assert face.embedder_version == library.people_import.model_version == other
