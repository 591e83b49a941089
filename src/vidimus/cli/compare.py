"""`vidimus compare`: is the face in this picture among the faces in that one?"""

from pathlib import Path
from typing import Annotated

import msgspec
import typer
from rich.console import Console
from rich.table import Table

from vidimus.cli.canvas import write_picture
from vidimus.cli.options import HomeOption, JsonOption, plain_table, settings_of
from vidimus.cli.picture import draw_faces
from vidimus.engine.comparison import ComparisonOutcome, FaceComparison
from vidimus.engine.engine import open_engine, read_picture
from vidimus.operations.face_words import compared_face


def compare(
    source: Annotated[Path, typer.Argument(exists=True, dir_okay=False, help="One person.")],
    target: Annotated[Path, typer.Argument(exists=True, dir_okay=False, help="Some faces.")],
    threshold: Annotated[
        float, typer.Option(min=0, max=100, help="Similarity from which faces match.")
    ] = 80.0,
    output: Annotated[
        Path | None, typer.Option("-o", "--output", help="Write the drawn target picture here.")
    ] = None,
    home: HomeOption = None,
    json: JsonOption = False,
) -> None:
    """Compare the largest face of SOURCE with every face of TARGET; the ledger records it."""
    with open_engine(settings_of(home)) as engine:
        limit = engine.settings.max_image_pixels
        picture = read_picture(target, max_pixels=limit)
        outcome = engine.comparison.compare_faces(
            read_picture(source, max_pixels=limit), picture, threshold=threshold
        )
        fmr = engine.scales.scale(outcome.model_version).fmr_at(threshold)
    everyone = (*outcome.matches, *outcome.unmatched)
    if output is not None:
        captions = [f"{each.similarity:.1f}" for each in everyone]
        details = [each.face for each in everyone]
        write_picture(output, draw_faces(picture.pixels, details, captions=captions))
    if json:
        typer.echo(msgspec.json.encode(_words(outcome)))
    else:
        console = Console(highlight=False)
        console.print(_table(outcome, everyone, threshold))
        console.print(
            f"At {threshold:g}, about one false match in {1 / fmr:,.0f} comparisons (face model "
            f"{outcome.model_version}). Recorded as row {outcome.receipt.sequence} of the ledger."
        )


def _words(outcome: ComparisonOutcome) -> dict[str, object]:
    return {
        "FaceMatches": [
            {"Similarity": match.similarity, "Face": compared_face(match.face)}
            for match in outcome.matches
        ],
        "UnmatchedFaces": [compared_face(other.face) for other in outcome.unmatched],
        "FaceModelVersion": outcome.model_version,
        "LedgerReceipt": f"{outcome.receipt.sequence}:{outcome.receipt.digest}",
    }


def _table(
    outcome: ComparisonOutcome, everyone: tuple[FaceComparison, ...], threshold: float
) -> Table:
    table = plain_table(
        "face",
        "similarity",
        "match",
        title=f"{len(outcome.matches)} of {len(everyone)} faces match",
    )
    for number, each in enumerate(everyone, start=1):
        table.add_row(
            str(number),
            f"{each.similarity:.2f}",
            "yes" if each.similarity >= threshold else "no",
        )
    return table
