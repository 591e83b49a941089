"""The rules for cues, one at a time, on runs of panels."""

import msgspec
import pytest

from vidimus.analyses.cue_rules import Cue, CueKind, content, panel_cues
from vidimus.analyses.panel_runs import PanelRun, PanelRuns
from vidimus.analyses.panels import Panel
from vidimus.video.frame_time import FrameTime
from vidimus.video.shots import Shot

FILM_MS = 600_000


def at(seconds: float) -> FrameTime:
    return FrameTime(round(seconds * 25), round(seconds * 1000))


def run(start: float, end: float, **told: object) -> PanelRun:
    """Return a dark, centred panel with two lines of text on each of the looks that were read."""
    looks = round((end - start) * 2)
    plain = PanelRun(
        first=at(start),
        last=at(end),
        looks=looks,
        bars=0.0,
        dark=True,
        centred=1.0,
        reads=looks // 4,
        read_lines=looks // 4,
        lines=2 * (looks // 4),
        legible=98.0,
        words=0,
        written=0.9,
    )
    return msgspec.structs.replace(plain, **told)


def black(start: float, end: float) -> Cue:
    return Cue(CueKind.BLACK_FRAMES, at(start), at(end), 100.0)


def kinds(runs: list[PanelRun], dark: list[Cue] | None = None) -> list[CueKind]:
    return [cue.kind for cue in panel_cues(runs, dark or [], FILM_MS)]


def test_colour_bars() -> None:
    cues = panel_cues([run(0, 10, bars=96.0)], [], FILM_MS)
    assert cues == [Cue(CueKind.COLOUR_BARS, at(0), at(10), 96.0)]


def test_a_panel_of_less_than_a_second_is_none() -> None:
    assert kinds([run(0, 0.9, bars=96.0)]) == []


def test_a_slate_is_told_by_its_words_near_the_beginning() -> None:
    assert kinds([run(2, 8, words=3)]) == [CueKind.SLATE]
    assert kinds([run(400, 408, words=3)]) == []


def test_more_words_make_a_surer_slate() -> None:
    few, many = (panel_cues([run(2, 8, words=n)], [], FILM_MS)[0] for n in (2, 4))
    assert (few.confidence, many.confidence) == (70, 90)


def test_opening_credits_are_early_and_end_credits_late() -> None:
    assert kinds([run(20, 40), run(560, 590)]) == [CueKind.OPENING_CREDITS, CueKind.END_CREDITS]
    assert kinds([run(250, 280)]) == []


def test_cards_with_fades_between_them_are_one_run_of_credits() -> None:
    cards = [run(540 + 8 * card, 546 + 8 * card) for card in range(5)]
    (cue,) = panel_cues(cards, [], FILM_MS)
    assert (cue.first, cue.last) == (at(540), at(578))


@pytest.mark.parametrize("changed", [{"dark": False}, {"lines": 7}, {"reads": 1}])
def test_what_is_no_credits(changed: dict[str, object]) -> None:
    assert kinds([run(560, 590, **changed)]) == []


def test_a_logo_stands_between_black() -> None:
    logo = run(3, 8, lines=2, written=0.1)
    dark = [black(2, 3), black(8, 9)]
    (cue,) = panel_cues([logo], dark, FILM_MS)
    assert cue.kind is CueKind.STUDIO_LOGO
    assert 50 <= cue.confidence <= 75
    assert kinds([logo], dark[:1]) == []
    assert kinds([msgspec.structs.replace(logo, written=0.9)], dark) == []


def test_content_is_what_is_left() -> None:
    cues = [black(0, 2), black(100, 102), Cue(CueKind.END_CREDITS, at(500), at(590), 80.0)]
    told = content(cues, at(0), at(600), 40.0)
    assert [(c.first.number, c.last.number, c.confidence) for c in told] == [
        (51, 2499, 100),
        (2551, 12499, 80),
        (14751, 15000, 80),
    ]
    assert told[0].first.timestamp_ms == 2040
    assert told[0].last.timestamp_ms == 99960


def test_a_video_without_cues_is_content() -> None:
    assert content([], at(0), at(9), 40.0) == [Cue(CueKind.CONTENT, at(0), at(9), 100.0)]
    assert content([black(0, 9)], at(0), at(9), 40.0) == []


def test_looks_join_into_runs_that_end_where_shots_do() -> None:
    runs = PanelRuns()
    read = Panel(even=True, dark=True, centred=True, lines=3, legible=90.0, words=2, written=0.5)
    blank = Panel(even=True, dark=True)
    for seconds, panel in [(1, read), (1.5, blank), (2, blank), (2.5, Panel()), (3, read)]:
        runs.take(at(seconds), panel)
    again = PanelRuns()
    again.restore(runs.snapshot())
    first, last = again.told([Shot(at(0.8), at(2.2), 90.0)])
    assert (first.first, first.last, first.looks, first.reads, first.lines) == (
        at(0.8),
        at(2.2),
        3,
        1,
        3,
    )
    assert (last.first, last.looks) == (at(3), 1)
