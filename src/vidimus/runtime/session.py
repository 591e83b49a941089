"""Running a network: arrays in, arrays out, from any thread.

OpenVINO is the engine; it reads all three formats that the packs come in (ONNX, TFLite, OpenVINO
IR). onnxruntime is the engine for the device CUDA and reads ONNX alone; what is not ONNX stays with
OpenVINO on the CPU there. docs/explanation/runtime.md
has the measurements behind that and behind the settings below.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Protocol

from numpy.typing import NDArray

Arrays = Mapping[str, NDArray[Any]]
Shape = tuple[int | None, ...]


class ModelSession(Protocol):
    """A network that is loaded; `run` may be called by many threads at once."""

    @property
    def inputs(self) -> Mapping[str, Shape]:
        """The inputs' names and shapes; None is a free side, and the first one is the batch."""
        ...

    @property
    def outputs(self) -> tuple[str, ...]:
        """The outputs' names, in the file's order."""
        ...

    @property
    def metadata(self) -> Mapping[str, str]:
        """What an ONNX file says of itself, by name; empty for other formats."""
        ...

    def run(self, inputs: Arrays) -> dict[str, NDArray[Any]]:
        """Return the outputs by name, as arrays of the caller's own.

        The inputs are float32, all with the same number of rows (the batch, at least one). More
        than eight rows at once are slower than eights, and hold more memory.
        """
        ...


class InferenceEngine(Protocol):
    """What opens sessions on one device."""

    @property
    def description(self) -> str:
        """The engine, its version and the device, for people."""
        ...

    def open_session(self, path: Path, *, exact: bool = True) -> ModelSession:
        """Load the network at `path`; raises ModelUnavailable when it cannot be read.

        It computes in float32, or where `exact` is False in what the device is fastest in.
        """
        ...


@dataclass(frozen=True, slots=True)
class SessionOptions:
    """How networks run.

    `device` is CPU, GPU or NPU (OpenVINO) or CUDA (onnxruntime). `threads` work for inference, two
    on each; 0 is one for each core this process may use. `requests` is how many inferences of one
    network may be in flight. `cache` is the folder for compiled networks; without it each start
    compiles.
    """

    device: str = "CPU"
    threads: int = 0
    requests: int = 2
    cache: Path | None = None


def open_engine(options: SessionOptions) -> InferenceEngine:
    """Return the engine for the device; raises ConfigurationError when it cannot be had.

    The engine's library is imported only here: it takes a third of a second.
    """
    if options.device.upper().startswith("CUDA"):
        from vidimus.runtime.onnxruntime_engine import OnnxRuntimeEngine

        return OnnxRuntimeEngine(options)
    from vidimus.runtime.openvino_engine import OpenVinoEngine

    return OpenVinoEngine(options)
