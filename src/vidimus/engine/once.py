"""Requests that carry a token are carried out once, however often they arrive."""

import hashlib
from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import TypeVar

import msgspec

from vidimus.errors import IdempotentParameterMismatch
from vidimus.storage.database import Transaction
from vidimus.storage.tokens import find_token, store_token

TOKEN_LIFE = timedelta(days=7)

Outcome = TypeVar("Outcome")


@dataclass(frozen=True, slots=True)
class RequestToken:
    """A caller's token, whose it is, and a digest of the parameters it came with."""

    token: str
    scope: str
    fingerprint: str

    @classmethod
    def of(cls, token: str, scope: str, parameters: object) -> "RequestToken":
        """Make the token of a request; equal parameters have equal fingerprints."""
        canonical = msgspec.json.encode(parameters, order="sorted")
        return cls(token, scope, hashlib.sha256(canonical).hexdigest())


class Once:
    """Remembers the outcomes of requests with a token for seven days."""

    def __init__(self, clock: Callable[[], datetime]) -> None:
        self._clock = clock

    def replay(
        self, tx: Transaction, operation: str, token: RequestToken | None, kind: type[Outcome]
    ) -> Outcome | None:
        """Return the outcome the token had before, or None where it is new.

        Raises IdempotentParameterMismatch when it came with other parameters.
        """
        if token is None:
            return None
        since = self._clock() - TOKEN_LIFE
        stored = find_token(tx, operation, token.scope, token.token, since)
        if stored is None:
            return None
        if stored.fingerprint != token.fingerprint:
            raise IdempotentParameterMismatch(
                f"The ClientRequestToken: {token.token} you have supplied is already in use "
                "with other parameters"
            )
        return msgspec.json.decode(stored.response, type=kind)

    def remember(
        self, tx: Transaction, operation: str, token: RequestToken | None, outcome: object
    ) -> None:
        """Store the outcome in the transaction that brought it about."""
        if token is not None:
            response = msgspec.json.encode(outcome)
            store_token(
                tx, operation, token.scope, token.token, token.fingerprint, response, self._clock()
            )
