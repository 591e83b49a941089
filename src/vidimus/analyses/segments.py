"""Segments of a video: its shots, and the technical cues in it.

Every frame is looked at, but only as small luma; see panels for what is seldom looked at closer.
"""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from typing import Literal, Protocol

import msgspec
import numpy as np
from numpy.typing import NDArray

from vidimus.analyses.analysis import Conclusion, Finding, Moment, Sampling, View
from vidimus.analyses.cue_rules import Cue, CueKind, content, panel_cues
from vidimus.analyses.panel_runs import PanelRun, PanelRuns
from vidimus.analyses.panels import Panel, look_for_panel
from vidimus.video.black import black_rule
from vidimus.video.frame_time import FrameTime
from vidimus.video.shots import Shot, ShotFinder
from vidimus.video.stretches import Stretch, Stretches
from vidimus.video.timecode import timecode
from vidimus.video.video_info import VideoInfo

SEGMENT_MODEL_VERSION = "1.0"
"""Of the rules by which segments are told; it changes when their results do."""

SegmentKind = Literal["TECHNICAL_CUE", "SHOT"]

_LUMA_WIDTH = 96
# Results are sorted by type first, cues before shots.
_SUBJECTS: dict[SegmentKind, str] = {"TECHNICAL_CUE": "1 TECHNICAL_CUE", "SHOT": "2 SHOT"}


@dataclass(frozen=True, slots=True)
class SegmentWish:
    """What is wanted: kinds of segments, from which confidence (0..100), and what is black.

    `max_pixel_threshold` is 0..1, `min_coverage_percentage` 0..100; see video/black.
    """

    kinds: tuple[SegmentKind, ...] = ("TECHNICAL_CUE", "SHOT")
    min_cue_confidence: float = 50.0
    min_shot_confidence: float = 50.0
    max_pixel_threshold: float = 0.2
    min_coverage_percentage: float = 99.0


@dataclass(frozen=True, slots=True)
class Segment:
    """A shot (`index` counts from 0) or a technical cue (`cue` names it), with both its ends.

    It begins with frame `start_frame` and ends with frame `end_frame`, both part of it, counted
    from 0; times are when these frames are shown, in ms, rounded down. The duration is from the one
    to the other. `confidence` is 50..100.
    """

    kind: SegmentKind
    cue: str | None
    index: int | None
    confidence: float
    start_ms: int
    end_ms: int
    duration_ms: int
    start_frame: int
    end_frame: int
    duration_frames: int
    start_timecode: str
    end_timecode: str
    duration_timecode: str


class Sound(Protocol):
    """Tells where a video is silent."""

    def are_silent(self, stretches: Sequence[tuple[int, int]]) -> list[bool]:
        """Say of each stretch, from one ms to another, whether nothing is heard in it."""


@dataclass(frozen=True, slots=True)
class _Look:
    luma: NDArray[np.uint8]
    panel: Panel | None


class _State(msgspec.Struct):
    finder: bytes
    shots: list[Shot]
    index: int
    black: tuple[list[Stretch], Stretch | None]
    panels: tuple[list[PanelRun], PanelRun | None]
    first: FrameTime | None
    last: FrameTime | None


class SegmentDetection:
    """Finds the segments of one video."""

    def __init__(self, wish: SegmentWish, info: VideoInfo, sound: Sound | None = None) -> None:
        """`sound` is asked at the end where there are black frames; None is a silent video."""
        self._wish, self._info, self._sound = wish, info, sound
        self._frame_ms = float(1000 / info.frame_rate)
        self._black_rule = black_rule(
            wish.max_pixel_threshold, wish.min_coverage_percentage, info.color_range
        )
        self._finder = ShotFinder(info.frame_rate)
        self._shots: list[Shot] = []
        self._index = 0
        self._black, self._panels = Stretches(), PanelRuns()
        self._first: FrameTime | None = None
        self._last: FrameTime | None = None

    @property
    def sampling(self) -> Sampling:
        """Every frame: a cut is at one of them."""
        return Sampling(0)

    def look(self, view: View) -> _Look:
        """Take the small luma of a frame, and from time to time what it is as a panel."""
        luma = view.frame.luma(_LUMA_WIDTH)
        return _Look(luma, look_for_panel(view, self._frame_ms) if self._tells_cues else None)

    def take(self, moment: Moment, seen: _Look) -> Iterable[Finding]:
        """Return the shots whose end is certain now."""
        time = FrameTime(moment.number, moment.timestamp_ms)
        self._first, self._last = self._first or time, time
        if self._tells_cues:
            percent = self._black_rule.percent(seen.luma)
            self._black.take(time, percent if self._black_rule.holds(percent) else None)
            if seen.panel is not None:
                self._panels.take(time, seen.panel)
        return self._tell_shots(self._finder.take(time, seen.luma))

    def finish(self, end_ms: int) -> Conclusion:
        """Return the last shots, and all cues."""
        findings = self._tell_shots(self._finder.finish())
        if self._tells_cues and self._first is not None and self._last is not None:
            least = self._wish.min_cue_confidence
            cues = sorted(self._cues(self._first, self._last, end_ms), key=_by_time)
            findings += [self._cue_finding(cue) for cue in cues if cue.confidence >= least]
        return Conclusion(findings=tuple(findings))

    def snapshot(self) -> bytes:
        """Return what `restore` needs, some 30 kB and a little for each shot and panel."""
        state = _State(
            self._finder.snapshot(),
            self._shots,
            self._index,
            self._black.snapshot(),
            self._panels.snapshot(),
            self._first,
            self._last,
        )
        return msgspec.msgpack.encode(state)

    def restore(self, state: bytes) -> None:
        """Go on from a snapshot."""
        stood = msgspec.msgpack.decode(state, type=_State)
        self._finder.restore(stood.finder)
        self._shots, self._index = stood.shots, stood.index
        self._black.restore(stood.black)
        self._panels.restore(stood.panels)
        self._first, self._last = stood.first, stood.last

    @property
    def _tells_cues(self) -> bool:
        return "TECHNICAL_CUE" in self._wish.kinds

    def _tell_shots(self, shots: list[Shot]) -> list[Finding]:
        if self._tells_cues:
            self._shots += shots
        findings = []
        for shot in shots:
            if "SHOT" in self._wish.kinds and shot.confidence >= self._wish.min_shot_confidence:
                findings.append(self._shot_finding(shot, self._index))
            self._index += 1
        return findings

    def _cues(self, first: FrameTime, last: FrameTime, end_ms: int) -> list[Cue]:
        black = [self._black_cue(stretch) for stretch in self._black.told()]
        cues = panel_cues(self._panels.told(self._shots), black, end_ms)
        cues += self._silent(black)
        return cues + content(cues, first, last, self._frame_ms)

    def _black_cue(self, stretch: Stretch) -> Cue:
        confidence = self._black_rule.confidence(stretch.score)
        return Cue(CueKind.BLACK_FRAMES, stretch.first, stretch.last, confidence)

    def _silent(self, black: list[Cue]) -> list[Cue]:
        """Return the black cues in which nothing is heard."""
        if self._sound is None or not black:
            return black
        frame_ms = round(self._frame_ms)
        times = [(cue.first.timestamp_ms, cue.last.timestamp_ms + frame_ms) for cue in black]
        silent = self._sound.are_silent(times)
        return [cue for cue, still in zip(black, silent, strict=True) if still]

    def _shot_finding(self, shot: Shot, index: int) -> Finding:
        return self._finding("SHOT", None, index, shot)

    def _cue_finding(self, cue: Cue) -> Finding:
        return self._finding("TECHNICAL_CUE", cue.kind.value, None, cue)

    def _finding(
        self, kind: SegmentKind, cue: str | None, index: int | None, told: Shot | Cue
    ) -> Finding:
        first, last, rate = told.first, told.last, self._info.frame_rate
        frames = last.number - first.number
        segment = Segment(
            kind=kind,
            cue=cue,
            index=index,
            confidence=told.confidence,
            start_ms=first.timestamp_ms,
            end_ms=last.timestamp_ms,
            duration_ms=last.timestamp_ms - first.timestamp_ms,
            start_frame=first.number,
            end_frame=last.number,
            duration_frames=frames,
            start_timecode=timecode(first.number, rate),
            end_timecode=timecode(last.number, rate),
            duration_timecode=timecode(frames, rate),
        )
        return Finding(segment.start_ms, _SUBJECTS[kind], msgspec.json.encode(segment))


def _by_time(cue: Cue) -> tuple[int, str]:
    return cue.first.number, cue.kind
