"""Naming faces: real photographs in, names out, and every look recorded."""

from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path
from typing import cast

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from PIL import Image

from vidimus.engine.engine import Engine, read_picture
from vidimus.engine.known_people import (
    MOST_FACES,
    KnownPeople,
    Likeness,
    Recognition,
    each_person_once,
)
from vidimus.engine.people_file import PersonEntry
from vidimus.engine.people_library import LIBRARY
from vidimus.engine.portraits import Portrait
from vidimus.errors import ModelUnavailable
from vidimus.evaluation.photographs import Photograph
from vidimus.imaging.decode import Picture
from vidimus.storage.known_people import KnownPerson

ADA = KnownPerson("ada1", "Ada", ("x.org",), "Female")
BOB = KnownPerson("bob2", "Bob", (), None)


@pytest.fixture
def library(engine: Engine, people: Path) -> Iterator[Engine]:
    """The engine, knowing Ada by two photographs and Bob by one."""
    engine.people_library.clear()
    files = {ADA: ("face_3.jpg", "face_3_0.jpg"), BOB: ("face_7.jpg",)}
    entries = [
        PersonEntry(
            person, tuple(Photograph(person.person_id, people / name, name) for name in names)
        )
        for person, names in files.items()
    ]
    reports = engine.people_import.import_people(entries)
    assert [str(report.outcome) for report in reports] == ["added", "added"]
    yield engine
    engine.people_library.clear()


def recognize(engine: Engine, picture: Picture) -> Recognition:
    return engine.known_people.recognize(picture, engine.look_at(picture).faces)


def side_by_side(*files: Path) -> Picture:
    opened = [np.asarray(Image.open(file).convert("RGB").resize((400, 400))) for file in files]
    return Picture(np.ascontiguousarray(np.concatenate(opened, axis=1)), "f" * 64, "JPEG")


def test_the_known_are_named_and_strangers_are_not(library: Engine, people: Path) -> None:
    files = [people / f"{name}.jpg" for name in ("face_7_1", "face_9", "face_3_1")]
    found = recognize(library, side_by_side(*files))
    named = sorted((each.detail.box.left, each.person.name) for each in found.named)
    assert [name for _, name in named] == ["Bob", "Ada"]
    (stranger,) = found.unnamed
    assert 1 / 3 < stranger.box.left < 2 / 3
    assert all(80 <= each.similarity <= 100 for each in found.named)
    assert found.named[0].person in (replace(ADA, face_count=2), replace(BOB, face_count=1))


def test_every_look_is_recorded(library: Engine, people: Path) -> None:
    picture = read_picture(people / "face_3_1.jpg")
    found = recognize(library, picture)
    entry = library.ledger.tail(1)[0].entry
    assert (entry.operation, entry.collection_id) == ("RecognizeCelebrities", LIBRARY)
    assert entry.candidates == (("ada1", found.named[0].similarity),)
    assert (entry.candidate_count, entry.threshold) == (1, 80)
    assert entry.details == {"picture_sha256": picture.sha256, "faces": 1, "compared": 1}


def test_nobody_is_named_twice(library: Engine, people: Path) -> None:
    """Ada's own photograph and another of hers: the likelier one gets the name."""
    found = recognize(library, side_by_side(people / "face_3_1.jpg", people / "face_3.jpg"))
    (named,) = found.named
    assert (named.person.name, len(found.unnamed)) == ("Ada", 1)
    assert named.detail.box.left > 0.5
    assert len(library.ledger.tail(1)[0].entry.candidates) == 2
    assert library.ledger.tail(1)[0].entry.candidate_count == 1


def test_a_face_too_poor_to_compare_gets_no_name(library: Engine, people: Path) -> None:
    sharp = read_picture(people / "face_3.jpg")
    small = Image.fromarray(sharp.pixels).resize((sharp.width // 24, sharp.height // 24))
    blurred = np.asarray(small.resize((sharp.width, sharp.height), Image.Resampling.BICUBIC))
    found = recognize(library, replace(sharp, pixels=np.ascontiguousarray(blurred)))
    assert found.named == ()
    assert len(found.unnamed) == 1
    assert library.ledger.tail(1)[0].entry.details["compared"] == 0


def test_faces_are_described_named_or_not(library: Engine, people: Path) -> None:
    found = recognize(library, side_by_side(people / "face_3.jpg", people / "face_9.jpg"))
    for detail in (found.named[0].detail, found.unnamed[0]):
        assert len(detail.landmarks) == 5
        assert detail.smile is not None
        assert detail.age_range is None


def test_without_a_library_nobody_is_named(library: Engine, people: Path) -> None:
    library.people_library.clear()
    found = recognize(library, read_picture(people / "face_3.jpg"))
    assert (found.named, len(found.unnamed)) == ((), 1)
    assert found.model_version == library.model_version
    assert library.ledger.tail(1)[0].entry.operation == "RecognizeCelebrities"


def test_who_was_removed_is_named_no_more(library: Engine, people: Path) -> None:
    library.people_library.remove_person("ada1")
    library.people_library.readmit_person("ada1")
    assert recognize(library, read_picture(people / "face_3.jpg")).named == ()


def test_only_the_64_largest_faces_count(library: Engine, people: Path) -> None:
    picture = read_picture(people / "face_3.jpg")
    (face,) = library.look_at(picture).faces
    faces = [replace(face) for _ in range(MOST_FACES + 6)]
    found = library.known_people.recognize(picture, faces)
    assert (len(found.named), len(found.unnamed)) == (1, MOST_FACES - 1)


def test_a_library_of_a_face_model_that_is_gone_says_what_to_do(
    engine: Engine, people: Path
) -> None:
    engine.people_library.clear()
    with engine.database.writing() as tx:
        engine.gallery.create_collection(tx, LIBRARY, "0.9")
    engine.scales._scales["0.9"] = engine.scales.scale(engine.model_version)
    with pytest.raises(ModelUnavailable, match="--anew"):
        recognize(engine, read_picture(people / "face_3.jpg"))
    engine.people_library.clear()


def test_the_threshold_is_the_operators(library: Engine, people: Path) -> None:
    picture = read_picture(people / "face_7_1.jpg")
    strict = KnownPeople(library.faces, library.scales, library.people_library, "", threshold=100.0)
    (named,) = recognize(library, picture).named
    assert named.similarity < 100
    assert strict.recognize(picture, library.look_at(picture).faces).named == ()


@given(st.lists(st.tuples(st.integers(0, 5), st.floats(50, 100)), max_size=12))
def test_each_person_keeps_the_face_most_like_it(pairs: list[tuple[int, float]]) -> None:
    found = [Likeness(cast(Portrait, None), str(who), value) for who, value in pairs]
    found.sort(key=lambda each: -each.similarity)
    chosen = each_person_once(found)
    assert len({each.person_id for each in chosen}) == len(chosen)
    best: dict[str, float] = {}
    for who, value in pairs:
        best[str(who)] = max(value, best.get(str(who), 0))
    assert {each.person_id: each.similarity for each in chosen} == best
