"""`vidimus serve`: set up what is missing, then serve."""

from typing import Annotated

import typer
from rich.console import Console

from vidimus.accountability.access_keys import NewAccessKey
from vidimus.cli.models import pull_missing
from vidimus.cli.options import HomeOption, settings_of
from vidimus.cli.worker import command_of_worker
from vidimus.engine.engine import Engine, open_engine
from vidimus.errors import ConfigurationError
from vidimus.jobs.supervisor import Command, Supervisor
from vidimus.operations import EngineDispatcher
from vidimus.server.app import create_app
from vidimus.server.auth import check_exposure, open_verifier
from vidimus.server.serve import serve as run_server
from vidimus.settings import Settings
from vidimus.telemetry import Metrics, configure_logging
from vidimus.wire.model import load_contract

SNIPPET = """\
[bold]Python[/bold]
import boto3
rekognition = boto3.client(
    "rekognition",
    endpoint_url="{url}",
    region_name="{region}",
    aws_access_key_id="{key_id}",
    aws_secret_access_key="{secret}",
)
print(rekognition.list_collections()["CollectionIds"])

[bold]Shell[/bold]
AWS_ACCESS_KEY_ID={key_id} AWS_SECRET_ACCESS_KEY={secret} \\
  aws --endpoint-url {url} --region {region} rekognition list-collections
"""


def serve(
    host: Annotated[str | None, typer.Option(help="Address to listen on.")] = None,
    port: Annotated[int | None, typer.Option(help="Port; 0 lets the system choose.")] = None,
    home: HomeOption = None,
    pull: Annotated[bool, typer.Option(help="Fetch models that are missing first.")] = True,
) -> None:
    """Serve the Rekognition API; the first start fetches models and makes an access key."""
    settings = settings_of(home, host=host, port=port)
    check_exposure(settings)
    configure_logging(settings.log_level, settings.log_format)
    if pull:
        pull_missing(settings)
    metrics = Metrics()
    with open_engine(settings, on_faces_detected=metrics.faces_detected) as engine:
        key = _first_key(engine)
        engine.warm_up()
        metrics.models_loaded(engine.models.loaded)
        app = create_app(
            EngineDispatcher(engine),
            open_verifier(settings, engine.access_keys.secret_of),
            settings,
            load_contract(),
            metrics,
            check_health=engine.check_health,
            check_answers=settings.check_answers,
        )
        with Supervisor(_command_of_worker(settings), settings.video_workers, engine.database):
            run_server(app, settings.host, settings.port, lambda url: _greet(engine, url, key))


def _command_of_worker(settings: Settings) -> Command:
    return lambda worker_id: command_of_worker(settings.home, worker_id)


def _first_key(engine: Engine) -> NewAccessKey | None:
    """Create the operator's key, or the first of all; returns one only when it is new."""
    settings, keys = engine.settings, engine.access_keys
    key_id, secret = settings.bootstrap_access_key_id, settings.bootstrap_secret_access_key
    if bool(key_id) != bool(secret):
        raise ConfigurationError(
            "bootstrap_access_key_id and bootstrap_secret_access_key: give both or neither"
        )
    known = {key.access_key_id for key in keys.list()}
    if key_id:
        if key_id not in known:
            keys.create("bootstrap", key_id, secret)
        return None
    return keys.create("first") if not known else None


def _greet(engine: Engine, url: str, key: NewAccessKey | None) -> None:
    console = Console(stderr=False, highlight=False, soft_wrap=True)
    console.print(f"[bold]vidimus[/bold] serves on {url}")
    for line in describe_models(engine):
        console.print(f"  {line}")
    if key is not None:
        text = SNIPPET.format(
            url=url,
            region=engine.settings.region,
            key_id=key.access_key_id,
            secret=key.secret,
        )
        console.print("\nYour first access key; its secret is shown this once.\n")
        console.print(text, markup=True)


def describe_models(engine: Engine) -> list[str]:
    """Say in a few lines which networks are active, what they tell, and what is missing."""
    capabilities = engine.faces.capabilities()
    told = [each.answer.lower() for each in capabilities if each.told]
    untold = [each.answer.lower() for each in capabilities if not each.told]
    lines = [
        f"face model: {engine.model_version}",
        *engine.models.summary(),
        f"told of faces: {', '.join(told)}",
    ]
    if untold:
        lines.append(f"left out of faces: {', '.join(untold)} (see `vidimus doctor`)")
    return lines
