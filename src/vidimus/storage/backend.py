"""What differs between SQLite and PostgreSQL: connecting, beginning, keeping writers apart."""

import os
import sqlite3
from pathlib import Path
from typing import Protocol

from sqlalchemy import Connection, create_engine, event, exc, make_url
from sqlalchemy.engine import URL, Engine
from sqlalchemy.pool import ConnectionPoolEntry, QueuePool

from vidimus.errors import ConfigurationError, StorageUnavailable

BUSY_WAIT_S = 5.0
"""How long a writer waits for a writer of another process."""

IDLE_IN_TRANSACTION_S = 60.0
"""After so long PostgreSQL ends a transaction that asks nothing: a machine that sleeps in the
middle of a write must not keep all the others from writing."""

_READERS_KEPT = 8
_LARGEST_IDLE_LOG_BYTES = 64 * 1024 * 1024
# Any number will do, so long as every vidimus takes the same one.
_WRITERS_LOCK = 0x76696469


class Backend(Protocol):
    """A kind of database, connected."""

    @property
    def place(self) -> str:
        """Where the database is, in words, without a password; for the operator."""

    @property
    def readers(self) -> Engine:
        """Lends connections whose transactions see one moment and change nothing."""

    @property
    def writers(self) -> Engine:
        """Lends connections whose transactions may write."""

    def check_reachable(self) -> None:
        """Raise StorageUnavailable if what was opened is no longer there."""

    def keep_other_writers_out(self, connection: Connection) -> None:
        """Wait until no other process writes, and let none begin before this one ends."""

    def reason(self, trouble: BaseException) -> str:
        """Return what the driver's error means, in words that any caller may read."""

    def close(self) -> None:
        """Close every connection that is not in use."""


def open_backend(url: str) -> Backend:
    """Return the backend `url` asks for; raises ConfigurationError for any other kind."""
    try:
        parsed = make_url(url)
    except exc.ArgumentError as trouble:
        raise ConfigurationError(f"the database URL cannot be read: {trouble}") from trouble
    if parsed.drivername in {"sqlite", "sqlite+pysqlite"}:
        return SqliteBackend(parsed)
    if parsed.drivername in {"postgresql", "postgresql+psycopg"}:
        return PostgresqlBackend(parsed.set(drivername="postgresql+psycopg"))
    raise ConfigurationError(
        f"no database of kind {parsed.drivername}: use sqlite:///path or postgresql+psycopg://"
    )


class SqliteBackend:
    """A SQLite file, made (for its owner's eyes only) if there is none."""

    def __init__(self, url: URL) -> None:
        if not url.database or url.database == ":memory:" or url.query:
            raise ConfigurationError("a SQLite URL is sqlite:///path, with a path to a file")
        self._path = Path(url.database).absolute()
        self.place = f"the database {self._path}"
        self._file = self._create_file()
        self.readers = self._engine("BEGIN", ("PRAGMA query_only = ON",), _READERS_KEPT)
        self.writers = self._engine(
            "BEGIN IMMEDIATE",
            (
                "PRAGMA journal_mode = WAL",
                "PRAGMA synchronous = FULL",
                "PRAGMA foreign_keys = ON",
                # What is deleted is overwritten: an erased face must not be left in the file.
                "PRAGMA secure_delete = ON",
                f"PRAGMA journal_size_limit = {_LARGEST_IDLE_LOG_BYTES}",
            ),
            1,
        )

    def check_reachable(self) -> None:
        """Raise StorageUnavailable if the file was removed or another put in its place.

        SQLite itself would go on writing to the removed file, and all of it would be lost.
        """
        if self._identity() != self._file:
            raise StorageUnavailable("the database is gone or was replaced since it was opened")

    def keep_other_writers_out(self, connection: Connection) -> None:
        """Do nothing: BEGIN IMMEDIATE has."""

    def reason(self, trouble: BaseException) -> str:
        """Return SQLite's own words, which name no path."""
        return str(trouble)

    def close(self) -> None:
        """Close the idle connections, readers first: the last writer folds the log."""
        self.readers.dispose()
        self.writers.dispose()

    def _create_file(self) -> tuple[int, int]:
        try:
            self._path.parent.mkdir(parents=True, exist_ok=True, mode=0o700)
            os.close(os.open(self._path, os.O_CREAT | os.O_RDWR | os.O_CLOEXEC, 0o600))
        except OSError as trouble:
            raise StorageUnavailable(f"{self.place} cannot be opened: {trouble}") from trouble
        identity = self._identity()
        if identity is None:
            raise StorageUnavailable(f"{self.place} vanished while it was opened")
        return identity

    def _identity(self) -> tuple[int, int] | None:
        try:
            found = self._path.stat()
        except OSError:
            return None
        return found.st_dev, found.st_ino

    def _engine(self, begin: str, pragmas: tuple[str, ...], kept: int) -> Engine:
        # mode=rw: a file that went missing must not be made again, empty, behind our back.
        uri = f"{self._path.as_uri()}?mode=rw"

        def connect() -> sqlite3.Connection:
            connection = sqlite3.connect(
                uri, uri=True, timeout=BUSY_WAIT_S, isolation_level=None, check_same_thread=False
            )
            for pragma in pragmas:
                connection.execute(pragma)
            return connection

        engine = create_engine(
            "sqlite://", creator=connect, poolclass=QueuePool, pool_size=kept, max_overflow=-1
        )

        @event.listens_for(engine, "begin")
        def begin_explicitly(connection: Connection) -> None:
            connection.exec_driver_sql(begin)

        return engine


class PostgresqlBackend:
    """A PostgreSQL database."""

    def __init__(self, url: URL) -> None:
        self.place = f"the database {url.render_as_string(hide_password=True)}"
        engine = create_engine(url, pool_pre_ping=True, max_overflow=-1)
        event.listen(engine, "connect", _bound_waiting)
        self.readers = engine.execution_options(
            isolation_level="REPEATABLE READ", postgresql_readonly=True
        )
        self.writers = engine.execution_options(isolation_level="READ COMMITTED")

    def check_reachable(self) -> None:
        """Do nothing: the pool asks the server before it lends a connection."""

    def keep_other_writers_out(self, connection: Connection) -> None:
        """Take the lock every writing vidimus takes; it ends with the transaction."""
        connection.exec_driver_sql(f"SELECT pg_advisory_xact_lock({_WRITERS_LOCK})")

    def reason(self, trouble: BaseException) -> str:
        """Return the kind of error alone: the server's words may name hosts and users."""
        return type(trouble).__name__

    def close(self) -> None:
        """Close the idle connections."""
        self.writers.dispose()


def _bound_waiting(connection: sqlite3.Connection, _entry: ConnectionPoolEntry) -> None:
    """Give up on another writer's lock after the same time as with SQLite, and on silence."""
    connection.execute(f"SET lock_timeout = '{BUSY_WAIT_S:g}s'")
    connection.execute(f"SET idle_in_transaction_session_timeout = '{IDLE_IN_TRANSACTION_S:g}s'")
    connection.commit()
