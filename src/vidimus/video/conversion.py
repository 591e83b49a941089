"""Pictures of a decoder into RGB, by swscale, in whatever thread asks."""

import threading
from functools import lru_cache

import cv2
import numpy as np
from av.error import FFmpegError
from av.video.frame import VideoFrame
from av.video.reformatter import Colorspace, Interpolation, VideoReformatter
from numpy.typing import NDArray

from vidimus.errors import UnreadableVideo

Pixels = NDArray[np.uint8]

_KINDS_KEPT = 8
_UNSPECIFIED = 2
"""AVCOL_SPC_UNSPECIFIED: the video does not say which matrix its colours went through."""

_MATRICES = frozenset((0, 1, 4, 5, 6, 7, 9, 10))
"""AVCOL_SPC numbers that swscale knows: RGB, BT.709, FCC, BT.601 (twice), SMPTE 240M, BT.2020."""

_HD_HEIGHT = 720


class _Reformatters(threading.local):
    """Each thread's own contexts: making one costs more than converting a small picture."""

    def __init__(self) -> None:
        self.of = lru_cache(maxsize=_KINDS_KEPT)(lambda *kind: VideoReformatter())


_REFORMATTERS = _Reformatters()


def to_rgb(picture: VideoFrame, size: tuple[int, int] | None = None) -> Pixels:
    """Return a picture as RGB uint8 (height, width, 3), as stored (not upright).

    `size` is (width, height); None keeps the picture's own. Colours whose matrix the video does
    not name, or names by a number that has no meaning, are BT.709 from 720 lines on and BT.601
    below, as players take them. Raises UnreadableVideo for a format that cannot be converted.
    """
    width, height = size or (picture.width, picture.height)
    converted = _reformatted(picture, "rgb24", (width, height))
    return _packed(converted, 3).reshape(height, width, 3)


def to_luma(picture: VideoFrame, size: tuple[int, int]) -> Pixels:
    """Return a picture's Y samples as uint8 (height, width), as stored, by area averaging.

    Their range is the video's own: 16 to 235 where it is limited.
    """
    if not _has_plain_luma(picture):
        picture = _reformatted(picture, "yuv444p", (picture.width, picture.height))
    samples = _packed(picture, 1)
    if size == (picture.width, picture.height):
        return np.ascontiguousarray(samples)
    return np.asarray(cv2.resize(samples, size, interpolation=cv2.INTER_AREA), np.uint8)


def _reformatted(picture: VideoFrame, to: str, size: tuple[int, int]) -> VideoFrame:
    own = (picture.width, picture.height)
    if picture.colorspace not in _MATRICES:
        picture.colorspace = _UNSPECIFIED
    hd = picture.colorspace == _UNSPECIFIED and min(own) >= _HD_HEIGHT
    try:
        return _REFORMATTERS.of(picture.format.name, own, to, size).reformat(
            picture,
            width=size[0],
            height=size[1],
            format=to,
            src_colorspace=Colorspace.ITU709 if hd else None,
            interpolation=Interpolation.BILINEAR if size == own else Interpolation.AREA,
            threads=1,
        )
    except FFmpegError as trouble:
        raise UnreadableVideo(
            f"The video's pictures are in a format whose colours cannot be read "
            f"({picture.format.name})."
        ) from trouble


def _has_plain_luma(picture: VideoFrame) -> bool:
    parts = picture.format
    return not parts.is_rgb and parts.is_planar and parts.components[0].bits == 8


def _packed(picture: VideoFrame, channels: int) -> Pixels:
    """The first plane without what pads its lines, (height, width * channels); a view."""
    plane = picture.planes[0]
    lines = np.frombuffer(memoryview(plane), np.uint8).reshape(-1, plane.line_size)
    return lines[: picture.height, : picture.width * channels]
