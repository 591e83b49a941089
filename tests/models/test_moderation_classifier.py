"""Looks at a picture that agree or don't, and the real network on drawings and photographs."""

from pathlib import Path
from typing import Any

import cv2
import numpy as np
import pytest
from numpy.typing import NDArray

from tests.models.fake_session import FakeSession, card
from vidimus.engine.engine import Engine
from vidimus.errors import ConfigurationError
from vidimus.imaging.decode import decode_picture
from vidimus.imaging.pyramid import Pyramid
from vidimus.models.moderation_classifier import CLASSES, ModerationClasses, ModerationClassifier
from vidimus.runtime.session import Arrays

PIXELS = np.arange(40 * 60 * 3, dtype=np.uint8).reshape(40, 60, 3)


def classified(*looks: dict[str, float], **parameters: object) -> tuple[ModerationClasses, int]:
    """What the classifier makes of what the network says look by look, and how many it took."""
    rows = np.array([[look.get(name, 0.0) for name in CLASSES] for look in looks], np.float32)
    given = iter(rows)

    def answer(inputs: Arrays) -> dict[str, NDArray[np.float32]]:
        count = len(next(iter(inputs.values())))
        return {"out": np.stack([next(given) for _ in range(count)])}

    session = FakeSession(answer)
    facts: dict[str, Any] = {
        "labels": list(CLASSES),
        "output_names": {"probability": "out"},
        **parameters,
    }
    found = ModerationClassifier(card(size=8, **facts), session).classify_picture(Pyramid(PIXELS))
    return found, sum(session.batches)


def test_an_ordinary_picture_is_looked_at_once() -> None:
    found, looks = classified({"neutral": 0.9, "porn": 0.1})
    assert looks == 1
    assert found.chances["neutral"] == pytest.approx(0.9)
    assert found.explicit == pytest.approx(10, abs=1e-3)
    assert found.drawn == pytest.approx(0, abs=1e-3)


def test_a_suspicious_picture_is_looked_at_three_times() -> None:
    steady, looks = classified(*[{"porn": 0.7, "hentai": 0.2, "neutral": 0.1}] * 3)
    assert looks == 3
    assert steady.explicit == pytest.approx(90, abs=1e-3)
    fancied, _ = classified(
        {"porn": 0.9, "neutral": 0.1}, {"porn": 0.1, "neutral": 0.9}, {"porn": 0.5, "neutral": 0.5}
    )
    assert fancied.explicit == pytest.approx(50, abs=1e-3)
    assert fancied.chances["porn"] == pytest.approx(0.5)


def test_the_laws_bend_the_log_odds() -> None:
    look = {"porn": 0.5, "drawing": 0.5}
    found, _ = classified(look, look, look, explicit_odds=[1.0, -3.0], drawn_odds=[2.0, 0.0])
    assert found.explicit == pytest.approx(100 / (1 + np.exp(3)), abs=1e-3)
    assert found.drawn == pytest.approx(50, abs=1e-3)


def test_columns_are_taken_by_name() -> None:
    order = ["sexy", "porn", "neutral", "hentai", "drawing"]
    found, _ = classified(*[{"drawing": 0.75, "neutral": 0.25}] * 3, labels=order)
    # The stand-in's first column, drawing by CLASSES, is sexy by the card.
    assert found.chances["sexy"] == pytest.approx(0.75)


def test_other_labels_are_refused() -> None:
    with pytest.raises(ConfigurationError, match="hentai"):
        classified({}, labels=["safe", "unsafe"])


def classes_of(engine: Engine, pixels: NDArray[np.uint8]) -> ModerationClasses:
    classifier = engine.nets.moderation_classifier
    if classifier is None:
        pytest.skip("no network for moderation is installed")
    return classifier.classify_picture(Pyramid(pixels))


def comic_of(pixels: NDArray[np.uint8]) -> NDArray[np.uint8]:
    """The photograph as flat colours within black lines."""
    scale = 500 / max(pixels.shape[:2])
    small = cv2.resize(pixels, None, fx=scale, fy=scale)
    grey = cv2.medianBlur(cv2.cvtColor(small, cv2.COLOR_RGB2GRAY), 5)
    lines = cv2.adaptiveThreshold(grey, 255, cv2.ADAPTIVE_THRESH_MEAN_C, cv2.THRESH_BINARY, 9, 6)
    flat = cv2.pyrMeanShiftFiltering(small, 20, 40) // 48 * 48 + 24
    return np.asarray(flat * (lines[..., None] > 0), np.uint8)


def pixels_of(photograph: Path) -> NDArray[np.uint8]:
    return decode_picture(photograph.read_bytes(), max_pixels=10**8).pixels


@pytest.mark.parametrize("name", ["cat", "parrot"])
def test_a_comic_is_told_from_its_photograph(engine: Engine, shared: Path, name: str) -> None:
    pixels = pixels_of(shared / "data" / "samples" / "things" / f"{name}.jpg")
    assert classes_of(engine, comic_of(pixels)).drawn > 50 > classes_of(engine, pixels).drawn


def test_photographs_are_not_drawn(engine: Engine, shared: Path) -> None:
    for photograph in sorted((shared / "data" / "samples" / "things").glob("*.jpg")):
        assert classes_of(engine, pixels_of(photograph)).drawn < 50, photograph.name


def test_close_portraits_are_not_explicit(engine: Engine, people: Path) -> None:
    """The network is up to 89 % sure that these five photographs of a smiling face are."""
    for photograph in sorted(people.glob("face_7*.jpg")):
        assert classes_of(engine, pixels_of(photograph)).explicit < 50, photograph.name
