"""`vidimus doctor`: what this installation can tell, what it cannot, and what would mend it."""

from collections.abc import Mapping, Sequence
from typing import Annotated

import msgspec
import typer
from rich.console import Console
from rich.markup import escape
from rich.table import Table

from vidimus.cli.options import HomeOption, JsonOption, plain_table, settings_of
from vidimus.engine.engine import open_engine, open_records
from vidimus.errors import VidimusError
from vidimus.operations.analysis import answers_told
from vidimus.runtime.calibrations import load_calibration
from vidimus.runtime.registry import ModelRegistry, open_registry
from vidimus.settings import Settings
from vidimus.vision.capability import Capability

NEEDED = ("face_detector", "face_embedder")

Told = Mapping[str, Sequence[Capability]]
"""For each operation the parts of its answer, and what tells them here."""


def doctor(
    home: HomeOption = None,
    json: JsonOption = False,
    quick: Annotated[
        bool, typer.Option("--quick", help="Do not check the sha256 of model files.")
    ] = False,
) -> None:
    """Say what works, what is missing, and what to do; exit with 1 when faces cannot be served."""
    settings = settings_of(home)
    registry = open_registry(settings)
    troubles = [*_model_troubles(registry, quick), *_record_troubles(settings)]
    troubles += _calibration_troubles(settings, registry)
    told = _told(settings)
    if json:
        typer.echo(msgspec.json.encode(_report(settings, registry, told, troubles)))
    else:
        _show(Console(), settings, registry, told, troubles)
    if troubles:
        raise typer.Exit(1)


def _model_troubles(registry: ModelRegistry, quick: bool) -> list[str]:
    missing = [
        f"no {task.replace('_', ' ')} is installed: run `vidimus models pull`"
        for task in NEEDED
        if registry.card_for(task) is None
    ]
    flaws = [] if quick else registry.verify()
    return missing + [f"{flaw.model}: {flaw.message}" for flaw in flaws]


def _record_troubles(settings: Settings) -> list[str]:
    try:
        with open_records(settings) as records:
            keys = [key for key in records.access_keys.list() if key.revoked_at is None]
    except VidimusError as error:
        return [error.message]
    return [] if keys else ["no access key is active: run `vidimus keys create`"]


def _calibration_troubles(settings: Settings, registry: ModelRegistry) -> list[str]:
    return [
        f"face model {card.version} ({card.name}) has no calibration: run `vidimus calibrate`"
        for card in registry.cards_for("face_embedder")
        if card.version and load_calibration(card.version, settings.home / "calibrations") is None
    ]


def _report(
    settings: Settings,
    registry: ModelRegistry,
    told: Told,
    troubles: list[str],
) -> dict[str, object]:
    return {
        "home": str(settings.home),
        "engine": registry.engine_description,
        "models": {card.name: registry.installed(card) for card in registry.catalog.cards},
        "operations": {
            operation: {
                each.answer: {"models": list(each.models), "hint": each.hint} for each in parts
            }
            for operation, parts in told.items()
        },
        "troubles": troubles,
    }


def _show(
    console: Console,
    settings: Settings,
    registry: ModelRegistry,
    told: Told,
    troubles: list[str],
) -> None:
    console.print(f"home      {settings.home}", highlight=False)
    console.print(f"database  {settings.database_url.split('@')[-1]}", highlight=False)
    console.print(f"objects   {settings.objects_url}", highlight=False)
    console.print(f"inference {registry.engine_description}\n", highlight=False)
    console.print(_tasks(registry))
    _print_answers(console, told)
    console.print()
    for trouble in troubles:
        console.print("[red]trouble:[/red]", escape(trouble), soft_wrap=True)
    if not troubles:
        console.print("[green]Faces can be served.[/green]")


def _tasks(registry: ModelRegistry) -> Table:
    table = plain_table("task", "active", "licence of weights", "missing", title="Networks")
    for task in dict.fromkeys(card.task for card in registry.catalog.cards):
        active = registry.card_for(task)
        missing = [
            card.name for card in registry.catalog.by_task(task) if not registry.installed(card)
        ]
        table.add_row(
            task,
            "" if active is None else active.name,
            "" if active is None else active.licence_weights,
            ", ".join(missing),
        )
    return table


def _told(settings: Settings) -> Told:
    """Say what each operation can tell here; nothing where the engine does not open."""
    try:
        with open_engine(settings) as engine:
            return answers_told(engine)
    except VidimusError:
        return {}


def _print_answers(console: Console, told: Told) -> None:
    """Print the parts of each operation's answer; those that the same networks tell together."""
    for operation, parts in told.items():
        console.print(f"\n[bold]{operation}[/bold]")
        lines = Table.grid(padding=(0, 2))
        groups: dict[tuple[tuple[str, ...], str], list[str]] = {}
        for each in parts:
            groups.setdefault((each.models, each.hint), []).append(each.answer)
        for (models, hint), answers in groups.items():
            how = f" by {', '.join(models)}" if models else f": {hint}"
            mark = "[green]tells[/green]" if models else "[yellow]lacks[/yellow]"
            lines.add_row(f"  {mark}", f"{', '.join(answers)}[dim]{how}[/dim]")
        console.print(lines, highlight=False)
