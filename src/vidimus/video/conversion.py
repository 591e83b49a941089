"""Pictures of a decoder into RGB, by swscale, in whatever thread asks."""

import threading
from functools import lru_cache

import cv2
import numpy as np
from av.video.frame import VideoFrame
from av.video.reformatter import Colorspace, Interpolation, VideoReformatter
from numpy.typing import NDArray

Pixels = NDArray[np.uint8]

_KINDS_KEPT = 8
_UNSPECIFIED = 2
"""AVCOL_SPC_UNSPECIFIED: the video does not say which matrix its colours went through."""

_HD_HEIGHT = 720


class _Reformatters(threading.local):
    """Each thread's own contexts: making one costs more than converting a small picture."""

    def __init__(self) -> None:
        self.of = lru_cache(maxsize=_KINDS_KEPT)(lambda *kind: VideoReformatter())


_REFORMATTERS = _Reformatters()


def to_rgb(picture: VideoFrame, size: tuple[int, int] | None = None) -> Pixels:
    """Return a picture as RGB uint8 (height, width, 3), as stored (not upright).

    `size` is (width, height); None keeps the picture's own. Colours whose matrix the video does
    not name are BT.709 from 720 lines on and BT.601 below, as players take them.
    """
    width, height = size or (picture.width, picture.height)
    kind = (width, height, picture.width, picture.height, picture.format.name)
    shrunk = (width, height) != (picture.width, picture.height)
    hd = picture.colorspace == _UNSPECIFIED and min(picture.width, picture.height) >= _HD_HEIGHT
    converted = _REFORMATTERS.of(*kind).reformat(
        picture,
        width=width,
        height=height,
        format="rgb24",
        src_colorspace=Colorspace.ITU709 if hd else None,
        interpolation=Interpolation.AREA if shrunk else Interpolation.BILINEAR,
        threads=1,
    )
    return _packed(converted, 3).reshape(height, width, 3)


def to_luma(picture: VideoFrame, size: tuple[int, int]) -> Pixels:
    """Return a picture's Y samples as uint8 (height, width), as stored, by area averaging.

    Their range is the video's own: 16 to 235 where it is limited.
    """
    if not _has_plain_luma(picture):
        kind = (picture.width, picture.height, picture.format.name)
        picture = _REFORMATTERS.of(*kind).reformat(picture, format="yuv444p", threads=1)
    samples = _packed(picture, 1)
    if size == (picture.width, picture.height):
        return np.ascontiguousarray(samples)
    return np.asarray(cv2.resize(samples, size, interpolation=cv2.INTER_AREA), np.uint8)


def _has_plain_luma(picture: VideoFrame) -> bool:
    parts = picture.format
    return not parts.is_rgb and parts.is_planar and parts.components[0].bits == 8


def _packed(picture: VideoFrame, channels: int) -> Pixels:
    """The first plane without what pads its lines, (height, width * channels); a view."""
    plane = picture.planes[0]
    lines = np.frombuffer(memoryview(plane), np.uint8).reshape(-1, plane.line_size)
    return lines[: picture.height, : picture.width * channels]
