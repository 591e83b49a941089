"""An ONNX file whose input was written with fixed sides: the same network with free ones."""

from collections.abc import Mapping
from pathlib import Path
from typing import Any

import onnx


def convert(paths: list[Path], parameters: Mapping[str, Any]) -> bytes:
    """Free the axes of the first input and name the outputs.

    `parameters.axes` maps an axis of the input to its new name, `parameters.output_names` lists
    new names for the outputs in order. Inner shapes that the file states are dropped.
    """
    model = onnx.load(str(paths[0]))
    graph = model.graph
    for axis, name in parameters["axes"].items():
        graph.input[0].type.tensor_type.shape.dim[int(axis)].dim_param = name
    del graph.value_info[:]
    _rename_outputs(graph, parameters["output_names"])
    for output in graph.output:
        output.type.tensor_type.ClearField("shape")
    # Weights are not inputs; old exporters list them there, which keeps engines from folding them.
    weights = {weight.name for weight in graph.initializer}
    inputs = [value for value in graph.input if value.name not in weights]
    del graph.input[:]
    graph.input.extend(inputs)
    inferred = onnx.shape_inference.infer_shapes(model)
    del inferred.graph.value_info[:]
    data: bytes = inferred.SerializeToString(deterministic=True)
    return data


def _rename_outputs(graph: Any, names: list[str]) -> None:
    renamed = {value.name: name for value, name in zip(graph.output, names, strict=True)}
    for node in graph.node:
        for places in (node.input, node.output):
            places[:] = [renamed.get(place, place) for place in places]
    for value in graph.output:
        value.name = renamed[value.name]
