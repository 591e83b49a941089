"""`vidimus doctor`: what this installation can tell, what it cannot, and what would mend it."""

from typing import Annotated

import msgspec
import typer
from rich.console import Console
from rich.table import Table

from vidimus.cli.options import HomeOption, JsonOption, plain_table, settings_of
from vidimus.engine.engine import open_records
from vidimus.errors import VidimusError
from vidimus.runtime.calibrations import load_calibration
from vidimus.runtime.registry import ModelRegistry, open_registry
from vidimus.settings import Settings
from vidimus.vision.capability import Capability
from vidimus.vision.faces import FaceAnalyzer

NEEDED = ("face_detector", "face_embedder")


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
    capabilities = FaceAnalyzer(registry).capabilities()
    troubles = [*_model_troubles(registry, quick), *_record_troubles(settings)]
    troubles += _calibration_troubles(settings, registry)
    if json:
        typer.echo(msgspec.json.encode(_report(settings, registry, capabilities, troubles)))
    else:
        _show(Console(), settings, registry, capabilities, troubles)
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
    capabilities: list[Capability],
    troubles: list[str],
) -> dict[str, object]:
    return {
        "home": str(settings.home),
        "engine": registry.engine_description,
        "models": {card.name: registry.installed(card) for card in registry.catalog.cards},
        "attributes": {
            each.answer: {"models": list(each.models), "hint": each.hint} for each in capabilities
        },
        "troubles": troubles,
    }


def _show(
    console: Console,
    settings: Settings,
    registry: ModelRegistry,
    capabilities: list[Capability],
    troubles: list[str],
) -> None:
    console.print(f"home      {settings.home}", highlight=False)
    console.print(f"database  {settings.database_url.split('@')[-1]}", highlight=False)
    console.print(f"objects   {settings.objects_url}", highlight=False)
    console.print(f"inference {registry.engine_description}\n", highlight=False)
    console.print(_tasks(registry))
    console.print(_attributes(capabilities))
    for trouble in troubles:
        console.print(f"[red]trouble:[/red] {trouble}", soft_wrap=True)
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


def _attributes(capabilities: list[Capability]) -> Table:
    table = plain_table(
        "attribute", "told by", "otherwise", title="What a face's description can hold"
    )
    for each in capabilities:
        table.add_row(each.answer, ", ".join(each.models), each.hint)
    return table
