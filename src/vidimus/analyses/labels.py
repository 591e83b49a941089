"""Labels of a video: what it shows when, by moments and by segments.

Looks are taken where they are worth it (label_looks), made steady over time (steady_labels) and
joined to segments (label_segments). Scenes are kept apart: a cut ends what is known of the picture.
"""

from collections.abc import Iterable, Iterator
from dataclasses import dataclass, replace
from functools import partial

import msgspec
import numpy as np
from numpy.typing import NDArray

from vidimus.analyses.analysis import (
    SEGMENTS,
    Conclusion,
    Finding,
    Moment,
    Sampling,
    View,
)
from vidimus.analyses.label_looks import Glimpse, LabelLooks, Labels, Names, Pace
from vidimus.analyses.label_segments import SegmentBuilder, Stretch
from vidimus.analyses.picture_change import Luma
from vidimus.analyses.steady_labels import SteadyLabels, SteadyMoment
from vidimus.video.scene_change import SceneChange
from vidimus.vision.label_types import LabelChoice, PictureLabel
from vidimus.vision.labels import detect_labels
from vidimus.vision.picture_sheet import PictureSheet

DEFAULT_CHOICE = LabelChoice(min_confidence=50.0)
"""Which labels of videos are told where the caller names none."""
_KEPT_SIDE = 960
"""Half of 1080p: all networks that tell labels look at fewer pixels."""
_LUMA_WIDTH = 128
_SCENE_WIDTH = 64


@dataclass(frozen=True, slots=True)
class LabelWish:
    """Which labels are wanted."""

    choice: LabelChoice = DEFAULT_CHOICE


@dataclass(frozen=True, slots=True)
class LabelSegment:
    """A label, without instances, from when to when it was seen; its confidence is the greatest."""

    label: PictureLabel
    start_ms: int
    end_ms: int


@dataclass(frozen=True, slots=True, eq=False)
class _Seen:
    sheet: PictureSheet
    luma: Luma
    small: NDArray[np.uint8]


class _State(msgspec.Struct, frozen=True):
    """What a snapshot holds of the scene that lasts."""

    scene: bytes
    due_ms: int
    before: tuple[str, ...] | None
    steady: SteadyLabels | None
    open: dict[str, Stretch[PictureLabel]]


class LabelDetection:
    """Tells the labels of a video; values are PictureLabel and LabelSegment.

    `pace` says when the networks look.
    """

    def __init__(self, wish: LabelWish, pace: Pace | None = None) -> None:
        self._wish = wish
        self._pace = pace or Pace()
        self._scene = SceneChange()
        self._looks = self._new_looks()
        self._steady: SteadyLabels | None = None
        self._segments: SegmentBuilder[PictureLabel] = SegmentBuilder(_confidence)

    @property
    def sampling(self) -> Sampling:
        """Pictures are kept as often as a change is to be known."""
        return Sampling(self._pace.fine_ms if self._pace.every_ms else 0)

    def look(self, view: View) -> _Seen:
        """Keep what may be looked at; which pictures are is known when their turn has come."""
        sheet, frame = view.sheet, view.frame
        if max(sheet.pyramid.width, sheet.pyramid.height) > _KEPT_SIDE:
            small = sheet.pyramid.within(_KEPT_SIDE)
            sheet = PictureSheet(sheet.nets, sheet.analyzer, small)
        return _Seen(sheet, frame.luma(_LUMA_WIDTH), frame.small(_SCENE_WIDTH))

    def take(self, moment: Moment, seen: _Seen) -> Iterable[Finding]:
        """Look where it is due; returns what is known by now, up to two seconds late."""
        now = moment.timestamp_ms
        findings = self._end_scene(now) if self._scene.changed(seen.small) else []
        if self._steady is None:
            self._steady = SteadyLabels(now)
        self._steady.hold(self._looks.add(Glimpse(now, seen.luma, seen.sheet)))
        return [*findings, *self._tell(self._steady.tell())]

    def finish(self, end_ms: int) -> Conclusion:
        """Return the last moments, and the segments that last to the end."""
        findings = self._end_scene(end_ms)
        return Conclusion((*findings, *map(_segment_finding, self._segments.end())))

    def snapshot(self) -> bytes:
        """Return the state, with which no pictures are kept: what was open is looked at now."""
        if self._steady is not None:
            self._steady.hold(self._looks.settle())
        before = self._looks.before
        state = _State(
            self._scene.snapshot(),
            self._looks.due_ms,
            None if before is None else tuple(sorted(before)),
            self._steady,
            self._segments.open,
        )
        return msgspec.json.encode(state)

    def restore(self, state: bytes) -> None:
        """Go on from a snapshot."""
        known = msgspec.json.decode(state, type=_State)
        self._scene.restore(known.scene)
        before = None if known.before is None else frozenset(known.before)
        self._looks = self._new_looks(known.due_ms, before)
        self._steady = known.steady
        self._segments.open = dict(known.open)

    def _new_looks(self, due_ms: int = 0, before: Names | None = None) -> LabelLooks:
        see = partial(_see, choice=self._wish.choice)
        return LabelLooks(see, self._pace, due_ms, before)

    def _end_scene(self, end_ms: int) -> list[Finding]:
        """Tell what is left of the scene that ends."""
        if self._steady is None:
            return []
        self._steady.hold(self._looks.settle())
        moments = self._steady.end(end_ms)
        self._looks, self._steady = self._new_looks(), None
        return list(self._tell(moments))

    def _tell(self, moments: Iterable[SteadyMoment]) -> Iterator[Finding]:
        for moment in moments:
            for label in moment.labels:
                value = msgspec.json.encode(label)
                yield Finding(moment.timestamp_ms, label.name, value)
            seen = {label.name: replace(label, instances=()) for label in moment.labels}
            ended = self._segments.add(moment.start_ms, moment.end_ms, seen)
            yield from map(_segment_finding, ended)


def _see(sheet: PictureSheet, choice: LabelChoice) -> Labels:
    return tuple(detect_labels(sheet, choice))


def _confidence(label: PictureLabel) -> float:
    return label.confidence


def _segment_finding(stretch: Stretch[PictureLabel]) -> Finding:
    segment = LabelSegment(stretch.sight, int(stretch.start_ms), int(stretch.end_ms))
    value = msgspec.json.encode(segment)
    return Finding(segment.start_ms, segment.label.name, value, SEGMENTS)
