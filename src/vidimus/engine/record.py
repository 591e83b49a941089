"""Writing down in the ledger what is done to faces, and by whom."""

from collections.abc import Mapping, Sequence

from vidimus.accountability.ledger import Entry, Ledger, Receipt
from vidimus.engine.caller import Caller
from vidimus.gallery.gallery import Collection
from vidimus.storage.database import Transaction

Details = Mapping[str, str | int | float | None]


class Recorder:
    """Appends rows to the ledger, always within the transaction of what they record."""

    def __init__(self, ledger: Ledger) -> None:
        self._ledger = ledger

    def record(
        self,
        tx: Transaction,
        operation: str,
        collection: Collection | None,
        model_version: str,
        details: Details,
        caller: Caller | None,
        *,
        threshold: float | None = None,
        found: Sequence[tuple[str, float]] = (),
        found_count: int | None = None,
    ) -> Receipt:
        """Append one row; `found` are candidates' ids with their similarity (0..100)."""
        caller = caller or Caller.local()
        entry = Entry(
            actor=caller.access_key_id,
            operation=operation,
            collection_id=None if collection is None else collection.collection_id,
            request_id=caller.request_id,
            model_version=model_version,
            threshold=threshold,
            candidates=tuple(found),
            candidate_count=len(found) if found_count is None else found_count,
            details=details,
        )
        return self._ledger.append(tx, entry)
