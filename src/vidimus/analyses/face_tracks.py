"""Faces followed from frame to frame, each track with its few best crops.

Place and motion alone cannot tell whether a face is still the same person's: at a cut between two
portraits the next face stands where the last one stood. So where the picture of the face changes,
or it was out of sight, the two crops are embedded and compared.
"""

from collections.abc import Iterable
from dataclasses import dataclass

import msgspec
import numpy as np
from numpy.typing import NDArray

from vidimus.analyses.face_crop import (
    FaceCrop,
    Resemblance,
    StoredCrop,
    alikeness,
    keep_best,
    store_crop,
    stored_crop,
)
from vidimus.analyses.face_look import EVERY_MS, SeenFace, SeenFaces
from vidimus.video.scene_change import SceneChange
from vidimus.video.tracking import UNTRACKED, ByteTracker, TrackSettings

LOST_MS = 2000
"""How long a face that is out of sight is still expected where it was going."""

SAME_PERSON = 50.0
"""Similarity under which a face is another than the one before it in its track: one stranger in
a thousand reaches it, and hardly a face fails it that was seen 200 ms before."""

_UNCHANGED = 0.9
"""Correlation of two upright faces from which they are taken for one without comparing them:
strangers reach 0.87, one person's photographs of several years 0.93 (the synthetic people)."""

_FACES = TrackSettings(looks_to_confirm=1, lost_ms=LOST_MS, reach_per_s=3.0)
"""A face is tracked from its first sight: what is found is hardly ever no face."""


@dataclass(frozen=True, slots=True, eq=False)
class FaceTrack:
    """One face for as long as it was followed.

    `number` counts the tracks of a video from 0 in order of first sight. `crops` are the best ones
    in order of time and `last` the latest; none where no crop was fit to be compared.
    """

    number: int
    first_ms: int
    last_ms: int
    sights: int
    crops: tuple[FaceCrop, ...] = ()
    last: FaceCrop | None = None

    def seen_again(self, timestamp_ms: int, crop: FaceCrop | None) -> "FaceTrack":
        """Return the track with one sight more."""
        crops = self.crops if crop is None else keep_best(self.crops, crop)
        return FaceTrack(
            self.number, self.first_ms, timestamp_ms, self.sights + 1, crops, crop or self.last
        )


@dataclass(frozen=True, slots=True)
class Followed:
    """What following one frame gave: each face's track number or -1, and the tracks that ended."""

    numbers: tuple[int, ...]
    ended: tuple[FaceTrack, ...]


class _StoredTrack(msgspec.Struct, frozen=True):
    tracker_id: int
    number: int
    first_ms: int
    last_ms: int
    sights: int
    crops: list[StoredCrop]
    last: StoredCrop | None


class _StoredTracks(msgspec.Struct, frozen=True):
    next_number: int
    tracker: bytes
    scene: bytes
    tracks: list[_StoredTrack]


class FaceTracks:
    """Follows the faces of one video; its frames are told in their order."""

    def __init__(self, resemblance: Resemblance) -> None:
        self._resemblance = resemblance
        self._scene = SceneChange()
        self._tracker = ByteTracker(_FACES)
        self._open: dict[int, FaceTrack] = {}
        self._next_number = 0

    @property
    def open_since_ms(self) -> int | None:
        """When the earliest of the open tracks began; None when none is open."""
        return min((track.first_ms for track in self._open.values()), default=None)

    def follow(self, timestamp_ms: int, seen: SeenFaces) -> Followed:
        """Say which track each face of the next frame belongs to."""
        ended = self.end_all() if self._scene.changed(seen.small) else []
        ended += self._end_lost(timestamp_ms)
        ids = self._tracker.update(timestamp_ms, _boxes(seen), _scores(seen.faces))
        numbers = []
        for tracker_id, face in zip(ids.tolist(), seen.faces, strict=True):
            numbers.append(self._sight(tracker_id, timestamp_ms, face, ended))
        return Followed(tuple(numbers), tuple(ended))

    def end_all(self) -> list[FaceTrack]:
        """End all tracks, at a cut or at the video's end."""
        ended = list(self._open.values())
        self._open.clear()
        self._tracker.cut()
        return ended

    def snapshot(self) -> bytes:
        """Return what is needed to go on later."""
        tracks = [_stored(tracker_id, track) for tracker_id, track in self._open.items()]
        state = _StoredTracks(
            self._next_number, self._tracker.snapshot(), self._scene.snapshot(), tracks
        )
        return msgspec.json.encode(state)

    def restore(self, state: bytes) -> None:
        """Go on from a snapshot."""
        stored = msgspec.json.decode(state, type=_StoredTracks)
        self._next_number = stored.next_number
        self._tracker.restore(stored.tracker)
        self._scene.restore(stored.scene)
        self._open = {track.tracker_id: _track(track) for track in stored.tracks}

    def _sight(
        self, tracker_id: int, timestamp_ms: int, face: SeenFace, ended: list[FaceTrack]
    ) -> int:
        """Add a face to its track, or to a new one; a track that it shows to be over is ended."""
        if tracker_id < 0:
            return UNTRACKED
        track = self._open.get(tracker_id)
        if track is not None and self._is_another(track, timestamp_ms, face.crop):
            ended.append(track)
            track = None
        if track is None:
            track = FaceTrack(self._next_number, timestamp_ms, timestamp_ms, 0)
            self._next_number += 1
        self._open[tracker_id] = track.seen_again(timestamp_ms, face.crop)
        return track.number

    def _is_another(self, track: FaceTrack, timestamp_ms: int, crop: FaceCrop | None) -> bool:
        """Say whether a face is another person's than the track's that it continues by place."""
        if crop is None or track.last is None:
            return False
        in_sight = timestamp_ms - track.last_ms <= 2 * EVERY_MS
        if in_sight and alikeness(track.last, crop) >= _UNCHANGED:
            return False
        probe = self._resemblance.fuse([crop])
        return not (self._agrees(probe, [track.last]) or self._agrees(probe, track.crops))

    def _agrees(self, probe: NDArray[np.float32] | None, crops: Iterable[FaceCrop]) -> bool:
        known = self._resemblance.fuse(list(crops))
        if probe is None or known is None:
            return False
        return self._resemblance.similarity(probe, known) >= SAME_PERSON

    def _end_lost(self, timestamp_ms: int) -> list[FaceTrack]:
        lost = [
            tracker_id
            for tracker_id, track in self._open.items()
            if timestamp_ms - track.last_ms > LOST_MS
        ]
        return [self._open.pop(tracker_id) for tracker_id in lost]


def _boxes(seen: SeenFaces) -> NDArray[np.float32]:
    boxes = [face.detail.box.to_pixels(seen.width, seen.height) for face in seen.faces]
    return np.stack(boxes) if boxes else np.zeros((0, 4), np.float32)


def _scores(faces: Iterable[SeenFace]) -> NDArray[np.float32]:
    return np.array([face.detail.confidence / 100 for face in faces], np.float32)


def _stored(tracker_id: int, track: FaceTrack) -> _StoredTrack:
    return _StoredTrack(
        tracker_id,
        track.number,
        track.first_ms,
        track.last_ms,
        track.sights,
        [store_crop(crop) for crop in track.crops],
        None if track.last is None else store_crop(track.last),
    )


def _track(stored: _StoredTrack) -> FaceTrack:
    return FaceTrack(
        stored.number,
        stored.first_ms,
        stored.last_ms,
        stored.sights,
        tuple(stored_crop(crop) for crop in stored.crops),
        None if stored.last is None else stored_crop(stored.last),
    )
