"""Rows of what jobs found, in pages by time or by subject."""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass

from sqlalchemy import delete, func, insert, select, update

from vidimus.storage.database import Transaction
from vidimus.storage.tables import job_finding, job_subject

_AT_ONCE = 500


@dataclass(frozen=True, slots=True)
class StoredFinding:
    """One result: when, about what, and JSON of it."""

    timestamp_ms: int
    subject: str
    value: bytes


def add_findings(
    tx: Transaction, job_key: int, rows: Iterable[tuple[str, int, str, bytes]]
) -> None:
    """Add results, each as series, timestamp_ms, subject and JSON, in the order given."""
    names = ("series", "timestamp_ms", "subject", "value")
    values = [{"job_key": job_key, **dict(zip(names, row, strict=True))} for row in rows]
    if values:
        tx.connection.execute(insert(job_finding), values)


def rename_subjects(tx: Transaction, job_key: int, renamed: Mapping[str, str]) -> None:
    """Give findings another subject; what is renamed is never renamed again by the same call."""
    pairs = [(old, new) for old, new in renamed.items() if old != new]
    # By way of names that nobody has: else a to b and b to c would make both of them c.
    for prefix_old, prefix_new in (("", "\x01"), ("\x01", "")):
        for old, new in pairs:
            source = old if prefix_new else f"{prefix_old}{new}"
            target = f"{prefix_new}{new}"
            _rename(tx, job_key, source, target)


def _rename(tx: Transaction, job_key: int, old: str, new: str) -> None:
    changed = update(job_finding).where(
        job_finding.c.job_key == job_key, job_finding.c.subject == old
    )
    tx.connection.execute(changed.values(subject=new))


def drop_subjects(tx: Transaction, job_key: int, dropped: Iterable[str]) -> None:
    """Erase the findings of subjects."""
    names = list(dropped)
    for start in range(0, len(names), _AT_ONCE):
        some = names[start : start + _AT_ONCE]
        tx.connection.execute(
            delete(job_finding).where(
                job_finding.c.job_key == job_key, job_finding.c.subject.in_(some)
            )
        )


def put_subjects(tx: Transaction, job_key: int, subjects: Mapping[str, bytes]) -> None:
    """Keep what is known of subjects, JSON each, in place of what was known."""
    tx.connection.execute(delete(job_subject).where(job_subject.c.job_key == job_key))
    values = [
        {"job_key": job_key, "subject": name, "value": value} for name, value in subjects.items()
    ]
    if values:
        tx.connection.execute(insert(job_subject), values)


def read_subjects(tx: Transaction, job_key: int, names: Sequence[str]) -> dict[str, bytes]:
    """Return what is known of these subjects, JSON each; of some nothing may be."""
    found: dict[str, bytes] = {}
    for start in range(0, len(names), _AT_ONCE):
        wanted = select(job_subject.c.subject, job_subject.c.value).where(
            job_subject.c.job_key == job_key,
            job_subject.c.subject.in_(names[start : start + _AT_ONCE]),
        )
        found.update({row.subject: row.value for row in tx.connection.execute(wanted)})
    return found


def page_of_findings(
    tx: Transaction, job_key: int, series: str, *, by_subject: bool, offset: int, limit: int
) -> tuple[StoredFinding, ...]:
    """Return a page of a series: by time, or by subject and then time."""
    found = job_finding.c
    order = (found.timestamp_ms, found.key)
    wanted = select(found.timestamp_ms, found.subject, found.value)
    wanted = wanted.where(found.job_key == job_key, found.series == series)
    wanted = wanted.order_by(*((found.subject, *order) if by_subject else order))
    rows = tx.connection.execute(wanted.offset(offset).limit(limit))
    return tuple(StoredFinding(**row._mapping) for row in rows)


def count_findings(tx: Transaction, job_key: int, series: str) -> int:
    """Return how many results a series has."""
    counted = select(func.count()).select_from(job_finding)
    counted = counted.where(job_finding.c.job_key == job_key, job_finding.c.series == series)
    return int(tx.connection.execute(counted).scalar_one())


def erase_findings(tx: Transaction, job_key: int) -> None:
    """Erase all that a job found."""
    for table in (job_finding, job_subject):
        tx.connection.execute(delete(table).where(table.c.job_key == job_key))
