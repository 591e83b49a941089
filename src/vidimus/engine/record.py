"""Writing down in the ledger what is done to faces, and by whom."""

from collections.abc import Mapping
from dataclasses import dataclass, field

from vidimus.accountability.ledger import Entry, Ledger, Receipt
from vidimus.engine.caller import Caller
from vidimus.storage.database import Transaction

Details = Mapping[str, str | int | float | None]


@dataclass(frozen=True, slots=True)
class Act:
    """What was done: the operation, on which collection, with which face model.

    `found` are candidates' ids with their similarity (0..100); `matched` how many of them came
    back, all where it is None.
    """

    operation: str
    model_version: str
    collection_id: str | None = None
    details: Details = field(default_factory=dict)
    threshold: float | None = None
    found: tuple[tuple[str, float], ...] = ()
    matched: int | None = None


class Recorder:
    """Appends rows to the ledger, always within the transaction of what they record."""

    def __init__(self, ledger: Ledger) -> None:
        self._ledger = ledger

    def record(self, tx: Transaction, act: Act, caller: Caller | None) -> Receipt:
        """Append one row; without a caller it is the user of this machine."""
        caller = caller or Caller.local()
        entry = Entry(
            actor=caller.access_key_id,
            operation=act.operation,
            collection_id=act.collection_id,
            request_id=caller.request_id,
            model_version=act.model_version,
            threshold=act.threshold,
            candidates=act.found,
            candidate_count=len(act.found) if act.matched is None else act.matched,
            details=act.details,
        )
        return self._ledger.append(tx, entry)
