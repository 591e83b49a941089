"""Sessions: any number of rows, any thread, arrays of the caller's own, damaged caches."""

import os
import subprocess
import sys
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from typing import Any

import numpy as np
import onnx
import pytest

from tests.runtime.conftest import tripling_network
from vidimus.errors import ConfigurationError, ModelUnavailable
from vidimus.runtime.catalog import ModelCard, load_catalog
from vidimus.runtime.registry import ModelRegistry
from vidimus.runtime.session import ModelSession, SessionOptions, open_engine

NETWORKS = [card for card in load_catalog().cards if card.files]


@pytest.fixture(scope="module")
def installed(models_path: Path) -> ModelRegistry:
    engine = open_engine(SessionOptions(threads=1))
    return ModelRegistry(load_catalog(), models_path, lambda: engine)


@pytest.fixture
def network(tmp_path: Path) -> Path:
    path = tmp_path / "small.onnx"
    path.write_bytes(tripling_network())
    return path


def rows_for(session: ModelSession, rows: int) -> dict[str, Any]:
    random = np.random.default_rng(5)
    return {
        name: random.random([rows, *(side or 64 for side in shape[1:])], dtype=np.float32)
        for name, shape in session.inputs.items()
    }


@pytest.mark.parametrize("card", NETWORKS, ids=lambda card: card.name)
def test_a_batch_gives_what_its_rows_give(installed: ModelRegistry, card: ModelCard) -> None:
    if not installed.installed(card):
        pytest.skip(f"{card.name} is not installed")
    session = installed.session(card.name)
    inputs = rows_for(session, 3)
    together = session.run(inputs)
    assert tuple(together) == session.outputs
    for row in range(3):
        alone = session.run({name: each[row : row + 1] for name, each in inputs.items()})
        for name, values in together.items():
            assert len(values) == 3
            near = 1e-5 if card.exact else 1e-2
            np.testing.assert_allclose(values[row : row + 1], alone[name], rtol=near, atol=near)


@pytest.mark.parametrize("card", NETWORKS, ids=lambda card: card.name)
def test_the_network_is_as_its_card_says(installed: ModelRegistry, card: ModelCard) -> None:
    if not installed.installed(card):
        pytest.skip(f"{card.name} is not installed")
    session = installed.session(card.name)
    shape = next(iter(session.inputs.values()))
    rows, columns = (1, 2) if card.input.layout == "NHWC" else (2, 3)
    assert (shape[rows], shape[columns]) == (card.input.height, card.input.width)
    assert shape[0] is None
    names = card.parameters.get("output_names", ())
    assert set(names.values() if isinstance(names, dict) else names) <= set(session.outputs)
    inputs = card.parameters.get("input_names", {})
    assert set(inputs.values()) <= set(session.inputs)


def test_what_a_file_says_of_itself(tmp_path: Path, network: Path) -> None:
    model = onnx.load(network)
    onnx.helper.set_model_props(model, {"character": "a\nb", "author": "nobody"})
    path = tmp_path / "telling.onnx"
    onnx.save(model, path)
    assert open_engine(SessionOptions()).open_session(network).metadata == {}
    said = open_engine(SessionOptions(cache=tmp_path / "cache")).open_session(path).metadata
    assert said == {"character": "a\nb", "author": "nobody"}


def test_outputs_belong_to_the_caller(network: Path) -> None:
    session = open_engine(SessionOptions(requests=1)).open_session(network)
    first = session.run({"input": np.ones((1, 4), np.float32)})["tripled"]
    session.run({"input": np.zeros((1, 4), np.float32)})
    np.testing.assert_array_equal(first, np.full((1, 4), 3.0))
    first[:] = 7.0


def test_many_threads_each_get_their_own_answer(network: Path) -> None:
    session = open_engine(SessionOptions(requests=2)).open_session(network)

    def ask(number: int) -> bool:
        inputs = np.full((1 + number % 5, 4), number, np.float32)
        return bool((session.run({"input": inputs})["tripled"] == 3 * number).all())

    with ThreadPoolExecutor(16) as pool:
        assert all(pool.map(ask, range(400)))


def test_a_network_written_for_one_row_takes_more(tmp_path: Path) -> None:
    path = tmp_path / "one.onnx"
    path.write_bytes(tripling_network(1))
    session = open_engine(SessionOptions()).open_session(path)
    assert session.inputs == {"input": (None, 4)}
    assert session.run({"input": np.ones((5, 4), np.float32)})["tripled"].shape == (5, 4)


def test_a_request_that_fails_does_not_block_the_next(network: Path) -> None:
    session = open_engine(SessionOptions(requests=1)).open_session(network)
    with pytest.raises(RuntimeError):
        session.run({"input": np.ones((1, 9), np.float32)})
    with pytest.raises(KeyError):
        session.run({"other": np.ones((1, 4), np.float32)})
    assert session.run({"input": np.ones((1, 4), np.float32)})["tripled"][0, 0] == 3.0


@pytest.mark.parametrize("damage", [b"", b"not a compiled network" * 50])
def test_a_damaged_cache_is_made_anew(tmp_path: Path, network: Path, damage: bytes) -> None:
    options = SessionOptions(cache=tmp_path / "compiled")
    open_engine(options).open_session(network)
    (blob,) = (tmp_path / "compiled").glob("*.blob")
    blob.chmod(0o644)
    blob.write_bytes(damage)
    session = open_engine(options).open_session(network)
    assert session.run({"input": np.ones((1, 4), np.float32)})["tripled"][0, 0] == 3.0


def test_a_cache_goes_by_the_networks_content(tmp_path: Path, network: Path) -> None:
    options = SessionOptions(cache=tmp_path / "compiled")
    open_engine(options).open_session(network)
    network.write_bytes(tripling_network().replace(b"tripled", b"changed"))
    assert open_engine(options).open_session(network).outputs == ("changed",)


@pytest.mark.parametrize("name", ["broken.onnx", "broken.tflite", "broken.xml"])
def test_a_file_that_is_no_network_is_refused_by_name(tmp_path: Path, name: str) -> None:
    path = tmp_path / name
    path.write_bytes(b"nonsense")
    with pytest.raises(ModelUnavailable, match=rf"{name} cannot be loaded"):
        open_engine(SessionOptions()).open_session(path)


def test_a_device_that_is_not_here_is_refused() -> None:
    with pytest.raises(ConfigurationError, match="device: OpenVINO finds no 'TPU' here"):
        open_engine(SessionOptions(device="TPU"))


def test_cuda_without_its_extra_names_the_extra(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setitem(sys.modules, "onnxruntime", None)
    with pytest.raises(ConfigurationError, match=r"vidimus\[cuda\]"):
        open_engine(SessionOptions(device="CUDA"))


def test_description_names_engine_and_device() -> None:
    assert open_engine(SessionOptions()).description.startswith("OpenVINO 20")


def test_nothing_is_told_to_openvinos_maker(tmp_path: Path) -> None:
    code = (
        "import sys\n"
        "from vidimus.runtime.session import SessionOptions, open_engine\n"
        "open_engine(SessionOptions())\n"
        "print([name for name in sys.modules if name.startswith('openvino_telemetry')])\n"
        "import openvino\n"
        "assert openvino.convert_model\n"
    )
    environment = {"HOME": str(tmp_path), "PYTHONPATH": os.pathsep.join(filter(None, sys.path))}
    done = subprocess.run(
        [sys.executable, "-W", "error", "-c", code],
        env=environment,
        capture_output=True,
        text=True,
        check=False,
    )
    assert done.stdout.strip() == "[]", done.stderr
    assert done.returncode == 0, done.stderr
    assert not list(tmp_path.iterdir())
