"""`vidimus reviews`: what waits, and how it ends."""

import json
from pathlib import Path

from typer.testing import CliRunner, Result

from tests.engine.test_reviews import CALLER, FOUND, PICTURE, WISH
from vidimus.cli.reviews import app
from vidimus.engine.engine import open_records
from vidimus.errors import ResourceNotFound
from vidimus.settings import Settings


def invoke(home: Path, *arguments: str) -> Result:
    return CliRunner().invoke(app, [*arguments, "--home", str(home)])


def test_a_review_is_listed_and_closed(tmp_path: Path) -> None:
    assert "No review waits" in invoke(tmp_path, "list").stdout
    with open_records(Settings(home=tmp_path)) as records:
        records.reviews.open_review(WISH, PICTURE, FOUND, 50, CALLER)
    assert "Gambling 72" in invoke(tmp_path, "list").stdout
    (told,) = json.loads(invoke(tmp_path, "list", "--json").stdout)
    assert (told["loop_name"], told["verdict"]) == ("beach-1", None)
    done = invoke(tmp_path, "close", "beach-1", "--verdict", "rejected", "--note", "toys")
    assert "closed: rejected" in done.stdout
    assert "No review waits" in invoke(tmp_path, "list").stdout
    assert "toys" in invoke(tmp_path, "list", "--closed").stdout


def test_what_is_not_there_cannot_be_closed(tmp_path: Path) -> None:
    done = invoke(tmp_path, "close", "beach-9", "--verdict", "confirmed")
    assert isinstance(done.exception, ResourceNotFound)
    assert invoke(tmp_path, "close", "beach-9", "--verdict", "maybe").exit_code == 2
