"""Small networks and catalogs for the runtime's tests."""

import hashlib
from collections.abc import Callable
from pathlib import Path
from typing import Any

import numpy as np
import pytest

from vidimus.runtime.catalog import ModelCard, ModelFile, load_catalog
from vidimus.runtime.convert import convert
from vidimus.runtime.convert.graph import GraphWriter
from vidimus.runtime.session import ModelSession, SessionOptions, open_engine


def digest(data: bytes) -> str:
    return hashlib.sha256(data).hexdigest()


def tripling_network(rows: int | str = "n") -> bytes:
    """An ONNX network: `tripled` is three times `input`, both (rows, 4)."""
    graph = GraphWriter()
    graph.add("Mul", ["input", graph.weight(np.array(3.0))], output="tripled")
    return graph.serialize({"input": (rows, 4)}, {"tripled": (rows, 4)})


def integer(value: int) -> bytes:
    """An integer as protobuf writes it."""
    return bytes([value]) if value < 128 else bytes([value & 127 | 128]) + integer(value >> 7)


def field(number: int, value: int | bytes) -> bytes:
    """A field as protobuf writes it."""
    if isinstance(value, int):
        return integer(number << 3) + integer(value)
    return integer(number << 3 | 2) + integer(len(value)) + value


def converted(name: str, folder: Path) -> bytes:
    """What the converter of the card `name` makes of the files in `folder`; skips without."""
    card = load_catalog().card(name)
    paths = [folder / file.name for file in card.files]
    for path in paths:
        if not path.is_file():
            pytest.skip(f"{path.name} is not there")
    assert card.converter is not None
    return convert(card.converter, paths, card.parameters)


def opened(data: bytes, folder: Path) -> ModelSession:
    """A session of the ONNX network `data`."""
    path = folder / "network.onnx"
    path.write_bytes(data)
    return open_engine(SessionOptions()).open_session(path)


@pytest.fixture
def make_card() -> Callable[..., ModelCard]:
    """A card for files given as bytes by name, with no source of their own."""

    def make(name: str = "small", files: dict[str, bytes] | None = None, **facts: Any) -> ModelCard:
        contents = {"small.onnx": tripling_network()} if files is None else files
        defaults: dict[str, Any] = {
            "task": "face_detector",
            "pack": "core",
            "rank": 1,
            "title": name,
            "licence_code": "MIT",
            "licence_weights": "MIT",
            "training_data": "none",
            "artefact": next(iter(contents), None),
            "files": tuple(
                ModelFile(each, digest(data), len(data)) for each, data in contents.items()
            ),
        }
        return ModelCard(name=name, **(defaults | facts))

    return make


@pytest.fixture
def mirror(tmp_path: Path) -> Path:
    """A mirror folder with the small network."""
    folder = tmp_path / "mirror"
    folder.mkdir()
    (folder / "small.onnx").write_bytes(tripling_network())
    return folder


class SilentProgress:
    """A pull's listener that counts bytes and remembers the order of events."""

    def __init__(self) -> None:
        self.bytes = 0
        self.events: list[str] = []

    def started(self, card: ModelCard) -> None:
        self.events.append(f"started {card.name}")

    def advanced(self, card: ModelCard, count: int) -> None:
        assert card.name
        self.bytes += count

    def finished(self, outcome: Any) -> None:
        self.events.append(f"{outcome.status} {outcome.card.name}")


@pytest.fixture
def progress() -> SilentProgress:
    return SilentProgress()
