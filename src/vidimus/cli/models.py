"""`vidimus models`: list what there is, pull it, verify it."""

from pathlib import Path
from typing import Annotated

import typer
from rich.console import Console
from rich.progress import BarColumn, DownloadColumn, Progress, TaskID, TextColumn
from rich.table import Table

from vidimus.cli.options import HomeOption, settings_of
from vidimus.runtime.catalog import Catalog, ModelCard, load_catalog
from vidimus.runtime.pull import Puller, PullOutcome
from vidimus.runtime.registry import (
    ModelRegistry,
    accepted_licences,
    compiled_path,
    open_registry,
)
from vidimus.runtime.shelf import Shelf
from vidimus.settings import Settings

UNREACHABLE = " is not reachable"

app = typer.Typer(help="List, pull and verify the networks.", no_args_is_help=True)


@app.command("list")
def list_models(home: HomeOption = None) -> None:
    """Show every network by pack: its task, size, licence, and whether it is installed."""
    registry = open_registry(settings_of(home))
    table = Table(box=None, pad_edge=False)
    for heading in ("model", "task", "MB", "licence", "state"):
        table.add_column(heading, justify="right" if heading == "MB" else "left", overflow="fold")
    for pack in dict.fromkeys(card.pack for card in registry.catalog.cards):
        table.add_row(f"\n[bold]{pack} pack[/bold]")
        for card in registry.catalog.by_pack(pack):
            size = f"{card.bytes / 1e6:.1f}"
            state = _state(registry, card)
            table.add_row(card.name, card.task, size, card.licence_weights, state)
    Console().print(table)


def _state(registry: ModelRegistry, card: ModelCard) -> str:
    if not registry.installed(card):
        return "[dim]absent[/dim]"
    best = registry.card_for(card.task)
    return "[green]active[/green]" if best == card else "installed"


@app.command()
def pull(
    names: Annotated[
        list[str] | None, typer.Argument(help="Networks by name; none is the whole pack.")
    ] = None,
    pack: Annotated[
        str, typer.Option(help="core, standard, or all: which networks when none is named.")
    ] = "all",
    home: HomeOption = None,
) -> None:
    """Fetch networks, check their sha256, convert them where need be.

    Exits with 1 when one could not be had; the others are there all the same.
    """
    settings = settings_of(home)
    outcomes = pull_models(settings, names or [], pack, Console())
    if any(outcome.status == "failed" for outcome in outcomes):
        raise typer.Exit(1)


def pull_models(
    settings: Settings, names: list[str], pack: str, console: Console
) -> list[PullOutcome]:
    """Pull the named networks, or a pack, with progress on `console`."""
    cards = _chosen(load_catalog(settings.overlay_path), names, pack)
    mirror = Path(settings.model_mirror).expanduser() if settings.model_mirror else None
    columns = (TextColumn("{task.description}"), BarColumn(), DownloadColumn())
    with (
        Puller(Shelf(settings.models_path), mirror, accepted_licences(settings)) as puller,
        Progress(*columns, console=console, transient=True) as bars,
    ):
        outcomes = puller.pull(cards, _Bars(bars, console))
    _explain_failures(outcomes, console)
    return outcomes


def pull_missing(settings: Settings) -> None:
    """Fetch what a first start needs; a second start finds it and asks nobody.

    A core pack that lacks anything is completed, as after an upgrade that brought networks. The
    standard pack is then tried too, and again whenever a mirror is set.
    """
    registry = open_registry(settings)
    incomplete = any(card.pack == "core" for card in registry.missing())
    wanted = (
        {"core", "standard"} if incomplete else {"standard"} if settings.model_mirror else set()
    )
    names = [card.name for card in registry.missing() if card.pack in wanted]
    if names:
        pull_models(settings, names, "", Console())


def _chosen(catalog: Catalog, names: list[str], pack: str) -> list[ModelCard]:
    if names:
        cards = [catalog.card(name) for name in names]
        needed = [catalog.card(need) for card in cards for need in card.needs]
        return list({card.name: card for card in [*needed, *cards]}.values())
    packs = ("core", "standard") if pack == "all" else (pack,)
    if not set(packs) <= {"core", "standard", "optional", "overlay"}:
        raise typer.BadParameter(f"no pack is called {pack!r}; there are core, standard and all")
    return [card for each in packs for card in catalog.by_pack(each)]


class _Bars:
    """One progress bar for the network at work, and a line for each that is done."""

    def __init__(self, bars: Progress, console: Console) -> None:
        self._bars = bars
        self._console = console
        self._tasks: dict[str, TaskID] = {}

    def started(self, card: ModelCard) -> None:
        self._tasks[card.name] = self._bars.add_task(card.name, total=card.bytes or None)

    def advanced(self, card: ModelCard, count: int) -> None:
        self._bars.advance(self._tasks[card.name], count)

    def finished(self, outcome: PullOutcome) -> None:
        card = outcome.card
        self._bars.remove_task(self._tasks.pop(card.name))
        if outcome.status == "failed":
            return
        mark = {"present": "[dim]present[/dim]", "pulled": "[green]pulled [/green]"}
        self._console.print(
            f"{mark[outcome.status]} {card.name} ({card.licence_weights}) {outcome.message}",
            highlight=False,
            soft_wrap=True,
        )


def _explain_failures(outcomes: list[PullOutcome], console: Console) -> None:
    """Say once why networks did not come, and which."""
    failed = [outcome for outcome in outcomes if outcome.status == "failed"]
    if not failed:
        return
    by_reason: dict[str, list[str]] = {}
    for outcome in failed:
        reason = outcome.message.partition(": ")[2] or outcome.message
        by_reason.setdefault(_hosts_only(reason), []).append(outcome.card.name)
    for reason, names in by_reason.items():
        console.print(
            f"[yellow]not fetched[/yellow] {', '.join(names)}: {reason}",
            highlight=False,
            soft_wrap=True,
        )
    console.print("Everything else works without them; `vidimus doctor` says what they would add.")


def _hosts_only(reason: str) -> str:
    """Fold the reasons of networks that come from unreachable hosts alone into one."""
    parts = reason.split("; ")
    if all(UNREACHABLE in part for part in parts):
        return parts[0].partition(UNREACHABLE)[0] + UNREACHABLE
    return reason


@app.command()
def verify(home: HomeOption = None) -> None:
    """Check the sha256 of every installed file; exits with 1 when one is wrong.

    Compiled networks have no sha256 to check, so they are dropped; the next start makes them anew.
    """
    console = Console()
    settings = settings_of(home)
    registry = open_registry(settings)
    for blob in compiled_path(settings).glob("*.blob"):
        blob.unlink()
    with console.status("") as status:
        flaws = registry.verify(lambda card: status.update(f"verifying {card.name}"))
    for flaw in flaws:
        console.print(f"[red]{flaw.model}[/red] {flaw.message}", soft_wrap=True)
    if flaws:
        raise typer.Exit(1)
    count = len(registry.catalog.cards) - len(registry.missing())
    console.print(f"{count} networks verified.")
