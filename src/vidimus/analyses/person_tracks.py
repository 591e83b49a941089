"""Persons followed through a scene, and known again when they come back within ten seconds.

Each track keeps embeddings of a few good looks. A track that began is compared with the persons who
were lost before it began: one who looks alike goes on in it, and so keeps the index. Where there
are no embeddings, place must do.
"""

from collections.abc import Iterable, Sequence

import msgspec
import numpy as np
from numpy.typing import NDArray

from vidimus.analyses.person_look import SeenBody
from vidimus.models.person_embedder import PersonEmbedder

Floats = NDArray[np.float32]

BACK_WITHIN_MS = 10_000
"""How long a person may be out of sight and still be known again."""

_MOST_LOOKS = 4
_ENOUGH_LOOKS = 3
_APART_MS = 600
"""Looks that follow closer show the same."""
_DECIDED_MS = 3000
"""At this age at the latest it is decided whose track it is."""
_NEARBY_MS = 3000
"""For so long it says something that somebody comes back where one could have walked to."""
_NEARBY_EASE = 0.1
"""So much less alike may be who comes back there."""
_WALK = 1.0
"""Own heights that somebody walks in a second."""
_STEP = 0.5
"""Own heights by which a box may be off besides."""
_SAME_HEIGHT = 0.6
"""Least ratio of two heights that may be one person's."""


class Look(msgspec.Struct, frozen=True):
    """One good look at a person: when, how good (0..1), and the embedding, of unit length."""

    timestamp_ms: int
    worth: float
    embedding: list[float]


class PersonTrack(msgspec.Struct):
    """A person for as long as they were followed without a doubt.

    `number` is the track's own, `person` that of the first track of the same person. Boxes are
    pixel corners (4,); `sights` and `looks` are the person's, of earlier tracks too.
    """

    number: int
    person: int
    first_ms: int
    last_ms: int
    first_box: list[float]
    last_box: list[float]
    sights: int = 0
    looks: list[Look] = msgspec.field(default_factory=list)
    decided: bool = False


class _State(msgspec.Struct, frozen=True):
    now_ms: int
    open: list[PersonTrack]
    gone: list[PersonTrack]
    joined: dict[int, int]
    fleeting: list[int]


class PersonTracks:
    """Keeps the tracks of one video and says whose they are; without an embedder, by place.

    `joined` maps tracks to the person whose first track was another one; `fleeting` are the tracks
    of what was seen once and was gone at the next look.
    """

    def __init__(self, embedder: PersonEmbedder | None) -> None:
        self.joined: dict[int, int] = {}
        self.fleeting: list[int] = []
        self._embedder = embedder
        self._now_ms = 0
        self._open: dict[int, PersonTrack] = {}
        self._gone: list[PersonTrack] = []

    def see(
        self,
        timestamp_ms: int,
        numbers: Sequence[int],
        bodies: Sequence[SeenBody],
        ended: Iterable[int],
    ) -> None:
        """Take what following the next frame gave: each body's track (-1: none), and who is gone.

        Tracks count from 0 in the order of their first sight.
        """
        self._now_ms = timestamp_ms
        over = [self._open.pop(number) for number in ended if number in self._open]
        for number, body in zip(numbers, bodies, strict=True):
            if number >= 0:
                self._sight(number, body)
        self._decide([*over, *(each for each in self._open.values() if self._is_due(each))])
        self._gone += over
        self._forget(timestamp_ms - BACK_WITHIN_MS - _DECIDED_MS)

    def end_scene(self) -> None:
        """End all tracks; who comes in another scene is somebody new."""
        self._decide(list(self._open.values()))
        self._gone += self._open.values()
        self._open.clear()
        self._forget(self._now_ms + 1)

    def snapshot(self) -> bytes:
        """Return the state as JSON."""
        state = _State(
            self._now_ms, list(self._open.values()), self._gone, self.joined, self.fleeting
        )
        return msgspec.json.encode(state)

    def restore(self, state: bytes) -> None:
        """Go on from a snapshot."""
        read = msgspec.json.decode(state, type=_State)
        self._now_ms = read.now_ms
        self._open = {track.number: track for track in read.open}
        self._gone = read.gone
        self.joined, self.fleeting = read.joined, read.fleeting

    def _sight(self, number: int, body: SeenBody) -> None:
        """Add a sight of a person to a track, and a look if it is a good one."""
        box = [float(value) for value in body.box]
        track = self._open.get(number)
        if track is None:
            track = PersonTrack(number, number, self._now_ms, self._now_ms, box, box)
            self._open[number] = track
        track.last_ms, track.last_box = self._now_ms, box
        track.sights += 1
        if self._embedder is not None and body.chip is not None and self._is_wanted(track, body):
            (row,) = self._embedder.embed_persons([body.chip])
            track.looks = _with(track.looks, Look(self._now_ms, body.worth, row.tolist()))

    def _is_wanted(self, track: PersonTrack, body: SeenBody) -> bool:
        """Say whether a look is later than those before it and better than the worst of many."""
        if not track.looks:
            return True
        later = self._now_ms - track.looks[-1].timestamp_ms >= _APART_MS
        better = body.worth > min(look.worth for look in track.looks)
        return later and (better or len(track.looks) < _MOST_LOOKS)

    def _is_due(self, track: PersonTrack) -> bool:
        old = self._now_ms - track.first_ms >= _DECIDED_MS
        return old or len(track.looks) >= _ENOUGH_LOOKS

    def _decide(self, due: Sequence[PersonTrack]) -> None:
        """Say whose the due tracks are.

        The surest pairs go first. Who is most like a track that is not due yet waits for it.
        """
        everyone = {track.number: track for track in (*due, *self._open.values())}
        contenders = [track for track in everyone.values() if not track.decided]
        pairs = [(lost, track) for lost in self._gone for track in contenders]
        ranked = sorted(
            ((self._affinity(*pair), *pair) for pair in pairs), key=lambda each: -each[0]
        )
        taken: set[int] = set()
        for affinity, lost, track in ranked:
            if affinity <= 0 or {lost.number, track.number} & taken:
                continue
            taken |= {lost.number, track.number}
            if track in due:
                self._join(lost, track)
        for track in due:
            track.decided = True

    def _join(self, lost: PersonTrack, track: PersonTrack) -> None:
        """Let a lost person go on in a track."""
        self._gone.remove(lost)
        track.person = lost.person
        track.sights += lost.sights
        looks = sorted([*lost.looks, *track.looks], key=lambda look: -look.worth)[:_MOST_LOOKS]
        track.looks = sorted(looks, key=lambda look: look.timestamp_ms)
        self.joined[track.number] = track.person

    def _affinity(self, lost: PersonTrack, track: PersonTrack) -> float:
        """Say how much a track seems to be a lost person's; above 0 it is taken for theirs."""
        gap_ms = track.first_ms - lost.last_ms
        if not 0 < gap_ms <= BACK_WITHIN_MS:
            return 0.0
        nearness = _nearness(lost, track) if gap_ms <= _NEARBY_MS else 0.0
        if self._embedder is None or not (lost.looks and track.looks):
            return nearness * _NEARBY_EASE
        likeness = float(_fused(lost.looks) @ _fused(track.looks))
        return likeness - self._embedder.same_person + _NEARBY_EASE * nearness

    def _forget(self, before_ms: int) -> None:
        """Forget persons who were last seen before that time."""
        for track in self._gone:
            if track.last_ms < before_ms and track.sights == 1 and track.last_ms < self._now_ms:
                self.fleeting.append(track.number)
        self._gone = [track for track in self._gone if track.last_ms >= before_ms]


def _with(looks: Sequence[Look], look: Look) -> list[Look]:
    """Return looks in order of time with one more; the least worth leaves when they are many."""
    kept = [*looks, look]
    if len(kept) > _MOST_LOOKS:
        kept.remove(min(kept, key=lambda each: each.worth))
    return kept


def _fused(looks: Sequence[Look]) -> Floats:
    """Return the mean of the looks' embeddings, of unit length."""
    mean = np.mean([look.embedding for look in looks], axis=0)
    return np.asarray(mean / max(float(np.linalg.norm(mean)), 1e-9), np.float32)


def _nearness(lost: PersonTrack, track: PersonTrack) -> float:
    """Say how near to where a person was lost a track began, 0..1; 0 is out of walking reach."""
    one, other = np.array(lost.last_box), np.array(track.first_box)
    heights = one[3] - one[1], other[3] - other[1]
    if min(heights) < _SAME_HEIGHT * max(heights):
        return 0.0
    way = float(np.linalg.norm((one[:2] + one[2:] - other[:2] - other[2:]) / 2))
    seconds = (track.first_ms - lost.last_ms) / 1000
    reach = (_STEP + _WALK * seconds) * float(np.mean(heights))
    return max(0.0, 1 - way / max(reach, 1e-6))
