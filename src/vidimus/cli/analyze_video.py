"""`vidimus analyze video`: see what is in a clip, on a page with a timeline or drawn on a copy."""

from pathlib import Path
from typing import Annotated

import typer

from vidimus.cli.clip_part import ClipPart, parts_of
from vidimus.cli.options import HomeOption, JsonOption, settings_of
from vidimus.cli.photos import WRITTEN_ENDINGS
from vidimus.engine.engine import open_engine
from vidimus.errors import InvalidParameter

PAGE_ENDINGS = (".html", ".htm")


def analyze_video(
    clip: Annotated[Path, typer.Argument(exists=True, dir_okay=False, help="A video.")],
    only: Annotated[
        str, typer.Option("--only", help=f"What to tell, by commas: {', '.join(ClipPart)}.")
    ] = ",".join(ClipPart),
    output: Annotated[
        list[Path] | None,
        typer.Option(
            "-o",
            "--output",
            help="Write a page to this .html file, or a copy with boxes and names to this video; "
            "may be given twice.",
        ),
    ] = None,
    embed: Annotated[
        bool, typer.Option("--embed", help="Put the clip itself into the page.")
    ] = False,
    home: HomeOption = None,
    json: JsonOption = False,
) -> None:
    """Tell what is seen in a video and when: shots, people, labels, text, flags.

    The clip is decoded once for all of it. With --json it is one line: the file, and what each
    operation on stored video would answer.
    """
    parts, outputs = parts_of(only), tuple(output or ())
    for path in outputs:
        _check_output(clip, path)
    # What follows frames takes a second to import; no other command needs it.
    from vidimus.cli.show_clip import ClipWish, show_clip

    with open_engine(settings_of(home)) as engine:
        show_clip(engine, clip, ClipWish(parts, outputs, embed), json=json)


def _check_output(clip: Path, output: Path) -> None:
    """Raise InvalidParameter where nothing can be written, before the clip is watched."""
    if output.resolve() == clip.resolve():
        raise InvalidParameter(f"{clip}: it would be overwritten by what is written about it")
    if output.suffix.lower() not in {*PAGE_ENDINGS, *WRITTEN_ENDINGS}:
        raise InvalidParameter(
            f"{output}: a page ends in .html, a video in {', '.join(WRITTEN_ENDINGS)}"
        )
