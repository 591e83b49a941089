"""The catalog's file format, checked: TOML in, rows out, or an error that names the key."""

import tomllib
from collections.abc import Mapping
from importlib import resources
from pathlib import Path
from typing import Annotated, Any, Literal

import msgspec

from vidimus.errors import ConfigurationError

Name = Annotated[str, msgspec.Meta(pattern=r"^[a-z0-9][a-z0-9.-]*$")]
Sha256 = Annotated[str, msgspec.Meta(pattern=r"^([0-9a-f]{64})?$")]
Side = Annotated[int, msgspec.Meta(ge=1, le=4096)]
RelativePath = Annotated[str, msgspec.Meta(min_length=1)]


class Row(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """A table of the file; a key it does not know is an error."""


class ArchiveRow(Row, frozen=True):
    """`[archives.NAME]`: a released archive on the package index."""

    requirement: str
    sha256: Sha256
    platform: str | None = None
    python: str | None = None
    root: str | None = None


class PypiRow(Row, frozen=True):
    """`pypi`: a member of an archive."""

    archive: str
    member: str


class RepositoryRow(Row, frozen=True):
    """`https`: a path in a public repository at one commit."""

    repository: str
    commit: Annotated[str, msgspec.Meta(pattern=r"^[0-9a-f]{40}$")]
    path: str


class FileRow(Row, frozen=True):
    """`files`: one file of a network."""

    name: RelativePath
    sha256: Sha256 = ""
    bytes: Annotated[int, msgspec.Meta(ge=1)] | None = None
    pypi: PypiRow | None = None
    https: RepositoryRow | None = None
    urls: list[Annotated[str, msgspec.Meta(pattern=r"^https://")]] = []


class InputRow(Row, frozen=True):
    """`input`: how the network wants its pictures."""

    width: Side | None = None
    height: Side | None = None
    channels: Literal["RGB", "BGR"] = "RGB"
    mean: tuple[float, float, float] = (0.0, 0.0, 0.0)
    scale: float = 1.0
    layout: Literal["NCHW", "NHWC"] = "NCHW"


class ModelRow(Row, frozen=True):
    """`[[models]]`: one network."""

    name: Name
    task: Annotated[str, msgspec.Meta(pattern=r"^[a-z][a-z_]*$")]
    licence_weights: str
    pack: Literal["core", "standard", "optional", "overlay"] = "overlay"
    rank: Annotated[int, msgspec.Meta(ge=0, le=1000)] = 0
    licence_code: str = "Apache-2.0"
    training_data: str = "not stated"
    title: str = ""
    files: list[FileRow] = []
    input: InputRow = InputRow()
    converter: str | None = None
    artefact: str | None = None
    version: Annotated[str, msgspec.Meta(pattern=r"^[0-9.]+$", max_length=32)] | None = None
    needs: list[str] = []
    exact: bool = True
    parameters: dict[str, Any] = {}


class Table(Row, frozen=True):
    """A whole catalog file."""

    models: list[ModelRow] = []
    archives: Mapping[str, ArchiveRow] = {}


def read_own_catalog() -> Table:
    """Read the catalog that comes with vidimus."""
    text = resources.files("vidimus.runtime").joinpath("catalog.toml").read_text("utf-8")
    return msgspec.convert(tomllib.loads(text), Table)


def read_overlay(path: Path) -> Table:
    """Read a user's catalog; raises ConfigurationError naming the file and the key."""
    try:
        table = msgspec.convert(tomllib.loads(path.read_text("utf-8")), Table)
    except (tomllib.TOMLDecodeError, UnicodeDecodeError, OSError) as error:
        raise ConfigurationError(f"The model overlay {path} cannot be read: {error}.") from error
    except msgspec.ValidationError as error:
        raise ConfigurationError(f"The model overlay {path} is wrong: {error}.") from error
    for row in table.models:
        _check_overlay_row(row, path)
    return table


def _check_overlay_row(row: ModelRow, path: Path) -> None:
    def refuse(problem: str) -> ConfigurationError:
        return ConfigurationError(
            f"The model overlay {path} is wrong: model {row.name!r} {problem}."
        )

    if row.pack != "overlay":
        raise refuse(f"must be of pack 'overlay', not {row.pack!r}")
    if not row.files:
        raise refuse("names no file; add files = [{ name = ..., sha256 = ... }]")
    if row.converter is not None:
        raise refuse("has a converter; an overlay's file is opened as it is (ONNX, IR or TFLite)")
    if row.task == "face_embedder":
        _check_embedder(row, refuse)


def _check_embedder(row: ModelRow, refuse: Any) -> None:
    if row.version is None:
        raise refuse("is a face embedder and needs a version, digits and dots")
    if row.input.width is None or row.input.height != row.input.width:
        raise refuse("is a face embedder and needs input.width = input.height, its chip's side")
    if not isinstance(row.parameters.get("dimensions"), int):
        raise refuse("is a face embedder and needs parameters.dimensions")
    template = row.parameters.get("template")
    try:
        msgspec.convert(template, tuple[_Point, _Point, _Point, _Point, _Point])
    except msgspec.ValidationError as error:
        raise refuse(
            "is a face embedder and needs parameters.template: five [x, y] as ratios of the chip's"
            f" side, 0 to 1 (eyes, nose, mouth corners, left first): {error}"
        ) from error


_Ratio = Annotated[float, msgspec.Meta(ge=0.0, le=1.0)]
_Point = tuple[_Ratio, _Ratio]
