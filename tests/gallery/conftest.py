from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.gallery.enrolling import open_gallery
from vidimus.gallery.gallery import Gallery
from vidimus.storage.database import Database, open_database


@pytest.fixture
def url(tmp_path: Path) -> str:
    return f"sqlite:///{tmp_path / 'vidimus.db'}"


@pytest.fixture
def database(url: str) -> Iterator[Database]:
    opened = open_database(url)
    yield opened
    opened.close()


@pytest.fixture
def gallery(database: Database) -> Gallery:
    return open_gallery(database)
