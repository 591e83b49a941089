"""Write the reference pages of the documentation from the code they describe.

Run `make docs`; a test compares the pages with what this would write.
"""

import sys
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import typer

from vidimus import errors
from vidimus.cli.main import app
from vidimus.gallery.similarity import SimilarityScale
from vidimus.operations import REGISTRY
from vidimus.runtime.calibrations import Calibration, load_calibration
from vidimus.runtime.catalog import ModelCard, load_catalog
from vidimus.settings import Settings
from vidimus.vision.taxonomy import Taxonomy, TaxonomyLabel, read_taxonomy
from vidimus.wire.model import load_contract

REFERENCE = Path(__file__).resolve().parents[1] / "docs" / "reference"


def operations_page() -> str:
    """Return the coverage table: every operation of the API and how far it is built."""
    names = sorted(load_contract().operations)
    built = len([name for name in names if name in REGISTRY])
    lines = [
        "# Operations",
        "",
        f"{built} of the {len(names)} operations of the Rekognition API are built. *real*: every "
        "member, limit and error of the API, on real inference. *partial*: real, but answers lack "
        "what the note says. *absent*: answers `UnknownOperationException` with a sentence that "
        "says so.",
        "",
        "| operation | state | note |",
        "|---|---|---|",
    ]
    for name in names:
        entry = REGISTRY.get(name)
        state = "absent" if entry is None else "partial" if entry.partial else "real"
        lines.append(f"| {name} | {state} | {entry.partial if entry else ''} |")
    return "\n".join(lines) + "\n"


def settings_page() -> str:
    """Return the table of settings."""
    lines = [
        "# Settings",
        "",
        "Each is read from the environment, else from the file that `VIDIMUS_CONFIG` names, else "
        "from `vidimus.toml` in the home (lower case, without the prefix). Unknown names in the "
        "file are refused.",
        "",
        "| environment | default | meaning |",
        "|---|---|---|",
    ]
    for name, field in Settings.model_fields.items():
        default = "`~/.local/share/vidimus`" if name == "home" else f"`{field.default!r}`"
        lines.append(f"| `VIDIMUS_{name.upper()}` | {default} | {field.description} |")
    return "\n".join(lines) + "\n"


def errors_page() -> str:
    """Return the table of errors."""
    lines = [
        "# Errors",
        "",
        "Bodies hold `__type`, `Code` and `Message`; the headers `x-amzn-errortype` and "
        "`x-amzn-RequestId` say the same for SDKs that look there. Messages name the member and "
        "the limit.",
        "",
        "| code | HTTP status | raised as | meaning |",
        "|---|---|---|---|",
    ]
    for kind in _tree(errors.VidimusError):
        meaning = (kind.__doc__ or "").splitlines()[0]
        lines.append(f"| `{kind.code}` | {kind.status} | `{kind.__name__}` | {meaning} |")
    return "\n".join(lines) + "\n"


def _tree(root: type[errors.VidimusError]) -> Iterator[type[errors.VidimusError]]:
    yield root
    for kind in root.__subclasses__():
        if kind.__module__ == errors.__name__:
            yield from _tree(kind)


def models_page() -> str:
    """Return the table of networks with their licences and sources."""
    lines = [
        "# Models",
        "",
        "The core pack comes from the package index alone; the standard pack from a mirror folder "
        "(`VIDIMUS_MODEL_MIRROR`) or pinned public addresses. Every file is checked against the "
        "sha256 of the catalog (`src/vidimus/runtime/catalog.toml`). The best rank installed is "
        "used for each task. A face embedder's version is the `FaceModelVersion` of the "
        "collections pinned to it.",
        "",
        "| task | rank | name | pack | version | code | weights | trained on |",
        "|---|---|---|---|---|---|---|---|",
    ]
    catalog = load_catalog()
    for card in sorted(catalog.cards, key=lambda card: (card.task, card.rank)):
        lines.append(
            f"| {card.task} | {card.rank} | {card.name} | {card.pack} | {card.version or ''} | "
            f"{card.licence_code} | {card.licence_weights} | {card.training_data} |"
        )
    return "\n".join([*lines, "", *_calibrations(catalog.by_task("face_embedder"))]) + "\n"


def _calibrations(embedders: tuple[ModelCard, ...]) -> Iterator[str]:
    yield "## Face model versions"
    yield ""
    yield (
        "What a similarity means for each; the method is in "
        "[similarity](../explanation/similarity.md)."
    )
    yield ""
    yield "| version | embedder | score at 80 (FMR 1e-6) | score at 99 | calibrated on |"
    yield "|---|---|---|---|---|"
    for card in sorted(embedders, key=lambda card: card.version or ""):
        calibration = load_calibration(card.version or "")
        if calibration is not None:
            yield _calibration_row(card, calibration)


def _calibration_row(card: ModelCard, calibration: Calibration) -> str:
    scale = SimilarityScale.from_calibration(calibration.points)
    return (
        f"| {card.version} | {card.name} | {scale.score_at(80):.4f} | {scale.score_at(99):.4f} | "
        f"{calibration.provenance.data_set} |"
    )


def labels_page() -> str:
    """Return the list of labels with what is above each, and of the classes that have none."""
    taxonomy = read_taxonomy()
    boxed = [name for name in taxonomy.labels if taxonomy.object_of(name) is not None]
    lines = [
        "# Labels",
        "",
        f"{len(taxonomy.labels)} labels in {len(taxonomy.categories)} categories; the {len(boxed)} "
        "marked *boxes* have instances. How they were chosen and what they cannot tell is in "
        "[the label taxonomy](../explanation/labels-taxonomy.md).",
        "",
        "| label | also known as | all that it is a kind of | category | instances |",
        "|---|---|---|---|---|",
        *(
            _label(taxonomy.label(name), taxonomy)
            for name in sorted(taxonomy.labels, key=str.casefold)
        ),
        "",
        "## Classes that no label tells",
        "",
        "| class of the network | reason |",
        "|---|---|",
        *(f"| {each.name} | {each.why} |" for each in taxonomy.left_out),
    ]
    return "\n".join(lines) + "\n"


def _label(label: TaxonomyLabel, taxonomy: Taxonomy) -> str:
    cells = (
        label.name,
        ", ".join(label.aliases),
        ", ".join(taxonomy.ancestors(label.name)),
        ", ".join(label.categories),
        "" if label.object_class is None else "boxes",
    )
    return f"| {' | '.join(cells)} |"


def command_line_page() -> str:
    """Return the help of every command."""
    lines = ["# Command line", ""]
    for path, command in _commands(typer.main.get_command(app), ("vidimus",)):
        lines += [f"## `{' '.join(path)}`", "", (command.help or "").strip(), ""]
        rows = [_parameter(each) for each in command.params if each.name != "help"]
        if rows:
            lines += ["| argument | meaning |", "|---|---|", *rows, ""]
    return "\n".join(lines).rstrip() + "\n"


def _commands(command: Any, path: tuple[str, ...]) -> Iterator[tuple[tuple[str, ...], Any]]:
    children = getattr(command, "commands", None)
    if children is None:
        yield path, command
        return
    for name, child in children.items():
        yield from _commands(child, (*path, name))


def _parameter(parameter: Any) -> str:
    names = ", ".join(f"`{name}`" for name in (*parameter.opts, *parameter.secondary_opts))
    return f"| {names} | {getattr(parameter, 'help', None) or ''} |"


PAGES = {
    "operations.md": operations_page,
    "settings.md": settings_page,
    "errors.md": errors_page,
    "models.md": models_page,
    "labels.md": labels_page,
    "command-line.md": command_line_page,
}


def main() -> None:
    """Write every page."""
    REFERENCE.mkdir(parents=True, exist_ok=True)
    for name, page in PAGES.items():
        (REFERENCE / name).write_text(page(), encoding="utf-8")
        sys.stdout.write(f"docs/reference/{name}\n")


if __name__ == "__main__":
    main()
