"""Turning published weights into ONNX, by name of the converter in the catalog.

A converter reads a network's source files and returns the bytes of an ONNX model whose first axis
(the batch) is free. Its revision is recorded beside what it made, so that an older conversion is
made anew.
"""

from collections.abc import Callable, Mapping
from importlib import import_module
from pathlib import Path
from types import MappingProxyType
from typing import Any

from vidimus.errors import ModelUnavailable

# name: revision, module, function
CONVERTERS: Mapping[str, tuple[int, str, str]] = MappingProxyType(
    {
        "caffe": (1, "caffe", "convert"),
        "dlib-resnet": (1, "dlib", "convert"),
        "efficientnet-lite": (1, "efficientnet_lite", "convert"),
        "onnx-dynamic": (1, "onnx_axes", "convert"),
        "faceapi-age-gender": (1, "faceapi", "convert_age_gender"),
        "faceapi-expression": (1, "faceapi", "convert_expression"),
        "keras-layers": (1, "keras_layers", "convert"),
    }
)


def revision_of(name: str | None) -> int:
    """Return the converter's revision, 0 for no converter; raises ModelUnavailable if unknown."""
    return 0 if name is None else _row(name)[0]


def convert(name: str, paths: list[Path], parameters: Mapping[str, Any]) -> bytes:
    """Return what the converter `name` makes of the source files, in the card's order.

    The `onnx` package is imported only here, since a server that runs never converts. Raises
    ModelUnavailable when there is no such converter or a file is not what it should be.
    """
    _, module, function = _row(name)
    converter: Callable[[list[Path], Mapping[str, Any]], bytes] = getattr(
        import_module(f"vidimus.runtime.convert.{module}"), function
    )
    return converter(paths, parameters)


def _row(name: str) -> tuple[int, str, str]:
    if name not in CONVERTERS:
        raise ModelUnavailable(f"No converter is called {name!r}.")
    return CONVERTERS[name]
