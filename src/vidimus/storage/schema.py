"""Making the tables, and bringing those of an older vidimus up to date."""

from collections.abc import Callable

from sqlalchemy import Connection, insert, inspect, select, update

from vidimus.errors import ConfigurationError
from vidimus.storage.schema_jobs import add_jobs
from vidimus.storage.tables import metadata, schema_version

Step = Callable[[Connection], None]


def _to_version_2(connection: Connection) -> None:
    _add_known_people(connection)
    _add_reviews(connection)


def _add_known_people(connection: Connection) -> None:
    key = "INTEGER" if connection.dialect.name == "sqlite" else "BIGINT"
    connection.exec_driver_sql(
        f"""CREATE TABLE known_person (
            user_key {key} NOT NULL,
            name VARCHAR(255) NOT NULL,
            urls TEXT NOT NULL,
            gender VARCHAR(16),
            PRIMARY KEY (user_key),
            FOREIGN KEY (user_key) REFERENCES enrolled_user (key) ON DELETE CASCADE
        )"""
    )
    connection.exec_driver_sql(
        """CREATE TABLE removed_person (
            person_id VARCHAR(128) NOT NULL,
            removed_at BIGINT NOT NULL,
            PRIMARY KEY (person_id)
        )"""
    )


def _add_reviews(connection: Connection) -> None:
    sqlite = connection.dialect.name == "sqlite"
    key = "INTEGER PRIMARY KEY AUTOINCREMENT" if sqlite else "BIGSERIAL PRIMARY KEY"
    real = "FLOAT" if sqlite else "DOUBLE PRECISION"
    connection.exec_driver_sql(
        f"""CREATE TABLE review (
            "key" {key} NOT NULL,
            loop_name VARCHAR(63) NOT NULL,
            flow_arn VARCHAR(256) NOT NULL,
            opened_at BIGINT NOT NULL,
            actor VARCHAR(128) NOT NULL,
            request_id VARCHAR(64) NOT NULL,
            picture_sha256 VARCHAR(64) NOT NULL,
            picture_place TEXT,
            classifiers TEXT NOT NULL,
            min_confidence {real} NOT NULL,
            labels TEXT NOT NULL,
            model_version VARCHAR(255) NOT NULL,
            closed_at BIGINT,
            reviewer VARCHAR(128),
            verdict VARCHAR(16),
            note TEXT,
            UNIQUE (loop_name)
        )"""
    )
    connection.exec_driver_sql("CREATE INDEX review_still_open ON review (closed_at)")


def _to_version_3(connection: Connection) -> None:
    add_jobs(connection)


# Step n (from 0) turns version n + 1 into version n + 2. Steps spell out their own SQL: the
# tables module says what the newest version looks like, not what an old one did.
STEPS: tuple[Step, ...] = (_to_version_2, _to_version_3)


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
