"""Known people in a video: whose track it is, said only where it is sure.

A track is searched once in the library, by the fused embedding of its few best crops. A name said
of the wrong person does harm, so it is withheld in doubt: of tracks that share a moment only the
one most like a person gets the name, so nobody is named twice in one frame.
"""

from collections.abc import Collection as Container
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from typing import Protocol

import msgspec

from vidimus.analyses.analysis import Conclusion, Finding, Moment, Sampling, View
from vidimus.analyses.face_crop import Floats, Resemblance, ScaleOf
from vidimus.analyses.face_look import EVERY_MS, SeenFaces, look_at_faces
from vidimus.analyses.face_tracks import FaceTrack, FaceTracks
from vidimus.gallery.gallery import Candidate, Collection
from vidimus.geometry import BoundingBox
from vidimus.storage.known_people import KnownPerson
from vidimus.vision.face_types import FaceDetail
from vidimus.vision.faces import FaceAnalyzer


class Library(Protocol):
    """The library of known people; the engine's PeopleLibrary is one."""

    def find(self) -> Collection | None:
        """Return the library's collection; None before anybody was imported."""

    def find_people(self, person_ids: Container[str]) -> dict[str, KnownPerson]:
        """Return those of the people that there are, by id."""

    def search(self, probe: Floats, *, limit: int, min_score: float) -> list[Candidate]:
        """Return the faces that score at least `min_score`; each `user_id` is a person's id."""


@dataclass(frozen=True, slots=True)
class CelebrityWish:
    """Name the known people of a video, from a similarity (0..100) on."""

    threshold: float


@dataclass(frozen=True, slots=True)
class SeenKnownPerson:
    """A known person at one moment: the face, and the body's box if it was looked for."""

    face: FaceDetail
    body: BoundingBox | None = None


@dataclass(frozen=True, slots=True)
class RecognizedPerson:
    """Who it is, and the highest similarity (0..100) of the person's tracks to a photograph."""

    person: KnownPerson
    confidence: float


class NamedTrack(msgspec.Struct, frozen=True):
    """A track and whom it is most like."""

    number: int
    first_ms: int
    last_ms: int
    person_id: str
    similarity: float

    def shares_a_moment(self, other: "NamedTrack") -> bool:
        """Say whether both were followed at one time."""
        return self.first_ms <= other.last_ms and other.first_ms <= self.last_ms


class _State(msgspec.Struct, frozen=True):
    tracks: msgspec.Raw
    named: list[NamedTrack]
    nameless: list[int]


class Celebrities:
    """Names the known people of one video.

    `version` is the face model while there is no library. Raises ModelUnavailable where the one
    that the library was made with is not installed.
    """

    def __init__(
        self,
        wish: CelebrityWish,
        analyzer: FaceAnalyzer,
        library: Library,
        scale_of: ScaleOf,
        version: str,
    ) -> None:
        self._wish = wish
        self._analyzer = analyzer
        self._library = library
        self._scale_of = scale_of
        found = library.find()
        self._resemblance = self._by(version if found is None else found.embedder_version)
        self._tracks = FaceTracks(self._resemblance)
        self._named: list[NamedTrack] = []
        self._nameless: list[int] = []

    @property
    def sampling(self) -> Sampling:
        """Five frames a second."""
        return Sampling(EVERY_MS)

    def look(self, view: View) -> SeenFaces:
        """Find and describe the frame's faces."""
        return look_at_faces(self._analyzer, view)

    def take(self, moment: Moment, seen: SeenFaces) -> Iterable[Finding]:
        """Return all faces that are followed; who is not known is dropped in the end."""
        followed = self._tracks.follow(moment.timestamp_ms, seen)
        self._conclude(followed.ended)
        return [
            Finding(
                moment.timestamp_ms,
                _subject_of_track(number),
                msgspec.json.encode(SeenKnownPerson(face.detail)),
            )
            for number, face in zip(followed.numbers, seen.faces, strict=True)
            if number >= 0
        ]

    def finish(self, end_ms: int) -> Conclusion:
        """Name the tracks; people who left the library meanwhile are not named."""
        self._conclude(self._tracks.end_all())
        people = self._library.find_people({track.person_id for track in self._named})
        sure = named_once([track for track in self._named if track.person_id in people])
        numbers = {track.number for track in sure}
        doubtful = [track.number for track in self._named if track.number not in numbers]
        best: dict[str, float] = {}
        for track in sure:
            best[track.person_id] = max(best.get(track.person_id, 0.0), track.similarity)
        return Conclusion(
            subjects={
                person_id: msgspec.json.encode(RecognizedPerson(people[person_id], similarity))
                for person_id, similarity in best.items()
            },
            renamed={_subject_of_track(track.number): track.person_id for track in sure},
            dropped=frozenset(_subject_of_track(each) for each in (*self._nameless, *doubtful)),
            matched=tuple(sorted(best.items(), key=lambda each: -each[1])),
            persons=len(best),
        )

    def snapshot(self) -> bytes:
        """Return the state as JSON."""
        tracks = msgspec.Raw(self._tracks.snapshot())
        return msgspec.json.encode(_State(tracks, self._named, self._nameless))

    def restore(self, state: bytes) -> None:
        """Go on from a snapshot."""
        read = msgspec.json.decode(state, type=_State)
        self._tracks.restore(bytes(read.tracks))
        self._named, self._nameless = read.named, read.nameless

    def _conclude(self, ended: Iterable[FaceTrack]) -> None:
        """Look up whose the ended tracks are."""
        for track in ended:
            found = self._likest(track)
            if found is None:
                self._nameless.append(track.number)
                continue
            person_id, similarity = found
            self._named.append(
                NamedTrack(track.number, track.first_ms, track.last_ms, person_id, similarity)
            )

    def _likest(self, track: FaceTrack) -> tuple[str, float] | None:
        """Return whom a track is most like and how much, if it is enough."""
        collection = self._library.find()
        if collection is None:
            return None
        if collection.embedder_version != self._resemblance.version:
            self._resemblance = self._by(collection.embedder_version)
        embedding = self._resemblance.fuse(track.crops)
        if embedding is None:
            return None
        scale = self._resemblance.scale
        least = scale.score_at(self._wish.threshold)
        for best in self._library.search(embedding, limit=1, min_score=least):
            return best.face.user_id or "", scale.similarity(best.score)
        return None

    def _by(self, version: str) -> Resemblance:
        return Resemblance(self._analyzer, self._scale_of, version)


def named_once(tracks: Sequence[NamedTrack]) -> list[NamedTrack]:
    """Leave each person the most similar of the tracks that share a moment."""
    kept: list[NamedTrack] = []
    for track in sorted(tracks, key=lambda each: -each.similarity):
        rivals = (other for other in kept if other.person_id == track.person_id)
        if not any(track.shares_a_moment(other) for other in rivals):
            kept.append(track)
    return kept


def _subject_of_track(number: int) -> str:
    """Return what a track is called before it has a name; no person's id has a hyphen."""
    return f"track-{number:010d}"
