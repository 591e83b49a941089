"""Layers that several published networks have in common, as ONNX has them."""

from typing import Any, NamedTuple

import numpy as np
from numpy.typing import NDArray

from vidimus.runtime.convert.graph import GraphWriter

Floats = NDArray[Any]


class BatchNorm(NamedTuple):
    """A batch normalisation as it was trained: one number of each kind for each channel."""

    scale: Floats
    offset: Floats
    mean: Floats
    variance: Floats
    epsilon: float

    def folded_into(self, kernel: Floats) -> tuple[Floats, Floats]:
        """Return the kernel (out, in, rows, columns) and bias that do both steps at once."""
        factor = self.scale / np.sqrt(self.variance.astype(np.float64) + self.epsilon)
        return kernel * factor[:, None, None, None], self.offset - self.mean * factor


def convolve(
    graph: GraphWriter,
    source: str,
    kernel: Floats,
    bias: Floats | None,
    *,
    stride: int = 1,
    depthwise: bool = False,
    **padding: Any,
) -> str:
    """Add a convolution; `padding` is ONNX's auto_pad or pads, none where it is left out."""
    inputs = [source, graph.weight(kernel)]
    if bias is not None:
        inputs.append(graph.weight(bias))
    return graph.add(
        "Conv",
        inputs,
        kernel_shape=list(kernel.shape[2:]),
        strides=[stride, stride],
        group=kernel.shape[0] if depthwise else 1,
        **padding,
    )


def relu6(graph: GraphWriter, source: str) -> str:
    """Add a rectifier that stops at six."""
    return graph.add("Clip", [source, graph.weight(np.array(0.0)), graph.weight(np.array(6.0))])
