"""Making the tables, and bringing those of an older vidimus up to date."""

from collections.abc import Callable

from sqlalchemy import Connection, insert, inspect, select, update

from vidimus.errors import ConfigurationError
from vidimus.storage.tables import metadata, schema_version

Step = Callable[[Connection], None]

# Step n (from 0) turns version n + 1 into version n + 2. Steps spell out their own SQL: the
# tables module says what the newest version looks like, not what an old one did.
STEPS: tuple[Step, ...] = ()


def prepare_schema(connection: Connection, steps: tuple[Step, ...] = STEPS) -> None:
    """Make all tables in an empty database, or run the steps an older one lacks.

    Runs inside the caller's transaction. Raises ConfigurationError where the database was made
    by a newer vidimus, or has tables of these names that are not vidimus's.
    """
    newest = len(steps) + 1
    found = _version_found(connection)
    if found is None:
        metadata.create_all(connection)
        connection.execute(insert(schema_version).values(version=newest))
        return
    if found > newest:
        raise ConfigurationError(
            f"the database has schema version {found}, this vidimus knows up to {newest}: "
            "use the vidimus that made it, or a newer one"
        )
    for step in steps[found - 1 :]:
        step(connection)
    if found < newest:
        connection.execute(update(schema_version).values(version=newest))


def _version_found(connection: Connection) -> int | None:
    present = set(inspect(connection).get_table_names())
    if schema_version.name in present:
        return int(connection.execute(select(schema_version.c.version)).scalar_one())
    strangers = present.intersection(metadata.tables)
    if strangers:
        raise ConfigurationError(
            f"the database has a table {min(strangers)} that vidimus did not make: "
            "give vidimus a database of its own"
        )
    return None
