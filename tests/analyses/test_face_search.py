"""Searching people of a video in a collection: who is found, as whom, and what may go wrong."""

from collections.abc import Iterator
from pathlib import Path
from typing import Any, cast

import msgspec
import pytest

from tests.analyses.actors import VERSION, Reader, face, scale_of, scene, vector
from tests.gallery.enrolling import enroll, face_id, new_face, open_gallery
from vidimus.analyses.analysis import Conclusion, Finding, Moment
from vidimus.analyses.face_look import SeenFaces
from vidimus.analyses.face_search import FaceSearch, FaceSearchWish, PersonMatches
from vidimus.analyses.seen_person import SeenPerson, subject_of
from vidimus.errors import ResourceNotFound
from vidimus.gallery.gallery import Gallery
from vidimus.storage.database import Database, open_database
from vidimus.vision.faces import FaceAnalyzer

ADA, BOB, STRANGER = 1, 2, 3


@pytest.fixture
def database(tmp_path: Path) -> Iterator[Database]:
    opened = open_database(f"sqlite:///{tmp_path / 'vidimus.db'}")
    yield opened
    opened.close()


@pytest.fixture
def gallery(database: Database) -> Gallery:
    """A gallery whose collection knows Ada by two faces and Bob by one."""
    made = open_gallery(database)
    create(database, made)
    faces = [(11, ADA, 0.0), (12, ADA, 0.1), (21, BOB, 0.0)]
    enroll(
        database, made, "films", [new_face(number, vector(who, off)) for number, who, off in faces]
    )
    return made


def create(database: Database, gallery: Gallery) -> None:
    with database.writing() as tx:
        gallery.create_collection(tx, "films", VERSION)


def search(gallery: Gallery, reader: Reader | None = None, threshold: float = 80.0) -> FaceSearch:
    analyzer = cast(FaceAnalyzer, reader or Reader())
    return FaceSearch(FaceSearchWish("films", threshold), analyzer, gallery, scale_of)


def show(analysis: Any, *scenes: SeenFaces, start_ms: int = 0) -> list[Finding]:
    return [
        finding
        for place, seen in enumerate(scenes)
        for finding in analysis.take(Moment(place, start_ms + 200 * place), seen)
    ]


def found(conclusion: Conclusion) -> dict[str, list[tuple[str, float]]]:
    """Return the ids and similarities that each subject matched."""
    return {
        subject: [
            (match.face.face_id, match.similarity)
            for match in msgspec.json.decode(value, type=PersonMatches).matches
        ]
        for subject, value in conclusion.subjects.items()
    }


def test_each_sight_is_told_and_who_it_is_in_the_end(gallery: Gallery) -> None:
    analysis = search(gallery)
    seen = [scene(face(ADA, 0.2), face(STRANGER, 0.8))] * 3
    findings = show(analysis, *seen)
    assert [(each.timestamp_ms, each.subject) for each in findings] == [
        (now, subject_of(who)) for now in (0, 200, 400) for who in (0, 1)
    ]
    person = msgspec.json.decode(findings[0].value, type=SeenPerson)
    assert person == SeenPerson(None, face(ADA, 0.2).detail)
    conclusion = analysis.finish(600)
    (matches,) = found(conclusion).values()
    assert [face_id for face_id, _ in matches] == [face_id(11), face_id(12)]
    assert matches[0][1] == 100
    assert 80 <= matches[1][1] < 100
    assert list(conclusion.subjects) == [subject_of(0)]
    assert conclusion.persons == 1
    assert conclusion.matched == tuple(matches)


def test_a_track_is_searched_once_by_its_best_crops(
    gallery: Gallery, monkeypatch: pytest.MonkeyPatch
) -> None:
    searched = []
    plain = gallery.search_faces

    def noted(*args: Any, **kwargs: Any) -> Any:
        searched.append(args)
        return plain(*args, **kwargs)

    monkeypatch.setattr(gallery, "search_faces", noted)
    reader = Reader()
    analysis = search(gallery, reader)
    show(analysis, *[scene(face(ADA, 0.5, timestamp_ms=200 * place)) for place in range(50)])
    assert reader.embedded == 0
    analysis.finish(10_000)
    assert reader.embedded == 5
    assert len(searched) == 1


def test_faces_too_poor_to_be_compared_are_told_and_never_searched(gallery: Gallery) -> None:
    reader = Reader()
    analysis = search(gallery, reader, threshold=0)
    findings = show(analysis, *[scene(face(ADA, 0.5, fit=False))] * 3)
    conclusion = analysis.finish(600)
    assert len(findings) == 3
    assert not conclusion.subjects
    assert not conclusion.dropped
    assert reader.embedded == 0


def test_a_poor_face_seen_once_is_dropped(gallery: Gallery) -> None:
    analysis = search(gallery)
    show(analysis, scene(face(ADA, 0.5, fit=False)), scene(), scene())
    assert analysis.finish(600).dropped == {subject_of(0)}


def test_a_person_who_comes_back_keeps_the_index(gallery: Gallery) -> None:
    analysis = search(gallery)
    show(analysis, *[scene(face(ADA, 0.2))] * 3)
    show(analysis, *[scene(face(BOB, 0.8))] * 3, start_ms=20_000)
    show(analysis, *[scene(face(ADA, 0.6))] * 3, start_ms=40_000)
    conclusion = analysis.finish(50_000)
    assert conclusion.renamed == {subject_of(2): subject_of(0)}
    assert {subject: len(matches) for subject, matches in found(conclusion).items()} == {
        subject_of(0): 2,
        subject_of(1): 1,
    }
    assert conclusion.persons == 2


def test_people_are_counted_from_zero_in_order_of_first_sight(gallery: Gallery) -> None:
    """Whoever's track ends first, and whoever was dropped."""
    analysis = search(gallery)
    show(analysis, scene(face(STRANGER, 0.1, fit=False)), scene())
    show(analysis, *[scene(face(ADA, 0.2), face(BOB, 0.5))] * 3, start_ms=10_000)
    show(analysis, *[scene(face(ADA, 0.2))] * 20, scene(), start_ms=10_600)
    conclusion = analysis.finish(30_000)
    assert conclusion.dropped == {subject_of(0)}
    assert conclusion.renamed == {subject_of(1): subject_of(0), subject_of(2): subject_of(1)}
    assert [len(found(conclusion)[subject_of(index)]) for index in (0, 1)] == [2, 1]


def test_another_face_after_a_cut_is_another_person(gallery: Gallery) -> None:
    analysis = search(gallery)
    show(analysis, *[scene(face(ADA, 0.5))] * 3, *[scene(face(BOB, 0.5))] * 3)
    assert sorted(found(analysis.finish(1200))) == [subject_of(0), subject_of(1)]


def test_the_threshold_is_a_similarity(gallery: Gallery) -> None:
    # Ada, turned so far away that the score is 0.7: similarity 70.
    seen = [scene(face(ADA, 0.5, off=0.3))] * 3
    for threshold, faces in ((69.0, 1), (71.0, 0)):
        analysis = search(gallery, threshold=threshold)
        show(analysis, *seen)
        matches = found(analysis.finish(600))
        assert sum(match[0] == face_id(11) for match in matches.get(subject_of(0), [])) == faces


def test_without_a_collection_there_is_no_search(gallery: Gallery) -> None:
    analyzer = cast(FaceAnalyzer, Reader())
    with pytest.raises(ResourceNotFound, match="nowhere"):
        FaceSearch(FaceSearchWish("nowhere"), analyzer, gallery, scale_of)


@pytest.mark.parametrize("anew", [False, True])
def test_a_collection_deleted_in_mid_video_ends_the_search(
    gallery: Gallery, database: Database, anew: bool
) -> None:
    """One that is made anew under the name is another one: nobody asked to search it."""
    deleted = "The collection id: films was deleted while the video was searched"
    finishing, going_on = search(gallery), search(gallery)
    for analysis in (finishing, going_on):
        show(analysis, *[scene(face(ADA, 0.5))] * 3)
    state = going_on.snapshot()
    with database.writing() as tx:
        gallery.delete_collection(tx, "films")
    if anew:
        create(database, gallery)
        resumed = search(gallery)
        resumed.restore(state)
        with pytest.raises(ResourceNotFound, match=deleted):
            resumed.finish(600)
    with pytest.raises(ResourceNotFound, match=deleted):
        finishing.finish(600)
    show(going_on, *[scene(face(ADA, 0.5))] * 3, start_ms=600)
    with pytest.raises(ResourceNotFound, match=deleted):
        show(going_on, scene(), start_ms=10_000)


def test_a_killed_worker_goes_on_where_it_was(gallery: Gallery) -> None:
    def played(cut_at: int | None) -> tuple[list[Finding], Conclusion]:
        analysis = search(gallery)
        findings = []
        for place in range(120):
            faces = [face(ADA, 0.2, timestamp_ms=200 * place)] if place % 40 < 20 else []
            faces += [face(BOB, 0.8, timestamp_ms=200 * place)] if place > 30 else []
            if place == cut_at:
                state = analysis.snapshot()
                analysis = search(gallery)
                analysis.restore(state)
            findings += show(analysis, scene(*faces), start_ms=200 * place)
        return findings, analysis.finish(24_000)

    whole = played(None)
    assert len(whole[0]) == 60 + 89
    for cut_at in (1, 25, 45, 100):
        assert played(cut_at) == whole
