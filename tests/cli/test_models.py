"""`vidimus models`: what a user sees."""

from pathlib import Path

import pytest
from typer.testing import CliRunner, Result

from tests.runtime.conftest import digest, tripling_network
from vidimus.cli.models import app

OVERLAY = """
[[models]]
name = "mine"
task = "emotion"
licence_weights = "{licence}"
files = [{{ name = "mine.onnx", sha256 = "{sha256}" }}]
"""


@pytest.fixture
def home(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """A home with an overlay of one network, and no other home's settings."""
    for name in ("VIDIMUS_MODELS", "VIDIMUS_MODEL_MIRROR", "VIDIMUS_CONFIG", "VIDIMUS_HOME"):
        monkeypatch.delenv(name, raising=False)
    monkeypatch.setenv("XDG_DATA_HOME", str(tmp_path / "data"))
    (tmp_path / "mine.onnx").write_bytes(tripling_network())
    write_overlay(tmp_path)
    return tmp_path


def write_overlay(home: Path, licence: str = "MIT") -> None:
    text = OVERLAY.format(licence=licence, sha256=digest(tripling_network()))
    (home / "models.toml").write_text(text)


def invoke(home: Path, *arguments: str) -> Result:
    return CliRunner().invoke(app, [*arguments, "--home", str(home)])


def test_list_shows_every_network_and_its_state(home: Path) -> None:
    result = invoke(home, "list")
    assert result.exit_code == 0
    lines = {line.split()[0]: line.rstrip() for line in result.stdout.splitlines() if line.strip()}
    assert lines["mine"].endswith("active")
    assert lines["dlib-resnet"].endswith("absent")
    assert "CC0-1.0" in lines["dlib-resnet"]


def test_pull_from_a_mirror_says_the_licence(
    home: Path, shared: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("VIDIMUS_MODEL_MIRROR", str(shared / "models" / "upstream"))
    result = invoke(home, "pull", "yunet", "omz-gaze-0002")
    assert result.exit_code == 0, result.stdout
    assert "pulled  yunet (Apache-2.0)" in result.stdout
    assert "pulled  omz-head-pose-0001" in result.stdout  # the gaze network needs it
    assert (home / "models" / "yunet_n_dynamic.onnx").is_file()
    assert "present yunet" in invoke(home, "pull", "yunet").stdout
    assert "active" in invoke(home, "list").stdout


def test_a_pull_that_fails_exits_with_1_and_says_why(
    home: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    mirror = home / "mirror"
    mirror.mkdir()
    (mirror / "yunet_n_dynamic.onnx").write_bytes(b"altered")
    monkeypatch.setenv("VIDIMUS_MODEL_MIRROR", str(mirror))
    monkeypatch.setenv("HTTPS_PROXY", "http://127.0.0.1:1")
    result = invoke(home, "pull", "yunet")
    assert result.exit_code == 1
    assert f"its sha256 is {digest(b'altered')}" in result.stdout
    assert "raw.githubusercontent.com is not reachable" in result.stdout


def test_verify_finds_an_altered_file_and_drops_compiled_networks(home: Path) -> None:
    compiled = home / "models" / "compiled"
    compiled.mkdir(parents=True)
    (compiled / "1.blob").write_bytes(b"compiled")
    result = invoke(home, "verify")
    assert result.exit_code == 0
    assert result.stdout.strip() == "1 networks verified."
    assert not list(compiled.iterdir())
    (home / "mine.onnx").write_bytes(b"altered")
    result = invoke(home, "verify")
    assert result.exit_code == 1
    assert "mine.onnx has sha256" in result.stdout


def test_an_unknown_pack_is_refused(home: Path) -> None:
    result = invoke(home, "pull", "--pack", "all-of-them")
    assert result.exit_code == 2
    assert "no pack is called" in result.output


def test_nothing_but_help_without_a_command() -> None:
    assert "verify" in CliRunner().invoke(app, []).output
