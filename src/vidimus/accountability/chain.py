"""The keyed hashes that chain the ledger's rows."""

import hmac
from dataclasses import dataclass

# What is hashed begins with what it is, so that no hash can stand in for one of another kind.
_ROW = b"vidimus ledger row 1\n"
_HEAD = b"vidimus ledger head 1\n"


@dataclass(frozen=True, slots=True)
class Receipt:
    """What vouches for a row and all before it: its number and its hash (64 hex digits)."""

    sequence: int
    digest: str


@dataclass(frozen=True, slots=True)
class Chain:
    """HMAC-SHA256 under one key."""

    key: bytes

    @property
    def origin(self) -> Receipt:
        """Return what the first row follows."""
        return Receipt(0, "0" * 64)

    def link(self, previous_digest: str, payload: str) -> str:
        """Return the hash of a row, which covers its payload and the hash before it."""
        return self._digest(_ROW, previous_digest, payload)

    def seal(self, sequence: int, digest: str) -> str:
        """Return the seal over where the ledger ends."""
        return self._digest(_HEAD, str(sequence), digest)

    def _digest(self, kind: bytes, first: str, second: str) -> str:
        # A payload has no line break, and neither has a number or a digest: the parts cannot
        # be shifted against each other.
        message = kind + f"{first}\n{second}".encode("utf-8", "surrogatepass")
        return hmac.digest(self.key, message, "sha256").hex()
