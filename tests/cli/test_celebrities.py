"""`vidimus celebrities`: import, list, remove, readmit, and a kill in the middle."""

import json
import os
import shutil
import subprocess
import sys
import time
from pathlib import Path

import pytest
from typer.testing import CliRunner, Result

from vidimus.cli.main import app
from vidimus.engine.engine import open_records
from vidimus.settings import read_settings

GOOD = "Ada,face_3.jpg;face_3_0.jpg,x.org,female,ada1"


@pytest.fixture
def home(tmp_path: Path, models_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    monkeypatch.setenv("VIDIMUS_MODELS", str(models_path))
    monkeypatch.setenv("VIDIMUS_HOME", str(tmp_path / "home"))
    return tmp_path / "home"


@pytest.fixture
def file(tmp_path: Path) -> Path:
    return tmp_path / "people.csv"


def run(*arguments: str | Path) -> Result:
    return CliRunner().invoke(app, ["celebrities", *(str(argument) for argument in arguments)])


def write(file: Path, *rows: str) -> None:
    file.write_text("\n".join(("name,photos,urls,gender,id", *rows)), encoding="utf-8")


def test_a_person_comes_and_goes(home: Path, people: Path, file: Path) -> None:
    write(file, GOOD)
    done = run("import", people, file)
    assert done.exit_code == 0, done.output
    assert "1 person: 1 added" in done.stdout
    assert "about one face of a stranger in 500,000 gets a name" in done.stdout
    assert "1 unchanged" in run("import", people, file).stdout

    (listed,) = json.loads(run("list", "--json").stdout)
    assert listed["name"] == "Ada"
    assert "x.org" in run("list").stdout

    assert "ada1 is removed; receipt" in run("remove", "ada1").stdout
    assert json.loads(run("list", "--json").stdout) == []
    again = run("import", people, file)
    assert again.exit_code == 0
    assert "left out Ada (ada1): removed on" in again.stdout
    assert run("readmit", "ada1").exit_code == 0
    assert "1 added" in run("import", people, file).stdout


def test_each_trouble_is_a_line(home: Path, people: Path, file: Path) -> None:
    write(file, GOOD, "Bob,absent.jpg,,,", "Cid,face_7.jpg,,man,", "Dee,face_7.jpg,,,")
    done = run("import", people, file)
    assert done.exit_code == 1
    lines = done.stdout.splitlines()
    assert any("Bob" in line and "absent.jpg: No such file" in line for line in lines)
    assert "left out Cid: row 4: gender 'man' is none of" in done.stdout
    assert "4 people: 2 added, 2 refused" in lines
    told = json.loads(run("import", people, file, "--json").stdout)
    assert [each["outcome"] for each in told["people"]] == ["unchanged", "refused", "unchanged"]
    assert told["refused"][0]["name"] == "Cid"


def test_a_file_without_its_columns_changes_nothing(home: Path, people: Path, file: Path) -> None:
    file.write_text("person,picture\nAda,face_3.jpg\n")
    done = run("import", people, file)
    assert done.exit_code == 1
    assert "lacks the column name and photos" in str(done.exception)
    assert not (home / "vidimus.db").exists()


def test_another_face_model_needs_everybody_anew(
    home: Path, people: Path, file: Path, models_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    if not (models_path / "dlib_face_recognition_resnet_model_v1.onnx").exists():
        pytest.skip("only one face embedder is installed")
    write(file, GOOD)
    monkeypatch.setenv("VIDIMUS_FACE_EMBEDDER", "dlib-resnet")
    assert "--anew" not in run("import", people, file).stdout
    monkeypatch.setenv("VIDIMUS_FACE_EMBEDDER", "omz-reid-0095")
    kept = run("import", people, file).stdout
    assert "1 unchanged" in kept
    assert "of face model 1.0 and stays so; to move it to 2.0, import everybody with" in kept
    anew = run("import", people, file, "--anew").stdout
    assert "1 added" in anew
    assert "stays so" not in anew


def test_a_kill_leaves_whole_people_and_the_next_import_the_rest(
    home: Path, people: Path, tmp_path: Path, file: Path
) -> None:
    photos = tmp_path / "photos"
    photos.mkdir()
    rows = []
    for number in range(1, 13):
        names = [f"face_{number}.jpg", f"face_{number}_0.jpg"]
        for name in names:
            shutil.copy(people / name, photos)
        rows.append(f"Person {number},{';'.join(names)},,,p{number}")
    write(file, *rows)
    command = [sys.executable, "-m", "vidimus", "celebrities", "import", str(photos), str(file)]
    importing = subprocess.Popen(
        command, env=dict(os.environ), stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL
    )
    wait_for_somebody(importing)
    importing.kill()
    importing.wait(timeout=60)
    assert set(face_counts()) == {2}
    done = run("import", photos, file)
    assert done.exit_code == 0, done.output
    assert set(face_counts()) == {2}
    assert len(face_counts()) == 12
    with open_records(read_settings()) as records:
        assert records.ledger.verify() == []
        assert len(records.ledger.tail(100)) == 12


def face_counts() -> list[int]:
    with open_records(read_settings()) as records:
        return [person.face_count for person in records.people_library.list_people()]


def wait_for_somebody(importing: subprocess.Popen[bytes]) -> None:
    """Return as soon as the first person was imported."""
    for _ in range(1200):
        if importing.poll() is not None or face_counts():
            return
        time.sleep(0.05)
