"""What a durable change costs: a bare fsync beside one-row transactions and ledger entries.

    .venv/bin/python benchmarks/durable_write.py [--folder FOLDER] [--rounds N] [--rows N]

The folder decides which disk is measured. Rounds of all kinds take turns, so that a busy moment
of the disk meets all of them. `verify` is measured on a ledger of `--rows` rows.
"""

import argparse
import os
import statistics
import tempfile
import time
from collections.abc import Callable
from datetime import UTC, datetime
from pathlib import Path

from vidimus.accountability.access_keys import AccessKeys
from vidimus.accountability.ledger import Entry, Ledger
from vidimus.storage import tags
from vidimus.storage.database import Database, open_database

KEY = bytes(32)
LOG_FRAME_BYTES = 2 * 4120
ENTRY = Entry(
    "AKIAEXAMPLE", "SearchFacesByImage", "people", "5c8e3f0a-0000-4000-8000-000000000000", "1.0",
    80.0, tuple((f"5c8e3f0a-0000-4000-8000-{n:012d}", 99.5 - n) for n in range(5)), 5,
    {"image": "sha256:" + "0" * 64},
)  # fmt: skip


def now() -> datetime:
    return datetime.now(UTC)


def bare_sync(file: int) -> None:
    os.write(file, b"x" * LOG_FRAME_BYTES)
    os.fsync(file)


def one_row(database: Database) -> None:
    with database.writing() as tx:
        tags.put(tx, "arn", {f"{time.perf_counter_ns()}": "value"})


def one_entry(database: Database, ledger: Ledger) -> None:
    with database.writing() as tx:
        ledger.append(tx, ENTRY)


def take_turns(kinds: dict[str, Callable[[], object]], rounds: int) -> dict[str, list[float]]:
    times: dict[str, list[float]] = {name: [] for name in kinds}
    for _ in range(rounds):
        for name, work in kinds.items():
            start = time.perf_counter()
            work()
            times[name].append(time.perf_counter() - start)
    return times


def print_table(times: dict[str, list[float]]) -> None:
    print(f"{'':34}{'p50 ms':>9}{'p95 ms':>9}{'max ms':>9}")
    for name, seconds in times.items():
        cuts = statistics.quantiles(seconds, n=20)
        row = (statistics.median(seconds), cuts[18], max(seconds))
        print(f"{name:34}" + "".join(f"{1000 * value:9.3f}" for value in row))


def measure_verify(database: Database, ledger: Ledger, rows: int) -> None:
    with database.writing() as tx:
        for _ in range(rows):
            ledger.append(tx, ENTRY)
    start = time.perf_counter()
    flaws = ledger.verify()
    seconds = time.perf_counter() - start
    newest = ledger.head()
    total = newest.sequence if newest else 0
    print(f"verify: {total} rows in {seconds:.2f} s, {total / seconds:,.0f} rows/s, {flaws=}")


def measure(folder: Path, rounds: int, rows: int) -> None:
    database = open_database(f"sqlite:///{folder / 'vidimus.db'}")
    ledger, keys = Ledger(database, KEY, now), AccessKeys(database, KEY, now)
    known = keys.create("benchmark").access_key_id
    file = os.open(folder / "bare", os.O_CREAT | os.O_WRONLY)
    kinds: dict[str, Callable[[], object]] = {
        "two pages written, fsync": lambda: bare_sync(file),
        "transaction of one row": lambda: one_row(database),
        "transaction of one ledger entry": lambda: one_entry(database, ledger),
        "secret of an access key (read)": lambda: keys.secret_of(known),
    }
    take_turns(kinds, 10)
    print_table(take_turns(kinds, rounds))
    measure_verify(database, ledger, rows)
    os.close(file)
    database.close()


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--folder", type=Path, help="on the disk to measure; default: a new one")
    parser.add_argument("--rounds", type=int, default=500)
    parser.add_argument("--rows", type=int, default=50_000)
    arguments = parser.parse_args()
    with tempfile.TemporaryDirectory(dir=arguments.folder) as folder:
        measure(Path(folder), arguments.rounds, arguments.rows)


if __name__ == "__main__":
    main()
