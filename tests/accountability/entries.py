"""Entries and a clock for the ledger's tests."""

from collections.abc import Callable
from datetime import UTC, datetime, timedelta
from itertools import count

from vidimus.accountability.ledger import Entry, Ledger, Receipt
from vidimus.storage.database import Database

KEY = bytes(range(32))
START = datetime(2026, 1, 2, 3, 4, 5, tzinfo=UTC)


def ticking_clock() -> Callable[[], datetime]:
    """A clock that moves on by a millisecond each time it is asked."""
    ticks = count()
    return lambda: START + timedelta(milliseconds=next(ticks))


def entry(name: str = "probe") -> Entry:
    return Entry(
        actor="AKIAEXAMPLE",
        operation="SearchFacesByImage",
        collection_id="people",
        request_id=f"request-{name}",
        model_version="1.0",
        threshold=80.0,
        candidates=(("face-a", 97.25), ("face-b", 81.5)),
        candidate_count=2,
        details={"image": "sha256:00ff", "faces": 1, "é": None},
    )


def fill(ledger: Ledger, database: Database, rows: int) -> list[Receipt]:
    with database.writing() as tx:
        return [ledger.append(tx, entry(str(number))) for number in range(rows)]
