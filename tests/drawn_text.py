"""Signs with known text, drawn with the font that Pillow carries."""

from collections.abc import Sequence

import cv2
import numpy as np
from numpy.typing import NDArray
from PIL import Image, ImageDraw, ImageFont

Pixels = NDArray[np.uint8]
Quads = NDArray[np.float32]


def draw_sign(
    lines: Sequence[str],
    size: float = 32,
    degrees: float = 0.0,
    ink: int = 20,
    paper: int = 235,
) -> tuple[Pixels, Quads]:
    """An RGB picture (h, w, 3) of lines turned clockwise, and their corners (lines, 4, 2).

    The corners are clockwise from the top left as the line is read.
    """
    font = ImageFont.load_default(size)
    margin, leading = round(1.5 * size), round(1.5 * size)
    width = int(max(font.getlength(line) for line in lines)) + 2 * margin
    image = Image.new("L", (width, leading * len(lines) + 2 * margin), paper)
    draw, quads = ImageDraw.Draw(image), []
    for row, line in enumerate(lines):
        base = margin + size + row * leading
        draw.text((margin, base), line, fill=ink, font=font, anchor="ls")
        left, top, right, bottom = font.getbbox(line, anchor="ls")
        box = margin + left, base + top, margin + right, base + bottom
        quads.append([box[:2], (box[2], box[1]), box[2:], (box[0], box[3])])
    return _turned(np.asarray(image), np.array(quads, np.float32), degrees, paper)


def _turned(grey: Pixels, quads: Quads, degrees: float, paper: int) -> tuple[Pixels, Quads]:
    height, width = grey.shape
    radians = np.radians(degrees)
    cosine, sine = abs(np.cos(radians)), abs(np.sin(radians))
    sides = (
        max(100, round(width * cosine + height * sine)),
        max(100, round(width * sine + height * cosine)),
    )
    turn = cv2.getRotationMatrix2D((width / 2, height / 2), -degrees, 1.0)
    turn[:, 2] += np.array(sides) / 2 - (width / 2, height / 2)
    picture = cv2.warpAffine(grey, turn, sides, flags=cv2.INTER_CUBIC, borderValue=paper)
    placed = quads @ turn[:, :2].T + turn[:, 2]
    return np.repeat(np.asarray(picture, np.uint8)[..., None], 3, 2), placed.astype(np.float32)
