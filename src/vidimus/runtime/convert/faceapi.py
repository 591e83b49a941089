"""face-api.js's two attribute networks: from their quantised TensorFlow.js shards to ONNX.

The graphs are those of face-api.js (MIT) at the commit in the catalog: a small Xception for age and
gender, four dense blocks for the expression. Both take RGB 0..255 in (n, 112, 112, 3) and subtract
the mean themselves.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy as np

from vidimus.runtime.convert.graph import GraphWriter
from vidimus.runtime.convert.layers import convolve
from vidimus.runtime.convert.tfjs import Weights, read_json, read_weights

MEAN_RGB = (122.782, 117.001, 104.298)
SIDE = 112
SAME = "SAME_UPPER"  # TensorFlow's padding: an odd row or column at the end


@dataclass(frozen=True, slots=True)
class _Layers:
    """Layers of a face-api.js network, written into `graph` from `weights` by their names."""

    graph: GraphWriter
    weights: Weights

    def picture(self, divisor: float) -> str:
        """Normalise the input and put its channels first."""
        mean = self.graph.weight(np.array(MEAN_RGB, dtype=np.float32))
        centred = self.graph.add("Sub", ["input", mean])
        scaled = self.graph.add("Mul", [centred, self.graph.weight(np.array(1.0 / divisor))])
        return self.graph.add("Transpose", [scaled], perm=[0, 3, 1, 2])

    def relu(self, source: str) -> str:
        return self.graph.add("Relu", [source])

    def total(self, *sources: str) -> str:
        """Sum the sources, left to right."""
        result = sources[0]
        for source in sources[1:]:
            result = self.graph.add("Add", [result, source])
        return result

    def convolution(self, source: str, name: str, stride: int = 1) -> str:
        """A dense convolution whose weights are `name`/filters and `name`/bias."""
        kernel = self.weights[f"{name}/filters"].transpose(3, 2, 0, 1)
        bias = self.weights[f"{name}/bias"]
        return convolve(self.graph, source, kernel, bias, stride=stride, auto_pad=SAME)

    def separable(self, source: str, name: str, stride: int = 1) -> str:
        """A depthwise convolution and a pointwise one behind it."""
        # (rows, columns, channels, 1) -> (channels, 1, rows, columns)
        depth = self.weights[f"{name}/depthwise_filter"].transpose(2, 3, 0, 1)
        point = self.weights[f"{name}/pointwise_filter"].transpose(3, 2, 0, 1)
        spread = convolve(
            self.graph, source, depth, None, stride=stride, depthwise=True, auto_pad=SAME
        )
        return convolve(self.graph, spread, point, self.weights[f"{name}/bias"], auto_pad=SAME)

    def max_pool(self, source: str) -> str:
        return self.graph.add(
            "MaxPool", [source], kernel_shape=[3, 3], strides=[2, 2], auto_pad=SAME
        )

    def features(self, source: str) -> str:
        """Average 7x7 and flatten."""
        pooled = self.graph.add("AveragePool", [source], kernel_shape=[7, 7], strides=[2, 2])
        return self.graph.add("Flatten", [pooled])

    def dense(self, source: str, name: str, output: str = "") -> str:
        inputs = [
            source,
            self.graph.weight(self.weights[f"{name}/weights"]),
            self.graph.weight(self.weights[f"{name}/bias"]),
        ]
        return self.graph.add("Gemm", inputs, output=output)


def convert_age_gender(paths: list[Path], _parameters: Mapping[str, Any]) -> bytes:
    """Return the ONNX model: `age` (n, 1) in years, `gender` (n, 2) probabilities, male first."""
    layers = _Layers(GraphWriter(), read_weights(read_json(paths[0]), paths[1]))
    out = layers.convolution(layers.picture(256.0), "entry_flow/conv_in", 2)
    out = _reduction(layers, layers.relu(out), "entry_flow/reduction_block_0", activate=False)
    out = _reduction(layers, out, "entry_flow/reduction_block_1")
    for index in range(2):
        out = _middle(layers, out, f"middle_flow/main_block_{index}")
    out = _reduction(layers, out, "exit_flow/reduction_block")
    out = layers.features(layers.relu(layers.separable(out, "exit_flow/separable_conv")))
    layers.dense(out, "fc/age", output="age")
    layers.graph.add("Softmax", [layers.dense(out, "fc/gender")], output="gender", axis=1)
    return _serialize(layers, {"age": ("n", 1), "gender": ("n", 2)})


def _reduction(layers: _Layers, source: str, name: str, *, activate: bool = True) -> str:
    out = layers.relu(source) if activate else source
    out = layers.separable(out, f"{name}/separable_conv0")
    out = layers.separable(layers.relu(out), f"{name}/separable_conv1")
    return layers.total(
        layers.max_pool(out), layers.convolution(source, f"{name}/expansion_conv", 2)
    )


def _middle(layers: _Layers, source: str, name: str) -> str:
    out = source
    for index in range(3):
        out = layers.separable(layers.relu(out), f"{name}/separable_conv{index}")
    return layers.total(out, source)


def convert_expression(paths: list[Path], _parameters: Mapping[str, Any]) -> bytes:
    """Return the ONNX model: `prob` (n, 7), the probabilities of the seven expressions."""
    layers = _Layers(GraphWriter(), read_weights(read_json(paths[0]), paths[1]))
    out = layers.picture(255.0)
    for index in range(4):
        out = _dense_block(layers, out, f"dense{index}", first=index == 0)
    layers.graph.add("Softmax", [layers.dense(layers.features(out), "fc")], output="prob", axis=1)
    return _serialize(layers, {"prob": ("n", 7)})


def _dense_block(layers: _Layers, source: str, name: str, *, first: bool) -> str:
    """Four convolutions, each fed with the sum of all before it."""
    start = layers.convolution if first else layers.separable
    outs = [layers.relu(start(source, f"{name}/conv0", 2))]
    feed = outs[0]
    for index in range(1, 4):
        outs.append(layers.separable(feed, f"{name}/conv{index}"))
        feed = layers.relu(layers.total(*outs))
    return feed


def _serialize(layers: _Layers, outputs: Mapping[str, Sequence[int | str]]) -> bytes:
    return layers.graph.serialize({"input": ("n", SIDE, SIDE, 3)}, outputs)
