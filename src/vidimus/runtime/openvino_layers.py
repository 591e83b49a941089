"""Layers that published TFLite files have and OpenVINO's reader does not know."""

from typing import Any

from vidimus.errors import ModelUnavailable
from vidimus.runtime.openvino_quiet import openvino

CHANNELS_FIRST, CHANNELS_LAST = [0, 3, 1, 2], [0, 2, 3, 1]
KERNEL_FIRST_IN = [3, 0, 1, 2]  # (out, rows, columns, in) -> (in, out, rows, columns)
DOUBLING = 2


def teach_layers(core: Any) -> None:
    """Let `core` read MediaPipe's own layers too."""
    extension = openvino.frontend.ConversionExtension
    core.add_extension(extension("Convolution2DTransposeBias", _doubled))


def _doubled(context: Any) -> list[Any]:
    """Return a transposed convolution and its bias.

    OpenVINO does not hand out this layer's stride. The one file that has it doubles the sides by a
    kernel of two by two, which cannot overlap; another kernel is refused.
    """
    source, kernel, bias = (context.get_input(index) for index in range(3))
    if list(kernel.get_shape())[1:3] != [DOUBLING, DOUBLING]:
        raise ModelUnavailable("Convolution2DTransposeBias is known for kernels of 2 by 2 alone")
    ops = openvino.opset13
    spread = ops.convolution_backprop_data(
        ops.transpose(source, ops.constant(CHANNELS_FIRST)),
        ops.transpose(kernel, ops.constant(KERNEL_FIRST_IN)),
        [DOUBLING, DOUBLING],
    )
    return [ops.add(ops.transpose(spread, ops.constant(CHANNELS_LAST)), bias).output(0)]
