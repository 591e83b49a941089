"""What a database says about its own tables."""

import re
from pathlib import Path

from sqlalchemy import Connection, inspect

VERSION_1 = (Path(__file__).parent / "version_1.sql").read_text(encoding="utf-8")


def tables_of_version_1() -> set[str]:
    return set(re.findall(r"CREATE TABLE (\w+)", VERSION_1))


def described(connection: Connection) -> dict[str, object]:
    """Everything the database can say about its tables, but for the names it made up."""
    inspector = inspect(connection)
    return {
        name: (
            [(each["name"], str(each["type"]), each["nullable"]) for each in columns],
            inspector.get_pk_constraint(name)["constrained_columns"],
            sorted(str(sorted(each.items())) for each in inspector.get_foreign_keys(name)),
            sorted(str(each["column_names"]) for each in inspector.get_indexes(name)),
            sorted(str(each["column_names"]) for each in inspector.get_unique_constraints(name)),
        )
        for name in inspector.get_table_names()
        for columns in [inspector.get_columns(name)]
    }
