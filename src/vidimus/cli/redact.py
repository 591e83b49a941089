"""`vidimus redact`: cover every face of pictures and videos, or all but those of listed people."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Annotated

import msgspec
import typer
from rich.console import Console
from rich.markup import escape
from rich.table import Table
from rich.text import Text

from vidimus.cli.canvas import write_picture
from vidimus.cli.options import HomeOption, JsonOption, plain_table, settings_of
from vidimus.cli.photos import ENDINGS, VIDEO_ENDINGS, WRITTEN_ENDINGS, find_photos
from vidimus.cli.redacted import Redacted, Redactor
from vidimus.engine.engine import Engine, open_engine, read_picture
from vidimus.engine.redaction import KeptPeople, redact_picture
from vidimus.errors import InvalidParameter, VidimusError
from vidimus.imaging.cover import CoverStyle
from vidimus.vision.face_spotter import LEAST_SCORE, FaceSpotter

_WRITTEN_AS = {".heic": ".jpg", ".heif": ".jpg", ".mov": ".mkv", ".avi": ".mkv"}
"""Endings of formats that are read and not written, and what is written in their place."""


@dataclass(frozen=True, slots=True)
class Errand:
    """One file to redact, and the file to write."""

    source: Path
    output: Path


def redact(  # noqa: PLR0913, PLR0917 - the options of a command
    files: Annotated[
        list[Path], typer.Argument(exists=True, help="Pictures, videos, and folders of them.")
    ],
    output: Annotated[
        Path | None,
        typer.Option(
            "-o", "--output", help="File to write, or a folder. Default: NAME-redacted beside it."
        ),
    ] = None,
    style: Annotated[
        CoverStyle, typer.Option(help="What faces are covered with.")
    ] = CoverStyle.BLUR,
    keep: Annotated[
        list[Path] | None,
        typer.Option(
            exists=True, dir_okay=False, help="Photograph of a person whose face stays visible."
        ),
    ] = None,
    similarity: Annotated[
        float, typer.Option(min=0, max=100, help="Similarity from which a face is of --keep.")
    ] = 90.0,
    least_score: Annotated[
        float, typer.Option(min=0.25, max=1, help="Detector's score from which a face is covered.")
    ] = LEAST_SCORE,
    mute: Annotated[bool, typer.Option("--mute", help="Leave out the sound of videos.")] = False,
    home: HomeOption = None,
    json: JsonOption = False,
) -> None:
    """Cover every face, or with --keep all but those of listed people, and say what may be missed.

    Look at the result before you give it away: detectors miss faces. Voices, clothes and places
    tell who somebody is too. Exits with 1 when a file could not be redacted.
    """
    errands = list(_errands(find_photos(files, ENDINGS | VIDEO_ENDINGS), output))
    if not errands:
        raise InvalidParameter(f"{', '.join(map(str, files))}: no picture or video is in it")
    console = Console(stderr=True, highlight=False)
    with open_engine(settings_of(home)) as engine:
        redactor = Redactor(
            engine=engine,
            spotter=FaceSpotter(engine.models),
            kept=_kept(engine, keep or [], similarity),
            style=style,
            least_score=least_score,
            mute=mute,
        )
        done, failures = _redact_each(redactor, errands, console)
    _tell(done, json=json)
    for source, reason in failures.items():
        console.print("[red]vidimus:[/red]", escape(f"{source}: {reason}"), soft_wrap=True)
    if failures:
        raise typer.Exit(1)


def _errands(sources: Sequence[Path], output: Path | None) -> Iterator[Errand]:
    """Say for each file what to write; raises InvalidParameter where two would be one."""
    taken: set[Path] = set()
    for source in sources:
        errand = Errand(source, _output_of(source, output, alone=len(sources) == 1))
        place = errand.output.resolve()
        if place == source.resolve() or place in taken:
            raise InvalidParameter(f"{errand.output}: it is another file of this run")
        if _is_video(source) and place.suffix.lower() not in WRITTEN_ENDINGS:
            raise InvalidParameter(
                f"{errand.output}: a video is written to {', '.join(WRITTEN_ENDINGS)}"
            )
        taken.add(place)
        yield errand


def _is_video(path: Path) -> bool:
    return path.suffix.lower() in VIDEO_ENDINGS


def _output_of(source: Path, output: Path | None, *, alone: bool) -> Path:
    ending = _WRITTEN_AS.get(source.suffix.lower(), source.suffix)
    if output is None:
        return source.with_name(f"{source.stem}-redacted{ending}")
    if alone and output.suffix and not output.is_dir():
        return output
    return output / f"{source.stem}{ending}"


def _kept(engine: Engine, photographs: Sequence[Path], similarity: float) -> KeptPeople | None:
    if not photographs:
        return None
    limit = engine.settings.max_image_pixels
    pictures = [read_picture(path, max_pixels=limit) for path in photographs]
    return KeptPeople(engine, pictures, similarity)


def _redact_each(
    redactor: Redactor, errands: Sequence[Errand], console: Console
) -> tuple[list[Redacted], dict[Path, str]]:
    """Redact file by file; returns what was done, and what could not be and why."""
    done: list[Redacted] = []
    failures: dict[Path, str] = {}
    for errand in errands:
        errand.output.parent.mkdir(parents=True, exist_ok=True)
        try:
            done.append(_redact(redactor, errand, console))
        except (VidimusError, OSError) as error:
            failures[errand.source] = getattr(error, "message", None) or str(error)
    return done, failures


def _redact(redactor: Redactor, errand: Errand, console: Console) -> Redacted:
    if _is_video(errand.source):
        # What follows faces takes a second to import; no other command needs it.
        from vidimus.cli.redact_video import redact_video

        return redact_video(redactor, errand.source, errand.output, console)
    picture = read_picture(errand.source, max_pixels=redactor.engine.settings.max_image_pixels)
    done = redact_picture(
        redactor.spotter,
        picture,
        redactor.style,
        kept=redactor.kept,
        least_score=redactor.least_score,
    )
    write_picture(errand.output, done.pixels)
    return Redacted(
        file=str(errand.source),
        output=str(errand.output),
        faces=done.covered,
        kept=done.kept,
        doubtful=len(done.doubtful),
    )


def _tell(done: Sequence[Redacted], *, json: bool) -> None:
    if json:
        for each in done:
            typer.echo(msgspec.json.encode(each))
        return
    console = Console(highlight=False)
    console.print(_table(done))
    for each in done:
        for sentence in each.sentences():
            console.print(Text(f"{Path(each.output).name}: {sentence}"), soft_wrap=True)


def _table(done: Sequence[Redacted]) -> Table:
    table = plain_table("written", "faces covered", "left visible", "frames with faces")
    for each in done:
        share = "" if each.video is None else f"{100 * each.video.share_with_faces:.1f} %"
        table.add_row(Text(each.output), str(each.faces), str(each.kept or ""), share)
    return table
