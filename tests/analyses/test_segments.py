"""Segments of made films, frame by frame, whole and in chunks."""

from collections.abc import Callable, Sequence
from fractions import Fraction

import cv2
import msgspec
import numpy as np
import pytest
from numpy.typing import NDArray

from tests.drawn_text import draw_sign
from vidimus.analyses.analysis import Finding, Moment, View
from vidimus.analyses.segments import Segment, SegmentDetection, SegmentWish
from vidimus.engine.engine import Engine
from vidimus.video.frames import frame_of
from vidimus.video.video_info import VideoInfo
from vidimus.vision.picture_sheet import PictureSheet

Pixels = NDArray[np.uint8]
OpenSheet = Callable[[Pixels], PictureSheet]
NTSC = Fraction(30000, 1001)
BLACK: Pixels = np.zeros((144, 256, 3), np.uint8)


def info(rate: Fraction, frames: int) -> VideoInfo:
    return VideoInfo(
        codec="h264",
        container="mov",
        width=256,
        height=144,
        frame_rate=rate,
        duration_ms=int(1000 * frames / rate),
        frame_count=frames,
        color_range="LIMITED",
        rotation=0,
        pixel_format="yuv420p",
        audio=(),
    )


def scenery(seed: int) -> Pixels:
    coarse = np.random.default_rng(seed).integers(40, 256, (5, 8, 3), dtype=np.uint8)
    return np.asarray(cv2.resize(coarse, (256, 144), interpolation=cv2.INTER_CUBIC), np.uint8)


def no_sheet(pixels: Pixels) -> PictureSheet:
    raise AssertionError("nothing here is to be read")


class Film:
    """A list of frames with what watches them."""

    def __init__(self, frames: list[Pixels], rate: Fraction = NTSC) -> None:
        self.frames, self.rate = frames, rate

    def segments(
        self,
        wish: SegmentWish | None = None,
        open_sheet: OpenSheet = no_sheet,
        chunk: int = 10**9,
        sound: "Tone | None" = None,
    ) -> list[Segment]:
        def begin() -> SegmentDetection:
            return SegmentDetection(wish or SegmentWish(), info(self.rate, len(self.frames)), sound)

        detection = begin()
        findings: list[Finding] = []
        for number, pixels in enumerate(self.frames):
            if number and number % chunk == 0:
                state, detection = detection.snapshot(), begin()
                detection.restore(state)
            frame = frame_of(number, int(1000 * number / self.rate), pixels)
            seen = detection.look(View(frame, open_sheet))
            findings += detection.take(Moment(number, frame.timestamp_ms), seen)
        findings += detection.finish(int(1000 * len(self.frames) / self.rate)).findings
        findings.sort(key=lambda finding: (finding.subject, finding.timestamp_ms))
        return [msgspec.json.decode(finding.value, type=Segment) for finding in findings]


class Tone:
    """A sound from one time to another."""

    def __init__(self, start_ms: int, end_ms: int) -> None:
        self.start_ms, self.end_ms = start_ms, end_ms

    def are_silent(self, stretches: Sequence[tuple[int, int]]) -> list[bool]:
        return [end <= self.start_ms or start >= self.end_ms for start, end in stretches]


FILM = Film([scenery(1)] * 40 + [BLACK] * 20 + [scenery(2)] * 30 + [scenery(3)] * 35 + [BLACK] * 10)


def test_shots_and_cues_sorted_by_type_then_time() -> None:
    told = FILM.segments()
    assert [(s.cue or s.index, s.start_frame, s.end_frame) for s in told] == [
        ("Content", 0, 39),
        ("BlackFrames", 40, 59),
        ("Content", 60, 124),
        ("BlackFrames", 125, 134),
        (0, 0, 39),
        (1, 60, 89),
        (2, 90, 124),
    ]
    assert all(50 <= segment.confidence <= 100 for segment in told)


def test_times_are_rounded_down_and_timecodes_are_drop_frame() -> None:
    shot = FILM.segments()[5]
    assert (shot.start_ms, shot.end_ms, shot.duration_ms) == (2002, 2969, 967)
    assert (shot.start_timecode, shot.end_timecode) == ("00:00:02;00", "00:00:02;29")
    assert (shot.duration_timecode, shot.duration_frames) == ("00:00:00;29", 29)


@pytest.mark.parametrize("chunk", [1, 13, 50])
def test_a_watch_in_chunks_tells_the_same(chunk: int) -> None:
    assert FILM.segments(chunk=chunk) == FILM.segments()


def test_only_the_kinds_that_were_asked_for() -> None:
    shots = FILM.segments(SegmentWish(kinds=("SHOT",)))
    cues = FILM.segments(SegmentWish(kinds=("TECHNICAL_CUE",)))
    assert shots + cues == FILM.segments()[4:] + FILM.segments()[:4]


def test_confidence_filters() -> None:
    assert FILM.segments(SegmentWish(min_cue_confidence=100, min_shot_confidence=100.1)) == [
        segment for segment in FILM.segments()[:4] if segment.confidence == 100
    ]


def test_black_frames_with_sound_are_content() -> None:
    told = FILM.segments(SegmentWish(kinds=("TECHNICAL_CUE",)), sound=Tone(1500, 1900))
    assert [(s.cue, s.start_frame, s.end_frame) for s in told] == [
        ("Content", 0, 124),
        ("BlackFrames", 125, 134),
    ]


def test_the_level_and_the_coverage_of_black() -> None:
    dim = np.full_like(BLACK, 60)
    film = Film([scenery(1)] * 20 + [dim] * 20)
    strict = SegmentWish(kinds=("TECHNICAL_CUE",), max_pixel_threshold=0.1)
    loose = SegmentWish(kinds=("TECHNICAL_CUE",), max_pixel_threshold=0.3)
    assert [segment.cue for segment in film.segments(strict)] == ["Content"]
    assert [segment.cue for segment in film.segments(loose)] == ["Content", "BlackFrames"]


def test_one_frame_and_none() -> None:
    (cue, shot) = Film([scenery(4)]).segments()
    assert (cue.cue, cue.start_frame, cue.end_frame) == ("Content", 0, 0)
    assert (shot.index, shot.duration_frames, shot.confidence) == (0, 0, 100)
    assert Film([]).segments() == []


def card(lines: list[str], top: int | None = None) -> Pixels:
    """Return a dark frame, 640 x 360, with lines of text in its middle or from `top` on."""
    sign, _ = draw_sign(lines, 20, ink=235, paper=12)
    frame = np.full((360, 640, 3), 12, np.uint8)
    height, width = sign.shape[:2]
    place = (360 - height) // 2 if top is None else top
    left = (640 - width) // 2
    visible = sign[max(0, -place) : max(0, 360 - place)]
    frame[max(0, place) : max(0, place) + len(visible), left : left + width] = visible
    return frame


def bars() -> Pixels:
    colours = [(1, 1, 1), (1, 1, 0), (0, 1, 1), (0, 1, 0), (1, 0, 1), (1, 0, 0), (0, 0, 1)]
    frame = np.full((360, 640, 3), 16, np.uint8)
    for index, colour in enumerate(colours):
        frame[:250, index * 640 // 7 : (index + 1) * 640 // 7] = np.array(colour) * 191
    return frame


def test_the_cues_of_a_film(engine: Engine) -> None:
    slate = card(["SERIES: NORTH WIND", "EPISODE: 12", "DURATION: 00:42:10", "AUDIO: STEREO"])
    names = ["Producer  Jane Doe", "Editor  Max Power", "Music  Ida Wells", "Driver  Tom Hall"] * 2
    roll = [card(names, top=160 - 6 * step) for step in range(40)]
    black = np.zeros((360, 640, 3), np.uint8)
    scenes = [cv2.resize(scenery(seed), (640, 360)) for seed in (5, 6, 7)]
    content = [np.asarray(scene, np.uint8) for scene in scenes for _ in range(15)]
    film = Film(
        [bars()] * 15 + [slate] * 15 + [black] * 5 + content + roll + [black] * 5, Fraction(5)
    )
    told = film.segments(SegmentWish(kinds=("TECHNICAL_CUE",)), open_sheet=engine.open_sheet)
    assert [segment.cue for segment in told] == [
        "ColorBars",
        "Slate",
        "BlackFrames",
        "Content",
        "EndCredits",
        "BlackFrames",
    ]
    assert [(s.start_frame, s.end_frame) for s in told[:4]] == [
        (0, 14),
        (15, 29),
        (30, 34),
        (35, 79),
    ]
