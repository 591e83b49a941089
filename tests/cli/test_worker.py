"""`vidimus worker`: whom it serves, and when it ends."""

import os
import signal
import subprocess
import sys
from pathlib import Path

import pytest

from tests.accountability.entries import fill
from tests.jobs.processes import wait_until
from vidimus.cli.worker import command_of_worker
from vidimus.engine.engine import open_records
from vidimus.settings import Settings
from vidimus.storage.workers import list_workers


def living(home: Path) -> list[str]:
    with open_records(Settings(home=home)) as records, records.database.reading() as tx:
        return [each.worker_id for each in list_workers(tx)]


def start(home: Path) -> subprocess.Popen[bytes]:
    variables = {key: text for key, text in os.environ.items() if not key.startswith("VIDIMUS_")}
    return subprocess.Popen(
        command_of_worker(home, "mine"),
        stdin=subprocess.PIPE,
        stderr=subprocess.PIPE,
        env=variables,
    )


@pytest.mark.slow
def test_a_worker_beside_a_server_leaves_when_the_server_is_gone(tmp_path: Path) -> None:
    with start(tmp_path) as process:
        wait_until(lambda: living(tmp_path) == ["mine"])
        assert process.stdin is not None
        process.stdin.close()
        assert process.wait(timeout=60) == 0
    assert living(tmp_path) == []


@pytest.mark.slow
def test_a_worker_leaves_when_told(tmp_path: Path) -> None:
    with start(tmp_path) as process:
        wait_until(lambda: living(tmp_path) == ["mine"])
        process.send_signal(signal.SIGTERM)
        assert process.wait(timeout=60) == 0
        assert process.stderr is not None
        assert b"dbos" not in process.stderr.read().lower(), "it is quiet"


def test_a_worker_with_the_key_of_another_home_refuses(tmp_path: Path) -> None:
    with open_records(Settings(home=tmp_path)) as records:
        fill(records.ledger, records.database, 1)
    (tmp_path / "secret.key").unlink()
    # In a process of its own: a worker limits the memory of the one it runs in, for good.
    command = [sys.executable, "-m", "vidimus", "worker", "--home", str(tmp_path)]
    refused = subprocess.run(command, capture_output=True, text=True, check=False, timeout=60)
    assert refused.returncode == 1
    assert "secret.key" in refused.stderr + refused.stdout
