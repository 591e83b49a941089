"""`vidimus analyze`: see what the server would answer, on local files, drawn and in a table."""

from collections.abc import Sequence
from pathlib import Path
from typing import Annotated

import msgspec
import typer
from rich.console import Console
from rich.table import Table

from vidimus.cli.canvas import write_picture
from vidimus.cli.options import HomeOption, JsonOption, plain_table, settings_of
from vidimus.cli.picture import draw_faces
from vidimus.engine.engine import open_engine, read_picture
from vidimus.operations.face_words import face_detail
from vidimus.vision.face_types import Attribute, FaceDetail, Judgement

app = typer.Typer(help="Analyze local pictures.", no_args_is_help=True)


@app.command()
def faces(
    photo: Annotated[Path, typer.Argument(exists=True, dir_okay=False, help="A picture file.")],
    output: Annotated[
        Path | None, typer.Option("-o", "--output", help="Write the drawn picture here.")
    ] = None,
    home: HomeOption = None,
    json: JsonOption = False,
) -> None:
    """Find and describe the faces of a picture."""
    with open_engine(settings_of(home)) as engine:
        picture = read_picture(photo, max_pixels=engine.settings.max_image_pixels)
        found = engine.faces.detect_faces(picture.pixels)
        details = engine.faces.describe_faces(picture.pixels, found, frozenset(Attribute))
    if output is not None:
        write_picture(output, draw_faces(picture.pixels, details))
    if json:
        typer.echo(msgspec.json.encode({"FaceDetails": [face_detail(each) for each in details]}))
    else:
        Console().print(_table(photo, details))


def _table(photo: Path, details: Sequence[FaceDetail]) -> Table:
    table = plain_table(
        *("face", "confidence", "appears", "age", "emotion", "pose", "quality", "signs"),
        title=f"{photo.name}: {len(details)} face{'' if len(details) == 1 else 's'}",
    )
    for number, detail in enumerate(details, start=1):
        table.add_row(str(number), *_cells(detail))
    return table


def _cells(detail: FaceDetail) -> list[str]:
    gender, emotions = detail.gender, detail.emotions or ()
    return [
        f"{detail.confidence:.1f}",
        "" if gender is None else f"{gender.value.lower()} {gender.confidence:.0f}",
        "" if detail.age_range is None else f"{detail.age_range[0]}-{detail.age_range[1]}",
        ", ".join(f"{each.value.lower()} {each.confidence:.0f}" for each in emotions[:2]),
        f"roll {detail.pose.roll:.0f} yaw {detail.pose.yaw:.0f} pitch {detail.pose.pitch:.0f}",
        f"bright {detail.quality.brightness:.0f} sharp {detail.quality.sharpness:.0f}",
        ", ".join(_signs(detail)),
    ]


def _signs(detail: FaceDetail) -> list[str]:
    signs: dict[str, Judgement | None] = {
        "smile": detail.smile,
        "eyes open": detail.eyes_open,
        "mouth open": detail.mouth_open,
        "occluded": detail.face_occluded,
    }
    return [
        f"{'' if sign.value else 'no '}{name}" for name, sign in signs.items() if sign is not None
    ]
