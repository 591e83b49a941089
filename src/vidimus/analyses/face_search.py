"""Who of a collection is seen in a video, and when.

Faces are followed. When a track ends, its few best crops are fused into one embedding, and that is
searched: one search for a track, none for a face that the quality filter never let pass. What is
found belongs to the person for the whole video.
"""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass

import msgspec

from vidimus.analyses.analysis import Conclusion, Finding, Moment, Sampling, View
from vidimus.analyses.face_crop import Floats, Resemblance, ScaleOf
from vidimus.analyses.face_look import EVERY_MS, SeenFaces, look_at_faces
from vidimus.analyses.face_tracks import FaceTrack, FaceTracks
from vidimus.analyses.seen_person import SeenPerson, subject_of
from vidimus.analyses.track_people import Person, TrackPeople
from vidimus.errors import ResourceNotFound
from vidimus.gallery.gallery import Collection, EnrolledFace, Gallery
from vidimus.vision.faces import FaceAnalyzer

MOST_MATCHES = 50
"""So many enrolled faces are told of one person, the most similar."""

_CHECK_MS = 10_000
"""So often it is asked whether the collection is still there."""


@dataclass(frozen=True, slots=True)
class FaceSearchWish:
    """Search the faces of a video in a collection, from a similarity (0..100) on."""

    collection_id: str
    threshold: float = 80.0


@dataclass(frozen=True, slots=True)
class FoundFace:
    """An enrolled face, and the highest similarity (0..100) of a person's tracks to it."""

    similarity: float
    face: EnrolledFace


@dataclass(frozen=True, slots=True)
class PersonMatches:
    """The enrolled faces like a person, most similar first."""

    matches: tuple[FoundFace, ...]


class _State(msgspec.Struct, frozen=True):
    collection_key: int
    next_check_ms: int
    tracks: msgspec.Raw
    people: list[Person]
    persons: dict[int, int]
    fleeting: list[int]
    matches: dict[int, list[FoundFace]]


class FaceSearch:
    """Searches the people of one video in a collection.

    Raises ResourceNotFound, when it is made or later, where there is no such collection: one that
    was deleted and made anew is another one. Raises ModelUnavailable where the collection's face
    model is not installed.
    """

    def __init__(
        self, wish: FaceSearchWish, analyzer: FaceAnalyzer, gallery: Gallery, scale_of: ScaleOf
    ) -> None:
        self._wish = wish
        self._analyzer = analyzer
        self._gallery = gallery
        self._collection = gallery.describe_collection(wish.collection_id)
        self._resemblance = Resemblance(analyzer, scale_of, self._collection.embedder_version)
        self._tracks = FaceTracks(self._resemblance)
        self._people = TrackPeople(self._resemblance)
        self._key = self._collection.key
        self._next_check_ms = 0
        self._persons: dict[int, int] = {}
        self._fleeting: list[int] = []
        self._matches: dict[int, list[FoundFace]] = {}

    @property
    def sampling(self) -> Sampling:
        """Five frames a second."""
        return Sampling(EVERY_MS)

    def look(self, view: View) -> SeenFaces:
        """Find and describe the frame's faces."""
        return look_at_faces(self._analyzer, view)

    def take(self, moment: Moment, seen: SeenFaces) -> Iterable[Finding]:
        """Return the people that are seen now, and search those whose tracks ended."""
        if moment.timestamp_ms >= self._next_check_ms:
            self._next_check_ms = moment.timestamp_ms + _CHECK_MS
            self._require_collection()
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
        """Search the people who are seen to the end, and say who matched."""
        self._conclude(self._tracks.end_all())
        self._require_collection()
        best = _best_by_face(self._matches)
        indices = _in_order_of_sight(self._persons)
        return Conclusion(
            subjects={
                subject_of(indices[person]): msgspec.json.encode(PersonMatches(tuple(matches)))
                for person, matches in self._matches.items()
            },
            renamed={
                subject_of(number): subject_of(indices[person])
                for number, person in self._persons.items()
                if indices[person] != number
            },
            dropped=frozenset(subject_of(number) for number in self._fleeting),
            matched=tuple(sorted(best.items(), key=lambda each: -each[1])),
            persons=len(self._matches),
        )

    def snapshot(self) -> bytes:
        """Return the state as JSON."""
        state = _State(
            self._key,
            self._next_check_ms,
            msgspec.Raw(self._tracks.snapshot()),
            self._people.snapshot(),
            self._persons,
            self._fleeting,
            self._matches,
        )
        return msgspec.json.encode(state)

    def restore(self, state: bytes) -> None:
        """Go on from a snapshot."""
        read = msgspec.json.decode(state, type=_State)
        self._key, self._next_check_ms = read.collection_key, read.next_check_ms
        self._tracks.restore(bytes(read.tracks))
        self._people.restore(read.people)
        self._persons, self._fleeting, self._matches = read.persons, read.fleeting, read.matches

    def _conclude(self, ended: Iterable[FaceTrack]) -> None:
        """Say whose the ended tracks are, and search each of them once."""
        for track in ended:
            embedding = self._resemblance.fuse(track.crops)
            if embedding is None and track.sights == 1:
                self._fleeting.append(track.number)
                continue
            person = self._people.person_of(track, embedding)
            self._persons[track.number] = person
            if embedding is not None:
                self._add_matches(person, self._search(embedding))

    def _search(self, probe: Floats) -> list[FoundFace]:
        self._require_collection()
        scale = self._resemblance.scale
        found = self._gallery.search_faces(
            self._wish.collection_id,
            probe,
            limit=MOST_MATCHES,
            min_score=scale.score_at(self._wish.threshold),
        )
        return [FoundFace(scale.similarity(each.score), each.face) for each in found]

    def _add_matches(self, person: int, found: Iterable[FoundFace]) -> None:
        """Add what a track of a person found; each enrolled face is told once."""
        best: dict[str, FoundFace] = {}
        for match in (*self._matches.get(person, ()), *found):
            known = best.get(match.face.face_id)
            if known is None or match.similarity > known.similarity:
                best[match.face.face_id] = match
        if best:
            ranked = sorted(best.values(), key=lambda each: -each.similarity)
            self._matches[person] = ranked[:MOST_MATCHES]

    def _require_collection(self) -> Collection:
        """Return the collection; raises ResourceNotFound once it is another or none."""
        try:
            collection = self._gallery.describe_collection(self._wish.collection_id)
        except ResourceNotFound as error:
            raise ResourceNotFound(self._deleted) from error
        if collection.key != self._key:
            raise ResourceNotFound(self._deleted)
        return collection

    @property
    def _deleted(self) -> str:
        name = self._wish.collection_id
        return f"The collection id: {name} was deleted while the video was searched"


def _in_order_of_sight(persons: Mapping[int, int]) -> dict[int, int]:
    """Number people from 0 in order of first sight, given whose each track is."""
    indices: dict[int, int] = {}
    for number in sorted(persons):
        indices.setdefault(persons[number], len(indices))
    return indices


def _best_by_face(matches: Mapping[int, Iterable[FoundFace]]) -> dict[str, float]:
    """Return the highest similarity of each enrolled face that was found, by its id."""
    best: dict[str, float] = {}
    for found in matches.values():
        for match in found:
            known = best.get(match.face.face_id, 0.0)
            best[match.face.face_id] = max(known, match.similarity)
    return best
