"""Options that several commands share."""

from pathlib import Path
from typing import Annotated, Any

import typer
from rich.table import Column, Table

from vidimus.settings import Settings, read_settings

HomeOption = Annotated[
    Path | None, typer.Option("--home", help="Folder of the database, keys, buckets and models.")
]
JsonOption = Annotated[bool, typer.Option("--json", help="Print JSON instead of a table.")]


def settings_of(home: Path | None, **overrides: Any) -> Settings:
    """Read the settings with what was given on the command line; None means not given."""
    given = {name: value for name, value in overrides.items() if value is not None}
    return read_settings(**given) if home is None else read_settings(home=home, **given)


def plain_table(*headings: str, title: str | None = None, caption: str | None = None) -> Table:
    """Return a table without lines, whose cells are folded and never cut."""
    columns = [Column(heading, overflow="fold") for heading in headings]
    return Table(
        *columns, title=title, caption=caption, box=None, pad_edge=False, title_justify="left"
    )
