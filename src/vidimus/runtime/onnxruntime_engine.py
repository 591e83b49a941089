"""Sessions by onnxruntime: ONNX on NVIDIA GPUs, with the extra `cuda`; the rest on the CPU."""

from collections.abc import Mapping
from dataclasses import replace
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray

from vidimus.errors import ConfigurationError, ModelUnavailable
from vidimus.runtime.openvino_engine import OpenVinoEngine
from vidimus.runtime.session import Arrays, ModelSession, SessionOptions, Shape

CUDA = "CUDAExecutionProvider"


class OnnxRuntimeEngine:
    """onnxruntime on one NVIDIA GPU: `CUDA`, or `CUDA.1` for the second one.

    TFLite and OpenVINO IR, which it cannot read, run by OpenVINO on the CPU.
    """

    def __init__(self, options: SessionOptions) -> None:
        try:
            import onnxruntime
        except ImportError as error:
            raise ConfigurationError(
                f"device: {options.device} needs onnxruntime; install it with "
                "`pip install 'vidimus[cuda]'`."
            ) from error
        if CUDA not in onnxruntime.get_available_providers():
            raise ConfigurationError(
                f"device: the installed onnxruntime cannot use {options.device}; install "
                "`vidimus[cuda]` (the package onnxruntime-gpu) and NVIDIA's driver."
            )
        self._library: Any = onnxruntime
        self._options = options
        self._cpu = OpenVinoEngine(replace(options, device="CPU"))

    @property
    def description(self) -> str:
        """The engines, their versions and the devices, for people."""
        own = f"onnxruntime {self._library.__version__} on {self._options.device}"
        return f"{own}; what is not ONNX by {self._cpu.description}"

    def open_session(self, path: Path, *, exact: bool = True) -> ModelSession:
        """Load the network at `path`; raises ModelUnavailable when it cannot be read.

        It computes in float32, or where `exact` is False in what the device is fastest in.
        """
        if path.suffix != ".onnx":
            return self._cpu.open_session(path, exact=exact)
        return OnnxRuntimeSession(open_onnx(self._library, path, self._providers(exact), 0))

    def _providers(self, exact: bool) -> list[Any]:
        number = self._options.device.partition(".")[2] or "0"
        # TF32 has 10 bits of mantissa: embeddings would differ from those of a CPU.
        return [(CUDA, {"device_id": number, "use_tf32": "0" if exact else "1"})]


def open_onnx(library: Any, path: Path, providers: list[Any], threads: int) -> Any:
    """Open `path` with onnxruntime; raises ModelUnavailable when it cannot be read."""
    settings = library.SessionOptions()
    settings.intra_op_num_threads = threads
    settings.log_severity_level = 3
    try:
        return library.InferenceSession(str(path), settings, providers=providers)
    except Exception as error:  # onnxruntime's errors have no root of their own
        reason = str(error).strip().splitlines()[0]
        raise ModelUnavailable(f"{path.name} cannot be loaded: {reason}") from error


class OnnxRuntimeSession:
    """One network; a batch goes row by row where the file fixes the batch at one."""

    def __init__(self, session: Any) -> None:
        self._session = session
        self._inputs = {port.name: _shape(port.shape) for port in session.get_inputs()}
        self._names = tuple(port.name for port in session.get_outputs())
        self._one_row = any(shape[0] == 1 for shape in self._inputs.values())

    @property
    def inputs(self) -> Mapping[str, Shape]:
        """The inputs' names and shapes; None is a free side, and the first one is the batch."""
        return {name: (None, *shape[1:]) for name, shape in self._inputs.items()}

    @property
    def outputs(self) -> tuple[str, ...]:
        """The outputs' names, in the file's order."""
        return self._names

    @property
    def metadata(self) -> Mapping[str, str]:
        """What the file says of itself, by name."""
        return dict(self._session.get_modelmeta().custom_metadata_map)

    def run(self, inputs: Arrays) -> dict[str, NDArray[Any]]:
        """Return the outputs by name, as arrays of the caller's own."""
        rows = len(next(iter(inputs.values())))
        if not self._one_row or rows == 1:
            return self._run(inputs)
        answers = [
            self._run({name: values[row : row + 1] for name, values in inputs.items()})
            for row in range(rows)
        ]
        return {name: np.concatenate([each[name] for each in answers]) for name in self._names}

    def _run(self, inputs: Arrays) -> dict[str, NDArray[Any]]:
        return dict(zip(self._names, self._session.run(None, dict(inputs)), strict=True))


def _shape(sides: list[Any]) -> Shape:
    return tuple(side if isinstance(side, int) else None for side in sides)
