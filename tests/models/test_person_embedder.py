"""The person embedder's shapes, and the real network on a photograph."""

from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest

from tests.models.fake_session import FakeSession, card
from vidimus.errors import ConfigurationError
from vidimus.imaging.decode import decode_picture
from vidimus.models.person_embedder import PersonEmbedder
from vidimus.runtime.catalog import InputLayout, load_catalog
from vidimus.runtime.registry import ModelRegistry
from vidimus.runtime.session import Arrays, SessionOptions, open_engine

TALL = replace(card(dimensions=3), input=InputLayout(width=2, height=4, layout="NHWC"))


def colour_of(inputs: Arrays) -> dict[str, np.ndarray]:
    """A network that gives the mean of red, of green and of blue."""
    assert inputs["data"].shape[1:] == (4, 2, 3)
    return {"embedding": inputs["data"].mean((1, 2))[:, :, None, None]}


def test_crops_of_any_size_become_unit_vectors_in_few_runs() -> None:
    session = FakeSession(colour_of)
    red, grey = np.zeros((60, 20, 3), np.uint8), np.full((9, 7, 3), 100, np.uint8)
    red[..., 0] = 200
    rows = PersonEmbedder(TALL, session).embed_persons([red, grey] * 5)
    assert rows.dtype == np.float32
    expected = np.array([[1, 0, 0], np.full(3, 3**-0.5)])
    np.testing.assert_allclose(rows[:2], expected, atol=1e-6)
    assert session.batches == [8, 2]


def test_no_crops_take_no_run() -> None:
    session = FakeSession(colour_of)
    assert PersonEmbedder(TALL, session).embed_persons([]).shape == (0, 3)
    assert session.batches == []


@pytest.mark.parametrize(
    "bad", [card(size=None, dimensions=3), replace(TALL, parameters={})], ids=["size", "dimensions"]
)
def test_a_card_that_lacks_something_is_refused(bad: object) -> None:
    with pytest.raises(ConfigurationError):
        PersonEmbedder(bad, FakeSession(colour_of))  # type: ignore[arg-type]


@pytest.mark.parametrize("name", ["omz-person-reid-0287", "omz-person-reid-0288"])
def test_a_person_is_more_like_itself_than_like_another(
    name: str, people: Path, models_path: Path, tmp_path: Path
) -> None:
    registry = ModelRegistry(
        load_catalog(), models_path, lambda: open_engine(SessionOptions(cache=tmp_path))
    )
    cards = [each for each in registry.cards_for("person_embedder") if each.name == name]
    if not cards:
        pytest.skip(f"{name} is not installed")
    files = sorted(people.rglob("*.jpg"))
    some, other = (
        decode_picture(file.read_bytes(), max_pixels=10**8).pixels for file in (files[0], files[-1])
    )
    dim = (some * 0.8).astype(np.uint8)
    rows = PersonEmbedder(cards[0], registry.session(name)).embed_persons([some, dim, other])
    assert rows.shape == (3, 256)
    assert rows[0] @ rows[1] > rows[0] @ rows[2]
