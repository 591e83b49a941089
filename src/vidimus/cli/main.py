"""The `vidimus` command."""

import sys
from typing import NoReturn

import typer
from pydantic import ValidationError
from rich.console import Console
from rich.markup import escape

from vidimus.cli import (
    analyze,
    calibrate,
    celebrities,
    compare,
    doctor,
    jobs,
    keys,
    ledger,
    models,
    redact,
    reviews,
    serve,
    worker,
)
from vidimus.errors import VidimusError

app = typer.Typer(
    name="vidimus",
    help="Amazon Rekognition's API on your own machine, with real inference and an account of it.",
    no_args_is_help=True,
    pretty_exceptions_enable=False,
)
app.command("serve")(serve.serve)
app.command("worker")(worker.worker)
app.add_typer(jobs.app, name="jobs")
app.add_typer(analyze.app, name="analyze")
app.command("redact")(redact.redact)
app.command("compare")(compare.compare)
app.add_typer(models.app, name="models")
app.command("doctor")(doctor.doctor)
app.add_typer(keys.app, name="keys")
app.add_typer(ledger.app, name="ledger")
app.add_typer(reviews.app, name="reviews")
app.add_typer(celebrities.app, name="celebrities")
app.command("calibrate")(calibrate.calibrate)


def run() -> None:
    """Run the command; what the user can mend is said in one line, without a traceback."""
    try:
        app()
    except VidimusError as error:
        _refuse(error.message)
    except ValidationError as error:
        _refuse("; ".join(_setting(each) for each in error.errors()))
    except OSError as error:
        if error.filename is None:
            raise
        _refuse(f"{error.filename}: {error.strerror}")


def _setting(error: object) -> str:
    assert isinstance(error, dict)  # noqa: S101 - pydantic gives dicts
    place = ".".join(str(part) for part in error["loc"])
    return f"setting {place}: {error['msg']}" if place else f"settings: {error['msg']}"


def _refuse(message: str) -> NoReturn:
    console = Console(stderr=True, highlight=False)
    console.print("[red]vidimus:[/red]", escape(message), soft_wrap=True)
    sys.exit(1)
