"""TensorFlow.js's weights: a shard holds them one behind the other, a manifest says which they are.

The manifest gives each one's name and shape; those in uint8 have a scale and a minimum by which
they become numbers again.
"""

import math
from collections.abc import Iterable, Mapping
from pathlib import Path
from typing import Any

import msgspec
import numpy as np
from numpy.typing import NDArray

from vidimus.errors import ModelUnavailable

Weights = Mapping[str, NDArray[np.float32]]
Manifest = Iterable[Mapping[str, Any]]

STORED: Mapping[str, np.dtype[Any]] = {"float32": np.dtype("<f4"), "uint8": np.dtype("u1")}


def read_json(path: Path) -> Any:
    """Return what the JSON file says; raises ModelUnavailable when it is none."""
    try:
        return msgspec.json.decode(path.read_bytes())
    except (msgspec.DecodeError, UnicodeDecodeError) as error:
        raise ModelUnavailable(f"{path.name} is no JSON: {error}.") from error


def read_weights(manifest: Manifest, shard: Path) -> Weights:
    """Return the weights by name as float32; raises ModelUnavailable unless the sizes agree."""
    data = shard.read_bytes()
    weights: dict[str, NDArray[np.float32]] = {}
    position = 0
    for row in (row for group in manifest for row in group["weights"]):
        quantization = row.get("quantization", {"dtype": row.get("dtype", "float32")})
        stored = STORED[quantization["dtype"]]
        end = position + math.prod(row["shape"]) * stored.itemsize
        if end > len(data):
            raise ModelUnavailable(f"{shard.name} is cut short before {row['name']}.")
        values = np.frombuffer(data[position:end], stored).astype(np.float32)
        if "scale" in quantization:
            values *= np.float32(quantization["scale"])
            values += np.float32(quantization["min"])
        weights[row["name"]] = values.reshape(row["shape"])
        position = end
    if position != len(data):
        raise ModelUnavailable(f"{shard.name} has {len(data)} bytes; its manifest says {position}.")
    return weights
