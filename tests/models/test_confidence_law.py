"""Bent log-odds keep their order, and a law that is none is refused."""

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from tests.models.fake_session import card
from vidimus.errors import ConfigurationError
from vidimus.models.confidence_law import ConfidenceLaw, confidence_law

CHANCES = st.lists(st.floats(0, 1, width=32), min_size=1, max_size=20)


@given(CHANCES)
def test_without_a_law_chances_are_told_as_they_are(chances: list[float]) -> None:
    told = confidence_law(card()).percent(np.array(chances, np.float32))
    np.testing.assert_allclose(told, np.array(chances) * 100, atol=1e-4)


@given(CHANCES, st.floats(0.1, 3), st.floats(-3, 3))
def test_a_law_keeps_the_order_and_the_range(
    chances: list[float], slope: float, offset: float
) -> None:
    ordered = np.sort(np.array(chances, np.float32))
    told = ConfidenceLaw(slope, offset).percent(ordered)
    assert (np.diff(told) >= 0).all()
    assert ((told >= 0) & (told <= 100)).all()


def test_even_odds_are_moved_by_the_offset() -> None:
    law = confidence_law(card(confidence_odds=[2.0, np.log(3).item()]))
    assert law.percent(np.array([0.5], np.float32))[0] == pytest.approx(75)
    assert law.percent(np.array([0.8], np.float32))[0] == pytest.approx(100 * 48 / 49)


@pytest.mark.parametrize("numbers", [[1.0], [0.0, 1.0], [-1.0, 0.0], ["1", 0.0], 3.0, [1, 2, 3]])
def test_what_is_no_law_is_refused(numbers: object) -> None:
    with pytest.raises(ConfigurationError, match="confidence_odds"):
        confidence_law(card(confidence_odds=numbers))
