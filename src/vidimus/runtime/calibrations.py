"""What is known of an embedder's false match rate, as a JSON table with its provenance.

Vidimus brings a table for each embedder of its catalog (`calibrations/<version>.json` beside
this file). A table of the same version in the user's home, written by `vidimus calibrate`,
wins. `vidimus.gallery.similarity` turns the table into similarities.
"""

import os
import re
from collections.abc import Mapping
from dataclasses import dataclass
from importlib.resources import files
from pathlib import Path
from typing import Literal

import msgspec

from vidimus.errors import ConfigurationError

_VERSION = re.compile(r"[0-9.]{1,32}")
FORMAT = 1


@dataclass(frozen=True, slots=True)
class CalibrationPoint:
    """One line of the table: how often two different people reach `score`.

    `log10_fmr` is what similarities are made of: the cautious end of the interval. `estimate` is
    the best guess, `lower` and `upper` its 95 % interval, all log10 of the false match rate.
    """

    score: float
    log10_fmr: float
    estimate: float
    lower: float
    upper: float
    basis: Literal["bound", "counted", "extrapolated"]


@dataclass(frozen=True, slots=True)
class TailFit:
    """How the rates beyond what can be counted were told."""

    variable: str
    family: str
    threshold: float
    exceedances: int
    scale: float
    shape: float


@dataclass(frozen=True, slots=True)
class Provenance:
    """Where a table comes from: enough to make it again.

    `embedder_files` maps each of the network's files to its sha256; `excluded` names photographs
    left out by hand, `skipped` those in which no face was found.
    """

    date: str
    data_set: str
    pictures: int
    faces: int
    subjects: int
    impostor_pairs: int
    mated_pairs: int
    embedder_files: Mapping[str, str]
    detector: str
    tail: TailFit
    interval: str
    least_counted_fmr: float
    excluded: tuple[str, ...] = ()
    skipped: tuple[str, ...] = ()
    notes: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class Calibration:
    """The table of one embedder version: points by rising score, FMR 1 down to 1e-8 at least."""

    version: str
    embedder: str
    points: tuple[CalibrationPoint, ...]
    provenance: Provenance
    format: int = FORMAT


def load_calibration(version: str, overlay_folder: Path | None = None) -> Calibration | None:
    """Return the calibration of embedder `version`: the user's own, else the bundled one.

    None where there is neither; raises ConfigurationError where a file is not such a table.
    """
    name = file_name(version)
    if overlay_folder is not None and (overlay_folder / name).is_file():
        return _decode((overlay_folder / name).read_bytes(), version, str(overlay_folder / name))
    bundled = files("vidimus.runtime") / "calibrations" / name
    return _decode(bundled.read_bytes(), version, name) if bundled.is_file() else None


def save_calibration(calibration: Calibration, path: Path) -> None:
    """Write `calibration` as JSON to `path`, whole or not at all."""
    path.parent.mkdir(parents=True, exist_ok=True)
    text = msgspec.json.format(msgspec.json.encode(calibration), indent=1) + b"\n"
    partial = path.with_name(f"{path.name}.{os.getpid()}.part")
    partial.write_bytes(text)
    partial.replace(path)


def file_name(version: str) -> str:
    """Return the name of the table's file; raises ConfigurationError for a malformed version."""
    if not _VERSION.fullmatch(version):
        raise ConfigurationError(f"An embedder version has digits and dots only, not {version!r}.")
    return f"{version}.json"


def _decode(data: bytes, version: str, origin: str) -> Calibration:
    try:
        calibration = msgspec.json.decode(data, type=Calibration)
    except msgspec.MsgspecError as error:
        raise ConfigurationError(f"{origin} is not a calibration table: {error}.") from error
    if calibration.format != FORMAT or calibration.version != version:
        raise ConfigurationError(
            f"{origin} is a table of version {calibration.version}, format {calibration.format}; "
            f"version {version}, format {FORMAT} was looked for."
        )
    return calibration
