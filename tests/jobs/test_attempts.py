from collections.abc import Callable

import pytest

from tests.jobs.counting import Counting, CountingCarrier, account_of, add_counting
from vidimus.errors import ConfigurationError, StorageUnavailable
from vidimus.jobs import attempts as room
from vidimus.jobs import patience
from vidimus.jobs.attempts import PART_FAILED, STRIKES, WORKER_DIED, Attempts, Outcome
from vidimus.storage.database import Database
from vidimus.storage.jobs import DONE, change_task, find_task


class Killed(BaseException):
    """What a test raises where a process would have been killed."""


class Troubled(CountingCarrier):
    """Raises what it is given, once each, before a part is done."""

    def __init__(self, database: Database, *troubles: BaseException) -> None:
        super().__init__(database)
        self.troubles = list(troubles)

    def advance(self, task_id: str) -> bool:
        if self.troubles:
            raise self.troubles.pop(0)
        return super().advance(task_id)


@pytest.fixture(autouse=True)
def _no_waiting(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(patience, "FIRST_WAIT_S", 0.001)
    monkeypatch.setattr(room, "FIRST_WAIT_S", 0.001)


def strikes_of(database: Database, task_id: str = "t") -> int:
    with database.reading() as tx:
        found = find_task(tx, task_id)
    assert found is not None
    return found.strikes


def is_killed(database: Database, carrier: CountingCarrier) -> Attempts:
    """Carry out a part in a worker that is killed at it."""
    worker = Attempts(database, lambda: carrier)
    with pytest.raises(Killed):
        worker.advance("t")
    return worker


def test_a_task_is_carried_out_part_by_part(database: Database, carrier: CountingCarrier) -> None:
    add_counting(database, "t", Counting(parts=2))
    worker = Attempts(database, lambda: carrier)
    assert worker.advance("t") is Outcome.MORE
    assert worker.advance("t") is Outcome.FINISHED
    assert worker.conclude("t") is Outcome.FINISHED
    assert account_of(database, "t").concluded == 1
    assert strikes_of(database) == 0
    assert worker.task_id is None


def test_a_part_that_kills_three_workers_is_not_begun_again(database: Database) -> None:
    add_counting(database, "t", Counting(parts=2))
    carrier = Troubled(database, *[Killed() for _ in range(STRIKES)])
    for _ in range(STRIKES):
        is_killed(database, carrier)
    assert Attempts(database, lambda: carrier).advance("t") is Outcome.ABANDONED
    assert account_of(database, "t").abandoned == WORKER_DIED


def test_two_kills_are_forgotten_when_the_part_is_done(database: Database) -> None:
    add_counting(database, "t", Counting(parts=9))
    carrier = Troubled(database, Killed(), Killed())
    is_killed(database, carrier)
    is_killed(database, carrier)
    assert Attempts(database, lambda: carrier).advance("t") is Outcome.MORE
    assert strikes_of(database) == 0


def test_an_error_of_ours_ends_the_task_after_three_times(database: Database) -> None:
    add_counting(database, "t", Counting(parts=2))
    carrier = Troubled(database, *[ZeroDivisionError() for _ in range(STRIKES)])
    assert Attempts(database, lambda: carrier).advance("t") is Outcome.ABANDONED
    assert account_of(database, "t").abandoned == PART_FAILED


def test_an_error_that_passes_costs_nothing(database: Database) -> None:
    add_counting(database, "t", Counting(parts=1))
    carrier = Troubled(database, ZeroDivisionError(), ZeroDivisionError())
    assert Attempts(database, lambda: carrier).advance("t") is Outcome.FINISHED


def test_a_storage_that_cannot_be_used_is_waited_for(database: Database) -> None:
    add_counting(database, "t", Counting(parts=1))
    carrier = Troubled(database, *[StorageUnavailable("away") for _ in range(9)])
    assert Attempts(database, lambda: carrier).advance("t") is Outcome.FINISHED


def test_a_storage_that_stays_away_ends_the_task_with_its_words(
    database: Database, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(room, "STORAGE_PATIENCE_S", 0.0)
    add_counting(database, "t", Counting(parts=1))
    carrier = Troubled(database, StorageUnavailable("the bucket is away"))
    assert Attempts(database, lambda: carrier).advance("t") is Outcome.ABANDONED
    told = account_of(database, "t").abandoned
    assert told is not None
    assert "the bucket is away" in told


def test_waiting_for_the_storage_keeps_the_strikes_of_kills(database: Database) -> None:
    add_counting(database, "t", Counting(parts=1))
    carrier = Troubled(database, Killed(), StorageUnavailable("away"), Killed())
    is_killed(database, carrier)
    is_killed(database, carrier)
    assert strikes_of(database) == 2


def test_leaving_takes_the_strike_back(database: Database) -> None:
    add_counting(database, "t", Counting(parts=1))
    worker = is_killed(database, Troubled(database, Killed()))
    assert (worker.task_id, strikes_of(database)) == ("t", 1)
    worker.leave()
    assert strikes_of(database) == 0


def test_an_idle_worker_leaves_without_a_word(database: Database) -> None:
    Attempts(database, _never_opened).leave()


def _never_opened() -> CountingCarrier:
    raise AssertionError("nothing was to be carried out")


@pytest.mark.parametrize("part", [Attempts.advance, Attempts.conclude])
def test_what_is_done_or_erased_needs_no_carrier(
    database: Database, part: Callable[[Attempts, str], Outcome]
) -> None:
    add_counting(database, "t", Counting(parts=1))
    with database.writing() as tx:
        change_task(tx, "t", state=DONE)
    worker = Attempts(database, _never_opened)
    assert part(worker, "t") is Outcome.FINISHED
    assert part(worker, "never") is Outcome.FINISHED


def test_a_worker_that_lacks_its_models_spends_no_strike(database: Database) -> None:
    add_counting(database, "t", Counting(parts=1))

    def lack() -> CountingCarrier:
        raise ConfigurationError("no models")

    with pytest.raises(ConfigurationError):
        Attempts(database, lack).advance("t")
    assert strikes_of(database) == 0


def test_patience_ends_at_its_limit() -> None:
    patient = patience.Patience(limit_s=0.1)
    waits = 0
    while patient.wait(StorageUnavailable("away")):
        waits += 1
    assert waits > 1


def test_whenever_possible_is_when_the_storage_is_back() -> None:
    troubles = [StorageUnavailable("away"), StorageUnavailable("away")]

    def act() -> str:
        if troubles:
            raise troubles.pop()
        return "done"

    assert patience.whenever_possible(act) == "done"
