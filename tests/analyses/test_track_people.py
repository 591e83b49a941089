"""Who is who: tracks joined to people."""

import msgspec
import pytest

from tests.analyses.actors import resemblance, vector
from vidimus.analyses.face_tracks import FaceTrack
from vidimus.analyses.track_people import MOST_REMEMBERED, SOON_MS, Person, TrackPeople


def track(number: int, first_ms: int, last_ms: int) -> FaceTrack:
    return FaceTrack(number, first_ms, last_ms, 5)


def test_a_person_keeps_the_number_of_the_first_track() -> None:
    people = TrackPeople(resemblance())
    assert people.person_of(track(3, 0, 1000), vector(1)) == 3
    assert people.person_of(track(5, 2000, 3000), vector(2)) == 5
    assert people.person_of(track(7, 90_000, 91_000), vector(1)) == 3


def test_nobody_is_in_two_places() -> None:
    people = TrackPeople(resemblance())
    people.person_of(track(0, 0, 1000), vector(1))
    assert people.person_of(track(1, 800, 2000), vector(1)) == 1
    assert people.person_of(track(2, 3000, 4000), vector(1)) in (0, 1)


@pytest.mark.parametrize(("gap_ms", "joined"), [(SOON_MS, True), (SOON_MS + 1, False)])
def test_soon_after_less_likeness_is_asked_for(gap_ms: int, joined: bool) -> None:
    people = TrackPeople(resemblance())
    people.person_of(track(0, 0, 1000), vector(1))
    # A score of 0.55 is a similarity of 55: between both thresholds.
    index = people.person_of(track(1, 1000 + gap_ms, 1000 + gap_ms + 500), vector(1, off=0.45))
    assert index == (0 if joined else 1)


def test_the_likest_person_is_taken() -> None:
    people = TrackPeople(resemblance())
    people.person_of(track(0, 0, 1000), vector(1, off=0.3))
    people.person_of(track(1, 0, 1000), vector(1))
    assert people.person_of(track(2, 5000, 6000), vector(1)) == 1


def test_a_track_without_a_fit_crop_is_somebody_new() -> None:
    people = TrackPeople(resemblance())
    people.person_of(track(0, 0, 1000), vector(1))
    assert people.person_of(track(1, 2000, 3000), None) == 1
    assert people.person_of(track(2, 4000, 5000), None) == 2


def test_only_so_many_people_are_remembered() -> None:
    people = TrackPeople(resemblance())
    for number in range(MOST_REMEMBERED + 1):
        first = 10_000 * number
        known = Person(number, first, [], vector(number % 30).tobytes())
        people.restore([*people.snapshot(), known])
    people.person_of(track(9999, 10**9, 10**9 + 1), vector(30))
    assert len(people.snapshot()) == MOST_REMEMBERED
    assert 0 not in [each.number for each in people.snapshot()]


def test_spans_that_are_over_are_forgotten() -> None:
    people = TrackPeople(resemblance())
    people.person_of(track(0, 0, 1000), vector(1))
    people.forget_before(500)
    assert people.snapshot()[0].spans == [(0, 1000)]
    people.forget_before(1001)
    assert people.snapshot()[0].spans == []


def test_people_can_be_written_down() -> None:
    people, again = TrackPeople(resemblance()), TrackPeople(resemblance())
    people.person_of(track(0, 0, 1000), vector(1))
    written = msgspec.json.encode(people.snapshot())
    again.restore(msgspec.json.decode(written, type=list[Person]))
    assert again.person_of(track(1, 2000, 3000), vector(1)) == 0
