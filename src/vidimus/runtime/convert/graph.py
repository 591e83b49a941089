"""Writing an ONNX graph node by node."""

from collections.abc import Mapping, Sequence
from typing import Any

import numpy as np
import onnx
from numpy.typing import NDArray
from onnx import TensorProto, helper, numpy_helper

OPSET = 17
IR_VERSION = 9


class GraphWriter:
    """An ONNX graph under construction; every method returns the name of its node's output."""

    def __init__(self) -> None:
        self._nodes: list[Any] = []
        self._weights: list[Any] = []

    def weight(self, values: NDArray[Any]) -> str:
        """Add a constant; floats are stored as float32."""
        name = f"w{len(self._weights)}"
        stored = values.astype(np.float32) if values.dtype.kind == "f" else values
        self._weights.append(numpy_helper.from_array(np.ascontiguousarray(stored), name))
        return name

    def add(self, op: str, inputs: Sequence[str], output: str = "", **attributes: Any) -> str:
        """Add a node of kind `op`; `output` names its output, else a name is made."""
        name = output or f"n{len(self._nodes)}"
        self._nodes.append(helper.make_node(op, list(inputs), [name], **attributes))
        return name

    def serialize(
        self,
        inputs: Mapping[str, Sequence[int | str]],
        outputs: Mapping[str, Sequence[int | str] | None],
    ) -> bytes:
        """Return the checked model's bytes.

        Axes given as text are free; an output's shape that is None is inferred.
        """
        graph = helper.make_graph(
            self._nodes,
            "vidimus",
            [_value(name, shape) for name, shape in inputs.items()],
            [_value(name, shape) for name, shape in outputs.items()],
            self._weights,
        )
        model = helper.make_model(
            graph, producer_name="vidimus", opset_imports=[helper.make_opsetid("", OPSET)]
        )
        model.ir_version = IR_VERSION
        if None in outputs.values():
            model = onnx.shape_inference.infer_shapes(model)
            del model.graph.value_info[:]
        onnx.checker.check_model(model, full_check=True)
        data: bytes = model.SerializeToString(deterministic=True)
        return data


def _value(name: str, shape: Sequence[int | str] | None) -> Any:
    return helper.make_tensor_value_info(name, TensorProto.FLOAT, shape)
