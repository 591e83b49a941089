"""Small networks and catalogs for the runtime's tests."""

import hashlib
from collections.abc import Callable
from pathlib import Path
from typing import Any

import numpy as np
import pytest

from vidimus.runtime.catalog import ModelCard, ModelFile
from vidimus.runtime.convert.graph import GraphWriter


def digest(data: bytes) -> str:
    return hashlib.sha256(data).hexdigest()


def tripling_network(rows: int | str = "n") -> bytes:
    """An ONNX network: `tripled` is three times `input`, both (rows, 4)."""
    graph = GraphWriter()
    graph.add("Mul", ["input", graph.weight(np.array(3.0))], output="tripled")
    return graph.serialize({"input": (rows, 4)}, {"tripled": (rows, 4)})


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
