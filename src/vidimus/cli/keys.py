"""`vidimus keys`: who may call the server."""

from typing import Annotated

import msgspec
import typer
from rich.console import Console

from vidimus.cli.options import HomeOption, JsonOption, plain_table, settings_of
from vidimus.engine.engine import open_records

app = typer.Typer(help="Create, list and revoke access keys.", no_args_is_help=True)


@app.command()
def create(
    label: Annotated[str, typer.Option(help="What the key is for, or whose it is.")] = "",
    home: HomeOption = None,
    json: JsonOption = False,
) -> None:
    """Create an access key; its secret is shown this once."""
    with open_records(settings_of(home)) as records:
        key = records.access_keys.create(label)
    if json:
        typer.echo(msgspec.json.encode(key))
        return
    typer.echo(f"AWS_ACCESS_KEY_ID={key.access_key_id}")
    typer.echo(f"AWS_SECRET_ACCESS_KEY={key.secret}")
    typer.echo("The secret is not shown again.", err=True)


@app.command("list")
def list_keys(home: HomeOption = None, json: JsonOption = False) -> None:
    """List the access keys, without their secrets."""
    with open_records(settings_of(home)) as records:
        found = records.access_keys.list()
    if json:
        typer.echo(msgspec.json.encode(found))
        return
    table = plain_table("access key", "label", "created", "revoked")
    for key in found:
        revoked = "" if key.revoked_at is None else f"{key.revoked_at:%Y-%m-%d %H:%M:%S}"
        table.add_row(key.access_key_id, key.label, f"{key.created_at:%Y-%m-%d %H:%M:%S}", revoked)
    Console().print(table)


@app.command()
def revoke(access_key_id: str, home: HomeOption = None) -> None:
    """Revoke an access key; requests signed with it are refused from now on."""
    with open_records(settings_of(home)) as records:
        records.access_keys.revoke(access_key_id)
    typer.echo(f"{access_key_id} is revoked.")
