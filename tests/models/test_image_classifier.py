"""The classifier's shapes, and the real network on photographs."""

from pathlib import Path

import numpy as np
import pytest

from tests.models.fake_session import FakeSession, card
from vidimus.imaging.decode import decode_picture
from vidimus.imaging.pyramid import Pyramid
from vidimus.models.image_classifier import ImageClassifier
from vidimus.runtime.catalog import load_catalog
from vidimus.runtime.registry import ModelRegistry
from vidimus.runtime.session import Arrays, SessionOptions, open_engine

GRAY = np.full((90, 120, 3), 127, np.uint8)


def brightness_of(inputs: Arrays) -> dict[str, np.ndarray]:
    """A network whose classes are the mean of red, of green and of blue."""
    means = inputs["data"].mean((1, 2))
    return {"l": means, "f": np.repeat(means, 2, axis=1)}


def classifier(session: FakeSession) -> ImageClassifier:
    return ImageClassifier(card(output_names={"logits": "l", "feature": "f"}), session)


def test_a_picture_has_probabilities_and_a_feature() -> None:
    classes = classifier(FakeSession(brightness_of)).classify_image(Pyramid(GRAY))
    np.testing.assert_allclose(classes.probabilities, [1 / 3] * 3, rtol=1e-6)
    assert classes.probabilities.dtype == np.float32
    np.testing.assert_allclose(classes.feature, [127] * 6)


def test_crops_of_any_size_are_classified_together() -> None:
    session = FakeSession(brightness_of)
    red = np.zeros((7, 3, 3), np.uint8)
    red[..., 0] = 255
    probabilities = classifier(session).classify_crops([GRAY, red])
    assert session.batches == [2]
    np.testing.assert_allclose(probabilities[0], [1 / 3] * 3, rtol=1e-6)
    np.testing.assert_allclose(probabilities[1], [1, 0, 0], atol=1e-6)


def test_no_crops_take_no_run() -> None:
    session = FakeSession(brightness_of)
    assert classifier(session).classify_crops([]).shape == (0, 1000)
    assert session.batches == []


@pytest.mark.parametrize(
    ("name", "which", "least"),
    [("bird", 19, 0.8), ("dragonfly", 319, 0.7), ("hot_dog", 934, 0.9), ("parrot", 88, 0.7)],
)
def test_a_photograph_is_what_it_is(
    shared: Path, models_path: Path, tmp_path: Path, name: str, which: int, least: float
) -> None:
    registry = ModelRegistry(
        load_catalog(), models_path, lambda: open_engine(SessionOptions(cache=tmp_path))
    )
    network = registry.card_for("image_classifier")
    if network is None:
        pytest.skip("no image classifier is installed")
    classifier = ImageClassifier(network, registry.session(network.name))
    data = (shared / "data" / "samples" / "things" / f"{name}.jpg").read_bytes()
    pyramid = Pyramid(decode_picture(data, max_pixels=10**8).pixels)
    classes = classifier.classify_image(pyramid)
    assert classes.probabilities.shape == (1000,)
    assert classes.feature.shape == (1280,)
    assert classes.probabilities[which] >= least
    (crop,) = classifier.classify_crops([pyramid.pixels])
    np.testing.assert_allclose(crop, classes.probabilities, atol=1e-4)
