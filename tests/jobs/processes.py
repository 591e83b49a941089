"""Worker processes that count, to be killed by tests."""

import subprocess
import sys
import time
from collections.abc import Callable, Sequence
from pathlib import Path

CHECKOUT = Path(__file__).resolve().parents[2]


def command_of_counting(home: Path, url: str, worker_id: str) -> Sequence[str]:
    return [sys.executable, "-m", "tests.jobs.counting", str(home), url, worker_id]


class Processes:
    """Starts workers on one database, and ends those that are left at the end."""

    def __init__(self, home: Path, url: str) -> None:
        self.home = home
        self.url = url
        self._started: list[subprocess.Popen[bytes]] = []

    def start(self, worker_id: str) -> subprocess.Popen[bytes]:
        command = command_of_counting(self.home, self.url, worker_id)
        self._started.append(subprocess.Popen(command, cwd=CHECKOUT))
        return self._started[-1]

    def end_all(self) -> None:
        for each in self._started:
            each.kill()
            each.wait()


def wait_until(condition: Callable[[], object], within_s: float = 60.0) -> None:
    """Wait until something is so; fails after a time that is far too long."""
    ends_at = time.monotonic() + within_s
    while not condition():
        assert time.monotonic() < ends_at, "it did not come about"
        time.sleep(0.05)
