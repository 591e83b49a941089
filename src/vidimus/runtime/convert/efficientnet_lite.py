"""EfficientNet-Lite0: from a PyTorch state dict to ONNX.

EfficientNet (Tan and Le 2019) in the variant for small devices (2020): rectifiers that stop at six
instead of swish, and no squeeze-and-excitation. Sixteen inverted bottlenecks: a pointwise
convolution that widens (not in the first), a depthwise one, a pointwise one that narrows; the
block's input is added where the sides and channels remain. Padding is TensorFlow's "same".
"""

from collections.abc import Mapping
from pathlib import Path
from typing import Any

from vidimus.errors import ModelUnavailable
from vidimus.runtime.convert.graph import GraphWriter
from vidimus.runtime.convert.layers import BatchNorm, convolve, relu6
from vidimus.runtime.convert.pytorch import StateDict, read_state_dict

SIDE = 224
STEM_STRIDE = 2
BLOCK_STRIDES = (1, 2, 1, 2, 1, 2, 1, 1, 1, 1, 1, 2, 1, 1, 1, 1)
BATCH_NORM_EPSILON = 1e-3


def convert(paths: list[Path], _parameters: Mapping[str, Any]) -> bytes:
    """Return the ONNX model.

    Input `input` (n, 3, 224, 224) RGB by the card's mean and scale; outputs `logits` (n, 1000) and
    `feature` (n, 1280), what the last layer sees.
    """
    try:
        return _Network(read_state_dict(paths[0])).build()
    except KeyError as error:
        raise ModelUnavailable(f"{paths[0].name} has no {error.args[0]}.") from error


class _Network:
    """The graph while it is written; `weights` by PyTorch's names."""

    def __init__(self, weights: StateDict) -> None:
        self.graph = GraphWriter()
        self.weights = weights

    def build(self) -> bytes:
        out = self._activated("input", "_conv_stem", "_bn0", STEM_STRIDE)
        for index, stride in enumerate(BLOCK_STRIDES):
            out = self._block(out, f"_blocks.{index}", stride)
        out = self._activated(out, "_conv_head", "_bn1")
        pooled = self.graph.add("GlobalAveragePool", [out])
        self.graph.add("Flatten", [pooled], output="feature")
        matrix = self.weights["_fc.weight"]
        parts = [self.graph.weight(matrix), self.graph.weight(self.weights["_fc.bias"])]
        self.graph.add("Gemm", ["feature", *parts], output="logits", transB=1)
        classes, features = matrix.shape
        return self.graph.serialize(
            {"input": ("n", 3, SIDE, SIDE)}, {"logits": ("n", classes), "feature": ("n", features)}
        )

    def _block(self, source: str, name: str, stride: int) -> str:
        out = source
        if f"{name}._expand_conv.weight" in self.weights:
            out = self._activated(out, f"{name}._expand_conv", f"{name}._bn0")
        out = self._activated(
            out, f"{name}._depthwise_conv", f"{name}._bn1", stride, depthwise=True
        )
        out = self._convolved(out, f"{name}._project_conv", f"{name}._bn2")
        keeps_shape = stride == 1 and self._channels_in(name) == self._channels_out(name)
        return self.graph.add("Add", [out, source]) if keeps_shape else out

    def _channels_in(self, name: str) -> int:
        first = f"{name}._expand_conv.weight"
        if first in self.weights:
            return int(self.weights[first].shape[1])
        return int(self.weights[f"{name}._depthwise_conv.weight"].shape[0])

    def _channels_out(self, name: str) -> int:
        return int(self.weights[f"{name}._project_conv.weight"].shape[0])

    def _activated(
        self, source: str, name: str, norm: str, stride: int = 1, *, depthwise: bool = False
    ) -> str:
        out = self._convolved(source, name, norm, stride, depthwise=depthwise)
        return relu6(self.graph, out)

    def _convolved(
        self, source: str, name: str, norm: str, stride: int = 1, *, depthwise: bool = False
    ) -> str:
        """Add a convolution with the batch normalisation behind it folded into its weights."""
        kernel, bias = self._batch_norm(norm).folded_into(self.weights[f"{name}.weight"])
        return convolve(
            self.graph,
            source,
            kernel,
            bias,
            stride=stride,
            depthwise=depthwise,
            auto_pad="SAME_UPPER",
        )

    def _batch_norm(self, name: str) -> BatchNorm:
        return BatchNorm(
            self.weights[f"{name}.weight"],
            self.weights[f"{name}.bias"],
            self.weights[f"{name}.running_mean"],
            self.weights[f"{name}.running_var"],
            BATCH_NORM_EPSILON,
        )
