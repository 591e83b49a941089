"""What is public is documented, what is documented exists, and examples run."""

import re
import shutil
from pathlib import Path

import pytest
from tools.generate_reference import PAGES

import vidimus
from tests.conftest import CHECKOUT
from vidimus.operations import REGISTRY
from vidimus.settings import Settings

DOCS = CHECKOUT / "docs"
PAGES_WITH_LINKS = [CHECKOUT / "README.md", *sorted(DOCS.rglob("*.md"))]


@pytest.mark.parametrize("name", PAGES)
def test_the_reference_is_what_the_code_says(name: str) -> None:
    written = (DOCS / "reference" / name).read_text(encoding="utf-8")
    assert written == PAGES[name](), "run `make docs`"


def test_every_setting_says_what_it_means() -> None:
    assert all(field.description for field in Settings.model_fields.values())


def test_every_public_name_is_told_in_the_python_guide() -> None:
    text = (DOCS / "how-to" / "python.md").read_text() + (vidimus.__doc__ or "")
    names = {"open_engine", "read_picture", "read_settings", "Attribute"}
    assert all(f"vidimus.{name}" in text for name in names)
    assert all(hasattr(vidimus, name) for name in vidimus.__all__)


@pytest.mark.parametrize("page", PAGES_WITH_LINKS, ids=lambda page: page.name)
def test_links_lead_somewhere(page: Path) -> None:
    for target in re.findall(r"\]\(([^)#]+?)(?:#[^)]*)?\)", page.read_text(encoding="utf-8")):
        if "://" not in target:
            assert (page.parent / target).exists(), target


def test_the_readme_counts_the_operations() -> None:
    readme = (CHECKOUT / "README.md").read_text(encoding="utf-8")
    assert f"{len(REGISTRY)} of the API's 75 operations are built" in readme


def test_every_dependency_is_explained() -> None:
    import tomllib

    project = tomllib.loads((CHECKOUT / "pyproject.toml").read_text())["project"]
    explained = (DOCS / "dependencies.md").read_text()
    for requirement in project["dependencies"]:
        name, floor = re.match(r"([a-z0-9-]+(?:\[[a-z]+\])?)>=([0-9.]+)", requirement).groups()  # type: ignore[union-attr]
        row = re.search(rf"^\| {re.escape(name)} \| ([0-9.]+) \|", explained, re.MULTILINE)
        assert row, name
        assert _numbers(row[1]) == _numbers(floor), name


def _numbers(version: str) -> list[int]:
    numbers = [int(part) for part in version.split(".")]
    while numbers and numbers[-1] == 0:
        numbers.pop()
    return numbers


def test_the_python_example_runs(
    tmp_path: Path,
    people: Path,
    models_path: Path,
    monkeypatch: pytest.MonkeyPatch,
    capsys: pytest.CaptureFixture[str],
) -> None:
    photos = tmp_path / "photos"
    photos.mkdir()
    for name, file in {"ada-1": "face_3", "ada-2": "face_3_0", "grace-1": "face_7"}.items():
        shutil.copy(people / f"{file}.jpg", photos / f"{name}.jpg")
    text = (DOCS / "how-to" / "python.md").read_text(encoding="utf-8")
    (example,) = re.findall(r"```python\n(.+?)```", text, re.DOTALL)
    monkeypatch.chdir(tmp_path)
    monkeypatch.setenv("VIDIMUS_MODELS", str(models_path))
    exec(compile(example, "python.md", "exec"), {})
    said = capsys.readouterr().out
    assert re.search(r"ada: similarity \d", said)
    assert "grace" not in said
