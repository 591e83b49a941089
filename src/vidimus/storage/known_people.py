"""Rows of known people: what is public about the users of their library, and who was removed.

A known person is a user of the library's collection; its faces are enrolled as any others.
Deleting the user, or the collection, deletes the row here with it.
"""

import json
from collections.abc import Collection
from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import ColumnElement, delete, insert, select

from vidimus.storage.database import Transaction
from vidimus.storage.tables import enrolled_user, known_person, removed_person


@dataclass(frozen=True, slots=True)
class KnownPerson:
    """Somebody who may be named: what the source said, `gender` None where it said nothing.

    `person_id` is letters and digits; `face_count` how many photographs are enrolled.
    """

    person_id: str
    name: str
    urls: tuple[str, ...]
    gender: str | None
    face_count: int = 0


def put_person(tx: Transaction, user_key: int, person: KnownPerson) -> None:
    """Say who the user of `user_key` is, in place of what was said before."""
    tx.connection.execute(delete(known_person).where(known_person.c.user_key == user_key))
    tx.connection.execute(
        insert(known_person).values(
            user_key=user_key,
            name=person.name,
            urls=json.dumps(person.urls),
            gender=person.gender,
        )
    )


def find_people(
    tx: Transaction, collection_key: int, person_ids: Collection[str]
) -> dict[str, KnownPerson]:
    """Return those of the people that the library has, by id."""
    where = enrolled_user.c.user_id.in_(list(person_ids))
    return {found.person_id: found for found in _select(tx, collection_key, where)}


def list_people(tx: Transaction, collection_key: int) -> list[KnownPerson]:
    """Return everybody in the library, in order of their names."""
    found = _select(tx, collection_key)
    return sorted(found, key=lambda person: (person.name, person.person_id))


def note_removal(tx: Transaction, person_id: str, removed_at: datetime) -> None:
    """Keep an id from coming back with an import."""
    forget_removal(tx, person_id)
    tx.connection.execute(insert(removed_person).values(person_id=person_id, removed_at=removed_at))


def forget_removal(tx: Transaction, person_id: str) -> bool:
    """Let an id come back; False where nothing kept it from that."""
    gone = delete(removed_person).where(removed_person.c.person_id == person_id)
    return tx.connection.execute(gone).rowcount > 0


def read_removals(tx: Transaction) -> dict[str, datetime]:
    """Return when each removed person was removed, by id."""
    found = tx.connection.execute(select(removed_person.c.person_id, removed_person.c.removed_at))
    return {row.person_id: row.removed_at for row in found}


def _select(
    tx: Transaction, collection_key: int, where: ColumnElement[bool] | None = None
) -> list[KnownPerson]:
    query = (
        select(
            enrolled_user.c.user_id,
            known_person.c.name,
            known_person.c.urls,
            known_person.c.gender,
            enrolled_user.c.face_count,
        )
        .join(known_person, known_person.c.user_key == enrolled_user.c.key)
        .where(enrolled_user.c.collection_key == collection_key)
    )
    if where is not None:
        query = query.where(where)
    return [
        KnownPerson(row.user_id, row.name, tuple(json.loads(row.urls)), row.gender, row.face_count)
        for row in tx.connection.execute(query)
    ]
