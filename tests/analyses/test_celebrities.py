"""Naming known people: once in a moment, and not at all in doubt."""

from collections.abc import Collection as Container
from typing import Any, cast

import msgspec
import numpy as np
from hypothesis import given
from hypothesis import strategies as st

from tests.analyses.actors import VERSION, Reader, face, scale_of, scene, vector
from tests.analyses.test_face_search import show
from tests.gallery.enrolling import MOMENT
from vidimus.analyses.celebrities import (
    Celebrities,
    CelebrityWish,
    NamedTrack,
    RecognizedPerson,
    SeenKnownPerson,
    named_once,
)
from vidimus.gallery.gallery import Candidate, Collection, EnrolledFace
from vidimus.geometry import BoundingBox
from vidimus.storage.known_people import KnownPerson
from vidimus.vision.faces import FaceAnalyzer

ADA, BOB, STRANGER = 1, 2, 3
NAMES = {"ada1": ADA, "bob2": BOB}


class Library:
    """A library of two people with one photograph each."""

    def __init__(self, names: dict[str, int] | None = None, version: str = VERSION) -> None:
        self.names = NAMES if names is None else names
        self.version = version

    def find(self) -> Collection | None:
        if not self.names:
            return None
        return Collection(1, "known-people", self.version, MOMENT, 2, 2, 1)

    def find_people(self, person_ids: Container[str]) -> dict[str, KnownPerson]:
        return {
            each: KnownPerson(each, each, (), None) for each in self.names if each in person_ids
        }

    def search(self, probe: Any, *, limit: int, min_score: float) -> list[Candidate]:
        scores = {who: float(np.dot(probe, vector(axis))) for who, axis in self.names.items()}
        best = sorted(scores, key=lambda who: -scores[who])[:limit]
        return [Candidate(enrolled(who), scores[who]) for who in best if scores[who] >= min_score]


def enrolled(person_id: str) -> EnrolledFace:
    box = BoundingBox(0, 0, 1, 1)
    return EnrolledFace(1, person_id, "image", None, box, 99.0, VERSION, person_id)


def celebrities(library: Library) -> Celebrities:
    analyzer = cast(FaceAnalyzer, Reader())
    return Celebrities(CelebrityWish(80.0), analyzer, library, scale_of, VERSION)


def test_the_known_are_named_and_strangers_are_dropped() -> None:
    analysis = celebrities(Library())
    seen = [scene(face(ADA, 0.2), face(STRANGER, 0.8))] * 3
    findings = show(analysis, *seen)
    conclusion = analysis.finish(600)
    told = [each for each in findings if each.subject not in conclusion.dropped]
    assert {conclusion.renamed[each.subject] for each in told} == {"ada1"}
    assert [each.timestamp_ms for each in told] == [0, 200, 400]
    seen_person = msgspec.json.decode(told[0].value, type=SeenKnownPerson)
    assert seen_person == SeenKnownPerson(face(ADA, 0.2).detail)
    (about,) = conclusion.subjects.values()
    person = KnownPerson("ada1", "ada1", (), None)
    assert msgspec.json.decode(about, type=RecognizedPerson) == RecognizedPerson(person, 100)
    assert (conclusion.matched, conclusion.persons) == ((("ada1", 100.0),), 1)


def test_of_two_faces_like_one_person_the_liker_one_is_named() -> None:
    """A portrait on the wall, or a double: nobody is named twice in one frame."""
    analysis = celebrities(Library())
    show(analysis, *[scene(face(ADA, 0.2, off=0.1), face(ADA, 0.8))] * 3)
    conclusion = analysis.finish(600)
    assert conclusion.renamed == {"track-0000000001": "ada1"}
    assert conclusion.dropped == {"track-0000000000"}


def test_a_person_may_be_named_again_later() -> None:
    analysis = celebrities(Library())
    show(analysis, *[scene(face(ADA, 0.2))] * 3)
    show(analysis, *[scene(face(ADA, 0.8, off=0.1))] * 3, start_ms=20_000)
    conclusion = analysis.finish(21_000)
    assert set(conclusion.renamed.values()) == {"ada1"}
    assert len(conclusion.renamed) == 2
    assert conclusion.matched == (("ada1", 100.0),)


def test_without_a_library_nobody_is_named() -> None:
    analysis = celebrities(Library({}))
    show(analysis, *[scene(face(ADA, 0.2))] * 3)
    conclusion = analysis.finish(600)
    assert not conclusion.subjects
    assert conclusion.dropped == {"track-0000000000"}


def test_who_left_the_library_meanwhile_is_not_named() -> None:
    library = Library()
    analysis = celebrities(library)
    show(analysis, *[scene(face(ADA, 0.2))] * 3)
    show(analysis, scene(), start_ms=5000)
    library.names = {"bob2": BOB}
    conclusion = analysis.finish(5200)
    assert not conclusion.subjects
    assert conclusion.dropped == {"track-0000000000"}


def test_a_library_made_anew_by_another_face_model_is_searched_by_that() -> None:
    library = Library()
    analysis = celebrities(library)
    show(analysis, *[scene(face(ADA, 0.2))] * 3)
    library.version = "9.1"
    assert analysis.finish(600).renamed == {"track-0000000000": "ada1"}


def test_a_killed_worker_goes_on_where_it_was() -> None:
    scenes = [scene(face(ADA, 0.2), face(STRANGER, 0.8))] * 3 + [scene()] * 12
    scenes += [scene(face(BOB, 0.5))] * 3
    whole, first, second = (celebrities(Library()) for _ in range(3))
    show(whole, *scenes)
    show(first, *scenes[:14])
    second.restore(first.snapshot())
    show(second, *scenes[14:], start_ms=2800)
    assert second.finish(4000) == whole.finish(4000)


tracks = st.builds(
    NamedTrack,
    number=st.integers(0, 99),
    first_ms=st.integers(0, 50),
    last_ms=st.integers(50, 100),
    person_id=st.sampled_from(["ada1", "bob2"]),
    similarity=st.floats(80, 100),
)


@given(st.lists(tracks, max_size=12))
def test_nobody_is_named_twice_in_one_moment(given_tracks: list[NamedTrack]) -> None:
    kept = named_once(given_tracks)
    for place, one in enumerate(kept):
        for other in kept[place + 1 :]:
            assert one.person_id != other.person_id or not one.shares_a_moment(other)
    for name in {each.person_id for each in given_tracks}:
        best = max(each.similarity for each in given_tracks if each.person_id == name)
        assert best in [each.similarity for each in kept if each.person_id == name]
