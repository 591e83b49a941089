"""Answers kept for requests that carry a token, so that a repeated request gets the same one."""

from dataclasses import dataclass
from datetime import datetime, timedelta

from sqlalchemy import and_, delete, insert, select

from vidimus.storage.database import Transaction
from vidimus.storage.tables import request_token

TOKEN_LIFE = timedelta(days=7)
"""How long Amazon remembers a client request token."""


@dataclass(frozen=True, slots=True)
class StoredAnswer:
    """What was answered (JSON text), and the fingerprint of the request that was answered."""

    fingerprint: str
    response: str


def find(
    tx: Transaction,
    operation: str,
    scope: str,
    token: str,
    *,
    now: datetime,
    max_age: timedelta = TOKEN_LIFE,
) -> StoredAnswer | None:
    """Return the answer given under this token within `max_age` before `now`, if any."""
    row = tx.connection.execute(
        select(request_token.c.fingerprint, request_token.c.response).where(
            request_token.c.operation == operation,
            request_token.c.scope == scope,
            request_token.c.token == token,
            request_token.c.created_at > now - max_age,
        )
    ).one_or_none()
    return None if row is None else StoredAnswer(row.fingerprint, row.response)


def store(
    tx: Transaction,
    operation: str,
    scope: str,
    token: str,
    answer: StoredAnswer,
    *,
    now: datetime,
    max_age: timedelta = TOKEN_LIFE,
) -> None:
    """Remember an answer under a token that `find` does not know; forget those too old."""
    same = and_(
        request_token.c.operation == operation,
        request_token.c.scope == scope,
        request_token.c.token == token,
    )
    expired = request_token.c.created_at <= now - max_age
    tx.connection.execute(delete(request_token).where(expired))
    tx.connection.execute(delete(request_token).where(same))
    tx.connection.execute(
        insert(request_token).values(
            operation=operation,
            scope=scope,
            token=token,
            fingerprint=answer.fingerprint,
            response=answer.response,
            created_at=now,
        )
    )
