"""A network of one's own for covers of heads and hands."""

from typing import Any

import numpy as np
from numpy.typing import NDArray

from tests.models.fake_session import FakeSession, card
from vidimus.models.part_cover import PartCover
from vidimus.runtime.session import Arrays


def redness(inputs: Arrays) -> dict[str, NDArray[Any]]:
    pixels = next(iter(inputs.values()))
    red = pixels[..., 0].mean(axis=(1, 2)) / 255
    return {"shares": np.stack([1 - red, red], 1)}


def test_each_crop_whatever_its_size_is_asked_for_the_column_of_yes() -> None:
    network = PartCover(card("hats", 8, yes=1), FakeSession(redness))
    red, grey = np.zeros((3, 50, 3), np.uint8), np.full((20, 7, 3), 51, np.uint8)
    red[..., 0] = 255
    np.testing.assert_allclose(network.cover_chances([red, grey]), [1, 0.2], atol=1e-5)
    assert network.cover_chances([]).shape == (0,)
