"""onnxruntime's sessions give what OpenVINO's give; on the CPU, since GPUs are rare in tests."""

from pathlib import Path
from typing import Any

import numpy as np
import pytest

from tests.runtime.conftest import tripling_network
from vidimus.errors import ConfigurationError, ModelUnavailable
from vidimus.runtime.onnxruntime_engine import CUDA, OnnxRuntimeSession, open_onnx
from vidimus.runtime.session import SessionOptions, open_engine

onnxruntime: Any = pytest.importorskip("onnxruntime", reason="onnxruntime is not installed")


def open_path(path: Path) -> OnnxRuntimeSession:
    return OnnxRuntimeSession(open_onnx(onnxruntime, path, ["CPUExecutionProvider"], 1))


@pytest.mark.parametrize("rows", ["n", 1])
def test_a_batch_of_any_size(tmp_path: Path, rows: int | str) -> None:
    path = tmp_path / "small.onnx"
    path.write_bytes(tripling_network(rows))
    session = open_path(path)
    assert session.inputs == {"input": (None, 4)}
    inputs = {"input": np.arange(12, dtype=np.float32).reshape(3, 4)}
    np.testing.assert_array_equal(session.run(inputs)["tripled"], inputs["input"] * 3)


def test_embeddings_agree_with_openvino(models_path: Path) -> None:
    path = models_path / "dlib_face_recognition_resnet_model_v1.onnx"
    if not path.is_file():
        pytest.skip(f"{path.name} is not installed")
    chips = np.random.default_rng(3).integers(0, 256, (3, 3, 150, 150)).astype(np.float32)
    ours = open_engine(SessionOptions()).open_session(path).run({"input": chips})
    theirs = open_path(path).run({"input": chips})
    np.testing.assert_allclose(ours["embedding"], theirs["embedding"], atol=1e-6)


def test_a_file_that_is_no_network_is_refused_by_name(tmp_path: Path) -> None:
    path = tmp_path / "broken.onnx"
    path.write_bytes(b"nonsense")
    with pytest.raises(ModelUnavailable, match=r"broken\.onnx cannot be loaded"):
        open_path(path)


def test_a_build_without_cuda_says_what_to_install() -> None:
    if CUDA in onnxruntime.get_available_providers():
        pytest.skip("this onnxruntime can use CUDA")
    with pytest.raises(ConfigurationError, match="onnxruntime-gpu"):
        open_engine(SessionOptions(device="CUDA"))
