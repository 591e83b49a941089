"""Which boxes of one frame are those of the last: ByteTrack (Zhang et al. 2022), told the time.

Strong detections are matched with the tracks first and weak ones with the tracks that are left, so
that who is half hidden keeps a track that weak detections alone could not begin. Where a track
should be now comes from motion.py. Frames may be any time apart; the time is that of the video.
"""

from collections.abc import Collection
from dataclasses import dataclass, field, replace
from typing import Self

import msgspec
import numpy as np
from numpy.typing import NDArray

from vidimus.video.motion import Motion

Floats = NDArray[np.float64]
Integers = NDArray[np.int64]

UNTRACKED = -1
"""In place of an id: the detection belongs to no track, or to one that is not confirmed yet."""


@dataclass(frozen=True, slots=True)
class TrackSettings:
    """What makes a track.

    Detections with a score below `low_score` are left aside; those from `high_score` on are strong,
    and those from `start_score` on begin a track where none is. A detection belongs to a track when
    their intersection over union is at least `least_overlap`, a weak one when it is at least
    `least_weak_overlap`. A track has an id once it was seen `looks_to_confirm` times running (1: at
    once), and ends when it was not seen for more than `lost_ms`.

    What is looked at rarely moves far between two looks. `reach_per_s` widens boxes of detections,
    and of tracks seen in the last frame, that found no partner: by that many of their sides for
    each second since then, one side at most; 0 does without.
    """

    high_score: float = 0.6
    low_score: float = 0.1
    start_score: float = 0.7
    least_overlap: float = 0.1
    least_weak_overlap: float = 0.3
    lost_ms: int = 1000
    looks_to_confirm: int = 2
    reach_per_s: float = 0.0


@dataclass(frozen=True, slots=True, eq=False)
class _Tracks:
    """The n open tracks: ids, how often seen running, when seen last, and their courses."""

    ids: Integers
    looks: Integers
    seen_ms: Integers
    motion: Motion

    @classmethod
    def begun(cls, timestamp_ms: int, boxes: Floats) -> Self:
        count = len(boxes)
        times = np.full(count, timestamp_ms, np.int64)
        return cls(np.full(count, UNTRACKED), np.ones(count, np.int64), times, Motion.begun(boxes))

    def chosen(self, places: NDArray[np.generic]) -> Self:
        return replace(
            self,
            ids=self.ids[places],
            looks=self.looks[places],
            seen_ms=self.seen_ms[places],
            motion=self.motion.chosen(places),
        )

    def joined(self, other: "_Tracks") -> Self:
        return replace(
            self,
            ids=np.concatenate([self.ids, other.ids]),
            looks=np.concatenate([self.looks, other.looks]),
            seen_ms=np.concatenate([self.seen_ms, other.seen_ms]),
            motion=self.motion.joined(other.motion),
        )


class _State(msgspec.Struct, frozen=True):
    """A tracker as it is written down."""

    next_id: int
    timestamp_ms: int
    cut: list[int]
    ended: list[int]
    ids: list[int]
    looks: list[int]
    seen_ms: list[int]
    states: list[list[list[float]]]
    spreads: list[list[list[float]]]


@dataclass(slots=True)
class ByteTracker:
    """Follows boxes through one video, frame by frame; ids count from 0 for each tracker.

    `ended` holds the ids of the tracks that ended since the update before the last: those that
    were lost for too long, and those that were cut.
    """

    settings: TrackSettings = field(default_factory=TrackSettings)
    ended: tuple[int, ...] = ()
    _cut: tuple[int, ...] = ()
    _next_id: int = 0
    _timestamp_ms: int = 0
    _passed_ms: int = 0
    _tracks: _Tracks = field(default_factory=lambda: _Tracks.begun(0, np.zeros((0, 4))))

    def update(
        self, timestamp_ms: int, boxes: NDArray[np.floating], scores: NDArray[np.floating]
    ) -> Integers:
        """Say for each detection of the next frame which track it belongs to: int64 (n,).

        `boxes` (n, 4) are pixel corners (x1, y1, x2, y2), `scores` (n,) are 0..1. Frames come in
        the order of time.
        """
        places: Floats = np.asarray(boxes, np.float64).reshape(-1, 4)
        chances: Floats = np.asarray(scores, np.float64)
        self._go_on_to(timestamp_ms)
        owners = self._owners(places, chances)
        self._take_over(owners, places)
        owners = self._begin(owners, places, chances)
        self._confirm()
        ids = np.append(self._tracks.ids, UNTRACKED)[owners]
        self._forget_unconfirmed()
        return np.asarray(ids, np.int64)

    def cut(self) -> None:
        """End all tracks, as the scene changes; the next update's `ended` names them."""
        self.end(self.open_ids)
        self._tracks = self._tracks.chosen(np.zeros(0, np.intp))

    def end(self, ids: Collection[int]) -> None:
        """End some of the open tracks; the next update's `ended` names them."""
        over = np.isin(self._tracks.ids, list(ids))
        self._cut += tuple(int(each) for each in self._tracks.ids[over])
        self._tracks = self._tracks.chosen(~over)

    @property
    def open_ids(self) -> tuple[int, ...]:
        """The ids of the tracks that have not ended, seen in the last frame or lost for a while."""
        return tuple(int(each) for each in self._tracks.ids if each != UNTRACKED)

    @property
    def places(self) -> dict[int, Floats]:
        """Where each open track is believed to be in the last frame: pixel corners (4,), by id."""
        tracks = self._tracks
        return {
            int(each): box
            for each, box in zip(tracks.ids, tracks.motion.boxes, strict=True)
            if each != UNTRACKED
        }

    def snapshot(self) -> bytes:
        """Return the state as JSON."""
        tracks = self._tracks
        state = _State(
            next_id=self._next_id,
            timestamp_ms=self._timestamp_ms,
            cut=list(self._cut),
            ended=list(self.ended),
            ids=tracks.ids.tolist(),
            looks=tracks.looks.tolist(),
            seen_ms=tracks.seen_ms.tolist(),
            states=tracks.motion.states.tolist(),
            spreads=tracks.motion.spreads.tolist(),
        )
        return msgspec.json.encode(state)

    def restore(self, state: bytes) -> None:
        """Go on from a snapshot."""
        read = msgspec.json.decode(state, type=_State)
        self._next_id, self._timestamp_ms = read.next_id, read.timestamp_ms
        self._cut, self.ended = tuple(read.cut), tuple(read.ended)
        motion = Motion(
            np.array(read.states, np.float64).reshape(-1, 4, 2),
            np.array(read.spreads, np.float64).reshape(-1, 2, 2),
        )
        self._tracks = _Tracks(
            np.array(read.ids, np.int64),
            np.array(read.looks, np.int64),
            np.array(read.seen_ms, np.int64),
            motion,
        )

    def _go_on_to(self, timestamp_ms: int) -> None:
        """End what was lost for too long, and move the rest on."""
        self._passed_ms = max(0, timestamp_ms - self._timestamp_ms)
        tracks = self._tracks
        late = timestamp_ms - tracks.seen_ms > self.settings.lost_ms
        ended = tracks.ids[late & (tracks.ids != UNTRACKED)]
        self.ended = (*self._cut, *(int(each) for each in ended))
        self._cut = ()
        tracks = tracks.chosen(~late)
        motion = tracks.motion.of_steady_size(tracks.seen_ms < self._timestamp_ms)
        self._tracks = replace(tracks, motion=motion.after(self._passed_ms / 1000))
        self._timestamp_ms = timestamp_ms

    def _owners(self, boxes: Floats, scores: Floats) -> Integers:
        """Return for each detection the place of its track, -1 where none is: (n,)."""
        chosen = self.settings
        owners = np.full(len(boxes), UNTRACKED)
        places = self._tracks.motion.boxes
        overlaps = overlap(places, boxes)
        strong = scores >= chosen.high_score
        weak = (scores >= chosen.low_score) & ~strong
        _match(owners, overlaps, strong, chosen.least_overlap)
        _match(owners, overlaps, weak, chosen.least_weak_overlap)
        if chosen.reach_per_s:
            _match(owners, self._wide_overlaps(boxes), strong, chosen.least_overlap)
        return owners

    def _wide_overlaps(self, boxes: Floats) -> Floats:
        """Return the overlaps (tracks, n) of boxes grown by how far a track may be off.

        Only for tracks that were seen in the last frame: those lost for longer would take whoever
        comes by.
        """
        seconds = self._passed_ms / 1000
        share = min(self.settings.reach_per_s * seconds, 1)
        overlaps = overlap(grown(self._tracks.motion.boxes, share), grown(boxes, share))
        fresh = self._timestamp_ms - self._tracks.seen_ms <= self._passed_ms
        return np.where(fresh[:, None], overlaps, 0)

    def _take_over(self, owners: Integers, boxes: Floats) -> None:
        """Let tracks go on at the detections that are theirs."""
        found = np.flatnonzero(owners != UNTRACKED)
        seen = owners[found]
        tracks = self._tracks
        looks, times = tracks.looks.copy(), tracks.seen_ms.copy()
        looks[seen] += 1
        times[seen] = self._timestamp_ms
        motion = tracks.motion.seen(seen, boxes[found])
        self._tracks = replace(tracks, looks=looks, seen_ms=times, motion=motion)

    def _begin(self, owners: Integers, boxes: Floats, scores: Floats) -> Integers:
        """Begin tracks; returns the owners with them."""
        fresh = np.flatnonzero((owners == UNTRACKED) & (scores >= self.settings.start_score))
        owners = owners.copy()
        owners[fresh] = len(self._tracks.ids) + np.arange(len(fresh))
        self._tracks = self._tracks.joined(_Tracks.begun(self._timestamp_ms, boxes[fresh]))
        return owners

    def _confirm(self) -> None:
        """Give ids to tracks that were seen often enough, the oldest first."""
        tracks = self._tracks
        sure = (tracks.ids == UNTRACKED) & (tracks.looks >= self.settings.looks_to_confirm)
        ids = tracks.ids.copy()
        ids[sure] = self._next_id + np.arange(int(sure.sum()))
        self._next_id += int(sure.sum())
        self._tracks = replace(tracks, ids=ids)

    def _forget_unconfirmed(self) -> None:
        """Drop tracks without an id that were not seen in this frame."""
        tracks = self._tracks
        kept = (tracks.ids != UNTRACKED) | (tracks.seen_ms == self._timestamp_ms)
        self._tracks = tracks.chosen(kept)


def overlap(some: Floats, others: Floats) -> Floats:
    """Return intersection over union (n, m) of boxes (n, 4) and (m, 4) of pixel corners."""
    low = np.maximum(some[:, None, :2], others[None, :, :2])
    high = np.minimum(some[:, None, 2:], others[None, :, 2:])
    shared = np.maximum(high - low, 0).prod(2)
    areas = _areas(some)[:, None] + _areas(others)[None, :] - shared
    return np.asarray(shared / np.maximum(areas, 1e-9), np.float64)


def grown(boxes: Floats, share: float) -> Floats:
    """Return boxes (n, 4) with every side moved outwards by `share` of the box's own sides."""
    margin = share * (boxes[:, 2:] - boxes[:, :2])
    return np.concatenate([boxes[:, :2] - margin, boxes[:, 2:] + margin], 1)


def _areas(boxes: Floats) -> Floats:
    return np.asarray((boxes[:, 2:] - boxes[:, :2]).prod(1), np.float64)


def _match(owners: Integers, overlaps: Floats, wanted: NDArray[np.bool_], least: float) -> None:
    """Match tracks and wanted detections that have no partner, so that overlaps sum to the most.

    Writes the places of tracks into `owners`. What overlaps by less than `least` never matches.
    """
    # Imported here: it takes half a second, which no command that follows nothing should wait for.
    from scipy.optimize import linear_sum_assignment

    free = np.setdiff1d(np.arange(len(overlaps)), owners)
    open_to = np.flatnonzero(wanted & (owners == UNTRACKED))
    shares = overlaps[np.ix_(free, open_to)]
    shares = np.where(shares >= least, shares, 0)
    for row, column in zip(*linear_sum_assignment(shares, maximize=True), strict=True):
        if shares[row, column] > 0:
            owners[open_to[column]] = free[row]
