"""The ledger: who asked what about whom and what came back, in a chain that shows tampering.

Each row is canonical JSON with a keyed hash (HMAC-SHA256) over it and the hash of the row
before. Whoever lacks the key cannot change, add, drop or move a row so that `verify` does not
see it. docs/explanation/ledger.md says what that proves and what it does not.
"""

import hmac
import json
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import UTC, datetime

from vidimus.accountability.chain import Chain, Receipt
from vidimus.accountability.ledger_check import Flaw, check_ledger
from vidimus.errors import StorageUnavailable
from vidimus.storage import ledger as rows
from vidimus.storage.database import Database, Transaction

__all__ = ["Entry", "Flaw", "Ledger", "LedgerRow", "Receipt"]

Detail = str | int | float | None


@dataclass(frozen=True, slots=True)
class Entry:
    """One thing that was done.

    `actor` is an access key's id, or `local:` and the name of the operating system's user;
    `candidates` are (face or user id, similarity 0-100), best first; `candidate_count` how many
    there were before any were left out. Never pixels, never embeddings.
    """

    actor: str
    operation: str
    collection_id: str | None
    request_id: str
    model_version: str | None
    threshold: float | None
    candidates: tuple[tuple[str, float], ...]
    candidate_count: int
    details: Mapping[str, Detail]


@dataclass(frozen=True, slots=True)
class LedgerRow:
    """One row as it is stored.

    A payload that was tampered with until it is no entry any more shows as the operation
    `unreadable`, of 1970, with the payload among the details.
    """

    sequence: int
    recorded_at: datetime
    entry: Entry
    hash: str


class Ledger:
    """The ledger of one database; `key` makes the hashes, `clock` tells an aware time."""

    def __init__(self, database: Database, key: bytes, clock: Callable[[], datetime]) -> None:
        self._database = database
        self._chain = Chain(key)
        self._clock = clock

    def append(self, tx: Transaction, entry: Entry) -> Receipt:
        """Add an entry within the transaction of what it tells of; both are kept or neither.

        Raises StorageUnavailable where the ledger's end was tampered with: to go on would
        cover the traces.
        """
        head, last = rows.read_end(tx)
        end = self._trusted_end(head, last)
        sequence = end.sequence + 1
        payload = _payload(sequence, self._clock(), entry)
        digest = self._chain.link(end.digest, payload)
        rows.append_row(tx, rows.StoredRow(sequence, payload, end.digest, digest))
        seal = self._chain.seal(sequence, digest)
        rows.write_head(tx, rows.StoredHead(sequence, digest, seal), first=head is None)
        return Receipt(sequence, digest)

    def check_end(self) -> None:
        """Raise StorageUnavailable where `append` would: another key, or an end tampered with."""
        with self._database.reading() as tx:
            self._trusted_end(*rows.read_end(tx))

    def head(self) -> Receipt | None:
        """Return the receipt of the newest row, to be kept elsewhere; None in an empty ledger."""
        with self._database.reading() as tx:
            head = rows.read_head(tx)
        return None if head is None else Receipt(head.sequence, head.hash)

    def tail(self, limit: int) -> list[LedgerRow]:
        """Return the `limit` newest rows, oldest of them first, without verifying them."""
        with self._database.reading() as tx:
            return [_readable(row) for row in rows.last_rows(tx, limit)]

    def verify(
        self,
        *,
        expected_head: Receipt | None = None,
        progress: Callable[[int, int], None] | None = None,
    ) -> list[Flaw]:
        """Read the whole ledger and return what is wrong with it, in order; [] if nothing is.

        `expected_head` is a receipt kept elsewhere, of the newest row then; the ledger may have
        grown since. `progress` is told rows read and rows in all. Holds a thousand rows in
        memory at a time, and one moment of the ledger, though entries may be added meanwhile.
        """
        with self._database.reading() as tx:
            return check_ledger(tx, self._chain, expected_head, progress)

    def _trusted_end(self, head: rows.StoredHead | None, last: int) -> Receipt:
        if head is None:
            if last == 0:
                return self._chain.origin
            raise StorageUnavailable(_TAMPERED.format("has rows, but no head"))
        if not hmac.compare_digest(head.seal, self._chain.seal(head.sequence, head.hash)):
            raise StorageUnavailable(
                _TAMPERED.format("has a head that was not made with this ledger key")
            )
        if last != head.sequence:
            raise StorageUnavailable(_TAMPERED.format("does not end where its head says"))
        return Receipt(head.sequence, head.hash)


_TAMPERED = "the ledger {}, so nothing can be added to it: run `vidimus ledger verify`"


def _payload(sequence: int, moment: datetime, entry: Entry) -> str:
    """Return the canonical JSON of an entry: sorted names, no spaces, ASCII, finite numbers."""
    content = {
        "actor": entry.actor,
        "at": moment.astimezone(UTC).isoformat(timespec="microseconds"),
        "candidate_count": entry.candidate_count,
        "candidates": entry.candidates,
        "collection_id": entry.collection_id,
        "details": dict(entry.details),
        "model_version": entry.model_version,
        "operation": entry.operation,
        "request_id": entry.request_id,
        "sequence": sequence,
        "threshold": entry.threshold,
    }
    return json.dumps(content, sort_keys=True, separators=(",", ":"), allow_nan=False)


def _readable(row: rows.StoredRow) -> LedgerRow:
    try:
        content = json.loads(row.payload)
        recorded_at = datetime.fromisoformat(content.pop("at"))
        content.pop("sequence")
        candidates = tuple((str(name), float(value)) for name, value in content.pop("candidates"))
        entry = Entry(candidates=candidates, **content)
    except (ValueError, TypeError, KeyError, AttributeError):
        recorded_at = datetime.fromtimestamp(0, UTC)
        entry = Entry("", "unreadable", None, "", None, None, (), 0, {"payload": row.payload})
    return LedgerRow(row.sequence, recorded_at, entry, row.hash)
