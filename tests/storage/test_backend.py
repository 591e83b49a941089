import pytest

from vidimus.errors import ConfigurationError
from vidimus.storage.backend import PostgresqlBackend, open_backend


@pytest.mark.parametrize(
    "url",
    ["", "vidimus.db", "mysql://host/name", "sqlite://", "sqlite:///:memory:", "sqlite:///a?b=c"],
)
def test_a_url_that_cannot_be_served(url: str) -> None:
    with pytest.raises(ConfigurationError):
        open_backend(url)


def test_a_postgresql_url_gets_our_driver_and_keeps_its_password_secret() -> None:
    backend = open_backend("postgresql://me:secret@nowhere/name")
    assert isinstance(backend, PostgresqlBackend)
    assert backend.writers.dialect.driver == "psycopg"
    assert "secret" not in backend.place
    backend.close()
