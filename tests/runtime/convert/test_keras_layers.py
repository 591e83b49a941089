"""Keras's layers: each computes what Keras says it does, and what is not known is refused."""

from pathlib import Path
from typing import Any

import msgspec
import numpy as np
import pytest

from tests.runtime.conftest import opened
from vidimus.errors import ModelUnavailable
from vidimus.runtime.convert import convert

Layer = dict[str, Any]

# Weights of the network below, in the order of its shard.
KERNEL = np.arange(6, dtype=np.float32).reshape(1, 1, 2, 3) - 3.0
DEPTHWISE = np.linspace(-1, 1, 12, dtype=np.float32).reshape(2, 2, 3, 1)
NORM = np.array([[2.0, 1.0, 0.5], [0.1, -0.2, 0.3], [0.5, 0.0, -0.5], [1.0, 4.0, 0.25]], np.float32)
DENSE = np.linspace(-0.5, 0.5, 24, dtype=np.float32).reshape(12, 2)
BIAS = np.array([0.1, -0.1], np.float32)
WEIGHTS = {
    "conv/kernel": KERNEL,
    "depth/depthwise_kernel": DEPTHWISE,
    "norm/gamma": NORM[0],
    "norm/beta": NORM[1],
    "norm/moving_mean": NORM[2],
    "norm/moving_variance": NORM[3],
    "dense/kernel": DENSE,
    "dense/bias": BIAS,
}


def layer(kind: str, name: str, *sources: str, **settings: Any) -> Layer:
    nodes = [[[source, 0, 0, {}] for source in sources]] if sources else []
    settings["name"] = name
    return {"class_name": kind, "name": name, "config": settings, "inbound_nodes": nodes}


def layers() -> list[Layer]:
    """Pictures of 3 by 3 pixels with two channels: padded, convolved, added, pooled, judged."""
    plain = {"use_bias": False, "activation": "linear", "strides": [1, 1]}
    return [
        layer("InputLayer", "in", batch_input_shape=[None, 3, 3, 2]),
        layer("ZeroPadding2D", "pad", "in", padding=[[0, 1], [0, 1]]),
        layer("Conv2D", "conv", "pad", padding="same", **plain),
        layer("ReLU", "six", "conv", max_value=6.0, threshold=0.0, negative_slope=0.0),
        layer("DepthwiseConv2D", "depth", "six", padding="same", **plain),
        layer("BatchNormalization", "norm", "depth", epsilon=0.001),
        layer("Add", "sum", "norm", "six"),
        layer("AveragePooling2D", "pool", "sum", pool_size=[2, 2], strides=[2, 2], padding="valid"),
        layer("Flatten", "flat", "pool"),
        layer("Dropout", "drop", "flat"),
        layer("Dense", "dense", "drop", activation="softmax"),
    ]


def files(folder: Path, net: list[Layer], **weights: Any) -> list[Path]:
    """Write a model with `net` and its weights, in float32."""
    rows = [
        {"name": name, "shape": list(values.shape), "dtype": "float32"}
        for name, values in (WEIGHTS | weights).items()
    ]
    topology = {"model_config": {"config": {"layers": net}}}
    model = {"modelTopology": topology, "weightsManifest": [{"weights": rows}]}
    paths = [folder / "model.json", folder / "shard"]
    paths[0].write_bytes(msgspec.json.encode(model))
    paths[1].write_bytes(b"".join(each.tobytes() for each in (WEIGHTS | weights).values()))
    return paths


PARAMETERS = {"output_names": {"probability": "out"}}


def expected(picture: Any) -> Any:
    """The same network in numpy, as Keras's manual describes its layers."""
    padded = np.pad(picture, ((0, 1), (0, 1), (0, 0)))
    six = np.clip(padded @ KERNEL[0, 0], 0, 6)
    # "Same" puts the odd row and column of padding at the end.
    wide = np.pad(six, ((0, 1), (0, 1), (0, 0)))
    depth = sum(
        wide[row : row + 4, column : column + 4] * DEPTHWISE[row, column, :, 0]
        for row in range(2)
        for column in range(2)
    )
    gamma, beta, mean, variance = NORM
    total = gamma * (depth - mean) / np.sqrt(variance + 0.001) + beta + six
    pooled = total.reshape(2, 2, 2, 2, 3).mean(axis=(1, 3))
    logits = pooled.reshape(-1) @ DENSE + BIAS
    return np.exp(logits) / np.exp(logits).sum()


def test_layers_compute_what_keras_says(tmp_path: Path) -> None:
    session = opened(convert("keras-layers", files(tmp_path, layers()), PARAMETERS), tmp_path)
    assert dict(session.inputs) == {"input": (None, 3, 3, 2)}
    pictures = np.random.default_rng(4).normal(size=(5, 3, 3, 2)).astype(np.float32)
    answers = session.run({"input": pictures})["out"]
    np.testing.assert_allclose(answers, [expected(each) for each in pictures], atol=1e-5)


@pytest.mark.parametrize(
    ("index", "change", "says"),
    [
        (3, {"max_value": None}, "six is no rectifier that stops at six"),
        (3, {"negative_slope": 0.1}, "six is no rectifier that stops at six"),
        (2, {"data_format": "channels_first"}, "conv has its channels first"),
        (2, {"name": "other"}, r"model\.json has no other/kernel"),
        (2, {"padding": "causal"}, r"model\.json has no causal"),
        (10, {"activation": "tanh"}, "activation of the kind tanh"),
    ],
)
def test_settings_that_are_not_known_are_refused(
    tmp_path: Path, index: int, change: Layer, says: str
) -> None:
    net = layers()
    net[index]["config"] |= change
    with pytest.raises(ModelUnavailable, match=says):
        convert("keras-layers", files(tmp_path, net), PARAMETERS)


def test_a_layer_that_is_not_known_is_refused(tmp_path: Path) -> None:
    net = layers()
    net[8]["class_name"] = "Lambda"
    with pytest.raises(ModelUnavailable, match="A layer of the kind Lambda is not known"):
        convert("keras-layers", files(tmp_path, net), PARAMETERS)
