"""`vidimus celebrities`: whom RecognizeCelebrities may name, decided by the operator."""

from collections import Counter
from collections.abc import Iterable, Iterator
from pathlib import Path
from typing import Annotated

import msgspec
import typer
from rich.console import Console
from rich.progress import track

from vidimus.cli.options import HomeOption, JsonOption, plain_table, settings_of
from vidimus.engine.engine import Engine, open_engine, open_records
from vidimus.engine.people_file import PeopleFile, Refusal, read_people_file
from vidimus.engine.people_import import Outcome, PersonReport

app = typer.Typer(help="Import, list and remove the people it may name.", no_args_is_help=True)

IdArgument = Annotated[str, typer.Argument(help="The person's id, as `list` and the API give it.")]


@app.command("import")
def import_people(
    folder: Annotated[
        Path, typer.Argument(exists=True, file_okay=False, help="Folder of the photographs.")
    ],
    people: Annotated[
        Path,
        typer.Argument(
            exists=True,
            dir_okay=False,
            help="CSV file with the columns name, photos, urls, gender, id; several photos or "
            "urls with a semicolon between them.",
        ),
    ],
    largest_face: Annotated[
        bool,
        typer.Option("--largest-face", help="Take the largest face where a photo shows several."),
    ] = False,
    anew: Annotated[
        bool, typer.Option("--anew", help="Erase everybody first: for another face model.")
    ] = False,
    home: HomeOption = None,
    json: JsonOption = False,
) -> None:
    """Take people into the library; exit with 1 unless everybody of the file is in it then.

    Run it again after mending what it reports, or after it was stopped: it does only what is
    missing. Who was removed does not come back.
    """
    file = read_people_file(people, folder)
    with open_engine(settings_of(home)) as engine:
        if anew:
            engine.people_library.clear()
        running = engine.people_import.import_people(file.entries, largest_face=largest_face)
        console = Console(stderr=True)
        progress = track(running, "importing", len(file.entries), console=console, transient=True)
        reports = list(progress)
        advice = list(_advice(engine))
    if json:
        told = {"people": reports, "refused": file.refusals, "notes": [*file.notes, *advice]}
        typer.echo(msgspec.json.encode(told))
    else:
        for line in (*_lines(people, file, reports), *advice):
            typer.echo(line)
    if file.refusals or any(each.outcome is Outcome.REFUSED for each in reports):
        raise typer.Exit(1)


def _lines(people: Path, file: PeopleFile, reports: Iterable[PersonReport]) -> Iterator[str]:
    reports = list(reports)
    for note in file.notes:
        yield f"{people.name}: {note}"
    for report in reports:
        who = f"{report.person.name} ({report.person.person_id})"
        yield from (f"look at {who}: {line}" for line in report.look_at)
        yield from (f"left out {who}: {reason}" for reason in report.reasons)
    for refusal in file.refusals:
        yield from _refused(refusal)
    counts = Counter(str(each.outcome) for each in reports)
    counts[str(Outcome.REFUSED)] += len(file.refusals)
    told = ", ".join(f"{counts[each]} {each}" for each in Outcome if counts[each])
    yield f"{_people(counts.total())}: {told}"


def _people(count: int) -> str:
    return "1 person" if count == 1 else f"{count:,} people"


def _refused(refusal: Refusal) -> Iterator[str]:
    return (f"left out {refusal.name}: {reason}" for reason in refusal.reasons)


def _advice(engine: Engine) -> Iterator[str]:
    """Say what the size of the library means for strangers, and whether its face model is old."""
    collection = engine.people_library.find()
    if collection is None or not collection.face_count:
        return
    threshold = engine.settings.known_people_threshold
    rate = engine.scales.scale(collection.embedder_version).fmr_at(threshold)
    strangers = max(1, int(float(f"{1 / (rate * collection.face_count):.2g}")))
    yield (
        f"The library has {_people(collection.user_count)}; photographs: "
        f"{collection.face_count:,}. At similarity {threshold:g} about one face of a stranger in "
        f"{strangers:,} gets a name."
    )
    if collection.embedder_version != engine.model_version:
        yield (
            f"The library is of face model {collection.embedder_version} and stays so; to move it "
            f"to {engine.model_version}, import everybody with --anew."
        )


@app.command("list")
def list_people(home: HomeOption = None, json: JsonOption = False) -> None:
    """List the people of the library, by name."""
    with open_records(settings_of(home)) as records:
        people = records.people_library.list_people()
    if json:
        typer.echo(msgspec.json.encode(people))
        return
    table = plain_table("id", "name", "gender", "photographs", "urls")
    for person in people:
        count = str(person.face_count)
        urls = " ".join(person.urls)
        table.add_row(person.person_id, person.name, person.gender or "", count, urls)
    Console().print(table)


@app.command()
def remove(person_id: IdArgument, home: HomeOption = None) -> None:
    """Erase a person from the library for good; the ledger records that it was done."""
    with open_records(settings_of(home)) as records:
        receipt = records.people_library.remove_person(person_id)
    typer.echo(f"{person_id} is removed; receipt {receipt.sequence}:{receipt.digest}")


@app.command()
def readmit(person_id: IdArgument, home: HomeOption = None) -> None:
    """Let the next import bring a removed person back."""
    with open_records(settings_of(home)) as records:
        receipt = records.people_library.readmit_person(person_id)
    typer.echo(f"{person_id} may be imported; receipt {receipt.sequence}:{receipt.digest}")
