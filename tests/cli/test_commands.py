"""The commands that need no server, run as a user runs them."""

import json
import shutil
from pathlib import Path

import pytest
from PIL import Image
from typer.testing import CliRunner, Result

from vidimus.cli.main import app
from vidimus.errors import InvalidParameter


@pytest.fixture
def home(tmp_path: Path, models_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    monkeypatch.setenv("VIDIMUS_MODELS", str(models_path))
    monkeypatch.setenv("VIDIMUS_HOME", str(tmp_path / "home"))
    return tmp_path / "home"


def run(*arguments: str | Path) -> Result:
    return CliRunner().invoke(app, [str(argument) for argument in arguments])


def test_analyze_draws_and_tells(home: Path, people: Path, tmp_path: Path) -> None:
    drawn = tmp_path / "drawn.jpg"
    done = run("analyze", people / "face_3.jpg", "-o", drawn)
    assert done.exit_code == 0, done.output
    assert "1 face" in done.stdout
    assert "left out: people" in done.stderr
    with Image.open(people / "face_3.jpg") as before, Image.open(drawn) as after:
        assert after.size[0] >= before.size[0]
    told = json.loads(run("analyze", people / "face_3.jpg", "--json").stdout)
    assert told["File"].endswith("face_3.jpg")
    assert len(told["DetectFaces"]["FaceDetails"]) == 1
    assert len(told["DetectFaces"]["FaceDetails"][0]["Landmarks"]) == 30
    assert told["DetectLabels"]["ImageProperties"]["DominantColors"]
    assert "RecognizeCelebrities" not in told


def test_analyze_tells_only_what_is_wanted(home: Path, people: Path) -> None:
    told = json.loads(
        run("analyze", people / "face_3.jpg", "--json", "--only", "faces,properties").stdout
    )
    assert told.keys() == {"File", "DetectFaces", "DetectLabels"}
    assert told["DetectLabels"].keys() == {"ImageProperties"}
    refused = run("analyze", people / "face_3.jpg", "--only", "faces,ghosts")
    assert isinstance(refused.exception, InvalidParameter)
    assert "ghosts" in str(refused.exception)


def test_analyze_goes_on_after_a_bad_file(home: Path, people: Path, tmp_path: Path) -> None:
    folder, sheet = tmp_path / "holiday", tmp_path / "sheet.html"
    folder.mkdir()
    for name in ("face_3.jpg", "face_7.jpg"):
        shutil.copy(people / name, folder)
    (folder / "a[red].jpg").write_bytes(b"not a picture")
    (folder / "notes.txt").write_text("no picture at all")
    done = run("analyze", folder, "-o", sheet, "--only", "faces")
    assert done.exit_code == 1
    assert "a[red].jpg" in done.stderr
    assert "notes.txt" not in done.output
    assert [line.split()[0] for line in done.stdout.splitlines()[1:]] == [
        "face_3.jpg",
        "face_7.jpg",
    ]
    page = sheet.read_text(encoding="utf-8")
    assert page.count("<article") == 2
    assert "a[red].jpg" in page
    lines = run("analyze", folder, "--json", "--only", "faces").stdout.splitlines()
    assert [json.loads(line)["File"].rsplit("/", 1)[-1] for line in lines] == [
        "face_3.jpg",
        "face_7.jpg",
    ]


def test_a_folder_without_pictures_is_refused(home: Path, tmp_path: Path) -> None:
    (tmp_path / "notes.txt").write_text("no picture")
    done = run("analyze", tmp_path)
    assert isinstance(done.exception, InvalidParameter)
    assert "no picture" in str(done.exception)


def test_many_pictures_are_not_drawn_into_one_file(
    home: Path, people: Path, tmp_path: Path
) -> None:
    done = run("analyze", people / "face_3.jpg", people / "face_7.jpg", "-o", tmp_path / "one.jpg")
    assert isinstance(done.exception, InvalidParameter)
    assert ".html" in str(done.exception)
    assert not (tmp_path / "one.jpg").exists()


def test_compare_says_what_the_threshold_means(home: Path, people: Path, tmp_path: Path) -> None:
    drawn = tmp_path / "drawn.png"
    done = run("compare", people / "face_3.jpg", people / "face_3_0.jpg", "-o", drawn)
    assert done.exit_code == 0, done.output
    assert "1 of 1 faces match" in done.stdout
    assert drawn.exists()
    other = run("compare", people / "face_3.jpg", people / "face_7.jpg", "--json")
    assert json.loads(other.stdout)["FaceMatches"] == []
    assert len(json.loads(run("ledger", "tail", "--json").stdout.splitlines()[-1])["entry"]) > 5


def test_keys_are_made_listed_and_revoked(home: Path) -> None:
    made = json.loads(run("keys", "create", "--label", "archive", "--json").stdout)
    assert made["access_key_id"].startswith("AKIA")
    (listed,) = json.loads(run("keys", "list", "--json").stdout)
    assert (listed["label"], listed["revoked_at"]) == ("archive", None)
    assert made["secret"] not in json.dumps(listed)
    assert run("keys", "revoke", made["access_key_id"]).exit_code == 0
    (listed,) = json.loads(run("keys", "list", "--json").stdout)
    assert listed["revoked_at"] is not None
    assert made["access_key_id"] in run("keys", "list").stdout


def test_an_empty_ledger_is_clean(home: Path) -> None:
    assert "empty" in run("ledger", "verify").stdout
    assert run("ledger", "tail").exit_code == 0
    assert run("ledger", "verify", "--head", "nonsense").exit_code == 2


def test_doctor_says_what_is_missing(home: Path) -> None:
    report = json.loads(run("doctor", "--json").stdout)
    assert report["operations"]["DetectFaces"]["BEARD"]["models"] == []
    assert report["operations"]["DetectFaces"]["BEARD"]["hint"]
    assert report["operations"]["DetectFaces"]["SMILE"]["models"]
    assert report["troubles"] == ["no access key is active: run `vidimus keys create`"]
    run("keys", "create")
    done = run("doctor", "--quick")
    assert done.exit_code == 0
    assert "Faces can be served" in done.stdout


def test_doctor_without_models(home: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("VIDIMUS_MODELS", str(tmp_path / "none"))
    done = run("doctor", "--json")
    assert done.exit_code == 1
    assert any("vidimus models pull" in trouble for trouble in json.loads(done.stdout)["troubles"])
