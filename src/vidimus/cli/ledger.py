"""`vidimus ledger`: read the record of what was done to faces, and check it."""

from typing import Annotated

import msgspec
import typer
from rich.console import Console
from rich.progress import Progress

from vidimus.accountability.ledger import LedgerRow, Receipt
from vidimus.cli.options import HomeOption, JsonOption, plain_table, settings_of
from vidimus.engine.engine import open_records

app = typer.Typer(help="Read and check the ledger of face searches.", no_args_is_help=True)


@app.command()
def tail(
    lines: Annotated[int, typer.Option("-n", "--lines", min=1, help="Newest rows to show.")] = 20,
    home: HomeOption = None,
    json: JsonOption = False,
) -> None:
    """Show the newest rows of the ledger, oldest of them first."""
    with open_records(settings_of(home)) as records:
        rows = records.ledger.tail(lines)
    if json:
        for row in rows:
            typer.echo(msgspec.json.encode(row))
        return
    table = plain_table(
        "no.", "when", "who", "operation", "collection", "threshold", "found", "best"
    )
    for row in rows:
        table.add_row(*_cells(row))
    Console().print(table)


def _cells(row: LedgerRow) -> list[str]:
    entry = row.entry
    best = max((similarity for _, similarity in entry.candidates), default=None)
    return [
        str(row.sequence),
        f"{row.recorded_at:%Y-%m-%d %H:%M:%S}",
        entry.actor,
        entry.operation,
        entry.collection_id or "",
        "" if entry.threshold is None else f"{entry.threshold:g}",
        str(entry.candidate_count),
        "" if best is None else f"{best:.2f}",
    ]


@app.command()
def verify(
    head: Annotated[
        str, typer.Option(help="A receipt kept elsewhere, SEQUENCE:DIGEST, that must still hold.")
    ] = "",
    home: HomeOption = None,
) -> None:
    """Check every row against the one before it; exit with 1 where anything was changed."""
    with (
        open_records(settings_of(home)) as records,
        Progress(console=Console(stderr=True), transient=True) as progress,
    ):
        task = progress.add_task("verifying the ledger", total=None)
        flaws = records.ledger.verify(
            expected_head=_receipt(head),
            progress=lambda done, total: progress.update(task, completed=done, total=total),
        )
        newest = records.ledger.head()
    for flaw in flaws:
        typer.echo(f"row {flaw.sequence}: {flaw.kind}: {flaw.message}")
    if flaws:
        raise typer.Exit(1)
    if newest is None:
        typer.echo("clean: the ledger is empty")
    else:
        typer.echo(f"clean: {newest.sequence} rows, head {newest.sequence}:{newest.digest}")


def _receipt(text: str) -> Receipt | None:
    if not text:
        return None
    sequence, _, digest = text.partition(":")
    if not sequence.isdecimal() or not digest:
        raise typer.BadParameter("a receipt is SEQUENCE:DIGEST, as the response header gives it")
    return Receipt(int(sequence), digest)
