"""A place for jobs, with a home of its own: they are counted."""

from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.operations.video_place import VIDEO, Place
from vidimus.engine.engine import open_engine
from vidimus.settings import Settings


@pytest.fixture(scope="module")
def place(tmp_path_factory: pytest.TempPathFactory, models_path: Path) -> Iterator[Place]:
    home = tmp_path_factory.mktemp("home")
    with open_engine(Settings(home=home, models=str(models_path))) as engine:
        opened = Place(engine)
        opened.put(VIDEO["S3Object"]["Name"])
        yield opened
