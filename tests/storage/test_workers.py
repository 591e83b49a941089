from dataclasses import replace
from datetime import timedelta

from tests.storage.rows import MOMENT
from vidimus.storage.database import Database
from vidimus.storage.workers import (
    StoredWorker,
    add_worker,
    beat,
    give_up_worker,
    list_workers,
    remove_worker,
)

WORKER = StoredWorker("b", "example.org", 4711, 0, None, MOMENT, MOMENT)
LATER = MOMENT + timedelta(seconds=5)


def test_workers_come_back_oldest_first(database: Database) -> None:
    younger = replace(WORKER, worker_id="a", started_at=LATER)
    with database.writing() as tx:
        add_worker(tx, younger)
        add_worker(tx, WORKER)
        assert list_workers(tx) == (WORKER, younger)


def test_a_beat_counts_and_a_missing_worker_hears_of_it(database: Database) -> None:
    with database.writing() as tx:
        add_worker(tx, WORKER)
        assert beat(tx, "b", "task", LATER)
        assert list_workers(tx) == (replace(WORKER, beats=1, task_id="task", seen_at=LATER),)
        remove_worker(tx, "b")
        assert not beat(tx, "b", "task", LATER)


def test_only_a_worker_that_was_silent_since_is_given_up(database: Database) -> None:
    with database.writing() as tx:
        add_worker(tx, WORKER)
        beat(tx, "b", None, LATER)
        assert not give_up_worker(tx, "b", 0)
        assert give_up_worker(tx, "b", 1)
        assert not give_up_worker(tx, "b", 1)
