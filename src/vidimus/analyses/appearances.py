"""Who comes back: the people of a video by their faces, compared with each other and nobody else.

For showing a video to somebody, where a person should be one person for its whole length. No
collection is searched, so nobody is named here.
"""

from collections.abc import Iterable

import msgspec

from vidimus.analyses.analysis import Conclusion, Finding, Moment, Sampling, View
from vidimus.analyses.face_crop import Resemblance, ScaleOf
from vidimus.analyses.face_look import EVERY_MS, SeenFaces, look_at_faces
from vidimus.analyses.face_tracks import FaceTrack, FaceTracks
from vidimus.analyses.seen_person import SeenPerson, subject_of
from vidimus.analyses.track_people import Person, TrackPeople
from vidimus.vision.faces import FaceAnalyzer


class _State(msgspec.Struct, frozen=True):
    tracks: msgspec.Raw
    people: list[Person]
    persons: dict[int, int]
    fleeting: list[int]


class Appearances:
    """Follows the faces of one video and says which of them are one person's.

    `version` is the face model they are compared by. Findings are `SeenPerson` without a body.
    """

    def __init__(self, analyzer: FaceAnalyzer, scale_of: ScaleOf, version: str) -> None:
        resemblance = Resemblance(analyzer, scale_of, version)
        self._analyzer = analyzer
        self._resemblance = resemblance
        self._tracks = FaceTracks(resemblance)
        self._people = TrackPeople(resemblance)
        self._persons: dict[int, int] = {}
        self._fleeting: list[int] = []

    @property
    def sampling(self) -> Sampling:
        """Five frames a second."""
        return Sampling(EVERY_MS)

    def look(self, view: View) -> SeenFaces:
        """Find and describe the frame's faces."""
        return look_at_faces(self._analyzer, view)

    def take(self, moment: Moment, seen: SeenFaces) -> Iterable[Finding]:
        """Return the people that are seen now, by the numbers of their tracks."""
        followed = self._tracks.follow(moment.timestamp_ms, seen)
        self._conclude(followed.ended)
        since = self._tracks.open_since_ms
        self._people.forget_before(moment.timestamp_ms if since is None else since)
        return [
            Finding(
                moment.timestamp_ms,
                subject_of(number),
                msgspec.json.encode(SeenPerson(None, face.detail)),
            )
            for number, face in zip(followed.numbers, seen.faces, strict=True)
            if number >= 0
        ]

    def finish(self, end_ms: int) -> Conclusion:
        """Say which tracks are one person's; a face seen once and too poorly is dropped."""
        self._conclude(self._tracks.end_all())
        return Conclusion(
            renamed={
                subject_of(number): subject_of(index) for number, index in self._persons.items()
            },
            dropped=frozenset(subject_of(number) for number in self._fleeting),
        )

    def snapshot(self) -> bytes:
        """Return the state as JSON."""
        tracks = msgspec.Raw(self._tracks.snapshot())
        state = _State(tracks, self._people.snapshot(), self._persons, self._fleeting)
        return msgspec.json.encode(state)

    def restore(self, state: bytes) -> None:
        """Go on from a snapshot."""
        read = msgspec.json.decode(state, type=_State)
        self._tracks.restore(bytes(read.tracks))
        self._people.restore(read.people)
        self._persons, self._fleeting = read.persons, read.fleeting

    def _conclude(self, ended: Iterable[FaceTrack]) -> None:
        for track in ended:
            embedding = self._resemblance.fuse(track.crops)
            if embedding is None and track.sights == 1:
                self._fleeting.append(track.number)
                continue
            index = self._people.person_of(track, embedding)
            if index != track.number:
                self._persons[track.number] = index
