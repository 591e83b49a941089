from threading import Event

from vidimus.errors import StorageUnavailable
from vidimus.jobs.heartbeat import Heartbeat, Register, new_worker_id
from vidimus.storage.database import Database
from vidimus.storage.workers import list_workers


def test_workers_that_enter_live_until_they_leave(database: Database) -> None:
    first, second = Register(database, "first"), Register(database, "second")
    first.enter()
    second.enter()
    assert first.living() == second.living() == {"first", "second"}
    first.leave()
    assert second.living() == {"second"}


def test_a_beat_tells_what_is_worked_on(database: Database) -> None:
    register = Register(database, "w")
    register.enter()
    assert register.beat("some task")
    with database.reading() as tx:
        [row] = list_workers(tx)
    assert (row.worker_id, row.task_id, row.beats) == ("w", "some task", 1)


def test_a_silent_worker_is_given_up_and_hears_of_it(database: Database) -> None:
    silent, watcher = Register(database, "silent"), Register(database, "watcher", silent_s=0.0)
    silent.enter()
    watcher.enter()
    assert watcher.living() == {"silent", "watcher"}, "seen for the first time"
    assert watcher.living() == {"watcher"}
    assert not silent.beat(None)


def test_a_worker_that_beats_is_not_given_up(database: Database) -> None:
    busy, watcher = Register(database, "busy"), Register(database, "watcher", silent_s=0.0)
    busy.enter()
    watcher.enter()
    for _ in range(3):
        assert busy.beat(None)
        assert watcher.living() == {"busy", "watcher"}


def test_ids_are_new() -> None:
    assert len({new_worker_id() for _ in range(100)}) == 100


def test_the_heart_goes_on_beating_through_trouble() -> None:
    troubles: list[Exception] = [StorageUnavailable("away"), OSError("broken")]
    calm = Event()

    def tick() -> None:
        if troubles:
            raise troubles.pop()
        calm.set()

    heart = Heartbeat(tick, every_s=0.001)
    heart.start()
    assert calm.wait(10)
    heart.stop()
