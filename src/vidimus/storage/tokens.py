"""Answers kept for requests that carry a token, so that a repeated request gets the same one."""

from dataclasses import dataclass
from datetime import datetime, timedelta

from sqlalchemy import and_, delete, insert, or_, select

from vidimus.storage.database import Transaction
from vidimus.storage.tables import request_token

TOKEN_LIFE = timedelta(days=7)
"""How long Amazon remembers a client request token."""


@dataclass(frozen=True, slots=True)
class StoredAnswer:
    """What was answered (JSON), and the fingerprint of the request that was answered."""

    fingerprint: str
    response: bytes


def find_token(
    tx: Transaction, operation: str, scope: str, token: str, since: datetime
) -> StoredAnswer | None:
    """Return the answer stored under this token after `since`, if any."""
    row = tx.connection.execute(
        select(request_token.c.fingerprint, request_token.c.response).where(
            request_token.c.operation == operation,
            request_token.c.scope == scope,
            request_token.c.token == token,
            request_token.c.created_at > since,
        )
    ).one_or_none()
    return None if row is None else StoredAnswer(row.fingerprint, row.response.encode())


def store_token(
    tx: Transaction,
    operation: str,
    scope: str,
    token: str,
    fingerprint: str,
    response: bytes,
    now: datetime,
) -> None:
    """Remember an answer in place of any before it; forget all older than TOKEN_LIFE."""
    names = {"operation": operation, "scope": scope, "token": token}
    same = and_(*(request_token.c[name] == value for name, value in names.items()))
    expired = request_token.c.created_at <= now - TOKEN_LIFE
    tx.connection.execute(delete(request_token).where(or_(same, expired)))
    tx.connection.execute(
        insert(request_token).values(
            **names, fingerprint=fingerprint, response=response.decode(), created_at=now
        )
    )
