import sys
from collections.abc import Callable, Sequence
from pathlib import Path

import pytest

from tests.jobs.processes import wait_until
from vidimus.jobs import supervisor as room
from vidimus.jobs.heartbeat import Register
from vidimus.jobs.supervisor import Supervisor
from vidimus.storage.database import Database
from vidimus.storage.workers import list_workers

LASTING = "import sys; open(sys.argv[1], 'a').write('born '); sys.stdin.read()"
DYING = "import sys; open(sys.argv[1], 'a').write('born '); sys.exit(1)"
STUBBORN = (
    "import signal, sys; signal.signal(signal.SIGTERM, signal.SIG_IGN);"
    "open(sys.argv[1], 'a').write('born '); signal.pause()"
)


@pytest.fixture
def births(tmp_path: Path) -> Path:
    file = tmp_path / "births"
    file.touch()
    return file


def running(program: str, births: Path) -> Callable[[str], Sequence[str]]:
    return lambda worker_id: [sys.executable, "-c", program, str(births)]


def count(births: Path) -> int:
    return births.read_text().count("born")


def test_as_many_as_wanted_live_until_the_end(database: Database, births: Path) -> None:
    with Supervisor(running(LASTING, births), 2, database):
        wait_until(lambda: count(births) == 2)
    assert count(births) == 2


def test_none_are_kept_where_none_are_wanted(database: Database, births: Path) -> None:
    with Supervisor(running(LASTING, births), 0, database):
        pass
    assert count(births) == 0


def test_one_that_dies_is_replaced_and_taken_off_the_register(
    database: Database, births: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(room, "_FIRST_PAUSE_S", 0.01)

    def command(worker_id: str) -> Sequence[str]:
        Register(database, worker_id).enter()
        return running(DYING, births)(worker_id)

    with Supervisor(command, 1, database):
        wait_until(lambda: count(births) >= 3)
    with database.reading() as tx:
        assert list_workers(tx) == ()


def test_one_that_will_not_leave_is_killed(
    database: Database, births: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(room, "LEAVE_WITHIN_S", 0.2)
    with Supervisor(running(STUBBORN, births), 1, database):
        wait_until(lambda: count(births) == 1)
