"""Redaction of videos: every face followed through the whole video first, then covered.

The video is gone over twice, because what happens later decides what is covered now: a face that
is missed on a few frames is covered there by where it was before and after, and one that may stay
visible does so only between two looks that both know it.
"""

from collections import deque
from collections.abc import Iterable, Iterator
from concurrent.futures import Future, ThreadPoolExecutor
from dataclasses import dataclass, field

import numpy as np
from numpy.typing import NDArray

from vidimus.analyses.face_trails import Check, CoverPlan, Trail, moments_apart
from vidimus.engine.redaction import KeptPeople
from vidimus.imaging.cover import CoverStyle, cover_places
from vidimus.models.face_detector import FaceDetections
from vidimus.video.frames import Frame
from vidimus.video.scene_change import SceneChange
from vidimus.video.tracking import UNTRACKED, ByteTracker, TrackSettings, overlap
from vidimus.vision.face_spotter import DOUBTFUL_SCORE, LEAST_SCORE, FaceSpotter

Pixels = NDArray[np.uint8]
Floats = NDArray[np.float32]

CHECK_EVERY_MS = 200
"""So often it is checked who a face is, when somebody may stay visible."""

LOST_MS = 1500
"""So long a face may be missed and still be the same trail."""

_SCENE_EVERY_MS = 200
_SCENE_WIDTH = 64
_THREADS = 2
_AHEAD = 3
_LOST_AFTER_MS = 1000
_EDGE = 0.03
_TOLD_APART_MS = 2000


@dataclass(frozen=True, slots=True)
class Followed:
    """The faces of a video.

    `doubtful_ms` are times of places too weak to be covered, `lost_ms` times at which a face that
    was followed ends in mid-picture; somebody should look at both.
    """

    trails: tuple[Trail, ...]
    frames: int
    doubtful_ms: tuple[int, ...]
    lost_ms: tuple[int, ...]


@dataclass(slots=True)
class CoverCount:
    """What was covered: numbers of frames, and of those on which a face was covered unseen."""

    frames: int = 0
    with_faces: int = 0
    carried: int = 0
    kept: int = 0


@dataclass(slots=True)
class FaceFollower:
    """Follows every face of one video; used once."""

    spotter: FaceSpotter
    kept: KeptPeople | None = None
    least_score: float = LEAST_SCORE
    _trails: dict[int, Trail] = field(default_factory=dict)
    _lone: list[Trail] = field(default_factory=list)
    _doubtful: list[int] = field(default_factory=list)
    _cuts: list[int] = field(default_factory=list)
    _scene: SceneChange = field(default_factory=SceneChange)
    _next_scene_ms: int = 0
    _size: tuple[int, int] = (1, 1)

    def follow(self, frames: Iterable[Frame]) -> Followed:
        """Look at every frame, in order, and return where each face is."""
        tracker = ByteTracker(_settings(self.least_score))
        count = last_ms = 0
        for frame, found in self._spotted(frames):
            self._take(tracker, frame, found)
            count, last_ms = count + 1, frame.timestamp_ms
        trails = (*self._trails.values(), *self._lone)
        lost = [each.end_ms for each in self._trails.values() if self._is_lost(each, last_ms)]
        return Followed(
            trails=trails,
            frames=count,
            doubtful_ms=tuple(moments_apart(self._doubtful, _TOLD_APART_MS)),
            lost_ms=tuple(moments_apart(lost, _TOLD_APART_MS)),
        )

    def _spotted(self, frames: Iterable[Frame]) -> Iterator[tuple[Frame, FaceDetections]]:
        """Give each frame with its faces, in order, while the next ones are looked at."""
        under_way: deque[tuple[Frame, Future[FaceDetections]]] = deque()
        with ThreadPoolExecutor(_THREADS, thread_name_prefix="spot") as pool:
            for frame in frames:
                under_way.append((frame, pool.submit(self._spot, frame)))
                if len(under_way) > _AHEAD:
                    first, found = under_way.popleft()
                    yield first, found.result()
            for first, found in under_way:
                yield first, found.result()

    def _spot(self, frame: Frame) -> FaceDetections:
        return self.spotter.spot_in_frame(frame.pixels, frame.number)

    def _take(self, tracker: ByteTracker, frame: Frame, found: FaceDetections) -> None:
        self._size = (frame.pixels.shape[1], frame.pixels.shape[0])
        self._note_scene(frame)
        ids = tracker.update(frame.timestamp_ms, found.boxes, found.scores)
        trails = [self._trail(int(number), found, which) for which, number in enumerate(ids)]
        for trail, box in zip(trails, found.boxes, strict=True):
            if trail is None:
                self._doubtful.append(frame.timestamp_ms)
            else:
                trail.add(frame.timestamp_ms, box)
        if self.kept is not None:
            self._check(self.kept, frame, found, trails)

    def _trail(self, number: int, found: FaceDetections, which: int) -> Trail | None:
        """Return the trail a face goes on, else a new one, or None for what counts as no face."""
        if number != UNTRACKED:
            return self._trails.setdefault(number, Trail())
        if found.scores[which] < self.least_score:
            return None
        self._lone.append(Trail())
        return self._lone[-1]

    def _check(
        self, kept: KeptPeople, frame: Frame, found: FaceDetections, trails: list[Trail | None]
    ) -> None:
        """Ask of the faces that were not asked for a while who they are."""
        now = frame.timestamp_ms
        due = [
            (which, trail)
            for which, trail in enumerate(trails)
            if trail is not None
            and (not trail.checks or now - trail.checks[-1].timestamp_ms >= CHECK_EVERY_MS)
        ]
        if not due:
            return
        faces = found.chosen(np.array([which for which, _ in due]))
        for (_, trail), alike in zip(due, kept.similarities(frame.pixels, faces), strict=True):
            trail.checks.append(Check(now, tuple(float(each) for each in alike)))

    def _note_scene(self, frame: Frame) -> None:
        if frame.timestamp_ms >= self._next_scene_ms:
            self._next_scene_ms = frame.timestamp_ms + _SCENE_EVERY_MS
            if self._scene.changed(frame.small(_SCENE_WIDTH)):
                self._cuts.append(frame.timestamp_ms)

    def _is_lost(self, trail: Trail, last_ms: int) -> bool:
        """Tell whether a face that was there for a while ends for no reason that is known."""
        end = trail.end_ms
        reasons = (
            end - trail.start_ms < _LOST_AFTER_MS
            or last_ms - end < _LOST_AFTER_MS
            or any(-_SCENE_EVERY_MS <= cut - end <= 2 * _SCENE_EVERY_MS for cut in self._cuts)
            or _is_at_edge(trail.box_at(end), *self._size)
        )
        return not reasons and not any(_goes_on(trail, each) for each in self._trails.values())


def cover_frames(
    frames: Iterable[Frame],
    followed: Followed,
    style: CoverStyle,
    count: CoverCount,
    keep_from: float | None = None,
) -> Iterator[tuple[Frame, Pixels]]:
    """Give each frame with its faces covered, RGB (h, w, 3); `count` is told as it goes.

    Faces checked to be as alike as `keep_from` (0..100) to somebody who may be seen stay visible.
    """
    plan = CoverPlan(followed.trails, keep_from)
    for frame in frames:
        covering = plan.covering_at(frame.timestamp_ms)
        count.frames += 1
        count.with_faces += bool(len(covering.boxes) or covering.kept)
        count.carried += not covering.found
        count.kept += bool(covering.kept)
        yield frame, cover_places(frame.pixels, covering.boxes, style)


def _settings(least_score: float) -> TrackSettings:
    """Follow from the first sight on, and weakly seen faces too."""
    return TrackSettings(
        high_score=least_score,
        low_score=DOUBTFUL_SCORE,
        start_score=least_score,
        lost_ms=LOST_MS,
        looks_to_confirm=1,
        reach_per_s=2.0,
    )


def _is_at_edge(box: Floats, width: int, height: int) -> bool:
    x1, y1, x2, y2 = box
    near_x, near_y = _EDGE * width, _EDGE * height
    return bool(x1 < near_x or y1 < near_y or x2 > width - near_x or y2 > height - near_y)


def _goes_on(trail: Trail, other: Trail) -> bool:
    """Tell whether another trail begins where and soon after this one ends."""
    if not trail.end_ms < other.start_ms <= trail.end_ms + 2 * LOST_MS:
        return False
    ends = trail.box_at(trail.end_ms)[None].astype(np.float64)
    return bool(overlap(ends, other.box_at(other.start_ms)[None].astype(np.float64))[0, 0] > 0)
