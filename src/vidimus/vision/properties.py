"""Light, sharpness and colours of a picture, of its foreground and of its background."""

from dataclasses import dataclass

import cv2
import numpy as np
from numpy.typing import NDArray

from vidimus.imaging.colours import DominantColour, dominant_colours
from vidimus.imaging.picture_quality import LONGEST_SIDE, PictureMeasure, PictureQuality
from vidimus.vision import foreground
from vidimus.vision.capability import Capability
from vidimus.vision.foreground import find_foreground
from vidimus.vision.picture_nets import PictureNets
from vidimus.vision.picture_sheet import PictureSheet

Mask = NDArray[np.bool_]
Pixels = NDArray[np.uint8]

DEFAULT_COLOURS = 10


@dataclass(frozen=True, slots=True)
class PartProperties:
    """Quality and dominant colours of the whole picture or of a part of it.

    Shares of colours are percent of the part's pixels.
    """

    quality: PictureQuality
    colours: tuple[DominantColour, ...]


@dataclass(frozen=True, slots=True)
class PictureProperties:
    """What is told of a picture's light and colours.

    `foreground` and `background` are None where they can't be told apart: where no network found
    a thing, or where things fill the picture.
    """

    whole: PartProperties
    foreground: PartProperties | None
    background: PartProperties | None


def picture_properties(
    sheet: PictureSheet, max_colours: int = DEFAULT_COLOURS
) -> PictureProperties:
    """Measure a picture and its parts, each with at most `max_colours` (0..20) colours."""
    front = find_foreground(sheet)
    parts = _Parts(sheet, max_colours)
    return PictureProperties(
        whole=parts.describe(None),
        foreground=None if front is None else parts.describe(front),
        background=None if front is None else parts.describe(~front),
    )


def properties_capabilities(nets: PictureNets) -> list[Capability]:
    """Say what tells the parts of IMAGE_PROPERTIES; no network is opened."""
    finders = nets.names("object_detector") + nets.names("face_detector")
    hint = "" if finders else "run `vidimus models pull`"
    return [
        Capability("image quality and colours", ("vidimus",)),
        Capability("foreground and background", finders, hint),
    ]


class _Parts:
    """One picture, ready to be measured part by part."""

    def __init__(self, sheet: PictureSheet, max_colours: int) -> None:
        pixels = sheet.pyramid.within(LONGEST_SIDE)
        self._size = (pixels.shape[1], pixels.shape[0])
        self._measure = PictureMeasure(pixels)
        self._small = sheet.pyramid.within(foreground.LONGEST_SIDE)
        self._max_colours = max_colours

    def describe(self, mask: Mask | None) -> PartProperties:
        """Measure the whole picture, or the part that a mask of the small picture marks."""
        large = None if mask is None else self._enlarged(mask)
        return PartProperties(
            quality=self._measure.quality(large),
            colours=dominant_colours(self._small, mask, self._max_colours),
        )

    def _enlarged(self, mask: Mask) -> Mask:
        near = cv2.resize(mask.astype(np.uint8), self._size, interpolation=cv2.INTER_NEAREST)
        return np.asarray(near > 0)
