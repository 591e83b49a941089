"""Workers on SQLite and PostgreSQL: killed, stopped, paused, poisoned; each part is done once."""

import signal
import time
from collections.abc import Iterator
from contextlib import closing
from pathlib import Path

import pytest

from tests.jobs.counting import Account, Counting, account_of, add_counting
from tests.jobs.processes import Processes, wait_until
from vidimus.jobs.attempts import PART_FAILED, WORKER_DIED
from vidimus.jobs.queue import JobQueue, open_queue
from vidimus.settings import Settings
from vidimus.storage.database import Database
from vidimus.storage.jobs import QUEUED, change_task, find_task
from vidimus.storage.workers import list_workers

pytestmark = pytest.mark.slow

SHORT = 0.05
LONG = 600.0


@pytest.fixture
def workers(tmp_path: Path, url: str) -> Iterator[Processes]:
    processes = Processes(tmp_path, url)
    yield processes
    processes.end_all()


@pytest.fixture
def queue(tmp_path: Path, url: str) -> Iterator[JobQueue]:
    with closing(open_queue(Settings(home=tmp_path, database=url))) as opened:
        yield opened


def ask(database: Database, queue: JobQueue, task_id: str, counting: Counting) -> None:
    add_counting(database, task_id, counting)
    queue.submit(task_id)


def counted(parts: int) -> Account:
    return Account(list(range(parts)), concluded=1, told=1)


def strikes_of(database: Database, task_id: str) -> int:
    with database.reading() as tx:
        found = find_task(tx, task_id)
    assert found is not None
    return found.strikes


def wait_until_told(database: Database, *task_ids: str) -> None:
    wait_until(lambda: all(account_of(database, each).told for each in task_ids))


def test_tasks_are_carried_out_and_told(
    database: Database, queue: JobQueue, workers: Processes
) -> None:
    workers.start("w")
    for task_id in ("a", "b"):
        ask(database, queue, task_id, Counting(parts=3, part_s=SHORT))
        queue.submit(task_id)
    wait_until_told(database, "a", "b")
    assert account_of(database, "a") == account_of(database, "b") == counted(3)


def test_a_worker_opens_nothing_while_idle(
    database: Database, queue: JobQueue, workers: Processes, tmp_path: Path
) -> None:
    workers.start("w")
    wait_until(lambda: _living(database) == ["w"])
    assert not (tmp_path / "opened-w").exists()
    ask(database, queue, "a", Counting(parts=1))
    wait_until_told(database, "a")
    assert (tmp_path / "opened-w").exists()


def _living(database: Database) -> list[str]:
    with database.reading() as tx:
        return [each.worker_id for each in list_workers(tx)]


def test_what_a_killed_worker_began_is_finished_by_another(
    database: Database, queue: JobQueue, workers: Processes
) -> None:
    killed = workers.start("killed")
    ask(database, queue, "a", Counting(parts=8, part_s=0.6))
    wait_until(lambda: len(account_of(database, "a").numbers) > 1)
    killed.kill()
    workers.start("heir")
    wait_until_told(database, "a")
    assert account_of(database, "a") == counted(8)
    assert _living(database) == ["heir"]


def test_leaving_is_quick_and_no_strike(
    database: Database, queue: JobQueue, workers: Processes
) -> None:
    leaving = workers.start("leaving")
    ask(database, queue, "a", Counting(parts=1, part_s=LONG))
    wait_until(lambda: strikes_of(database, "a") == 1)
    leaving.send_signal(signal.SIGTERM)
    assert leaving.wait(timeout=60) == 0
    assert strikes_of(database, "a") == 0
    assert _living(database) == []


def test_a_task_that_kills_workers_fails_and_the_others_go_on(
    database: Database, queue: JobQueue, workers: Processes
) -> None:
    ask(database, queue, "poison", Counting(parts=3, dies_at=1))
    ask(database, queue, "sound", Counting(parts=3, part_s=SHORT))
    for life in range(3):
        assert workers.start(f"victim{life}").wait(timeout=60) == -signal.SIGKILL
    workers.start("survivor")
    wait_until_told(database, "poison", "sound")
    assert account_of(database, "sound") == counted(3)
    poisoned = account_of(database, "poison")
    assert (poisoned.numbers, poisoned.abandoned) == ([0], WORKER_DIED)


def test_a_fault_of_ours_fails_its_task_alone(
    database: Database, queue: JobQueue, workers: Processes
) -> None:
    ask(database, queue, "faulty", Counting(parts=3, fails_at=2))
    ask(database, queue, "lucky", Counting(parts=3, fails_at=2, fails_times=2))
    workers.start("w")
    wait_until_told(database, "faulty", "lucky")
    assert account_of(database, "faulty").abandoned == PART_FAILED
    assert account_of(database, "lucky") == counted(3)


def test_a_worker_that_slept_does_nothing_twice(
    database: Database, queue: JobQueue, workers: Processes
) -> None:
    """It is taken for dead, its task goes to another, and then it wakes up."""
    sleeper = workers.start("sleeper")
    ask(database, queue, "a", Counting(parts=6, part_s=0.6))
    wait_until(lambda: account_of(database, "a").numbers)
    time.sleep(0.25)  # It is in the middle of a part, and of no transaction.
    sleeper.send_signal(signal.SIGSTOP)
    workers.start("heir")
    wait_until(lambda: _living(database) == ["heir"])
    sleeper.send_signal(signal.SIGCONT)
    wait_until_told(database, "a")
    assert account_of(database, "a") == counted(6)
    assert sleeper.wait(timeout=60) != 0, "it heard that it was given up"


def test_who_refuses_to_be_told_is_asked_again_and_holds_nobody_up(
    database: Database, queue: JobQueue, workers: Processes
) -> None:
    ask(database, queue, "refusing", Counting(parts=1, refuses_to_be_told=1))
    ask(database, queue, "listening", Counting(parts=1))
    workers.start("w")
    wait_until_told(database, "listening")
    wait_until_told(database, "refusing")
    assert account_of(database, "refusing").refused == 1


def test_two_workers_share_the_tasks(
    database: Database, queue: JobQueue, workers: Processes, tmp_path: Path
) -> None:
    workers.start("one")
    workers.start("two")
    wait_until(lambda: _living(database) == ["one", "two"] or _living(database) == ["two", "one"])
    ids = [f"t{number}" for number in range(6)]
    for task_id in ids:
        ask(database, queue, task_id, Counting(parts=4, part_s=0.3))
    wait_until_told(database, *ids)
    assert [account_of(database, each) for each in ids] == [counted(4)] * 6
    assert (tmp_path / "opened-one").exists()
    assert (tmp_path / "opened-two").exists()


def test_what_is_not_done_is_queued_again_whatever_the_journal_says(
    database: Database, queue: JobQueue, workers: Processes
) -> None:
    first = workers.start("first")
    ask(database, queue, "a", Counting(parts=2))
    wait_until_told(database, "a")
    first.send_signal(signal.SIGTERM)
    first.wait(timeout=60)
    with database.writing() as tx:
        change_task(tx, "a", state=QUEUED, position=None)
    workers.start("second")
    wait_until(lambda: account_of(database, "a").concluded)
    assert account_of(database, "a").numbers == [0, 1]
