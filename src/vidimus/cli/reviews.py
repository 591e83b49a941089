"""`vidimus reviews`: moderated pictures that people are asked to look at."""

from typing import Annotated

import msgspec
import typer
from rich.console import Console

from vidimus.cli.options import HomeOption, JsonOption, plain_table, settings_of
from vidimus.engine.engine import open_records
from vidimus.engine.reviews import Verdict
from vidimus.storage.reviews import StoredReview

app = typer.Typer(help="List and close reviews of moderated pictures.", no_args_is_help=True)


@app.command("list")
def list_reviews(
    closed: Annotated[bool, typer.Option("--closed", help="Show closed ones too.")] = False,
    home: HomeOption = None,
    json: JsonOption = False,
) -> None:
    """List the reviews that wait, oldest first; the pictures themselves are not kept.

    Labels are shown without those above them, and of a sha256 the beginning; JSON has it all.
    """
    with open_records(settings_of(home)) as records:
        found = records.reviews.list_reviews(closed_too=closed)
    if json:
        typer.echo(msgspec.json.encode(found))
        return
    if not found:
        typer.echo("No review waits." if not closed else "There are no reviews.")
        return
    table = plain_table("name", "opened", "who", "picture", "labels", "verdict")
    for review in found:
        table.add_row(*_cells(review))
    Console().print(table)


def _cells(review: StoredReview) -> list[str]:
    parents = {label.parent for label in review.labels}
    leaves = [label for label in review.labels if label.name not in parents]
    verdict = review.verdict or ""
    return [
        review.loop_name,
        f"{review.opened_at:%Y-%m-%d %H:%M:%S}",
        review.actor,
        review.picture_place or f"sha256 {review.picture_sha256[:12]}",
        ", ".join(f"{label.name} {label.confidence:.0f}" for label in leaves),
        f"{verdict} by {review.reviewer}: {review.note}" if review.note else verdict,
    ]


@app.command()
def close(
    name: Annotated[str, typer.Argument(help="The review's name, as the caller gave it.")],
    verdict: Annotated[Verdict, typer.Option(help="Whether the labels are right.")],
    note: Annotated[str, typer.Option(help="Why; kept with the verdict.")] = "",
    home: HomeOption = None,
) -> None:
    """Close a review with a verdict, for good; the ledger tells who did."""
    with open_records(settings_of(home)) as records:
        records.reviews.close_review(name, verdict, note)
    typer.echo(f"{name} is closed: {verdict}.")
