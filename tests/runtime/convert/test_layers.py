"""Layers in common: folding keeps what a network computes."""

import numpy as np
from hypothesis import given
from hypothesis import strategies as st

from vidimus.runtime.convert.layers import BatchNorm


@given(seed=st.integers(0, 2**32 - 1), channels=st.integers(1, 5))
def test_a_folded_batch_norm_gives_the_same(seed: int, channels: int) -> None:
    random = np.random.default_rng(seed)
    kernel, pixels = random.normal(size=(channels, 3, 1, 1)), random.normal(size=3)
    scale, offset, mean = random.normal(size=(3, channels))
    norm = BatchNorm(scale, offset, mean, random.random(channels), epsilon=1e-3)
    folded, bias = norm.folded_into(kernel)
    convolved = kernel[:, :, 0, 0] @ pixels
    apart = norm.scale * (convolved - norm.mean) / np.sqrt(norm.variance + 1e-3) + norm.offset
    np.testing.assert_allclose(folded[:, :, 0, 0] @ pixels + bias, apart, atol=1e-9)
