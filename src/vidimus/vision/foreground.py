"""What of a picture is its foreground: the things that networks found, cut out along their edges.

GrabCut (Rother, Kolmogorov, Blake 2004) parts the boxes of objects and faces into the thing and
what is behind it, by the colours inside and outside of them. It runs on a very small picture: the
outline is coarse, fit for measuring colours and light and for nothing finer.
"""

import cv2
import numpy as np
from numpy.typing import NDArray

from vidimus.models.object_detector import ObjectDetections
from vidimus.vision.picture_sheet import PictureSheet

Mask = NDArray[np.bool_]
Floats = NDArray[np.float32]
Pixels = NDArray[np.uint8]

LONGEST_SIDE = 80
"""The mask has at most so many pixels on its longer side."""

_MIN_SCORE = 0.4
_ROUNDS = 1
# Things with less than this share of the largest one's area stand further back.
_SHARE_OF_LARGEST = 0.1
# Kinds of COCO on which things stand or people sit: bench, couch, bed, table. They are a
# foreground only where nothing else is one.
_SURFACES = (13, 57, 59, 60)
# GrabCut needs this share of pixels outside of the boxes to learn the background from.
_LEAST_OUTSIDE = 0.05
# What lies within this share of a box's sides about its middle is taken for the thing.
_CORE = 0.45


def find_foreground(sheet: PictureSheet) -> Mask | None:
    """Return which pixels show the foreground, (h, w) of the picture within 80 pixels.

    None where no network found a thing, and where things fill the whole picture: then foreground
    and background can't be told apart.
    """
    small = sheet.pyramid.within(LONGEST_SIDE)
    boxes = _boxes_of_things(sheet) * (small.shape[1] / sheet.pyramid.width)
    inside, core = _within_boxes(boxes, small.shape[1], small.shape[0])
    if not inside.any() or inside.all():
        return None
    return inside if np.mean(~inside) < _LEAST_OUTSIDE else _cut_out(small, inside, core)


def _boxes_of_things(sheet: PictureSheet) -> Floats:
    """Return the boxes in pixels (n, 4) of objects and faces that stand in front."""
    width, height = sheet.pyramid.width, sheet.pyramid.height
    faces = [face.box.to_pixels(width, height) for face in sheet.faces_at_a_glance]
    boxes = np.concatenate([_boxes_of_objects(sheet.objects), np.reshape(faces, (-1, 4))])
    if not len(boxes):
        return boxes.astype(np.float32)
    areas = (boxes[:, 2] - boxes[:, 0]) * (boxes[:, 3] - boxes[:, 1])
    return np.asarray(boxes[areas >= _SHARE_OF_LARGEST * areas.max()], np.float32)


def _boxes_of_objects(objects: ObjectDetections | None) -> Floats:
    if objects is None:
        return np.zeros((0, 4), np.float32)
    sure = objects.chosen(objects.scores >= _MIN_SCORE)
    standing = sure.chosen(~np.isin(sure.classes, _SURFACES))
    return (standing if len(standing) else sure).boxes


def _within_boxes(boxes: Floats, width: int, height: int) -> tuple[Mask, Mask]:
    """Return which pixels (h, w) lie in a box, and which in the oval core of one."""
    inside, core = np.zeros((2, height, width), np.uint8)
    for left, top, right, bottom in boxes.tolist():
        first = (max(round(left), 0), max(round(top), 0))
        last = (round(right) - 1, round(bottom) - 1)
        cv2.rectangle(inside, first, last, 1, cv2.FILLED)
        middle = (round((left + right) / 2), round((top + bottom) / 2))
        radii = (int(_CORE * (right - left) / 2), int(_CORE * (bottom - top) / 2))
        cv2.ellipse(core, middle, radii, 0, 0, 360, 1, cv2.FILLED)
    return inside > 0, core > 0


def _cut_out(pixels: Pixels, inside: Mask, core: Mask) -> Mask:
    """Part what is inside the boxes by GrabCut; the same pixels give the same outline."""
    parts = np.where(inside, cv2.GC_PR_FGD, cv2.GC_BGD).astype(np.uint8)
    parts[core] = cv2.GC_FGD
    behind, front = np.zeros((2, 1, 65))
    # Its colour models begin with a k-means, which throws dice.
    cv2.setRNGSeed(0)
    cv2.grabCut(pixels, parts, (0, 0, 1, 1), behind, front, _ROUNDS, cv2.GC_INIT_WITH_MASK)
    return np.asarray((parts == cv2.GC_PR_FGD) | (parts == cv2.GC_FGD))
