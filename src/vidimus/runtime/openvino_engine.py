"""Sessions by OpenVINO: ONNX, TFLite and OpenVINO IR on CPU, GPU and NPU."""

import os
import queue
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from pathlib import Path
from typing import Any

from numpy.typing import NDArray

from vidimus.errors import ConfigurationError, ModelUnavailable
from vidimus.runtime.openvino_layers import teach_layers
from vidimus.runtime.openvino_quiet import openvino
from vidimus.runtime.session import Arrays, SessionOptions, Shape

# Compiled primitives kept for each network: about one for each layer and shape of input. OpenVINO's
# own 5000 lets memory grow by hundreds of megabytes as pictures of all sizes come.
KEPT_PRIMITIVES = 500
# Two threads on one picture nearly halve its time; more of them gain little on networks this small.
THREADS_A_STREAM = 2


class OpenVinoEngine:
    """OpenVINO on one device."""

    def __init__(self, options: SessionOptions) -> None:
        self._options = options
        self._core: Any = openvino.Core()
        teach_layers(self._core)
        self._device = options.device.upper()
        available = self._core.available_devices
        if not any(name.split(".")[0] == self._device.split(".")[0] for name in available):
            raise ConfigurationError(
                f"device: OpenVINO finds no {options.device!r} here; it finds "
                f"{', '.join(available)}. CUDA runs by onnxruntime."
            )
        if options.cache is not None:
            options.cache.mkdir(parents=True, exist_ok=True)
            # The cache goes by the network's content, since open_session reads the file first.
            self._core.set_property({"CACHE_DIR": str(options.cache)})

    @property
    def description(self) -> str:
        """The engine, its version and the device, for people."""
        version = openvino.__version__.split("-")[0]
        return f"OpenVINO {version} on {self._core.get_property(self._device, 'FULL_DEVICE_NAME')}"

    def open_session(self, path: Path, *, exact: bool = True) -> "OpenVinoSession":
        """Load the network at `path`; raises ModelUnavailable when it cannot be read.

        It computes in float32, or where `exact` is False in what the device is fastest in.
        """
        try:
            model = self._core.read_model(str(path))
            free_batch(model)
            # Compiling, and the cache even more, adds names of its own; the file's are stable.
            names = _Names(model)
            metadata = _metadata(model)
            compiled = self._core.compile_model(model, self._device, self._properties(exact))
        except RuntimeError as error:
            reason = str(error).strip().splitlines()[-1]
            raise ModelUnavailable(f"{path.name} cannot be loaded: {reason}") from error
        return OpenVinoSession(compiled, names, metadata, self._options.requests)

    def _properties(self, exact: bool) -> dict[str, Any]:
        """Return OpenVINO's settings, which docs/explanation/runtime.md gives the reasons for."""
        # Otherwise bfloat16 or float16 where the machine has it: embeddings would differ.
        properties: dict[str, Any] = {"INFERENCE_PRECISION_HINT": "f32"} if exact else {}
        if self._device == "CPU":
            threads = self._options.threads or len(os.sched_getaffinity(0))
            streams = min(self._options.requests, threads // THREADS_A_STREAM)
            properties |= {
                "NUM_STREAMS": max(1, streams),
                "INFERENCE_NUM_THREADS": threads,
                "ENABLE_CPU_PINNING": False,
                "CPU_RUNTIME_CACHE_CAPACITY": KEPT_PRIMITIVES,
            }
        return properties


def free_batch(model: Any) -> None:
    """Let the network take any number of rows where its file fixes one.

    A reshape to a constant shape that begins with one row is made to keep the rows it is given;
    without that TFLite's networks would answer n pictures as one long row.
    """
    shapes = {port: port.partial_shape for port in model.inputs}
    if any(shape[0].is_dynamic for shape in shapes.values()):
        return
    for shape in shapes.values():
        shape[0] = -1
    for node in model.get_ordered_ops():
        if node.get_type_name() == "Reshape":
            _free_first_side(node)
    model.reshape(shapes)


def _free_first_side(node: Any) -> None:
    """Make a reshape from one row to one row keep as many rows as it is given."""
    if node.input_value(1).get_node().get_type_name() != "Constant":
        return
    source, target = node.get_input_partial_shape(0), node.get_output_partial_shape(0)
    if source.is_dynamic or target.is_dynamic or len(source) < 2 or len(target) < 2:
        return
    if source[0] == 1 and target[0] == 1:
        sides = [-1, *(side.get_length() for side in list(target)[1:])]
        constant = openvino.opset13.constant(sides, dtype="int64")
        node.input(1).replace_source_output(constant.output(0))


class OpenVinoSession:
    """One compiled network and its inference requests, each serving a caller at a time."""

    def __init__(
        self, compiled: Any, names: "_Names", metadata: Mapping[str, str], requests: int
    ) -> None:
        self._compiled = compiled
        self._metadata = metadata
        self._inputs = dict(zip(names.inputs, map(_shape, compiled.inputs), strict=True))
        self._names = names.outputs
        # None stands for a request that nobody has needed yet: each costs memory.
        self._idle: queue.LifoQueue[Any] = queue.LifoQueue()
        for _ in range(requests):
            self._idle.put(None)

    @property
    def inputs(self) -> Mapping[str, Shape]:
        """The inputs' names and shapes; None is a free side, and the first one is the batch."""
        return self._inputs

    @property
    def outputs(self) -> tuple[str, ...]:
        """The outputs' names, in the file's order."""
        return self._names

    @property
    def metadata(self) -> Mapping[str, str]:
        """What an ONNX file says of itself, by name; empty for other formats."""
        return self._metadata

    def run(self, inputs: Arrays) -> dict[str, NDArray[Any]]:
        """Return the outputs by name, as arrays of the caller's own."""
        arrays = [inputs[name] for name in self._inputs]
        with self._request() as request:
            results = request.infer(arrays, share_inputs=True, share_outputs=True)
            return {name: results[index].copy() for index, name in enumerate(self._names)}

    @contextmanager
    def _request(self) -> Iterator[Any]:
        request = self._idle.get()
        try:
            if request is None:
                request = self._compiled.create_infer_request()
            yield request
        finally:
            self._idle.put(request)


class _Names:
    """The names of a network's inputs and outputs; of several for one, the first by alphabet."""

    def __init__(self, model: Any) -> None:
        self.inputs = tuple(min(port.get_names()) for port in model.inputs)
        self.outputs = tuple(min(port.get_names()) for port in model.outputs)


def _shape(port: Any) -> Shape:
    sides = port.get_partial_shape()
    return tuple(side.get_length() if side.is_static else None for side in sides)


def _metadata(model: Any) -> dict[str, str]:
    """Return the properties of an ONNX file, which OpenVINO keeps among its own notes."""
    notes = model.get_rt_info()
    if "framework" not in notes:
        return {}
    return {name: str(note.value) for name, note in dict(notes["framework"]).items()}
