"""Decoding NudeNet's cells, and a second look at the mirrored picture."""

from typing import Any

import numpy as np
import pytest
from numpy.typing import NDArray

from tests.models.fake_session import FakeSession, card
from vidimus.errors import ConfigurationError
from vidimus.imaging.pyramid import Pyramid
from vidimus.models.body_part_detector import BodyPartDetector, BodyParts
from vidimus.runtime.session import Arrays

LABELS = ["belly", "back"]
Row = tuple[float, float, float, float, float, float]


class Looks(FakeSession):
    """A network that gives other rows at each look; `canvases` is what it saw."""

    def __init__(self, *looks: list[Row]) -> None:
        super().__init__(self._rows)
        self._looks = iter(looks)
        self.canvases: list[NDArray[Any]] = []

    def _rows(self, inputs: Arrays) -> dict[str, NDArray[Any]]:
        self.canvases.append(inputs["data"][0])
        rows = np.zeros((20, 6), np.float32)
        for place, row in enumerate(next(self._looks)):
            rows[place] = row
        return {"output": rows.T[None]}


def found_by(session: FakeSession, pixels: NDArray[np.uint8]) -> BodyParts:
    network = card(size=None, labels=LABELS, side=64, min_score=0.2)
    return BodyPartDetector(network, session).detect_body_parts(Pyramid(pixels))


def grey(width: int, height: int) -> NDArray[np.uint8]:
    return np.full((height, width, 3), 200, np.uint8)


def test_a_part_seen_in_both_looks_keeps_its_score() -> None:
    # 128 by 64 pixels come to the upper half of the canvas; the mirror turns x into 64 - x.
    seen, mirrored = (16, 8, 8, 4, 0.1, 0.8), (48, 8, 8, 4, 0.1, 0.6)
    session = Looks([seen], [mirrored])
    found = found_by(session, grey(128, 64))
    assert found.names == ("back",)
    np.testing.assert_allclose(found.boxes, [[24, 12, 40, 20]])
    np.testing.assert_allclose(found.scores, [0.7], rtol=1e-6)
    assert session.canvases[0].shape == (64, 64, 3)
    assert session.canvases[0][:32].min() == 200
    assert session.canvases[0][32:].max() == 0


def test_a_part_seen_once_loses_half_its_score() -> None:
    elsewhere, other = (16, 8, 8, 4, 0, 0.8), (48, 8, 8, 4, 0.9, 0)
    found = found_by(
        Looks([(16, 8, 8, 4, 0, 0.8), (50, 30, 8, 4, 0.3, 0)], [elsewhere, other]), grey(128, 64)
    )
    assert found.names == ("back",)
    np.testing.assert_allclose(found.scores, [0.4], rtol=1e-6)


def test_the_second_look_sees_the_mirrored_picture() -> None:
    pixels = grey(64, 64)
    pixels[:, :10] = 0
    session = Looks([(16, 8, 8, 4, 0, 0.8)], [])
    found_by(session, pixels)
    np.testing.assert_array_equal(session.canvases[1], session.canvases[0][:, ::-1])


def test_where_nothing_is_seen_one_look_is_enough() -> None:
    session = Looks([])
    assert len(found_by(session, grey(90, 70))) == 0
    assert len(session.canvases) == 1


def test_boxes_end_at_the_picture() -> None:
    session = Looks([(2, 2, 20, 20, 0.9, 0)], [(62, 2, 20, 20, 0.9, 0)])
    np.testing.assert_allclose(found_by(session, grey(64, 64)).boxes, [[0, 0, 12, 12]])


def test_a_card_without_labels_is_refused() -> None:
    with pytest.raises(ConfigurationError, match="labels"):
        BodyPartDetector(card(size=None, side=64), FakeSession(lambda inputs: {}))
