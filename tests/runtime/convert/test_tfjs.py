"""TensorFlow.js's weights: brought back to float32, and refused when sizes don't agree."""

from pathlib import Path
from typing import Any

import msgspec
import numpy as np
import pytest

from vidimus.errors import ModelUnavailable
from vidimus.runtime.convert.tfjs import read_json, read_weights

QUANTIZED = {"scale": 0.5, "min": -1.0, "dtype": "uint8"}
MANIFEST: list[dict[str, Any]] = [
    {"weights": [{"name": "a", "shape": [2, 2], "dtype": "float32", "quantization": QUANTIZED}]},
    {"weights": [{"name": "b", "shape": [], "dtype": "float32"}]},
]
SHARD = bytes([0, 1, 2, 255]) + np.float32(7.5).tobytes()


@pytest.fixture
def shard(tmp_path: Path) -> Path:
    path = tmp_path / "shard"
    path.write_bytes(SHARD)
    return path


def test_weights_come_back_by_scale_and_minimum(shard: Path) -> None:
    weights = read_weights(MANIFEST, shard)
    np.testing.assert_array_equal(weights["a"], [[-1.0, -0.5], [0.0, 126.5]])
    assert weights["b"] == 7.5
    assert {each.dtype for each in weights.values()} == {np.dtype(np.float32)}


@pytest.mark.parametrize("length", range(len(SHARD)))
def test_a_shard_that_is_cut_short_is_refused(shard: Path, length: int) -> None:
    shard.write_bytes(SHARD[:length])
    with pytest.raises(ModelUnavailable, match=f"cut short before {'a' if length < 4 else 'b'}"):
        read_weights(MANIFEST, shard)


def test_a_shard_with_more_than_its_manifest_is_refused(shard: Path) -> None:
    shard.write_bytes(SHARD + b"?")
    with pytest.raises(ModelUnavailable, match="has 9 bytes; its manifest says 8"):
        read_weights(MANIFEST, shard)


def test_a_manifest_is_json(tmp_path: Path) -> None:
    path = tmp_path / "manifest.json"
    path.write_bytes(msgspec.json.encode(MANIFEST))
    assert read_json(path) == MANIFEST
    path.write_bytes(msgspec.json.encode(MANIFEST)[:-1])
    with pytest.raises(ModelUnavailable, match=r"manifest\.json is no JSON"):
        read_json(path)
