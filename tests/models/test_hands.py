"""Hands out of palms, and the real networks on two hands that hold a telephone."""

from pathlib import Path
from typing import Any

import numpy as np
import pytest
from numpy.typing import NDArray

from tests.models.fake_session import FakeSession, card, constant
from vidimus.engine.engine import Engine
from vidimus.imaging.decode import decode_picture
from vidimus.models.hands import HandReader, PalmFinder
from vidimus.models.turned_square import TurnedSquares
from vidimus.runtime.session import Arrays

SIZE = 32


def palm_that_points_right(inputs: Arrays) -> dict[str, NDArray[Any]]:
    """One palm of 8 pixels in the middle of the square, its middle finger to the right."""
    count = len(next(iter(inputs.values())))
    regions = np.zeros((count, 16, 18), np.float32)
    logits = np.full((count, 16, 1), -50, np.float32)
    # The anchor of the third row and third column lies at (20, 20): four pixels off the middle.
    regions[:, 10, :4] = [-4, -4, 8, 8]
    regions[:, 10, 4:6] = [-8, -4]
    regions[:, 10, 8:10] = [0, -4]
    logits[:, 10] = 20
    return {"regions": regions, "scores": logits}


def test_a_hand_lies_ahead_of_its_palm() -> None:
    finder = PalmFinder(
        card("palms", SIZE, anchors=[[8, 1]], keypoints=7), FakeSession(palm_that_points_right)
    )
    around = TurnedSquares.around(np.array([[100, 0, 164, 64]], np.float32), 1)
    (palms,) = finder.find_palms(np.zeros((64, 200, 3), np.uint8), around, 0.5)
    # Twice the network's size: a palm of 16 pixels around (132, 32).
    np.testing.assert_allclose(palms.centers, [[132 + 8, 32]], atol=1e-3)
    np.testing.assert_allclose(palms.sides, [2.6 * 16], rtol=1e-5)
    np.testing.assert_allclose(palms.angles, [np.pi / 2], atol=1e-5)


def test_no_palm_is_no_hand() -> None:
    reader = HandReader(card("hand", SIZE), constant())
    nowhere = TurnedSquares.around(np.zeros((0, 4), np.float32), 1)
    hands = reader.find_hands(np.zeros((64, 64, 3), np.uint8), nowhere)
    assert len(hands) == 0
    assert hands.boxes.shape == (0, 4)


def test_the_box_is_around_the_points() -> None:
    points = np.tile([[8.0, 16.0, 0.0]], (21, 1))
    points[3] = [24, 4, 0]
    session = constant(points=points.ravel().tolist(), presence=[0.9], right=[0.2])
    squares = TurnedSquares.around(np.array([[0, 0, 64, 64]], np.float32), 1)
    hands = HandReader(card("hand", SIZE), session).find_hands(
        np.zeros((64, 64, 3), np.uint8), squares
    )
    np.testing.assert_allclose(hands.boxes, [[16, 8, 48, 32]], atol=1e-3)
    assert hands.right.tolist() == pytest.approx([0.2])
    assert hands.chosen(np.zeros(1, np.bool_)).points.shape == (0, 21, 2)


@pytest.mark.parametrize("mirrored", [False, True])
def test_left_and_right_are_the_persons_own(engine: Engine, shared: Path, mirrored: bool) -> None:
    finder, reader = engine.nets.palm_finder, engine.nets.hand_reader
    if finder is None or reader is None:
        pytest.skip("the core pack is not installed")
    data = (shared / "data" / "samples" / "conditions" / "cellphone.jpg").read_bytes()
    pixels = decode_picture(data, max_pixels=10**8).pixels
    if mirrored:
        pixels = np.ascontiguousarray(pixels[:, ::-1])
    height, width = pixels.shape[:2]
    whole = TurnedSquares.around(np.array([[0, 0, width, height]], np.float32), 1)
    (palms,) = finder.find_palms(pixels, whole, 0.5)
    hands = reader.find_hands(pixels, palms)
    hands = hands.chosen(np.flatnonzero(hands.presence > 0.9))
    # He faces the camera, so his left hand is on the picture's right; in a mirror all is swapped.
    by_place = hands.chosen(np.argsort(hands.points[:, 0, 0]))
    assert len(hands) == 2
    assert by_place.right[0] > 0.9
    assert by_place.right[1] < 0.1
