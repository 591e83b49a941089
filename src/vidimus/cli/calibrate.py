"""`vidimus calibrate`: what a similarity means, measured on photographs of your own."""

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from datetime import UTC, datetime
from pathlib import Path
from typing import Annotated

import typer
from rich.console import Console
from rich.progress import BarColumn, MofNCompleteColumn, Progress, TextColumn, TimeRemainingColumn
from rich.table import Table

from vidimus.cli.options import HomeOption, settings_of
from vidimus.errors import ConfigurationError
from vidimus.evaluation.curve import draw_curve
from vidimus.evaluation.photographs import (
    EmbeddedSet,
    Photograph,
    embed_photographs,
    read_photographs,
)
from vidimus.evaluation.suspects import Suspect
from vidimus.evaluation.tabulate import Apparatus, Source
from vidimus.evaluation.tabulate import calibrate as tabulate
from vidimus.gallery.similarity import SimilarityScale
from vidimus.runtime.calibrations import Calibration, file_name, save_calibration
from vidimus.runtime.catalog import ModelCard
from vidimus.runtime.registry import ModelRegistry, open_registry
from vidimus.settings import Settings
from vidimus.vision.faces import FaceAnalyzer

_SHOWN_SIMILARITIES = (50, 60, 70, 80, 90, 99)
_SHOWN_SUSPECTS = 10
_SHOWN_SKIPPED = 10

Progressing = Callable[[int, int], None]


SubjectsOption = Annotated[
    Path,
    typer.Option(
        exists=True,
        help="Folder with one folder of photographs per person, or a CSV file with the columns "
        "subject and file.",
    ),
]
EmbedderOption = Annotated[
    str, typer.Option(help="Name of the face embedder; the one in use by default.")
]
OutputOption = Annotated[
    Path | None,
    typer.Option("-o", "--output", help="Write the table here, not to calibrations/ in the home."),
]
CurveOption = Annotated[Path | None, typer.Option(help="Draw the curve to this SVG file.")]
ExcludeOption = Annotated[
    list[str] | None,
    typer.Option(help="Photograph to leave out, as named in reports; may be given again."),
]
ReplicatesOption = Annotated[
    int, typer.Option(min=100, max=100_000, help="Bootstrap draws behind the intervals.")
]


def calibrate(
    subjects: SubjectsOption,
    embedder: EmbedderOption = "",
    output: OutputOption = None,
    curve: CurveOption = None,
    exclude: ExcludeOption = None,
    replicates: ReplicatesOption = 1000,
    home: HomeOption = None,
) -> None:
    """Measure how often strangers reach each score, and write the table that similarities use."""
    settings = settings_of(home)
    models = open_registry(settings)
    card = _embedder_card(models, embedder or settings.face_embedder)
    console = Console()
    excluded = tuple(exclude or ())
    photographs = read_photographs(subjects, excluded)
    embedded = _embed(console, settings, models, card, photographs)
    source = Source(subjects.name, len(photographs), datetime.now(UTC).date(), excluded)
    with _progress(console, "drawing people") as progress:
        outcome = tabulate(
            embedded, _apparatus(models, card), source, replicates=replicates, progress=progress
        )
    path = output or settings.home / "calibrations" / file_name(str(card.version))
    save_calibration(outcome.calibration, path)
    if curve is not None:
        curve.write_text(draw_curve(outcome.calibration), encoding="utf-8")
    _report(console, outcome.calibration, embedded, outcome.suspects)
    console.print(f"Written to {path}; servers use it from their next start.", soft_wrap=True)


def _embedder_card(models: ModelRegistry, name: str) -> ModelCard:
    card = models.catalog.card(name) if name else models.card_for("face_embedder")
    if card is None or not models.installed(card):
        raise ConfigurationError(
            f"face embedder {name or '(any)'} is not installed: run `vidimus models pull`"
        )
    if card.version is None:
        raise ConfigurationError(f"{card.name} is not a face embedder")
    return card


def _apparatus(models: ModelRegistry, card: ModelCard) -> Apparatus:
    detector = models.card_for("face_detector")
    parts = [card, *(models.catalog.card(name) for name in card.needs)]
    return Apparatus(
        version=str(card.version),
        embedder=card.name,
        files={file.name: file.sha256 for part in parts for file in part.files},
        detector=detector.name if detector else "",
    )


def _embed(
    console: Console,
    settings: Settings,
    models: ModelRegistry,
    card: ModelCard,
    photographs: tuple[Photograph, ...],
) -> EmbeddedSet:
    with _progress(console, "embedding") as progress:
        return embed_photographs(
            photographs,
            FaceAnalyzer(models),
            str(card.version),
            max_pixels=settings.max_image_pixels,
            workers=settings.workers or settings.cores,
            progress=progress,
        )


@contextmanager
def _progress(console: Console, words: str) -> Iterator[Progressing]:
    columns = (TextColumn(words), BarColumn(), MofNCompleteColumn(), TimeRemainingColumn())
    with Progress(*columns, console=console, transient=True) as bar:
        task = bar.add_task(words)
        yield lambda done, total: bar.update(task, completed=done, total=total)


def _report(
    console: Console,
    calibration: Calibration,
    embedded: EmbeddedSet,
    suspects: tuple[Suspect, ...],
) -> None:
    facts = calibration.provenance
    console.print(
        f"Embedder {calibration.version} ({calibration.embedder}), points of {facts.detector}: "
        f"{facts.faces} faces of {facts.subjects} people, {facts.impostor_pairs:,} pairs of "
        f"different people. Counted down to a false match rate of {facts.least_counted_fmr:.1e}; "
        f"below that extrapolated ({facts.tail.family} law).",
        soft_wrap=True,
    )
    console.print(_table(calibration))
    for name, reason in embedded.skipped[:_SHOWN_SKIPPED]:
        console.print(f"left out: {name}: {reason}", soft_wrap=True)
    if len(embedded.skipped) > _SHOWN_SKIPPED:
        console.print(f"and {len(embedded.skipped) - _SHOWN_SKIPPED} more left out")
    for suspect in suspects[:_SHOWN_SUSPECTS]:
        console.print(
            f"look at {suspect.first} and {suspect.second}: {suspect.reason} "
            f"(score {suspect.score:.3f})",
            soft_wrap=True,
        )
    if suspects:
        console.print("A wrong label spoils the table: correct it, or --exclude, and run again.")


def _table(calibration: Calibration) -> Table:
    scale = SimilarityScale.from_calibration(calibration.points)
    counted = max(point.score for point in calibration.points if point.basis != "extrapolated")
    highest = calibration.points[-1].log10_fmr
    table = Table("similarity", "score", "false match rate", "basis")
    for similarity in _SHOWN_SIMILARITIES:
        score, fmr = scale.score_at(similarity), scale.fmr_at(similarity)
        if fmr < 10**highest:
            table.add_row(str(similarity), "-", f"{fmr:.1e}", "not reached with so few people")
            continue
        basis = "counted" if score <= counted else "extrapolated"
        table.add_row(str(similarity), f"{score:.4f}", f"{fmr:.1e}", basis)
    return table
