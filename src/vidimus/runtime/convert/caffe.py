"""Caffe's networks, without Caffe: from `.caffemodel` and `.prototxt` to ONNX.

The text says what the layers are and how they are joined; a layer whose output bears its input's
name replaces it. The binary has the layers' weights ("blobs"). Caffe rounds a pooled side up where
ONNX rounds it down.

Format facts: Caffe's `caffe.proto`.
"""

from collections.abc import Callable, Mapping
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray

from vidimus.errors import ModelUnavailable
from vidimus.runtime.convert.graph import GraphWriter
from vidimus.runtime.convert.layers import convolve
from vidimus.runtime.convert.protobuf import Message, read_integers, read_text, read_values

# Numbers of the fields in Caffe's messages.
NET_LAYERS = 100
LAYER_NAME, LAYER_BLOBS = 1, 7
BLOB_DATA, BLOB_SHAPE = 5, 7
SHAPE_SIDES = 1

Blobs = Mapping[str, list[NDArray[np.float32]]]


def convert(paths: list[Path], _parameters: Mapping[str, Any]) -> bytes:
    """Return the ONNX model of (`.caffemodel`, `.prototxt`), with the names of the text.

    The outputs are those that no layer takes. Raises ModelUnavailable when a file is cut short, is
    something else, or has a layer of a kind that is not known here.
    """
    weights, text = paths
    try:
        topology = read_text(text.read_text("utf-8"))
        return _Network(read_blobs(weights.read_bytes())).build(topology)
    except ModelUnavailable as error:
        raise ModelUnavailable(f"{weights.name} and {text.name}: {error}.") from error
    except (KeyError, ValueError) as error:
        raise ModelUnavailable(f"{weights.name} and {text.name}: {error!r}.") from error


def read_blobs(data: bytes) -> Blobs:
    """Return the layers' weights by the layers' names; raises ModelUnavailable if cut short."""
    blobs = {}
    for layer in read_values(memoryview(data), NET_LAYERS):
        (name,) = read_values(layer, LAYER_NAME)
        blobs[bytes(name).decode()] = [_blob(each) for each in read_values(layer, LAYER_BLOBS)]
    return blobs


def _blob(data: memoryview) -> NDArray[np.float32]:
    (shape,) = read_values(data, BLOB_SHAPE)
    (values,) = read_values(data, BLOB_DATA)
    (sides,) = read_values(shape, SHAPE_SIDES)
    return np.frombuffer(values, "<f4").reshape(list(read_integers(sides)))


class _Network:
    """The graph while it is written; `outs` are the values by the names that the text gives."""

    def __init__(self, blobs: Blobs) -> None:
        self.graph = GraphWriter()
        self.blobs = blobs
        self.outs: dict[str, str] = {}

    def build(self, net: Message) -> bytes:
        (source,) = net["input"]
        self.outs[source] = source
        unused: dict[str, str] = {}
        for layer in net["layer"]:
            sources = [self.outs[name] for name in layer["bottom"]]
            (top,) = layer["top"]
            self.outs[top] = self._add(layer, sources)
            unused = {name: out for name, out in unused.items() if name not in layer["bottom"]}
            unused[top] = self.outs[top]
        for name, out in unused.items():
            self.graph.add("Identity", [out], output=name)
        sides = [int(side) for side in net["input_dim"][1:]]
        return self.graph.serialize({source: ("n", *sides)}, dict.fromkeys(unused))

    def _add(self, layer: Message, sources: list[str]) -> str:
        (kind,) = layer["type"]
        add = _LAYERS.get(kind)
        if add is None:
            raise ModelUnavailable(f"a layer of the kind {kind} is not known")
        return add(self, layer, sources)

    def _convolution(self, layer: Message, sources: list[str]) -> str:
        (settings,) = layer["convolution_param"]
        kernel, *bias = self.blobs[layer["name"][0]]
        return convolve(
            self.graph,
            sources[0],
            kernel,
            bias[0] if bias else None,
            stride=_number(settings, "stride", 1),
            pads=[_number(settings, "pad", 0)] * 4,
        )

    def _max_pool(self, layer: Message, sources: list[str]) -> str:
        (settings,) = layer["pooling_param"]
        if settings["pool"] != ["MAX"]:
            raise ModelUnavailable("a pooling that is not of maxima is not known")
        return self.graph.add(
            "MaxPool",
            sources,
            kernel_shape=[_number(settings, "kernel_size")] * 2,
            strides=[_number(settings, "stride", 1)] * 2,
            ceil_mode=1,
        )

    def _permute(self, layer: Message, sources: list[str]) -> str:
        (settings,) = layer["permute_param"]
        return self.graph.add("Transpose", sources, perm=[int(axis) for axis in settings["order"]])

    def _reshape(self, layer: Message, sources: list[str]) -> str:
        ((shape,),) = (settings["shape"] for settings in layer["reshape_param"])
        sides = np.array([int(side) for side in shape["dim"]], dtype=np.int64)
        return self.graph.add("Reshape", [*sources, self.graph.weight(sides)])

    def _concatenate(self, layer: Message, sources: list[str]) -> str:
        (settings,) = layer["concat_param"]
        return self.graph.add("Concat", sources, axis=_number(settings, "axis", 1))

    def _relu(self, _layer: Message, sources: list[str]) -> str:
        return self.graph.add("Relu", sources)

    def _sigmoid(self, _layer: Message, sources: list[str]) -> str:
        return self.graph.add("Sigmoid", sources)


def _number(settings: Message, name: str, default: int | None = None) -> int:
    """Return the one whole number that `name` has; raises KeyError when there is none."""
    if name not in settings and default is not None:
        return default
    (text,) = settings[name]
    return int(text)


_LAYERS: Mapping[str, Callable[[_Network, Message, list[str]], str]] = {
    "Convolution": _Network._convolution,
    "Pooling": _Network._max_pool,
    "Permute": _Network._permute,
    "Reshape": _Network._reshape,
    "Concat": _Network._concatenate,
    "ReLU": _Network._relu,
    "Sigmoid": _Network._sigmoid,
}
