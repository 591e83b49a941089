"""Pictures of what lanes are about, cut from the frames where it is best seen."""

from collections.abc import Iterator, Sequence

import numpy as np
from numpy.typing import NDArray
from PIL import Image

from vidimus.cli.page import data_address
from vidimus.cli.progress import Passes
from vidimus.cli.timeline import Lane, Sight
from vidimus.geometry import BoundingBox
from vidimus.video.frames import Frame, Video

Pixels = NDArray[np.uint8]

LONGEST_SIDE = 240
"""Pixels of the longer side of a lane's picture."""

_MARGIN = 0.35


def cut_pictures(video: Video, lanes: Sequence[Lane], passes: Passes) -> dict[int, str]:
    """Return pictures, as their own addresses, by the place of their lane."""
    wanted = [(lane.sight, place) for place, lane in enumerate(lanes) if lane.sight is not None]
    wanted.sort(key=lambda each: each[0].timestamp_ms, reverse=True)
    pictures: dict[int, str] = {}
    for frame in _frames_to(video, wanted, passes):
        while wanted and wanted[-1][0].timestamp_ms <= frame.timestamp_ms:
            sight, place = wanted.pop()
            pictures[place] = data_address(_cut(frame.pixels, sight.box))
        if not wanted:
            break
    return pictures


def _frames_to(
    video: Video, wanted: Sequence[tuple[Sight, int]], passes: Passes
) -> Iterator[Frame]:
    if not wanted:
        return iter(())
    return passes.follow("cutting pictures", video.frames(), wanted[0][0].timestamp_ms)


def _cut(pixels: Pixels, box: BoundingBox | None) -> Image.Image:
    """Cut out a box with some of what is around it, or take the whole frame."""
    image = Image.fromarray(_around(pixels, box) if box is not None else pixels)
    image.thumbnail((LONGEST_SIDE, LONGEST_SIDE))
    return image


def _around(pixels: Pixels, box: BoundingBox) -> Pixels:
    height, width = pixels.shape[:2]
    x1, y1, x2, y2 = (float(edge) for edge in box.to_pixels(width, height))
    margin = _MARGIN * min(x2 - x1, y2 - y1)
    left, top = max(0, int(x1 - margin)), max(0, int(y1 - margin))
    right, bottom = min(width, int(x2 + margin) + 1), min(height, int(y2 + margin) + 1)
    if right - left < 2 or bottom - top < 2:
        return pixels
    return np.ascontiguousarray(pixels[top:bottom, left:right])
