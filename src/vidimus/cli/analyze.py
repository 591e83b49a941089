"""`vidimus analyze`: see what the server would answer, on local files, drawn and in tables."""

from collections.abc import Collection, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import Annotated, Protocol

import msgspec
import typer
from rich.console import Console
from rich.markup import escape
from rich.progress import track
from rich.table import Table
from rich.text import Text

from vidimus.cli.analyze_video import analyze_video
from vidimus.cli.answer_marks import marks_of
from vidimus.cli.answer_tables import short_cells, tables_of
from vidimus.cli.canvas import draw_marks, write_picture
from vidimus.cli.contact_sheet import ContactSheet
from vidimus.cli.default_command import DefaultCommandGroup
from vidimus.cli.options import HomeOption, JsonOption, plain_table, settings_of
from vidimus.cli.photos import find_photos
from vidimus.engine.engine import Engine, open_engine, read_picture
from vidimus.errors import InvalidParameter, VidimusError
from vidimus.operations.analysis import READERS, Answers, Part, read_answers
from vidimus.vision.capability import Capability
from vidimus.vision.picture_sheet import PictureSheet

app = typer.Typer(
    cls=DefaultCommandGroup,
    help="Tell and draw what is seen: `analyze PICTURES` or `analyze video CLIP`.",
    no_args_is_help=True,
)
app.command("video")(analyze_video)

Looked = tuple[PictureSheet, Answers]
Tellers = Mapping[Part, Sequence[Capability]]


class View(Protocol):
    """What shows what was told of pictures, one after the other."""

    def add(self, photo: Path, sheet: PictureSheet, answers: Answers) -> None:
        """Show or keep what was told of a picture."""
        ...

    def finish(self, failures: dict[Path, str]) -> None:
        """Show what had to wait for the last picture; `failures` are files and what ails them."""
        ...


@app.command("photos")
def analyze(
    photos: Annotated[
        list[Path], typer.Argument(exists=True, help="Pictures, and folders of pictures.")
    ],
    only: Annotated[
        str, typer.Option("--only", help=f"What to tell, by commas: {', '.join(Part)}.")
    ] = ",".join(Part),
    output: Annotated[
        Path | None,
        typer.Option(
            "-o",
            "--output",
            help="Write a contact sheet to this .html file, or one drawn picture to this file.",
        ),
    ] = None,
    home: HomeOption = None,
    json: JsonOption = False,
) -> None:
    """Tell and draw everything that the installed networks see in pictures (may go unnamed).

    With --json each picture is one line: its file, and what each operation answers. Exits with 1
    when a file could not be read; the others are told all the same.
    """
    parts = _parts(only)
    found = find_photos(photos)
    if not found:
        raise InvalidParameter(f"{', '.join(map(str, photos))}: there is no picture in it")
    console = Console(stderr=True, highlight=False)
    with open_engine(settings_of(home)) as engine:
        tellers = {part: READERS[part].capabilities(engine) for part in Part if part in parts}
        views = list(_views(found, output, json, tellers))
        _say_what_is_left_out(console, tellers)
        failures = _look_at_each(engine, parts, found, views, console)
    for view in views:
        view.finish(failures)
    for photo, reason in failures.items():
        console.print("[red]vidimus:[/red]", escape(f"{photo}: {reason}"), soft_wrap=True)
    if failures:
        raise typer.Exit(1)


def _parts(only: str) -> frozenset[Part]:
    """Return the parts named; raises InvalidParameter for others."""
    names = [name.strip() for name in only.split(",") if name.strip()]
    unknown = [name for name in names if name not in set(Part)]
    if unknown or not names:
        raise InvalidParameter(f"--only {','.join(unknown)}: there are {', '.join(Part)}")
    return frozenset(Part(name) for name in names)


def _views(
    found: Sequence[Path], output: Path | None, json: bool, tellers: Tellers
) -> Iterator[View]:
    """Choose what to show; raises InvalidParameter where one picture cannot hold it."""
    if json:
        yield _Lines()
    else:
        yield _FullTables() if len(found) == 1 else _RowForEach()
    if output is None:
        return
    if output.suffix.lower() in {".html", ".htm"}:
        yield ContactSheet(output, tellers)
    elif len(found) == 1:
        yield _Drawing(output)
    else:
        raise InvalidParameter(
            f"{output}: one picture is drawn into one file, and there are {len(found)}; "
            "write a contact sheet to a file that ends in .html"
        )


def _say_what_is_left_out(console: Console, tellers: Tellers) -> None:
    for part, capabilities in tellers.items():
        if not any(each.told for each in capabilities):
            hint = capabilities[0].hint
            console.print(f"[yellow]left out:[/yellow] {part}: {hint}", soft_wrap=True)


def _look_at_each(
    engine: Engine,
    parts: Collection[Part],
    photos: Sequence[Path],
    views: Sequence[View],
    console: Console,
) -> dict[Path, str]:
    """Show each picture in every view; returns what could not be read, and why."""
    failures: dict[Path, str] = {}
    for photo in track(photos, "Looking", console=console, transient=True):
        try:
            sheet, answers = _look_at(engine, parts, photo)
        except (VidimusError, OSError) as error:
            failures[photo] = getattr(error, "message", None) or str(error)
            continue
        for view in views:
            view.add(photo, sheet, answers)
    return failures


def _look_at(engine: Engine, parts: Collection[Part], photo: Path) -> Looked:
    picture = read_picture(photo, max_pixels=engine.settings.max_image_pixels)
    sheet = engine.look_at(picture)
    return sheet, read_answers(engine, picture, sheet, parts)


class _Lines:
    """One line of JSON for each picture, written at once."""

    def add(self, photo: Path, sheet: PictureSheet, answers: Answers) -> None:
        typer.echo(msgspec.json.encode({"File": str(photo), **answers}))

    def finish(self, failures: dict[Path, str]) -> None:
        """Nothing waits."""


class _FullTables:
    """Every table of one picture."""

    def add(self, photo: Path, sheet: PictureSheet, answers: Answers) -> None:
        console = Console(highlight=False)
        size = f"{sheet.pyramid.width} x {sheet.pyramid.height}"
        console.print(Text(f"{photo.name}: {size} pixels", style="bold"))
        for table in tables_of(answers):
            console.print()
            console.print(table)

    def finish(self, failures: dict[Path, str]) -> None:
        """Nothing waits."""


@dataclass
class _RowForEach:
    """One table with a row for each picture, written when all are seen."""

    table: Table = field(
        default_factory=lambda: plain_table("picture", "labels", "faces", "people", "text", "flags")
    )

    def add(self, photo: Path, sheet: PictureSheet, answers: Answers) -> None:
        self.table.add_row(Text(photo.name), *(Text(cell) for cell in short_cells(answers)))

    def finish(self, failures: dict[Path, str]) -> None:
        Console(highlight=False).print(self.table)


@dataclass
class _Drawing:
    """The picture itself with everything drawn on it."""

    path: Path

    def add(self, photo: Path, sheet: PictureSheet, answers: Answers) -> None:
        marks = [mark for kind in marks_of(answers).values() for mark in kind]
        write_picture(self.path, draw_marks(sheet.pixels, marks))

    def finish(self, failures: dict[Path, str]) -> None:
        """Nothing waits."""
