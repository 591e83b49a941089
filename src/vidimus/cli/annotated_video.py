"""A copy of a clip with everything that was seen drawn on it: boxes that move, names, a caption."""

from collections.abc import Sequence
from pathlib import Path

import numpy as np
from numpy.typing import NDArray
from PIL import Image, ImageDraw, ImageFont

from vidimus.cli.canvas import Mark, draw_marks
from vidimus.cli.clip import WatchedClip
from vidimus.cli.progress import Passes
from vidimus.cli.timeline import COLORS, Kind, Lane, Timeline, clock_words
from vidimus.video.frames import Video
from vidimus.video.writer import VideoWriter

Pixels = NDArray[np.uint8]

_CAPTIONED = 4
_ORDINARY = "content"
_PLATE = (0, 0, 0, 150)
_INK = (255, 255, 255, 255)


def write_annotated(
    path: Path, clip: WatchedClip, timeline: Timeline, video: Video, passes: Passes
) -> None:
    """Write the clip anew with boxes, names and a caption on every frame; its sound is copied.

    Raises what the writer raises where the file's ending names no format that can be written.
    """
    frames = passes.follow("drawing", video.frames(), video.info.duration_ms)
    with VideoWriter(path, clip.info, audio_from=clip.path) as writer:
        for frame in frames:
            writer.add(draw_moment(frame.pixels, timeline, frame.timestamp_ms), frame.timestamp_ms)


def draw_moment(pixels: Pixels, timeline: Timeline, timestamp_ms: int) -> Pixels:
    """Return a frame, RGB (h, w, 3), with what is seen at its time drawn on it, in its size."""
    marks = [
        Mark(box, tag=course.tag, color=COLORS[course.kind])
        for course in timeline.courses
        if (box := course.box_at(timestamp_ms)) is not None
    ]
    drawn = draw_marks(pixels, marks, least_side=0)
    return _captioned(drawn, " · ".join(caption_words(timeline.lanes, timestamp_ms)))


def caption_words(lanes: Sequence[Lane], timestamp_ms: int) -> list[str]:
    """Return the time, the shot, and what is seen then without a box to show it."""
    words = [clock_words(timestamp_ms, tenths=True)]
    for lane in lanes:
        now = [span for span in lane.spans if span.start_ms <= timestamp_ms < span.end_ms]
        if now and lane.kind is Kind.SHOTS:
            words.append(now[0].words)
        elif now and lane.kind in {Kind.CUES, Kind.FLAGS} and lane.name != _ORDINARY:
            words.append(lane.name)
    labels = [lane for lane in lanes if lane.kind is Kind.LABELS]
    surest = sorted(labels, key=lambda lane: -_sureness(lane, timestamp_ms))
    words += [each.name for each in surest[:_CAPTIONED] if _sureness(each, timestamp_ms) > 0]
    return words


def _sureness(lane: Lane, timestamp_ms: int) -> float:
    """Return how sure what is seen now is, 0..100; 0 where it is not seen."""
    now = (span for span in lane.spans if span.start_ms <= timestamp_ms < span.end_ms)
    return max((span.confidence or 0.0 for span in now), default=0.0)


def _captioned(pixels: Pixels, words: str) -> Pixels:
    """Write a line into the lower left corner, on a dark plate."""
    image = Image.fromarray(pixels)
    draw = ImageDraw.Draw(image, "RGBA")
    size = max(11.0, image.height / 32)
    font = ImageFont.load_default(size)
    left, top, right, bottom = draw.textbbox((0, 0), words, font=font)
    pad = size / 2
    corner = (pad, image.height - (bottom - top) - 2 * pad)
    plate = (0, corner[1] - pad / 2, right - left + 3 * pad, image.height)
    draw.rectangle(plate, fill=_PLATE)
    draw.text((corner[0] - left, corner[1] - top + pad / 2), words, fill=_INK, font=font)
    return np.asarray(image)
