"""A network stand-in with YuNet's outputs that takes white squares for faces."""

from collections.abc import Mapping
from typing import Any

import cv2
import numpy as np
from numpy.typing import NDArray

STRIDES = (8, 16, 32)
POINTS = np.array([[0.3, 0.4], [0.7, 0.4], [0.5, 0.6], [0.35, 0.8], [0.65, 0.8]], np.float32)
"""Where the stand-in says the five points lie, as ratios of the square."""


class SquareFinder:
    """Finds squares of `smallest` to `largest` pixels; `looks` the longer side of every canvas."""

    inputs: Mapping[str, tuple[int | None, ...]] = {"input": (None, 3, None, None)}
    outputs: tuple[str, ...] = ()
    metadata: Mapping[str, str] = {}

    def __init__(self, smallest: float = 8, largest: float = 300, score: float = 0.9) -> None:
        self.looks: list[int] = []
        self._smallest, self._largest, self._score = smallest, largest, score

    def run(self, inputs: Mapping[str, NDArray[Any]]) -> dict[str, NDArray[Any]]:
        tensor = inputs["input"]
        assert tensor.dtype == np.float32
        assert tensor.shape[:2] == (1, 3)
        height, side = tensor.shape[2:]
        self.looks.append(max(height, side))
        outputs = _blank(max(height, side))
        white = (tensor[0].min(0) > 128).astype(np.uint8)
        count, _, stats, _ = cv2.connectedComponentsWithStats(white)
        for left, top, width, height, _area in stats[1:count]:
            if self._smallest <= min(width, height) and max(width, height) <= self._largest:
                _plant(outputs, side, (left, top, width, height), self._score)
        return outputs


def _blank(side: int) -> dict[str, NDArray[Any]]:
    outputs: dict[str, NDArray[Any]] = {}
    for stride in STRIDES:
        cells = (side // stride) ** 2
        outputs[f"cls_{stride}"] = np.zeros((1, cells, 1), np.float32)
        outputs[f"obj_{stride}"] = np.zeros((1, cells, 1), np.float32)
        outputs[f"bbox_{stride}"] = np.zeros((1, cells, 4), np.float32)
        outputs[f"kps_{stride}"] = np.zeros((1, cells, 10), np.float32)
    return outputs


def _plant(
    outputs: dict[str, NDArray[Any]], side: int, box: tuple[int, int, int, int], score: float
) -> None:
    """Write one face as YuNet does, into the cell of its centre and, weaker, the next one."""
    left, top, width, height = box
    stride = 8 if width < 64 else 16 if width < 160 else 32
    column, row = int((left + width / 2) // stride), int((top + height / 2) // stride)
    points = np.array([left, top]) + POINTS * [width, height]
    for step, strength in ((0, score), (1, score * 0.9)):
        if column + step >= side // stride:
            continue
        cell = row * (side // stride) + column + step
        corner = np.array([(column + step) * stride, row * stride])
        center = np.array([left + width / 2, top + height / 2])
        outputs[f"cls_{stride}"][0, cell] = strength
        outputs[f"obj_{stride}"][0, cell] = strength
        outputs[f"bbox_{stride}"][0, cell, :2] = (center - corner) / stride
        outputs[f"bbox_{stride}"][0, cell, 2:] = np.log(np.array([width, height]) / stride)
        outputs[f"kps_{stride}"][0, cell] = ((points - corner) / stride).ravel()
