"""Tags of resources, by ARN; how many there may be is the caller's business."""

from collections.abc import Collection, Mapping

from sqlalchemy import delete, insert, select

from vidimus.storage.database import Transaction
from vidimus.storage.tables import tag


def get(tx: Transaction, resource_arn: str) -> dict[str, str]:
    """Return the tags of a resource, in order of their names; empty where it has none."""
    found = tx.connection.execute(
        select(tag.c.name, tag.c.value)
        .where(tag.c.resource_arn == resource_arn)
        .order_by(tag.c.name)
    )
    return {row.name: row.value for row in found}


def put(tx: Transaction, resource_arn: str, tags: Mapping[str, str]) -> None:
    """Set tags of a resource; one of the same name gets the new value, others stay."""
    if not tags:
        return
    remove(tx, resource_arn, tags.keys())
    tx.connection.execute(
        insert(tag),
        [{"resource_arn": resource_arn, "name": name, "value": tags[name]} for name in tags],
    )


def remove(tx: Transaction, resource_arn: str, names: Collection[str]) -> None:
    """Take tags from a resource; names it does not have are passed over."""
    tx.connection.execute(
        delete(tag).where(tag.c.resource_arn == resource_arn, tag.c.name.in_(list(names)))
    )


def delete_all(tx: Transaction, resource_arn: str) -> None:
    """Take every tag from a resource."""
    tx.connection.execute(delete(tag).where(tag.c.resource_arn == resource_arn))
