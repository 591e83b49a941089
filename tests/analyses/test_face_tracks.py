"""Following faces: who continues whom, and when a track is over."""

from tests.analyses.actors import Reader, face, resemblance, scene
from vidimus.analyses.face_look import SeenFaces
from vidimus.analyses.face_tracks import LOST_MS, FaceTracks


def follow(tracks: FaceTracks, *scenes: SeenFaces, start_ms: int = 0) -> list[tuple[int, ...]]:
    return [
        tracks.follow(start_ms + 200 * place, seen).numbers for place, seen in enumerate(scenes)
    ]


def test_a_face_has_a_number_from_its_first_sight() -> None:
    tracks = FaceTracks(resemblance())
    walks = [scene(face(1, 0.2 + 0.02 * step), face(2, 0.8 - 0.02 * step)) for step in range(5)]
    assert follow(tracks, *walks) == [(0, 1)] * 5
    assert tracks.open_since_ms == 0


def test_faces_that_look_alike_from_sight_to_sight_are_not_embedded() -> None:
    reader = Reader()
    follow(FaceTracks(resemblance(reader)), *[scene(face(1, 0.5))] * 10)
    assert reader.embedded == 0


def test_another_person_in_the_same_place_is_another_track() -> None:
    tracks = FaceTracks(resemblance())
    assert follow(tracks, scene(face(1, 0.5)), scene(face(1, 0.5))) == [(0,), (0,)]
    followed = tracks.follow(400, scene(face(2, 0.5)))
    assert followed.numbers == (1,)
    (ended,) = followed.ended
    assert (ended.number, ended.first_ms, ended.last_ms, ended.sights) == (0, 0, 200, 2)


def test_a_person_who_looks_another_way_is_still_the_same() -> None:
    tracks = FaceTracks(resemblance())
    turned = face(1, 0.5)
    assert turned.crop is not None
    turned.crop.pixels[2:] = turned.crop.pixels[2:, ::-1].copy()
    assert follow(tracks, scene(face(1, 0.5)), scene(turned)) == [(0,), (0,)]


def test_a_face_too_poor_to_be_compared_goes_on_by_its_place() -> None:
    tracks = FaceTracks(resemblance())
    poor = scene(face(2, 0.5, fit=False))
    assert follow(tracks, scene(face(1, 0.5)), poor, poor) == [(0,), (0,), (0,)]
    (track,) = tracks.end_all()
    assert len(track.crops) == 1
    assert track.sights == 3


def test_a_face_out_of_sight_is_expected_for_two_seconds() -> None:
    tracks = FaceTracks(resemblance())
    follow(tracks, *[scene(face(1, 0.5))] * 3)
    assert tracks.follow(400 + LOST_MS, scene(face(1, 0.5))).numbers == (0,)
    followed = tracks.follow(800 + 2 * LOST_MS, scene(face(1, 0.5)))
    assert followed.numbers == (1,)
    assert [track.number for track in followed.ended] == [0]


def test_who_comes_back_as_somebody_else_is_another_track() -> None:
    tracks = FaceTracks(resemblance())
    follow(tracks, *[scene(face(1, 0.5))] * 3)
    assert tracks.follow(1600, scene(face(2, 0.5))).numbers == (1,)


def test_a_cut_ends_all_tracks() -> None:
    tracks = FaceTracks(resemblance())
    follow(tracks, *[scene(face(1, 0.3), face(2, 0.7))] * 3)
    followed = tracks.follow(600, scene(face(1, 0.3), wall=1))
    assert followed.numbers == (2,)
    assert [track.number for track in followed.ended] == [0, 1]


def test_a_killed_worker_goes_on_where_it_was() -> None:
    scenes = [scene(face(1, 0.2 + 0.03 * step, timestamp_ms=200 * step)) for step in range(8)]
    whole = FaceTracks(resemblance())
    follow(whole, *scenes)
    first, second = FaceTracks(resemblance()), FaceTracks(resemblance())
    follow(first, *scenes[:4])
    second.restore(first.snapshot())
    assert follow(second, *scenes[4:], start_ms=800) == [(0,)] * 4
    assert second.snapshot() == whole.snapshot()
    assert second.follow(1600, scene(face(3, 0.9))).numbers == (1,)
