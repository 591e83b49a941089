"""Places of a picture made unrecognizable: blurred, pixelated or filled.

Blurring with a filter can be partly undone, so a blurred place is first averaged to a few cells,
as a pixelated one is; what was finer than a cell is gone. A filled place keeps nothing.
"""

from enum import StrEnum

import cv2
import numpy as np
from numpy.typing import NDArray

Pixels = NDArray[np.uint8]
Floats = NDArray[np.floating]

CELLS = {"blur": 5, "pixelate": 7}
"""Cells along the longer side of a covered place."""

_LEAST_CELL = 4
"""Pixels that a cell has at least: small places get fewer cells."""

_FILL = (38, 40, 46)
_MARGINS = np.array([-0.18, -0.25, 0.18, 0.15])
"""What is added to a face's box, in its widths and heights: detectors leave out hair and ears."""


class CoverStyle(StrEnum):
    """How a place is made unrecognizable."""

    BLUR = "blur"
    PIXELATE = "pixelate"
    FILL = "fill"


def cover_places(pixels: Pixels, boxes: Floats, style: CoverStyle) -> Pixels:
    """Return a copy of an RGB picture (h, w, 3) with every box covered, and a margin around it.

    `boxes` (n, 4) are (x1, y1, x2, y2) in pixels and may pass the picture's edge.
    """
    covered = pixels.copy()
    for x1, y1, x2, y2 in _with_margins(boxes, pixels.shape[1], pixels.shape[0]):
        if x2 > x1 and y2 > y1:
            _cover(covered[y1:y2, x1:x2], style)
    return covered


def _with_margins(boxes: Floats, width: int, height: int) -> list[list[int]]:
    """Return the areas (x1, y1, x2, y2) to cover, whole pixels within the picture."""
    boxes = np.asarray(boxes, np.float64).reshape(-1, 4)
    spans = np.tile(boxes[:, 2:] - boxes[:, :2], 2)
    grown = boxes + _MARGINS * spans
    low, high = np.floor(grown[:, :2]), np.ceil(grown[:, 2:])
    edges = np.concatenate([low, high], 1).clip(0, [width, height, width, height])
    return [[int(edge) for edge in area] for area in edges]


def _cover(area: Pixels, style: CoverStyle) -> None:
    """Cover a part of a picture in place, its corners rounded."""
    if style is CoverStyle.FILL:
        flat = np.broadcast_to(np.array(_FILL, np.uint8), area.shape)
    else:
        flat = _averaged(area, style)
    np.copyto(area, flat, where=_rounded(*area.shape[:2])[:, :, None])


def _averaged(area: Pixels, style: CoverStyle) -> Pixels:
    """Return the area averaged to a few cells, with their edges (pixelate) or without (blur)."""
    height, width = area.shape[:2]
    cell = max(_LEAST_CELL, max(width, height) / CELLS[style])
    few = (max(1, round(width / cell)), max(1, round(height / cell)))
    method = cv2.INTER_NEAREST if style is CoverStyle.PIXELATE else cv2.INTER_CUBIC
    cells = cv2.resize(area, few, interpolation=cv2.INTER_AREA)
    return np.asarray(cv2.resize(cells, (width, height), interpolation=method), np.uint8)


def _rounded(height: int, width: int) -> NDArray[np.bool_]:
    """Return the mask (h, w) of a superellipse that leaves out little but the corners."""
    y = np.abs(np.linspace(-1, 1, height))[:, None] ** 4
    x = np.abs(np.linspace(-1, 1, width))[None] ** 4
    return np.asarray(x + y <= 1.0, np.bool_)
