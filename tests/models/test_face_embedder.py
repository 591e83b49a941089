"""What embedders share: alignment, layout, unit length, batches, mirrored faces, fusion."""

from collections.abc import Mapping
from typing import Any

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from numpy.typing import NDArray

from vidimus.errors import ConfigurationError
from vidimus.models.face_embedder import (
    TemplateEmbedder,
    fuse_face_embedders,
    network_input,
    open_face_embedder,
    unit_rows,
)
from vidimus.runtime.catalog import InputLayout, ModelCard

SIDE = 16
TEMPLATE = [[0.3, 0.4], [0.7, 0.4], [0.5, 0.6], [0.35, 0.8], [0.65, 0.8]]


class Projection:
    """A network that multiplies by a fixed random matrix; `batches` holds the rows of each run."""

    inputs: Mapping[str, tuple[int | None, ...]] = {"data": (None, 3, SIDE, SIDE)}
    outputs: tuple[str, ...] = ("embedding",)
    metadata: Mapping[str, str] = {}

    def __init__(self, dimensions: int = 12, seed: int = 1) -> None:
        rng = np.random.default_rng(seed)
        self._matrix = rng.normal(size=(3 * SIDE * SIDE, dimensions)).astype(np.float32)
        self.batches: list[int] = []

    def run(self, inputs: Mapping[str, NDArray[Any]]) -> dict[str, NDArray[Any]]:
        tensor = inputs["data"]
        self.batches.append(len(tensor))
        rows = tensor.reshape(len(tensor), -1) @ self._matrix
        return {"embedding": rows[:, :, None, None]}


def card(version: str | None = "9.1", side: int | None = SIDE, **parameters: object) -> ModelCard:
    return ModelCard(
        name="mine",
        task="face_embedder",
        pack="overlay",
        rank=1,
        title="mine",
        licence_code="MIT",
        licence_weights="MIT",
        training_data="none",
        input=InputLayout(width=side, height=SIDE),
        version=version,
        parameters={"dimensions": 12, "template": TEMPLATE} | parameters,
    )


def faces(count: int) -> tuple[NDArray[np.uint8], NDArray[np.float32]]:
    rng = np.random.default_rng(count)
    pixels = rng.integers(0, 256, (200, 300, 3), dtype=np.uint8)
    start = rng.uniform(0, 100, (count, 1, 2))
    points = np.asarray(start + np.array(TEMPLATE) * 60 + rng.normal(0, 2, (count, 5, 2)))
    return pixels, points.astype(np.float32)


def test_embeddings_are_unit_float32() -> None:
    embedder = open_face_embedder(card(), Projection())
    embeddings = embedder.embed_faces(*faces(3))
    assert embeddings.dtype == np.float32
    assert embeddings.shape == (3, embedder.dimensions)
    np.testing.assert_allclose(np.linalg.norm(embeddings, axis=1), 1, atol=1e-6)
    assert (embedder.name, embedder.version) == ("mine", "9.1")


def test_no_face_runs_nothing() -> None:
    network = Projection()
    embeddings = TemplateEmbedder(card(), network).embed_faces(*faces(0))
    assert embeddings.shape == (0, 12)
    assert network.batches == []


@pytest.mark.parametrize("mirror", [False, True])
def test_alone_or_in_a_batch_a_face_embeds_the_same(mirror: bool) -> None:
    network = Projection()
    embedder = TemplateEmbedder(card(mirror=mirror), network)
    pixels, points = faces(19)
    together = embedder.embed_faces(pixels, points)
    assert network.batches == ([8, 8, 3] * 2 if mirror else [8, 8, 3])
    alone = np.concatenate([embedder.embed_faces(pixels, one[None]) for one in points])
    np.testing.assert_allclose(together, alone, atol=1e-5)


def test_with_the_mirrored_face_left_and_right_are_one() -> None:
    chips = np.random.default_rng(0).integers(0, 256, (4, SIDE, SIDE, 3), dtype=np.uint8)
    embedder = TemplateEmbedder(card(mirror=True), Projection())
    np.testing.assert_allclose(
        embedder.embed_chips(chips), embedder.embed_chips(chips[:, :, ::-1]), atol=1e-6
    )


def test_the_layout_is_followed() -> None:
    chip = np.zeros((1, 2, 2, 3), np.uint8)
    chip[0, 0, 1] = (10, 20, 30)
    rgb = network_input(chip, InputLayout(2, 2, mean=(1, 2, 3), scale=0.5))
    assert rgb.shape == (1, 3, 2, 2)
    np.testing.assert_allclose(rgb[0, :, 0, 1], [4.5, 9, 13.5])
    bgr = network_input(chip, InputLayout(2, 2, channels="BGR", mean=(1, 2, 3), layout="NHWC"))
    np.testing.assert_allclose(bgr[0, 0, 1], [29, 18, 7])
    assert bgr.flags.c_contiguous


@given(st.floats(0.01, 0.99), st.integers(0, 50))
def test_the_fused_score_is_the_weighted_mean_of_cosines(share: float, seed: int) -> None:
    first = TemplateEmbedder(card(), Projection(seed=seed))
    second = TemplateEmbedder(card(dimensions=7), Projection(7, seed=seed + 1))
    fused = fuse_face_embedders(card(first_share=share), first, second)
    pixels, points = faces(2)
    whole = fused.embed_faces(pixels, points)
    assert whole.dtype == np.float32
    assert whole.shape == (2, fused.dimensions)
    one, other = first.embed_faces(pixels, points), second.embed_faces(pixels, points)
    expected = share * one[0] @ one[1] + (1 - share) * other[0] @ other[1]
    assert whole[0] @ whole[1] == pytest.approx(expected, abs=1e-5)
    np.testing.assert_allclose(np.linalg.norm(whole, axis=1), 1, atol=1e-6)


@pytest.mark.parametrize("share", [None, 0.0, 1.0, 7.0, "half"])
def test_a_fused_card_needs_a_share(share: object) -> None:
    one = TemplateEmbedder(card(), Projection())
    with pytest.raises(ConfigurationError, match="first_share"):
        fuse_face_embedders(card(first_share=share), one, one)


def test_what_a_card_lacks_is_named() -> None:
    with pytest.raises(ConfigurationError, match="version"):
        TemplateEmbedder(card(version=None), Projection())
    with pytest.raises(ConfigurationError, match="square"):
        TemplateEmbedder(card(side=None), Projection())
    with pytest.raises(ConfigurationError, match="five places"):
        TemplateEmbedder(card(template=TEMPLATE[:4]), Projection())
    with pytest.raises(ConfigurationError, match="dimensions = 512"):
        TemplateEmbedder(card(dimensions=512), Projection()).embed_faces(*faces(1))


def test_rows_of_zeros_stay() -> None:
    assert unit_rows(np.zeros((2, 3), np.float32)).tolist() == [[0, 0, 0], [0, 0, 0]]
