"""dlib's face recognition network: from its `.dat` file to ONNX.

The file is dlib's own serialization. Integers are a control byte (low four bits: how many bytes
follow; bit 7: negative) and little-endian bytes; text is its length and its bytes; a float is a
mantissa and a power of two, both integers; a tensor is the integer 2, its four sides, and
little-endian float32. Each layer that computes begins with its name (`con_4`, `affine_`, ...), and
the layers stand in order from input to output, so the graph is read off the names:

    con affine relu max_pool                          the stem
    con affine relu con affine add_prev relu          a residual block
    con affine relu con affine avg_pool add_prev relu a block that halves; the skip is pooled
    avg_pool fc                                       the embedding, not normalised

Format facts: dlib's `serialize.h`, `dnn/layers.h`, `dnn/core.h`, and the file itself.
"""

import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray

from vidimus.errors import ModelUnavailable
from vidimus.runtime.convert.graph import GraphWriter

LAYER_NAMES = (
    b"input_rgb_image_sized",
    b"con_4",
    b"affine_",
    b"relu_",
    b"max_pool_2",
    b"avg_pool_2",
    b"add_prev_",
    b"fc_2",
)
PIXEL_DIVISOR = 256.0


class Reader:
    """A cursor over dlib's serialization."""

    def __init__(self, data: bytes, position: int = 0) -> None:
        self.data = data
        self.position = position

    def integer(self) -> int:
        """Read an integer."""
        control = self.data[self.position]
        count = control & 0x0F
        if not 1 <= count <= 8 or control & 0x70:
            raise ModelUnavailable(f"Not a dlib integer at byte {self.position}.")
        self.position += 1 + count
        value = int.from_bytes(self.data[self.position - count : self.position], "little")
        return -value if control & 0x80 else value

    def real(self) -> float:
        """Read a float."""
        mantissa = self.integer()
        return float(mantissa * 2.0 ** self.integer())

    def tensor(self) -> NDArray[np.float32]:
        """Read a tensor (samples, channels, rows, columns)."""
        if self.integer() != 2:
            raise ModelUnavailable(f"Not a dlib tensor at byte {self.position}.")
        sides = [self.integer() for _ in range(4)]
        count = int(np.prod(sides))
        values = np.frombuffer(self.data, "<f4", count, self.position)
        self.position += 4 * count
        return values.reshape(sides)


@dataclass(frozen=True, slots=True)
class Layer:
    """A layer's name and a reader that stands behind it."""

    name: str
    reader: Reader


def read_layers(data: bytes) -> Iterator[Layer]:
    """Yield the layers from input to output."""
    names = b"|".join(bytes([1, len(name)]) + re.escape(name) for name in LAYER_NAMES)
    for match in re.finditer(names, data):
        yield Layer(match.group()[2:].decode("ascii"), Reader(data, match.end()))


def convert(paths: list[Path], _parameters: Mapping[str, Any]) -> bytes:
    """Return the ONNX model: input `input` (n, 3, 150, 150) RGB 0..255, output `embedding`."""
    return _Network(list(read_layers(paths[0].read_bytes()))).build()


class _Network:
    """The graph while its layers are read; `channels` and `side` follow the current output."""

    def __init__(self, layers: list[Layer]) -> None:
        self.graph = GraphWriter()
        self.layers = layers
        self.at = 0
        self.current = "input"
        self.channels = 3
        self.side = 0

    def build(self) -> bytes:
        side = self._input()
        self._convolution_and_affine()
        self._relu()
        self._pool("max_pool_2", "MaxPool")
        while self._next_name() == "con_4":
            self._residual_block()
        self._take("avg_pool_2")
        dimensions = self._embedding()
        return self.graph.serialize(
            {"input": ("n", 3, side, side)}, {"embedding": ("n", dimensions)}
        )

    def _next_name(self) -> str:
        return self.layers[self.at].name if self.at < len(self.layers) else ""

    def _take(self, name: str) -> Reader:
        if self._next_name() != name:
            raise ModelUnavailable(f"dlib layer {self.at} is {self._next_name()!r}, not {name!r}.")
        self.at += 1
        return self.layers[self.at - 1].reader

    def _input(self) -> int:
        reader = self._take("input_rgb_image_sized")
        mean = np.array([reader.real() for _ in range(3)], dtype=np.float32)
        rows, columns = reader.integer(), reader.integer()
        if rows != columns:
            raise ModelUnavailable(f"dlib's input is {columns} by {rows}, not a square.")
        self.side = rows
        centred = self.graph.add("Sub", ["input", self.graph.weight(mean.reshape(1, 3, 1, 1))])
        scale = self.graph.weight(np.array(1.0 / PIXEL_DIVISOR))
        self.current = self.graph.add("Mul", [centred, scale])
        return rows

    def _convolution_and_affine(self) -> None:
        """Add a convolution with the affine layer behind it folded into its weights."""
        reader = self._take("con_4")
        values = reader.tensor().ravel()
        filters, rows, columns, stride, _, padding, _ = (reader.integer() for _ in range(7))
        gamma, beta = self._take("affine_").tensor().astype(np.float64).reshape(2, filters)
        kernel = values[:-filters].reshape(filters, self.channels, rows, columns)
        weight = kernel * gamma[:, None, None, None]
        bias = values[-filters:] * gamma + beta
        self.current = self.graph.add(
            "Conv",
            [self.current, self.graph.weight(weight), self.graph.weight(bias)],
            kernel_shape=[rows, columns],
            strides=[stride, stride],
            pads=[padding] * 4,
        )
        self.channels = filters
        self.side = (self.side + 2 * padding - rows) // stride + 1

    def _relu(self) -> None:
        self._take("relu_")
        self.current = self.graph.add("Relu", [self.current])

    def _pool(self, name: str, op: str) -> None:
        reader = self._take(name)
        rows, columns, stride = (reader.integer() for _ in range(3))
        self.current = self.graph.add(
            op, [self.current], kernel_shape=[rows, columns], strides=[stride, stride]
        )
        self.side = (self.side - rows) // stride + 1

    def _residual_block(self) -> None:
        skip, skip_channels, skip_side = self.current, self.channels, self.side
        self._convolution_and_affine()
        self._relu()
        self._convolution_and_affine()
        branch, channels, side = self.current, self.channels, self.side
        self.current, self.channels, self.side = skip, skip_channels, skip_side
        if self._next_name() == "avg_pool_2":
            self._pool("avg_pool_2", "AveragePool")
        self._take("add_prev_")
        self._add(branch, channels, side)
        self._relu()

    def _add(self, branch: str, channels: int, side: int) -> None:
        """Add `branch` to the current output; the smaller of the two is padded with zeros."""
        most, widest = max(channels, self.channels), max(side, self.side)
        padded = [
            self._pad(branch, most - channels, widest - side),
            self._pad(self.current, most - self.channels, widest - self.side),
        ]
        self.current = self.graph.add("Add", padded)
        self.channels, self.side = most, widest

    def _pad(self, name: str, channels: int, side: int) -> str:
        if not channels and not side:
            return name
        pads = np.array([0, 0, 0, 0, 0, channels, side, side], dtype=np.int64)
        return self.graph.add("Pad", [name, self.graph.weight(pads)])

    def _embedding(self) -> int:
        pooled = self.graph.add("GlobalAveragePool", [self.current])
        flat = self.graph.add("Flatten", [pooled])
        reader = self._take("fc_2")
        columns, rows = reader.integer(), reader.integer()
        matrix = reader.tensor().reshape(rows, columns)
        self.graph.add("MatMul", [flat, self.graph.weight(matrix)], output="embedding")
        return columns
