"""`vidimus worker`: carry out jobs, beside a server or on another machine."""

import signal
import sys
from collections.abc import Sequence
from pathlib import Path
from threading import Thread
from typing import TYPE_CHECKING, Annotated

import typer

from vidimus.cli.options import HomeOption, settings_of
from vidimus.cli.process_memory import limit_memory, share_arenas
from vidimus.engine.engine import Records, open_engine, open_records
from vidimus.errors import ConfigurationError, StorageUnavailable
from vidimus.jobs.carrier import Carrier
from vidimus.runtime.registry import open_registry
from vidimus.settings import Settings
from vidimus.telemetry import configure_logging

if TYPE_CHECKING:
    from vidimus.jobs.worker import Worker


def worker(
    home: HomeOption = None,
    worker_id: Annotated[str | None, typer.Option("--id", hidden=True)] = None,
    beside_server: Annotated[bool, typer.Option("--beside-server", hidden=True)] = False,
) -> None:
    """Carry out jobs on stored videos and bulk jobs, one at a time, until it is stopped.

    `vidimus serve` runs workers of its own. More of them, here or on other machines, need the
    same database, objects and models; each opens its models when its first job comes.
    """
    settings = settings_of(home)
    configure_logging(settings.log_level, settings.log_format)
    limit_memory(settings.worker_memory_mb)
    share_arenas()
    if not beside_server:
        open_registry(settings).check()
    # Importing DBOS takes the better part of a second, which no other command should wait for.
    from vidimus.jobs.worker import Worker, end_process

    with open_records(settings) as records:
        _refuse_another_key(records)
        working = Worker(
            settings,
            records.database,
            lambda: _open_carrier(settings),
            records.jobs.sweep,
            worker_id=worker_id,
        )
        _stop_on_signals(working)
        if beside_server:
            _stop_with_server(working)
        code = working.run()
    end_process(code)


def _refuse_another_key(records: Records) -> None:
    """Refuse to work with a key that the ledger was not made with: no search could be recorded."""
    try:
        records.ledger.check_end()
    except StorageUnavailable as trouble:
        raise ConfigurationError(
            f"{trouble.message}. A worker needs the `secret.key` of the server's home."
        ) from trouble


def command_of_worker(home: Path, worker_id: str) -> Sequence[str]:
    """Return the command of a worker that leaves when its standard input closes."""
    program = [sys.executable, "-m", "vidimus", "worker"]
    return [*program, "--home", str(home), "--id", worker_id, "--beside-server"]


def _open_carrier(settings: Settings) -> Carrier:
    from vidimus.engine.carrier import open_carrier
    from vidimus.operations.bulk_format import ModerationBulk

    engine = open_engine(settings)
    return open_carrier(engine, ModerationBulk(engine))


def _stop_on_signals(working: "Worker") -> None:
    for number in (signal.SIGTERM, signal.SIGINT):
        signal.signal(number, lambda *_: working.stop())


def _stop_with_server(working: "Worker") -> None:
    def wait_for_the_end() -> None:
        sys.stdin.buffer.read()
        working.stop()

    Thread(target=wait_for_the_end, name="server-watch", daemon=True).start()
