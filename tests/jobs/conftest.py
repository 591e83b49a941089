from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.jobs.counting import CountingCarrier
from vidimus.storage.database import Database, open_database


@pytest.fixture
def database(tmp_path: Path) -> Iterator[Database]:
    opened = open_database(f"sqlite:///{tmp_path / 'vidimus.db'}")
    yield opened
    opened.close()


@pytest.fixture
def carrier(database: Database) -> CountingCarrier:
    return CountingCarrier(database)
