import numpy as np

from tests.models.fake_session import card, constant, upright_points
from vidimus.models.emotion import Expressions
from vidimus.models.face_frame import FaceFrames

PICTURE = np.zeros((100, 100, 3), np.uint8)
NAMES = {"probability": "p"}


def test_a_network_that_lacks_a_class_leaves_its_share_to_the_other() -> None:
    first = card("a", labels=["calm", "happy", "afraid"], output_names=NAMES)
    second = card("b", labels=["happy", "calm"], output_names=NAMES)
    net = Expressions([(first, constant(p=[0.5, 0.1, 0.4])), (second, constant(p=[0.5, 0.5]))])
    shares = net.estimate(PICTURE, FaceFrames(upright_points(2)))
    np.testing.assert_allclose(shares, np.tile([0.4, 0.2, 0.4], (2, 1)), atol=1e-6)
    assert net.labels == ("calm", "happy", "afraid")
    assert net.name == "a + b"


def test_shares_of_one_network_are_made_to_sum_to_one() -> None:
    net = Expressions(
        [(card(labels=["calm", "happy"], output_names=NAMES), constant(p=[0.2, 0.2]))]
    )
    np.testing.assert_allclose(net.estimate(PICTURE, FaceFrames(upright_points())), [[0.5, 0.5]])
