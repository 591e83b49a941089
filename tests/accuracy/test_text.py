"""The bars of reading on drawn signs: see docs/benchmarks/text.md for three hundred of them."""

from collections.abc import Callable, Sequence

import cv2
import numpy as np
import pytest

from tests.drawn_text import Pixels, draw_sign
from vidimus.engine.engine import Engine
from vidimus.evaluation.text_accuracy import character_accuracy, word_accuracy
from vidimus.imaging.pyramid import Pyramid
from vidimus.vision.picture_nets import PictureNets
from vidimus.vision.text import read_text

SIGNS = (
    ("NO PARKING", "Mon - Fri 8:00 to 18:00"),
    ("Bridge closed", "Follow diversion B"),
    ("Best before 03/2027", "Keep refrigerated"),
    ("Tel. 0207 946 0812", "www.example.org"),
    ("Handle with care", "FRAGILE", "This way up"),
)


def small(lines: Sequence[str], which: int) -> Pixels:
    return draw_sign(lines, (12, 14, 16, 18, 20)[which])[0]


def turned(lines: Sequence[str], which: int) -> Pixels:
    return draw_sign(lines, 30, (25, 100, 160, 235, 310)[which])[0]


def pale(lines: Sequence[str], which: int) -> Pixels:
    return draw_sign(lines, 32, ink=220 - 4 * which, paper=235)[0]


def blurred(lines: Sequence[str], which: int) -> Pixels:
    return np.asarray(cv2.GaussianBlur(draw_sign(lines, 32)[0], (0, 0), 1 + which / 2), np.uint8)


def compressed(lines: Sequence[str], which: int) -> Pixels:
    pixels = draw_sign(lines, 14 + 4 * which)[0]
    _, data = cv2.imencode(".jpg", pixels, [cv2.IMWRITE_JPEG_QUALITY, 30])
    return np.asarray(cv2.imdecode(data, cv2.IMREAD_COLOR), np.uint8)


def light(lines: Sequence[str], which: int) -> Pixels:
    return draw_sign(lines, 28, ink=240, paper=20 + 10 * which)[0]


def bent(lines: Sequence[str], which: int) -> Pixels:
    """Lay the first line along a part of a circle."""
    strip = draw_sign(lines[:1], 32)[0][..., 0]
    height, width = strip.shape
    arc = np.radians(60 + 15 * which)
    radius = width / arc
    columns, rows = np.meshgrid(np.arange(width) - width / 2, np.arange(height * 3) * 1.0)
    rows = radius + height - rows
    across = (np.arctan2(columns, rows) / arc + 0.5) * width
    down = radius + height / 2 - np.hypot(columns, rows)
    maps = across.astype(np.float32), down.astype(np.float32)
    grey = cv2.remap(strip, *maps, cv2.INTER_CUBIC, borderValue=235)
    return np.repeat(np.asarray(grey, np.uint8)[..., None], 3, 2)


@pytest.fixture(scope="module")
def nets(engine: Engine) -> PictureNets:
    if engine.nets.text_detector is None or engine.nets.text_recognizer is None:
        pytest.skip("the networks for text are not installed")
    return engine.nets


@pytest.mark.parametrize(
    ("draw", "characters", "words"),
    [
        (small, 0.98, 0.94),
        (turned, 0.99, 0.97),
        (pale, 0.97, 0.93),
        (blurred, 0.97, 0.92),
        (compressed, 0.98, 0.95),
        (light, 0.99, 0.97),
    ],
)
def test_signs_are_read(
    nets: PictureNets,
    draw: Callable[[Sequence[str], int], Pixels],
    characters: float,
    words: float,
) -> None:
    read = [
        [line.text for line in read_text(nets, Pyramid(draw(lines, which)))]
        for which, lines in enumerate(SIGNS)
    ]
    pairs = list(zip(SIGNS, read, strict=True))
    assert np.mean([character_accuracy(truth, seen) for truth, seen in pairs]) >= characters, read
    assert np.mean([word_accuracy(truth, seen) for truth, seen in pairs]) >= words, read


def test_bent_lines_are_read(nets: PictureNets) -> None:
    read = [
        [line.text for line in read_text(nets, Pyramid(bent(lines, which)))]
        for which, lines in enumerate(SIGNS)
    ]
    accuracies = [
        character_accuracy(lines[:1], seen) for lines, seen in zip(SIGNS, read, strict=True)
    ]
    assert np.mean(accuracies) >= 0.95, read


@pytest.mark.skipif(not hasattr(cv2, "FontFace"), reason="OpenCV 4 carries no fonts")
@pytest.mark.parametrize(
    "text",
    [
        "Größe: über 5 Äpfel, süß & weiß",
        "Déjà vu à l'hôtel, ça coûte 3 euros",
        "¿Dónde está el niño mañana?",
        "Não há pão; coração à mão",
        "Perché così? È più là",
        "東京タワー",
        "北京欢迎你",
    ],
)
def test_other_languages_are_read(nets: PictureNets, text: str) -> None:
    lines = read_text(nets, Pyramid(written(text)))
    assert character_accuracy([text], [line.text for line in lines]) >= 0.95


@pytest.mark.skipif(not hasattr(cv2, "FontFace"), reason="OpenCV 4 carries no fonts")
def test_letters_that_are_not_known_are_not_guessed(nets: PictureNets) -> None:
    assert read_text(nets, Pyramid(written("Москва, метро"))) == ()


def written(text: str) -> Pixels:
    """Write one line with a font that OpenCV carries."""
    picture = np.full((140, 640, 3), 235, np.uint8)
    cv2.putText(picture, text, (40, 80), (20, 20, 20), cv2.FontFace("sans"), 34)
    return picture
