"""The database: snapshot reads, one writer at a time, and trouble told as StorageUnavailable.

SQLite by default: a write-ahead log, so that readers neither wait for the writer nor hold it up,
and `synchronous=FULL`, so that what was committed survives the loss of power. PostgreSQL by URL.
"""

from collections.abc import Callable, Iterator
from contextlib import ExitStack, contextmanager
from threading import Lock

from sqlalchemy import Connection, exc
from sqlalchemy.engine import Engine

from vidimus.errors import StorageUnavailable
from vidimus.storage.backend import Backend, open_backend
from vidimus.storage.schema import prepare_schema
from vidimus.telemetry import get_logger

_log = get_logger(__name__)

WRITER_WAIT_S = 30.0
"""How long a writer waits for the writers of this process that came before it."""


class Transaction:
    """A transaction in progress; only storage/ uses its connection."""

    __slots__ = ("_callbacks", "connection")

    def __init__(self, connection: Connection) -> None:
        self.connection = connection
        self._callbacks: list[Callable[[], None]] = []

    def after_commit(self, callback: Callable[[], None]) -> None:
        """Have `callback` called once the commit is durable; never, if it is rolled back.

        Callbacks run in order, while the writer's turn still lasts. Each one runs even if one
        before it raised; what was raised reaches whoever opened the transaction.
        """
        self._callbacks.append(callback)

    def run_callbacks(self) -> None:
        """Call what `after_commit` was given."""
        with ExitStack() as stack:
            for callback in reversed(self._callbacks):
                stack.callback(callback)


class Database:
    """One open database; made by `open_database`, safe for any number of threads."""

    def __init__(self, backend: Backend) -> None:
        self._backend = backend
        self._turn = Lock()

    @contextmanager
    def reading(self) -> Iterator[Transaction]:
        """Open a transaction that sees one moment of the database and changes nothing.

        Never waits for a writer. Raises StorageUnavailable when the database cannot be used.
        """
        with _telling_trouble(self._backend):
            self._backend.check_reachable()
            with _connection(self._backend.readers) as connection, connection.begin():
                yield Transaction(connection)

    @contextmanager
    def writing(self) -> Iterator[Transaction]:
        """Open the one transaction that may write; commits at the end, else rolls back.

        It has the database to itself as far as writing goes, in this process and among all that
        have opened it. A thread must not open a second one inside it. Raises StorageUnavailable
        when the turn does not come in time or the database cannot be used; then nothing of the
        transaction is kept.
        """
        with self._own_turn(), _telling_trouble(self._backend):
            self._backend.check_reachable()
            with _connection(self._backend.writers) as connection, connection.begin():
                self._backend.keep_other_writers_out(connection)
                transaction = Transaction(connection)
                yield transaction
                self._backend.check_reachable()
            transaction.run_callbacks()

    @contextmanager
    def _own_turn(self) -> Iterator[None]:
        if not self._turn.acquire(timeout=WRITER_WAIT_S):
            raise StorageUnavailable(
                f"no turn to write within {WRITER_WAIT_S:g} s: too many writers wait"
            )
        try:
            yield
        finally:
            self._turn.release()

    def close(self) -> None:
        """Close all connections; SQLite then folds its log into the file."""
        self._backend.close()


def open_database(url: str) -> Database:
    """Open the database at `sqlite:///path` or `postgresql+psycopg://...`, making its tables.

    Raises ConfigurationError for a URL or a schema vidimus cannot serve, StorageUnavailable
    when the database cannot be reached.
    """
    backend = open_backend(url)
    database = Database(backend)
    try:
        with database.writing() as tx:
            prepare_schema(tx.connection)
    except BaseException:
        database.close()
        raise
    return database


@contextmanager
def _connection(engine: Engine) -> Iterator[Connection]:
    """Lend a connection; one that broke is thrown away rather than lent again."""
    with engine.connect() as connection:
        try:
            yield connection
        except exc.DBAPIError:
            connection.invalidate()
            raise


@contextmanager
def _telling_trouble(backend: Backend) -> Iterator[None]:
    try:
        yield
    except (exc.IntegrityError, exc.ProgrammingError, exc.DataError, exc.NotSupportedError):
        raise  # A fault of vidimus itself, not of the place where the database is.
    except exc.DBAPIError as trouble:
        _log.error("database trouble", place=backend.place, error=str(trouble.orig))
        reason = backend.reason(trouble.orig or trouble)
        raise StorageUnavailable(f"the database cannot be used now: {reason}") from trouble
    except exc.TimeoutError as trouble:
        raise StorageUnavailable("no connection to the database is free") from trouble
