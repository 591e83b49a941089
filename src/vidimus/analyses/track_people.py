"""Who is who: tracks of one person are joined, whenever the person is seen.

Two tracks are joined when their fused embeddings are alike enough, and never when both were seen
at one time: nobody is in two places. Soon after a person went out of sight less likeness is asked
for than an hour later, because then somebody else is less likely to have come.
"""

from collections.abc import Iterable

import msgspec
import numpy as np
from numpy.typing import NDArray

from vidimus.analyses.face_crop import Resemblance
from vidimus.analyses.face_tracks import FaceTrack

Floats = NDArray[np.float32]

JOINED = 60.0
"""Similarity from which two tracks are one person's: one pair of strangers in 10,000 reaches it."""

JOINED_SOON = 50.0
"""The same within `SOON_MS` of the last sight: one pair of strangers in 1,000."""

SOON_MS = 10_000
MOST_REMEMBERED = 2000
"""So many people are remembered, those last seen: a video of six hours may show any number."""


class Person(msgspec.Struct):
    """Somebody seen: the number of the first track to end, when seen, and the mean embedding.

    `spans` are the first and last milliseconds of the tracks that one still open may have been
    seen with; `tracks` is how many tracks the embedding, float32, is the mean of.
    """

    number: int
    last_ms: int
    spans: list[tuple[int, int]]
    embedding: bytes
    tracks: int = 1

    def vector(self) -> Floats:
        """Return the mean embedding (d,)."""
        return np.frombuffer(self.embedding, np.float32)

    def was_seen_with(self, track: FaceTrack) -> bool:
        """Say whether any of the person's tracks shares a moment with `track`."""
        return any(first <= track.last_ms and track.first_ms <= last for first, last in self.spans)


class TrackPeople:
    """Joins the tracks of one video to people, as the tracks end."""

    def __init__(self, resemblance: Resemblance) -> None:
        self._resemblance = resemblance
        self._people: list[Person] = []

    def person_of(self, track: FaceTrack, embedding: Floats | None) -> int:
        """Return the number of the person whose track ended: the track's own for somebody new.

        A track without an embedding is nobody's that was seen before.
        """
        if embedding is None:
            return track.number
        person = self._likest(track, embedding)
        if person is None:
            span = [(track.first_ms, track.last_ms)]
            person = Person(track.number, track.last_ms, span, embedding.tobytes())
            self._people.append(person)
        else:
            _join(person, track, embedding)
        self._people.sort(key=lambda each: -each.last_ms)
        del self._people[MOST_REMEMBERED:]
        return person.number

    def forget_before(self, timestamp_ms: int) -> None:
        """Forget spans that ended before all open tracks began."""
        for person in self._people:
            person.spans = [span for span in person.spans if span[1] >= timestamp_ms]

    def snapshot(self) -> list[Person]:
        """Return the people, to be written down."""
        return self._people

    def restore(self, people: Iterable[Person]) -> None:
        """Go on with people that were written down."""
        self._people = list(people)

    def _likest(self, track: FaceTrack, embedding: Floats) -> Person | None:
        best, best_similarity = None, 0.0
        for person in self._people:
            if person.was_seen_with(track):
                continue
            similarity = self._resemblance.similarity(person.vector(), embedding)
            soon = track.first_ms - person.last_ms <= SOON_MS
            if similarity >= max(best_similarity, JOINED_SOON if soon else JOINED):
                best, best_similarity = person, similarity
        return best


def _join(person: Person, track: FaceTrack, embedding: Floats) -> None:
    mean = (person.vector() * person.tracks + embedding) / (person.tracks + 1)
    person.embedding = mean.astype(np.float32).tobytes()
    person.tracks += 1
    person.last_ms = max(person.last_ms, track.last_ms)
    person.spans.append((track.first_ms, track.last_ms))
