"""A command of a group may go without its name."""

import pytest
import typer
from typer.testing import CliRunner

from vidimus.cli.default_command import DefaultCommandGroup

app = typer.Typer(cls=DefaultCommandGroup, no_args_is_help=True)


@app.command("photos")
def photos(names: list[str], only: str = "all") -> None:
    typer.echo(f"photos {names} {only}")


@app.command("video")
def video(name: str) -> None:
    typer.echo(f"video {name}")


@pytest.mark.parametrize(
    ("words", "said"),
    [
        (("a.jpg",), "photos ['a.jpg'] all"),
        (("--only", "faces", "a.jpg", "b"), "photos ['a.jpg', 'b'] faces"),
        (("photos", "a.jpg"), "photos ['a.jpg'] all"),
        (("video", "a.mp4"), "video a.mp4"),
        (("./video",), "photos ['./video'] all"),
    ],
)
def test_the_default_runs_where_no_command_is_named(words: tuple[str, ...], said: str) -> None:
    assert CliRunner().invoke(app, words).stdout.strip() == said


def test_help_is_that_of_the_group() -> None:
    for words in (("--help",), ()):
        told = CliRunner().invoke(app, words).output
        assert "photos" in told
        assert "video" in told
