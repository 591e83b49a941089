"""Reading a whole ledger and saying what is wrong with it, and where."""

import hmac
import json
from collections.abc import Callable
from dataclasses import dataclass
from typing import Literal

from vidimus.accountability.chain import Chain, Receipt
from vidimus.storage import ledger as rows
from vidimus.storage.database import Transaction

FlawKind = Literal["changed", "moved", "link", "gap", "tail", "head", "receipt"]

MOST_FLAWS = 1000
"""After so many flaws the reading stops; with a wrong key every row is one."""

_ROWS_BETWEEN_PROGRESS = 1000


@dataclass(frozen=True, slots=True)
class Flaw:
    """Something wrong at the row of that number.

    Kinds: `changed` the hash does not fit the content; `moved` a genuine row under another
    number; `link` the row does not follow the one before it; `gap` rows are missing; `tail`
    rows at the end are missing or too many; `head` the statement of the end is missing or
    forged; `receipt` the ledger is not the one the expected head was taken from.
    """

    sequence: int
    kind: FlawKind
    message: str


def check_ledger(
    tx: Transaction,
    chain: Chain,
    expected_head: Receipt | None,
    progress: Callable[[int, int], None] | None,
) -> list[Flaw]:
    """Return the flaws of the ledger that `tx` sees, by rising sequence; at most MOST_FLAWS."""
    head = rows.read_head(tx)
    total = rows.last_sequence(tx)
    wanted = {end.sequence for end in (head, expected_head) if end is not None}
    check = _Check(chain, wanted)
    for count, row in enumerate(rows.rows_in_order(tx), start=1):
        check.read(row)
        if progress is not None and count % _ROWS_BETWEEN_PROGRESS == 0:
            progress(count, max(total, count))
        if len(check.flaws) >= MOST_FLAWS:
            return check.flaws[:MOST_FLAWS]
    if progress is not None:
        progress(total, total)
    return [*check.flaws, *check.end(head), *check.receipt(expected_head)]


class _Check:
    """What has to be remembered of the rows read so far."""

    def __init__(self, chain: Chain, wanted: set[int]) -> None:
        self.flaws: list[Flaw] = []
        self._chain = chain
        self._wanted = wanted
        self._digests: dict[int, str] = {}
        self._last = chain.origin.sequence
        # Hashes the next row may name as the one before it: the last row's as it stands, and as
        # it should be, so that one changed row is one flaw. None where that was told already.
        self._followed: tuple[str, ...] | None = (chain.origin.digest,)

    def read(self, row: rows.StoredRow) -> None:
        """Check one row against itself and the one before."""
        self._check_order(row)
        fitting = self._chain.link(row.previous_hash, row.payload)
        self._check_row(row, fitting)
        self._last = max(self._last, row.sequence)
        if row.sequence in self._wanted:
            self._digests[row.sequence] = row.hash

    def _check_row(self, row: rows.StoredRow, fitting: str) -> None:
        followed, self._followed = self._followed, (row.hash, fitting)
        if not _same(fitting, row.hash):
            self._add(row.sequence, "changed", "the row does not fit its hash")
        elif (written_as := json.loads(row.payload)["sequence"]) != row.sequence:
            self._add(row.sequence, "moved", f"the row was written as number {written_as}")
            self._followed = None
        elif followed is not None and row.previous_hash not in followed:
            self._add(row.sequence, "link", "the row was not written after the one before it")

    def _check_order(self, row: rows.StoredRow) -> None:
        expected = self._last + 1
        if row.sequence < expected:
            self._add(row.sequence, "moved", "a row stands before the first")
        elif row.sequence > expected:
            missing = (
                f"row {expected} is missing"
                if row.sequence == expected + 1
                else f"rows {expected} to {row.sequence - 1} are missing"
            )
            self._add(expected, "gap", missing)
            self._followed = None

    def end(self, head: rows.StoredHead | None) -> list[Flaw]:
        """Check that the ledger ends where its head says."""
        if head is None:
            missing = Flaw(self._last, "head", "what says where the ledger ends is missing")
            return [missing] if self._last else []
        if not _same(self._chain.seal(head.sequence, head.hash), head.seal):
            return [Flaw(self._last, "head", "what says where the ledger ends was forged")]
        if head.sequence > self._last:
            return [Flaw(self._last + 1, "tail", f"rows up to {head.sequence} are missing")]
        if head.sequence < self._last:
            return [Flaw(head.sequence + 1, "tail", "rows stand behind the ledger's end")]
        return self._last_row_differs(head)

    def _last_row_differs(self, head: rows.StoredHead) -> list[Flaw]:
        if self._digests.get(head.sequence) == head.hash:
            return []
        return [Flaw(head.sequence, "head", "the last row is not the one the ledger ended on")]

    def receipt(self, expected: Receipt | None) -> list[Flaw]:
        """Check that a row the user holds a receipt of is still that row."""
        if expected is None:
            return []
        if expected.sequence > self._last:
            message = f"the ledger ends at {self._last}, before the row of the receipt"
        elif self._digests.get(expected.sequence) != expected.digest:
            message = "the row is not the one the receipt was given for"
        else:
            return []
        return [Flaw(expected.sequence, "receipt", message)]

    def _add(self, sequence: int, kind: FlawKind, message: str) -> None:
        self.flaws.append(Flaw(sequence, kind, message))


def _same(ours: str, theirs: str) -> bool:
    return hmac.compare_digest(ours.encode(), theirs.encode("utf-8", "surrogatepass"))
