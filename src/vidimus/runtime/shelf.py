"""The folder of models: what lies there, and the record of what was put there.

`installed.json` names each network that was pulled, with the sha256 of every file of it: those
published, which the catalog pins, and the one that a converter made of them, which it cannot pin.
"""

import fcntl
import hashlib
from collections.abc import Iterable, Iterator, Mapping
from contextlib import contextmanager
from pathlib import Path

import msgspec

from vidimus.errors import LicenceRequired, ModelUnavailable
from vidimus.runtime.catalog import ModelCard

RECORD_NAME = "installed.json"


class InstalledModel(msgspec.Struct, frozen=True):
    """A network that was pulled: the sha256 of its files, and the file that a session opens.

    `revision` is the converter's that made it, 0 without one.
    """

    artefact: str
    files: dict[str, str]
    revision: int = 0


def sha256_of(path: Path) -> str:
    """Return the sha256 of the file in hexadecimal; raises OSError."""
    with path.open("rb") as file:
        return hashlib.file_digest(file, "sha256").hexdigest()


class Shelf:
    """The folder `<home>/models`."""

    def __init__(self, folder: Path) -> None:
        self.folder = folder

    def read(self) -> dict[str, InstalledModel]:
        """Return what was pulled, by name; raises ModelUnavailable when the record is broken."""
        path = self.folder / RECORD_NAME
        try:
            return msgspec.json.decode(path.read_bytes(), type=dict[str, InstalledModel])
        except FileNotFoundError:
            return {}
        except (OSError, msgspec.DecodeError) as error:
            raise ModelUnavailable(
                f"{path} cannot be read ({error}); delete it and run `vidimus models pull`."
            ) from error

    def record(self, card: ModelCard, model: InstalledModel) -> None:
        """Note that `card` was pulled."""
        installed: Mapping[str, InstalledModel] = {**self.read(), card.name: model}
        part = self.folder / f".{RECORD_NAME}.part"
        part.write_bytes(msgspec.json.format(msgspec.json.encode(installed), indent=1) + b"\n")
        part.replace(self.folder / RECORD_NAME)

    @contextmanager
    def lock(self) -> Iterator[None]:
        """Hold the folder for writing; waits for another process that does."""
        self.folder.mkdir(parents=True, exist_ok=True)
        with (self.folder / ".lock").open("w") as file:
            fcntl.flock(file, fcntl.LOCK_EX)
            yield


def refuse_unaccepted_licences(card: ModelCard, accepted: Iterable[str]) -> None:
    """Raise LicenceRequired when the card's licence is not permissive and was not named."""
    licences = card.licences_to_accept(accepted)
    if licences:
        names = ", ".join(sorted(licences))
        raise LicenceRequired(
            f"{card.name} is under {names}; read it and, if you accept it, name it in the setting"
            f" accepted_licences (VIDIMUS_ACCEPTED_LICENCES={names})."
        )


def overlay_flaws(card: ModelCard) -> list[str]:
    """Say what is wrong with the files of an overlay's card; empty when nothing is."""
    flaws = []
    for file in card.files:
        path = (card.folder or Path()) / file.name
        if not path.is_file():
            flaws.append(f"{path} is missing")
            continue
        found = sha256_of(path)
        if not file.sha256:
            flaws.append(f'{path} is not pinned; add sha256 = "{found}"')
        elif found != file.sha256:
            flaws.append(f"{path} has sha256 {found}, not {file.sha256}")
    return flaws
