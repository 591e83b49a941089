import numpy as np
import pytest

from tests.models.fake_session import card, constant, upright_points
from vidimus.errors import ConfigurationError
from vidimus.models.face_frame import FaceFrames
from vidimus.models.yes_no import YesNo


def test_the_named_column_is_the_probability_of_yes() -> None:
    net = YesNo(card(span=3, yes=1), constant(out=[0.3, 0.7]))
    found = net.probabilities(np.zeros((99, 99, 3), np.uint8), FaceFrames(upright_points(2)))
    np.testing.assert_allclose(found, [0.7, 0.7])


def test_a_card_without_a_span_is_refused() -> None:
    with pytest.raises(ConfigurationError, match="span"):
        YesNo(card(), constant(out=[1]))
