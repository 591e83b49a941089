"""A carrier that counts: each part of a task adds the next number, by a transaction of its own.

Run as a program it is a worker process that carries such tasks out. What it writes and where it
waits, fails or dies is told by the task's `place`.
"""

import json
import os
import signal
import sys
import time
from collections.abc import Callable
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path

from vidimus.jobs import workflows
from vidimus.jobs.worker import Worker, end_process
from vidimus.settings import Settings
from vidimus.storage.database import Database, Transaction, open_database
from vidimus.storage.jobs import DONE, RUNNING, add_task, change_task, find_task
from vidimus.telemetry import configure_logging


@dataclass(frozen=True, slots=True)
class Counting:
    """What a task asks for: `parts` of `part_s` seconds; `dies_at` kills the worker, `fails_at`
    raises, each as many times as told, `hangs_at` never returns."""

    parts: int
    part_s: float = 0.0
    dies_at: int = -1
    dies_times: int = 99
    fails_at: int = -1
    fails_times: int = 99
    refuses_to_be_told: int = 0


def add_counting(database: Database, task_id: str, counting: Counting) -> None:
    place = json.dumps({name: getattr(counting, name) for name in counting.__slots__})
    with database.writing() as tx:
        add_task(tx, task_id, "counting", place, datetime.now(UTC))


@dataclass(frozen=True, slots=True)
class Account:
    """What has been done for a task: the numbers added, who was told, and why it was abandoned."""

    numbers: list[int]
    trouble: int = 0
    concluded: int = 0
    told: int = 0
    refused: int = 0
    abandoned: str | None = None


def account_of(database: Database, task_id: str) -> Account:
    with database.reading() as tx:
        return _account(tx, task_id)


def _account(tx: Transaction, task_id: str) -> Account:
    found = find_task(tx, task_id)
    assert found is not None
    return Account(**json.loads(found.position)) if found.position else Account([])


class CountingCarrier:
    """Counts; nothing is done twice, whatever kills the process in between."""

    def __init__(self, database: Database) -> None:
        self._database = database

    def advance(self, task_id: str) -> bool:
        wish, before = self._read(task_id)
        number = len(before.numbers)
        if number >= wish.parts:
            return False
        time.sleep(wish.part_s)
        self._meet_trouble(task_id, wish, before, number)
        with self._database.writing() as tx:
            now = _account(tx, task_id)
            if len(now.numbers) == number:
                self._write(tx, task_id, now, numbers=[*now.numbers, number], trouble=0)
                change_task(tx, task_id, state=RUNNING)
        return number + 1 < wish.parts

    def conclude(self, task_id: str) -> None:
        self._end(task_id, lambda account: {"concluded": account.concluded + 1})

    def abandon(self, task_id: str, reason: str) -> None:
        self._end(task_id, lambda _: {"abandoned": reason})

    def notify(self, task_id: str) -> None:
        wish, _ = self._read(task_id)
        with self._database.writing() as tx:
            account = _account(tx, task_id)
            if account.told:
                return
            if account.refused < wish.refuses_to_be_told:
                self._write(tx, task_id, account, refused=account.refused + 1)
            else:
                self._write(tx, task_id, account, told=1)
        if account.refused < wish.refuses_to_be_told:
            raise ConnectionError("nobody listens")

    def _meet_trouble(self, task_id: str, wish: Counting, account: Account, number: int) -> None:
        dies = number == wish.dies_at and account.trouble < wish.dies_times
        fails = number == wish.fails_at and account.trouble < wish.fails_times
        if dies or fails:
            with self._database.writing() as tx:
                self._write(tx, task_id, account, trouble=account.trouble + 1)
        if dies:
            os.kill(os.getpid(), signal.SIGKILL)
        if fails:
            raise ZeroDivisionError("a fault of ours")

    def _end(self, task_id: str, change: Callable[[Account], dict[str, object]]) -> None:
        with self._database.writing() as tx:
            found = find_task(tx, task_id)
            assert found is not None
            if found.state != DONE:
                account = _account(tx, task_id)
                self._write(tx, task_id, account, **change(account))
                change_task(tx, task_id, state=DONE, finished_at=datetime.now(UTC))

    def _read(self, task_id: str) -> tuple[Counting, Account]:
        with self._database.reading() as tx:
            found = find_task(tx, task_id)
            assert found is not None
            return Counting(**json.loads(found.place)), _account(tx, task_id)

    def _write(self, tx: Transaction, task_id: str, account: Account, **changes: object) -> None:
        values = {name: getattr(account, name) for name in account.__slots__} | changes
        change_task(tx, task_id, position=json.dumps(values))


def main(home: Path, url: str, worker_id: str) -> None:
    configure_logging("info", "text")
    workflows.POLL_S = 0.1  # type: ignore[misc] # as tests have no time to wait
    settings = Settings(home=home, database=url)
    database = open_database(url)

    def open_carrier() -> CountingCarrier:
        (home / f"opened-{worker_id}").touch()
        return CountingCarrier(database)

    worker = Worker(
        settings, database, open_carrier, lambda: None, worker_id=worker_id, silent_s=2.0
    )
    signal.signal(signal.SIGTERM, lambda *_: worker.stop())
    end_process(worker.run())


if __name__ == "__main__":
    main(Path(sys.argv[1]), sys.argv[2], sys.argv[3])
