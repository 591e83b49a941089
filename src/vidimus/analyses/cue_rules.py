"""From black frames, panels and shots to technical cues: the rules, and how sure they are.

No network tells cues. Black frames and colour bars are measured and exact. A slate is a panel with
words that slates bear, near the beginning. Credits are a run of dark panels with lines of text at
the beginning or the end. A studio's logo is a centred panel near the beginning between black, most
of which is not text; that rule cannot know a studio, so its confidence ends at 75. Credits and
logos over moving pictures are not told. Content is whatever is none of these.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from enum import StrEnum
from itertools import pairwise

from vidimus.analyses.panel_runs import PanelRun
from vidimus.video.frame_time import FrameTime


class CueKind(StrEnum):
    """What a technical cue marks."""

    COLOUR_BARS = "ColorBars"
    END_CREDITS = "EndCredits"
    BLACK_FRAMES = "BlackFrames"
    OPENING_CREDITS = "OpeningCredits"
    STUDIO_LOGO = "StudioLogo"
    SLATE = "Slate"
    CONTENT = "Content"


@dataclass(frozen=True, slots=True)
class Cue:
    """From frame `first` to frame `last`, both part of it; `confidence` is 50..100."""

    kind: CueKind
    first: FrameTime
    last: FrameTime
    confidence: float


_LEAST_MS = 1000
"""A panel that is shown for less is none."""

_SLATE_WORDS = 2
_SLATE_SHARE, _SLATE_MS = 0.2, 180_000
_CREDITS_APART_MS = 4000
_CREDITS_LINES = 2.0
_OPENING_SHARE, _OPENING_MS, _OPENING_LEAST_MS = 0.25, 60_000, 3000
_END_SHARE, _END_TAIL_MS, _END_LEAST_MS = 0.5, 60_000, 5000
_LOGO_MS, _LOGO_LEAST_MS, _LOGO_MOST_MS = 120_000, 2000, 20_000
_LOGO_WRITTEN = 0.6
_BESIDE_MS = 1000


def panel_cues(runs: Sequence[PanelRun], black: Sequence[Cue], end_ms: int) -> list[Cue]:
    """Return the cues among runs of panels; `black` are the stretches of black frames."""
    long = [run for run in runs if run.duration_ms >= _LEAST_MS]
    cues = [_cue(CueKind.COLOUR_BARS, run, run.bars) for run in long if run.bars]
    drawn = [run for run in long if not run.bars]
    slates = [run for run in drawn if _is_slate(run, end_ms)]
    cues += [_cue(CueKind.SLATE, run, 50 + 10 * run.words) for run in slates]
    rest = [run for run in drawn if run not in slates]
    logos = [run for run in rest if _is_logo(run, black)]
    cues += [_cue(CueKind.STUDIO_LOGO, run, _logo_confidence(run)) for run in logos]
    return cues + credit_cues([run for run in rest if run not in logos], end_ms)


def credit_cues(runs: Sequence[PanelRun], end_ms: int) -> list[Cue]:
    """Return the opening and the end credits among runs of panels, one of each at most."""
    groups = _groups([run for run in runs if run.dark and run.mean_lines >= 1])
    opening = [group for group in groups if _is_opening(group, end_ms)]
    ending = [group for group in groups if _is_ending(group, end_ms)]
    cues = [_credits_cue(CueKind.OPENING_CREDITS, opening[-1])] if opening else []
    return cues + ([_credits_cue(CueKind.END_CREDITS, ending[-1])] if ending else [])


def content(cues: Sequence[Cue], first: FrameTime, last: FrameTime, frame_ms: float) -> list[Cue]:
    """Return what lies between cues from the first to the last frame of a video.

    Its confidence is the least of the cues it ends at; 100 where there are none.
    """
    told: list[Cue] = []
    begin, sure = first, 100.0
    for cue in sorted(cues, key=lambda cue: cue.first.number):
        if cue.first.number > begin.number:
            until = _beside(cue.first, -1, frame_ms)
            told.append(Cue(CueKind.CONTENT, begin, until, min(sure, cue.confidence)))
        if cue.last.number >= begin.number:
            begin, sure = _beside(cue.last, 1, frame_ms), cue.confidence
    if begin.number <= last.number:
        told.append(Cue(CueKind.CONTENT, begin, last, sure))
    return told


def _cue(kind: CueKind, run: PanelRun, confidence: float) -> Cue:
    return Cue(kind, run.first, run.last, max(50.0, min(100.0, confidence)))


def _is_slate(run: PanelRun, end_ms: int) -> bool:
    until = max(_SLATE_SHARE * end_ms, min(_SLATE_MS, end_ms / 2))
    return run.words >= _SLATE_WORDS and run.first.timestamp_ms <= until


def _is_logo(run: PanelRun, black: Sequence[Cue]) -> bool:
    lasting = _LOGO_LEAST_MS <= run.duration_ms <= _LOGO_MOST_MS
    early = run.last.timestamp_ms <= _LOGO_MS
    drawn = run.centred >= 0.8 and run.written < _LOGO_WRITTEN and run.reads > 0
    return lasting and early and drawn and _between_black(run, black)


def _between_black(run: PanelRun, black: Sequence[Cue]) -> bool:
    """Say whether black, or the video's beginning, is before a run, and black after it."""
    first, last = run.first.timestamp_ms, run.last.timestamp_ms
    before = first <= _BESIDE_MS or any(
        abs(first - b.last.timestamp_ms) <= _BESIDE_MS for b in black
    )
    return before and any(abs(b.first.timestamp_ms - last) <= _BESIDE_MS for b in black)


def _logo_confidence(run: PanelRun) -> float:
    return 50 + 25 * run.centred * (1 - run.written)


def _groups(runs: Sequence[PanelRun]) -> list[list[PanelRun]]:
    """Part runs where more than four seconds lie between them."""
    groups: list[list[PanelRun]] = [list(runs[:1])] if runs else []
    for before, run in pairwise(runs):
        if run.first.timestamp_ms - before.last.timestamp_ms <= _CREDITS_APART_MS:
            groups[-1].append(run)
        else:
            groups.append([run])
    return groups


def _is_opening(group: Sequence[PanelRun], end_ms: int) -> bool:
    until = max(_OPENING_SHARE * end_ms, min(_OPENING_MS, end_ms / 2))
    return group[-1].last.timestamp_ms <= until and _reads_well(group, _OPENING_LEAST_MS)


def _is_ending(group: Sequence[PanelRun], end_ms: int) -> bool:
    late = group[0].first.timestamp_ms >= _END_SHARE * end_ms
    tail = max(_END_TAIL_MS, 0.1 * end_ms)
    at_end = end_ms - group[-1].last.timestamp_ms <= tail
    return late and at_end and _reads_well(group, _END_LEAST_MS)


def _reads_well(group: Sequence[PanelRun], least_ms: int) -> bool:
    lasting = group[-1].last.timestamp_ms - group[0].first.timestamp_ms >= least_ms
    reads = sum(run.reads for run in group)
    return lasting and reads >= 2 and sum(run.lines for run in group) / reads >= _CREDITS_LINES


def _credits_cue(kind: CueKind, group: Sequence[PanelRun]) -> Cue:
    """Half the confidence is the place; the rest is how often text was read, and how surely."""
    reads = sum(run.reads for run in group)
    with_text = sum(run.read_lines for run in group) / reads
    legible = sum(run.legible * run.reads for run in group) / reads
    return Cue(kind, group[0].first, group[-1].last, 50 + 50 * with_text * legible / 100)


def _beside(time: FrameTime, step: int, frame_ms: float) -> FrameTime:
    """Return the frame before or after one; exact where the frame rate is constant."""
    number = time.number + step
    even = int(number * frame_ms)
    steady = abs(int(time.number * frame_ms) - time.timestamp_ms) <= 1
    timestamp = even if steady else time.timestamp_ms + round(step * frame_ms)
    return FrameTime(number, max(0, timestamp))
