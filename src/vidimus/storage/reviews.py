"""Rows of reviews: pictures' answers that people are asked to look at, and what they said."""

from dataclasses import dataclass
from datetime import datetime
from typing import Any

import msgspec
from sqlalchemy import Row, func, insert, select, update

from vidimus.storage.database import Transaction
from vidimus.storage.tables import review


@dataclass(frozen=True, slots=True)
class StoredLabel:
    """One label that a picture got: its parent ("" at the top), level and confidence, 0..100."""

    name: str
    parent: str
    level: int
    confidence: float


@dataclass(frozen=True, slots=True)
class StoredReview:
    """One review; the last four are None while it is open.

    `picture_sha256` is of the picture's bytes, `picture_place` where they lie in a bucket.
    """

    loop_name: str
    flow_arn: str
    opened_at: datetime
    actor: str
    request_id: str
    picture_sha256: str
    picture_place: str | None
    classifiers: tuple[str, ...]
    min_confidence: float
    labels: tuple[StoredLabel, ...]
    model_version: str
    closed_at: datetime | None = None
    reviewer: str | None = None
    verdict: str | None = None
    note: str | None = None


@dataclass(frozen=True, slots=True)
class Closing:
    """How a review ended."""

    closed_at: datetime
    reviewer: str
    verdict: str
    note: str


def add_review(tx: Transaction, stored: StoredReview) -> None:
    """Add a review; its loop's name must be free."""
    values = {name: getattr(stored, name) for name in stored.__slots__}
    values["classifiers"] = msgspec.json.encode(stored.classifiers).decode()
    values["labels"] = msgspec.json.encode(stored.labels).decode()
    tx.connection.execute(insert(review).values(**values))


def find_review(tx: Transaction, loop_name: str) -> StoredReview | None:
    """Return the review of that name, open or closed; None where there is none."""
    found = tx.connection.execute(select(review).where(review.c.loop_name == loop_name))
    row = found.one_or_none()
    return None if row is None else _stored(row)


def list_reviews(tx: Transaction, *, closed_too: bool = False) -> tuple[StoredReview, ...]:
    """Return the reviews, oldest first: the open ones, or all."""
    wanted = select(review).order_by(review.c.key)
    if not closed_too:
        wanted = wanted.where(review.c.closed_at.is_(None))
    return tuple(_stored(row) for row in tx.connection.execute(wanted))


def count_open_reviews(tx: Transaction) -> int:
    """Return how many reviews wait."""
    counted = select(func.count()).select_from(review).where(review.c.closed_at.is_(None))
    return int(tx.connection.execute(counted).scalar_one())


def close_review(tx: Transaction, loop_name: str, closing: Closing) -> None:
    """Write down how the review of that name ended."""
    values = {name: getattr(closing, name) for name in closing.__slots__}
    tx.connection.execute(update(review).where(review.c.loop_name == loop_name).values(**values))


def _stored(row: Row[tuple[Any, ...]]) -> StoredReview:
    values = {name: getattr(row, name) for name in StoredReview.__slots__}
    values["classifiers"] = msgspec.json.decode(row.classifiers, type=tuple[str, ...])
    values["labels"] = msgspec.json.decode(row.labels, type=tuple[StoredLabel, ...])
    return StoredReview(**values)
