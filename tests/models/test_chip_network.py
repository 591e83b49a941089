import numpy as np
import pytest

from tests.models.fake_session import FakeSession, card, constant
from vidimus.errors import ConfigurationError
from vidimus.models.chip_network import ChipNetwork


def test_outputs_get_the_cards_names_and_all_chips_their_row() -> None:
    session = FakeSession(lambda inputs: {"x": inputs["data"].reshape(len(inputs["data"]), -1)})
    network = ChipNetwork(card(output_names={"first": "x"}), session)
    chips = np.arange(19, dtype=np.uint8)[:, None, None, None] * np.ones((1, 4, 4, 3), np.uint8)
    outputs = network.run(chips)
    np.testing.assert_array_equal(outputs["first"][:, 0], np.arange(19))
    assert session.batches == [16, 3]


def test_a_network_without_a_square_input_is_refused() -> None:
    with pytest.raises(ConfigurationError, match="square"):
        ChipNetwork(card(size=None), constant(x=[0]))
