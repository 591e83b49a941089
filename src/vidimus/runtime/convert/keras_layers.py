"""Keras's layers models as TensorFlow.js publishes them: from topology and weights to ONNX.

The topology names each layer, its settings and the layers that feed it, so the graph is read off
it, layer by layer. Keras has the channels last and ONNX first, so the input is turned at the start
and turned back before it is flattened.

Format facts: Keras 2's layer settings; TensorFlow.js's `model.json`.
"""

from collections.abc import Mapping
from pathlib import Path
from typing import Any

import numpy as np

from vidimus.errors import ModelUnavailable
from vidimus.runtime.convert.graph import GraphWriter
from vidimus.runtime.convert.layers import convolve, relu6
from vidimus.runtime.convert.tfjs import Weights, read_json, read_weights

PADDINGS = {"same": "SAME_UPPER", "valid": "VALID"}
CHANNELS_FIRST, CHANNELS_LAST = [0, 3, 1, 2], [0, 2, 3, 1]

Settings = Mapping[str, Any]


def convert(paths: list[Path], parameters: Mapping[str, Any]) -> bytes:
    """Return the ONNX model: input `input` (n, height, width, channels), one output.

    `parameters.output_names` has the output's name. Raises ModelUnavailable when the model has a
    layer of a kind that is not known here.
    """
    model = read_json(paths[0])
    try:
        layers = model["modelTopology"]["model_config"]["config"]["layers"]
        network = _Network(read_weights(model["weightsManifest"], paths[1]))
        return network.build(layers, next(iter(parameters["output_names"].values())))
    except KeyError as error:
        raise ModelUnavailable(f"{paths[0].name} has no {error.args[0]}.") from error


class _Network:
    """The graph while it is written; `outs` are the layers' outputs by the layers' names."""

    def __init__(self, weights: Weights) -> None:
        self.graph = GraphWriter()
        self.weights = weights
        self.outs: dict[str, str] = {}

    def build(self, layers: list[Settings], output: str) -> bytes:
        for layer in layers:
            sources = [self.outs[name] for nodes in layer["inbound_nodes"] for name, *_ in nodes]
            self.outs[layer["name"]] = self._add(layer["class_name"], layer["config"], sources)
        self.graph.add("Identity", [self.outs[layers[-1]["name"]]], output=output)
        shape = layers[0]["config"]["batch_input_shape"]
        classes = self.weights[f"{layers[-1]['name']}/bias"].size
        return self.graph.serialize({"input": ("n", *shape[1:])}, {output: ("n", classes)})

    def _add(self, kind: str, settings: Settings, sources: list[str]) -> str:
        if settings.get("data_format", "channels_last") != "channels_last":
            raise ModelUnavailable(f"{settings['name']} has its channels first.")
        add = _LAYERS.get(kind)
        if add is None:
            raise ModelUnavailable(f"A layer of the kind {kind} is not known.")
        return add(self, settings, sources)

    def _input(self, _settings: Settings, _sources: list[str]) -> str:
        return self.graph.add("Transpose", ["input"], perm=CHANNELS_FIRST)

    def _zero_padding(self, settings: Settings, sources: list[str]) -> str:
        (top, bottom), (left, right) = settings["padding"]
        pads = np.array([0, 0, top, left, 0, 0, bottom, right], dtype=np.int64)
        return self.graph.add("Pad", [sources[0], self.graph.weight(pads)])

    def _convolution(self, settings: Settings, sources: list[str]) -> str:
        # (rows, columns, in, out) -> (out, in, rows, columns)
        kernel = self.weights[f"{settings['name']}/kernel"].transpose(3, 2, 0, 1)
        return self._convolved(settings, sources, kernel, depthwise=False)

    def _depthwise(self, settings: Settings, sources: list[str]) -> str:
        # (rows, columns, channels, 1) -> (channels, 1, rows, columns)
        kernel = self.weights[f"{settings['name']}/depthwise_kernel"].transpose(2, 3, 0, 1)
        return self._convolved(settings, sources, kernel, depthwise=True)

    def _convolved(
        self, settings: Settings, sources: list[str], kernel: Any, *, depthwise: bool
    ) -> str:
        bias = self.weights[f"{settings['name']}/bias"] if settings["use_bias"] else None
        out = convolve(
            self.graph,
            sources[0],
            kernel,
            bias,
            stride=settings["strides"][0],
            depthwise=depthwise,
            auto_pad=PADDINGS[settings["padding"]],
        )
        return self._activated(settings["activation"], out)

    def _batch_norm(self, settings: Settings, sources: list[str]) -> str:
        parts = [
            self.graph.weight(self.weights[f"{settings['name']}/{part}"])
            for part in ("gamma", "beta", "moving_mean", "moving_variance")
        ]
        return self.graph.add(
            "BatchNormalization", [sources[0], *parts], epsilon=settings["epsilon"]
        )

    def _rectified(self, settings: Settings, sources: list[str]) -> str:
        if settings["max_value"] != 6.0 or settings["threshold"] or settings["negative_slope"]:
            raise ModelUnavailable(f"{settings['name']} is no rectifier that stops at six.")
        return relu6(self.graph, sources[0])

    def _sum(self, _settings: Settings, sources: list[str]) -> str:
        return self.graph.add("Add", sources)

    def _average_pool(self, settings: Settings, sources: list[str]) -> str:
        return self.graph.add(
            "AveragePool",
            sources,
            kernel_shape=settings["pool_size"],
            strides=settings["strides"],
            auto_pad=PADDINGS[settings["padding"]],
        )

    def _flatten(self, _settings: Settings, sources: list[str]) -> str:
        turned = self.graph.add("Transpose", sources, perm=CHANNELS_LAST)
        return self.graph.add("Flatten", [turned])

    def _dense(self, settings: Settings, sources: list[str]) -> str:
        name = settings["name"]
        parts = [self.graph.weight(self.weights[f"{name}/{part}"]) for part in ("kernel", "bias")]
        return self._activated(settings["activation"], self.graph.add("Gemm", [*sources, *parts]))

    def _activated(self, kind: str, source: str) -> str:
        if kind == "linear":
            return source
        if kind == "relu":
            return self.graph.add("Relu", [source])
        if kind == "softmax":
            return self.graph.add("Softmax", [source], axis=1)
        raise ModelUnavailable(f"An activation of the kind {kind} is not known.")

    def _as_it_is(self, _settings: Settings, sources: list[str]) -> str:
        return sources[0]


_LAYERS = {
    "InputLayer": _Network._input,
    "ZeroPadding2D": _Network._zero_padding,
    "Conv2D": _Network._convolution,
    "DepthwiseConv2D": _Network._depthwise,
    "BatchNormalization": _Network._batch_norm,
    "ReLU": _Network._rectified,
    "Add": _Network._sum,
    "AveragePooling2D": _Network._average_pool,
    "Flatten": _Network._flatten,
    "Dropout": _Network._as_it_is,
    "Dense": _Network._dense,
}
