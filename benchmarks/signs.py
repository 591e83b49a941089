"""Signs, drawn: text that is known, in pictures that get harder in one way each.

A group varies one thing (size, rotation, contrast, blur, JPEG, light text on dark, a curve) and
leaves the others easy; three hundred in all. Hard signs vary several at once. Everything follows
from the seed; the fonts are files of DejaVu, Liberation, Open Sans and Roboto (Debian's packages
fonts-dejavu, fonts-liberation2, fonts-open-sans, fonts-roboto), all freely licensed.
"""

from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any

import cv2
import numpy as np
from numpy.typing import NDArray
from PIL import Image, ImageDraw, ImageFont

Pixels = NDArray[np.uint8]
Shades = NDArray[np.float32]

FONTS = Path("/usr/share/fonts/truetype")
FACES = (
    "dejavu/DejaVuSans.ttf",
    "dejavu/DejaVuSans-Bold.ttf",
    "dejavu/DejaVuSerif.ttf",
    "liberation2/LiberationSans-Regular.ttf",
    "liberation2/LiberationSans-Bold.ttf",
    "liberation2/LiberationSerif-Regular.ttf",
    "open-sans/OpenSans-Semibold.ttf",
    "roboto/unhinted/RobotoTTF/Roboto-Regular.ttf",
    "roboto/unhinted/RobotoTTF/Roboto-Bold.ttf",
)
SIZES = (12, 16, 20, 24, 36, 48, 72)
"""Pixels of the font; its capitals are about seven tenths as high."""

PHRASES = (
    ("NO PARKING", "Mon - Fri 8:00 to 18:00"),
    ("Emergency Exit", "Keep this door closed"),
    ("SPEED LIMIT 55",),
    ("Fresh Coffee & Cake", "open every day"),
    ("Platform 7", "Trains to Oxford", "departing at 14:35"),
    ("CAUTION", "Wet floor"),
    ("Sale! Up to 50% off", "while stocks last"),
    ("Room 4.12", "Dr. Helen Marsh"),
    ("Do not feed the birds",),
    ("Harbour Street", "No. 118"),
    ("Invoice 2024-0387", "Total due: $1,249.90"),
    ("Please wait here", "until you are called"),
    ("HIGH VOLTAGE", "Danger of death"),
    ("Best before 03/2027", "Keep refrigerated"),
    ("Public Library", "Tuesday 10-19", "Saturday 9-13"),
    ("Queue this side", "Tickets and Information"),
    ("Tel. 0207 946 0812", "www.example.org"),
    ("Bridge closed", "Follow diversion B"),
    ("Handle with care", "FRAGILE", "This way up"),
    ("Gate 23", "Boarding now", "Flight QX 417"),
    ("Private property", "Trespassers will be prosecuted"),
    ("Organic Apples", "2.49 per kg"),
    ("Staff only",),
    ("Bicycle route 4", "Riverside 3.5 km", "Old Mill 12 km"),
)
CURVED = ("FRESH ROASTED COFFEE", "Royal Garden Theatre", "ESTABLISHED 1897", "Mountain Rescue")


@dataclass(frozen=True)
class Sign:
    """One picture, RGB (h, w, 3), and what is written in it, line by line."""

    group: str
    detail: str
    pixels: Pixels
    lines: tuple[str, ...]


@dataclass(frozen=True)
class Plan:
    """How a sign is drawn; degrees count clockwise, an arc that bends upwards is positive."""

    lines: tuple[str, ...]
    face: str
    size: int
    degrees: float
    tint: tuple[int, ...]
    seed: int
    contrast: float = 0.9
    blur: float = 0.0
    quality: int = 92
    dark: bool = False
    bend: float = 0.0


Varied = tuple[dict[str, Any], str]


def _size(rng: np.random.Generator, which: int) -> Varied:
    size = SIZES[which % len(SIZES)]
    return {"size": size}, f"{size} px"


def _rotation(rng: np.random.Generator, which: int) -> Varied:
    degrees = 6.0 * which + float(rng.uniform(-3, 3))
    return {"degrees": degrees}, f"{degrees:.0f} degrees"


def _contrast(rng: np.random.Generator, which: int) -> Varied:
    contrast = float(rng.uniform(0.08, 0.35))
    return {"contrast": contrast}, f"contrast {contrast:.2f}"


def _blur(rng: np.random.Generator, which: int) -> Varied:
    blur = float(rng.uniform(1.0, 4.0))
    return {"blur": blur}, f"sigma {blur:.1f} px"


def _jpeg(rng: np.random.Generator, which: int) -> Varied:
    return {"quality": 30, "size": int(rng.integers(14, 40))}, "quality 30"


def _dark(rng: np.random.Generator, which: int) -> Varied:
    return {"dark": True}, "light on dark"


def _curved(rng: np.random.Generator, which: int) -> Varied:
    bend = float(rng.uniform(60, 150)) * (1 if which % 2 else -1)
    return {"bend": bend, "lines": (CURVED[which % len(CURVED)],)}, f"arc of {bend:.0f} degrees"


GROUPS: dict[str, tuple[int, Callable[[np.random.Generator, int], Varied]]] = {
    "size": (63, _size),
    "rotation": (60, _rotation),
    "contrast": (40, _contrast),
    "blur": (40, _blur),
    "JPEG 30": (37, _jpeg),
    "light on dark": (30, _dark),
    "curved": (30, _curved),
}


def draw_signs(seed: int = 20261124) -> Iterator[Sign]:
    """Draw every group's signs, the same ones for the same seed."""
    rng = np.random.default_rng(seed)
    for group, (count, vary) in GROUPS.items():
        for which in range(count):
            plan = _plan(rng)
            changes, detail = vary(rng, which)
            yield draw_sign(replace(plan, **changes), group, detail)


def draw_hard_signs(seed: int, count: int = 300) -> Iterator[Sign]:
    """Draw small and strongly compressed signs, most of them blurred, pale, tiny or bent too."""
    rng = np.random.default_rng(seed)
    for which in range(count):
        plan = replace(_plan(rng), size=int(rng.integers(9, 30)), quality=int(rng.integers(8, 90)))
        harder: tuple[dict[str, Any], ...] = (
            {"blur": float(rng.uniform(1, 3))},
            {"contrast": float(rng.uniform(0.03, 0.1))},
            {"quality": 8, "size": int(rng.integers(9, 20))},
            {
                "bend": float(rng.uniform(60, 170)),
                "size": 24,
                "lines": (CURVED[which % len(CURVED)],),
            },
            {"size": int(rng.integers(5, 11))},
        )
        yield draw_sign(replace(plan, **harder[which % len(harder)]), "hard", "")


def _plan(rng: np.random.Generator) -> Plan:
    return Plan(
        lines=PHRASES[int(rng.integers(len(PHRASES)))],
        face=FACES[int(rng.integers(len(FACES)))],
        size=int(rng.integers(26, 44)),
        degrees=float(rng.uniform(-3, 3)),
        seed=int(rng.integers(1 << 31)),
        tint=tuple(int(value) for value in rng.integers(0, 40, 3)),
    )


def draw_sign(plan: Plan, group: str, detail: str) -> Sign:
    """Draw one sign: a plate with lines of text, turned, before a background of soft noise."""
    rng = np.random.default_rng(plan.seed)
    text = _text(plan)
    if plan.bend:
        text = _bent(text, plan.bend)
    turn, sides = _turn(text.shape, plan)
    plate = cv2.warpAffine(np.ones_like(text), turn, sides, flags=cv2.INTER_LINEAR)[..., None]
    ink = cv2.warpAffine(text, turn, sides, flags=cv2.INTER_CUBIC)[..., None].clip(0, 1)
    paper, letters = _colours(plan)
    picture = _background(rng, *sides) * (1 - plate) + plate * (paper * (1 - ink) + letters * ink)
    picture = picture + rng.normal(0, 2.5, picture.shape)
    if plan.blur:
        picture = cv2.GaussianBlur(picture, (0, 0), plan.blur)
    pixels = _compressed(picture.clip(0, 255).astype(np.uint8), plan.quality)
    return Sign(group, detail, pixels, plan.lines)


def _text(plan: Plan) -> Shades:
    """Draw the lines below each other, ink as 0..1."""
    font = ImageFont.truetype(str(FONTS / plan.face), plan.size)
    margin, leading = round(0.9 * plan.size), round(1.45 * plan.size)
    width = int(max(font.getbbox(line, anchor="ls")[2] for line in plan.lines)) + 2 * margin
    image = Image.new("L", (width, leading * len(plan.lines) + 2 * margin - leading // 3))
    draw = ImageDraw.Draw(image)
    for row, line in enumerate(plan.lines):
        place = (margin, margin + plan.size * 0.8 + row * leading)
        draw.text(place, line, fill=255, font=font, anchor="ls")
    return np.asarray(image, np.float32) / 255


def _bent(text: Shades, degrees: float) -> Shades:
    """Lay a strip of text along an arc of so many degrees, upwards when positive."""
    if degrees < 0:
        return np.ascontiguousarray(_bent(text[::-1, ::-1], -degrees)[::-1, ::-1])
    height, width = text.shape
    arc = np.radians(degrees)
    radius = width / arc
    outer = radius + height / 2
    half = outer * np.sin(min(arc / 2, np.pi / 2))
    low = (radius - height / 2) * np.cos(arc / 2)
    sides = int(2 * half) + 2, int(outer - low) + 2
    xs, ys = np.meshgrid(np.arange(sides[0]) - sides[0] / 2, outer - np.arange(sides[1]))
    across = ((np.arctan2(xs, ys) / arc + 0.5) * width).astype(np.float32)
    down = (outer - np.hypot(xs, ys)).astype(np.float32)
    return cv2.remap(text, across, down, cv2.INTER_CUBIC).clip(0, 1)


def _turn(shape: tuple[int, ...], plan: Plan) -> tuple[NDArray[np.float64], tuple[int, int]]:
    """Return the turn about the strip's centre, and the sides of the picture around it."""
    height, width = shape
    turn = cv2.getRotationMatrix2D((width / 2, height / 2), -plan.degrees, 1.0)
    corners = np.array([[0, 0], [width, 0], [width, height], [0, height]]) @ turn[:, :2].T
    spans = np.ptp(corners, axis=0) + 3 * plan.size
    sides = max(320, int(spans[0])), max(240, int(spans[1]))
    turn[:, 2] += np.array(sides) / 2 - (width / 2, height / 2)
    return turn, sides


def _background(rng: np.random.Generator, width: int, height: int) -> NDArray[np.float64]:
    """Paint soft blotches of grey with a tint."""
    coarse = rng.uniform(80, 170, (6, 8, 1)) + rng.uniform(-25, 25, (6, 8, 3))
    return cv2.resize(coarse, (width, height), interpolation=cv2.INTER_CUBIC).clip(0, 255)


def _colours(plan: Plan) -> tuple[NDArray[np.float64], NDArray[np.float64]]:
    """Return paper and ink, so far apart as the contrast says."""
    paper = 235.0 - np.array(plan.tint, float)
    ink = paper * (1 - plan.contrast)
    return (ink, paper) if plan.dark else (paper, ink)


def _compressed(pixels: Pixels, quality: int) -> Pixels:
    _, data = cv2.imencode(
        ".jpg", cv2.cvtColor(pixels, cv2.COLOR_RGB2BGR), [cv2.IMWRITE_JPEG_QUALITY, quality]
    )
    return np.asarray(cv2.imdecode(data, cv2.IMREAD_COLOR_RGB), np.uint8)


def contact_sheet(signs: Sequence[Sign], columns: int = 6, cell: int = 300) -> Pixels:
    """Lay signs out side by side, for looking at."""
    rows = -(-len(signs) // columns)
    sheet = np.full((rows * cell, columns * cell, 3), 255, np.uint8)
    for place, sign in enumerate(signs):
        scale = min(cell / sign.pixels.shape[1], cell / sign.pixels.shape[0])
        small = cv2.resize(sign.pixels, None, fx=scale, fy=scale, interpolation=cv2.INTER_AREA)
        y, x = place // columns * cell, place % columns * cell
        sheet[y : y + small.shape[0], x : x + small.shape[1]] = small[:cell, :cell]
    return sheet
