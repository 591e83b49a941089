"""What every test may lean on: the shared data, installed models, and an engine on them."""

import os
import shutil
from collections.abc import Iterator
from pathlib import Path

import pytest

from vidimus.cli.models import pull_missing
from vidimus.engine.engine import Engine, open_engine
from vidimus.settings import Settings, read_settings

CHECKOUT = Path(__file__).resolve().parents[1]


def shared_folder() -> Path:
    return Path(os.environ.get("VIDIMUS_SHARED", CHECKOUT.parent / "shared"))


@pytest.fixture(scope="session")
def shared() -> Path:
    """The folder of photographs, videos and models beside the checkout."""
    if not shared_folder().is_dir():
        pytest.skip("the folder of shared test data is not beside the checkout")
    return shared_folder()


@pytest.fixture(scope="session")
def models_path() -> Path:
    """The folder of installed models; what a mirror beside the checkout has is added first."""
    settings = read_settings()
    mirror = shared_folder() / "models" / "upstream"
    if mirror.is_dir() and settings.models_path.is_dir():
        pull_missing(settings.model_copy(update={"model_mirror": str(mirror)}))
    if not settings.models_path.is_dir():
        pytest.skip("no models are installed: run `vidimus models pull`")
    return settings.models_path


@pytest.fixture(scope="session")
def engine(tmp_path_factory: pytest.TempPathFactory, models_path: Path) -> Iterator[Engine]:
    """An engine with the installed models on a home of its own."""
    home = tmp_path_factory.mktemp("home")
    with open_engine(Settings(home=home, models=str(models_path))) as opened:
        yield opened
    shutil.rmtree(home, ignore_errors=True)


@pytest.fixture(scope="session")
def people(shared: Path) -> Path:
    """Fifteen synthetic people, five photographs each."""
    return shared / "data" / "samples" / "people"
