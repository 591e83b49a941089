"""`vidimus calibrate` on real photographs."""

import csv
from pathlib import Path

import pytest
from typer.testing import CliRunner

from vidimus.cli.main import app
from vidimus.errors import ConfigurationError
from vidimus.runtime.calibrations import load_calibration

PEOPLE = 60


@pytest.fixture
def portraits(shared: Path, tmp_path: Path) -> Path:
    """A CSV of sixty people, one photograph each."""
    table = tmp_path / "portraits.csv"
    files = sorted((shared / "data" / "congress" / "photos_2014").glob("*.jpg"))[:PEOPLE]
    with table.open("w", newline="", encoding="utf-8") as lines:
        writer = csv.writer(lines)
        writer.writerow(["subject", "file"])
        writer.writerows([path.stem, str(path)] for path in files)
    return table


@pytest.fixture
def home(tmp_path: Path, models_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    monkeypatch.setenv("VIDIMUS_MODELS", str(models_path))
    monkeypatch.setenv("COLUMNS", "200")
    return tmp_path / "home"


def test_it_writes_the_table_and_the_curve(home: Path, portraits: Path, tmp_path: Path) -> None:
    curve = tmp_path / "curve.svg"
    arguments = ["calibrate", "--subjects", str(portraits), "--embedder", "dlib-resnet"]
    options = ["--home", str(home), "--curve", str(curve), "--replicates", "100"]
    result = CliRunner().invoke(app, [*arguments, *options])
    assert result.exit_code == 0, result.output
    assert f"{PEOPLE} faces of {PEOPLE} people, 1,770 pairs" in result.output
    own = load_calibration("1.0", home / "calibrations")
    assert own is not None
    assert own.provenance.data_set == "portraits.csv"
    assert own != load_calibration("1.0")
    assert curve.read_text(encoding="utf-8").startswith("<svg")


def test_too_few_people_are_refused(home: Path, portraits: Path, tmp_path: Path) -> None:
    few = tmp_path / "few.csv"
    lines = portraits.read_text(encoding="utf-8").splitlines(keepends=True)
    few.write_text("".join(lines[:6]), encoding="utf-8")
    arguments = ["calibrate", "--subjects", str(few), "--home", str(home)]
    result = CliRunner().invoke(app, arguments)
    assert isinstance(result.exception, ConfigurationError)
    assert "at least 20 subjects" in str(result.exception)
    assert not (home / "calibrations").exists()
