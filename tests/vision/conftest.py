"""Analyzers on the installed networks: all of them, and the core pack's alone."""

from pathlib import Path

import pytest

from vidimus.runtime.catalog import Catalog, load_catalog
from vidimus.runtime.registry import ModelRegistry
from vidimus.runtime.session import SessionOptions, open_engine
from vidimus.vision.face_types import Attribute
from vidimus.vision.faces import FaceAnalyzer


def analyzer_of(models_path: Path, cache: Path, pack: str | None) -> FaceAnalyzer:
    cards = tuple(card for card in load_catalog().cards if pack is None or card.pack == pack)
    options = SessionOptions(cache=cache)
    return FaceAnalyzer(ModelRegistry(Catalog(cards), models_path, lambda: open_engine(options)))


@pytest.fixture(scope="session")
def analyzer(models_path: Path, tmp_path_factory: pytest.TempPathFactory) -> FaceAnalyzer:
    """An analyzer with every network that is installed."""
    return analyzer_of(models_path, tmp_path_factory.mktemp("cache"), None)


@pytest.fixture(scope="session")
def standard_analyzer(analyzer: FaceAnalyzer) -> FaceAnalyzer:
    """The same, for tests that need the standard pack."""
    told = {capability.answer for capability in analyzer.capabilities() if capability.told}
    if not told >= {Attribute.AGE_RANGE, Attribute.EMOTIONS, Attribute.EYE_DIRECTION}:
        pytest.skip("the standard pack is not installed")
    return analyzer


@pytest.fixture(scope="session")
def core_analyzer(models_path: Path, tmp_path_factory: pytest.TempPathFactory) -> FaceAnalyzer:
    """An analyzer that has the core pack's networks alone."""
    return analyzer_of(models_path, tmp_path_factory.mktemp("core"), "core")
