import numpy as np
import pytest

from tests.models.fake_session import card, constant, upright_points
from vidimus.models.age_gender import AgeGender
from vidimus.models.face_frame import FaceFrames

PICTURE = np.zeros((100, 100, 3), np.uint8)
NAMES = {"age": "a", "gender": "g"}


def test_the_first_network_tells_the_age_and_all_the_gender_by_weight() -> None:
    first = card("a", genders=["Male", "Female"], weight=3, output_names=NAMES)
    second = card("b", genders=["Female", "Male"], years=100, output_names=NAMES)
    net = AgeGender(
        [(first, constant(a=[31], g=[0.8, 0.2])), (second, constant(a=[0.5], g=[1, 0]))]
    )
    ages, males = net.estimate(PICTURE, FaceFrames(upright_points(2)))
    np.testing.assert_allclose(ages, [31, 31])
    odds = (3 * np.log(4) + np.log(0.0005 / 0.9995)) / 4
    assert float(males[0]) == pytest.approx(1 / (1 + np.exp(-odds)), abs=1e-5)
    assert net.name == "a + b"


def test_one_network_alone_is_believed_as_it_is() -> None:
    net = AgeGender(
        [
            (
                card(genders=["Female", "Male"], years=100, output_names=NAMES),
                constant(a=[0.42], g=[0.1, 0.9]),
            )
        ]
    )
    ages, males = net.estimate(PICTURE, FaceFrames(upright_points()))
    assert float(ages[0]) == pytest.approx(42)
    assert float(males[0]) == pytest.approx(0.9)
