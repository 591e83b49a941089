"""What networks there are: one table, read from `catalog.toml` and the user's own overlay.

A card says everything that is known about one network: its task and rank, its files with their
sha256, where they come from, its licences, and how its input is laid out. Nothing about a network
is ever guessed from its tensors.
"""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any, Literal

from vidimus.errors import ModelUnavailable
from vidimus.runtime import catalog_file

Pack = Literal["core", "standard", "optional", "overlay"]

PERMISSIVE_LICENCES = frozenset(
    {
        "0BSD",
        "Apache-2.0",
        "BSD-2-Clause",
        "BSD-3-Clause",
        "BSL-1.0",
        "CC0-1.0",
        "CC-BY-4.0",
        "ISC",
        "MIT",
        "Unlicense",
        "Zlib",
    }
)


@dataclass(frozen=True, slots=True)
class Archive:
    """One released archive on the package index.

    `requirement` is `package==version`, `sha256` the archive's. `platform` and `python` name the
    wheel when there are several. Members are read below the folder `root`.
    """

    requirement: str
    sha256: str
    platform: str | None = None
    python: str | None = None
    root: str | None = None


@dataclass(frozen=True, slots=True)
class HttpsSource:
    """A file at a public address."""

    url: str


@dataclass(frozen=True, slots=True)
class PypiSource:
    """A member of an archive on the package index."""

    archive: Archive
    member: str


Source = HttpsSource | PypiSource


@dataclass(frozen=True, slots=True)
class ModelFile:
    """One file as its author published it: its size in bytes, sha256 and sources in order.

    `sha256` is empty only for an overlay's file that the user has not pinned yet; such a file is
    refused with a message that says what its sha256 is.
    """

    name: str
    sha256: str
    bytes: int | None = None
    sources: tuple[Source, ...] = ()


@dataclass(frozen=True, slots=True)
class InputLayout:
    """How a network wants its pictures.

    The network's input is `(pixel - mean) * scale`, `mean` for each channel in the order of
    `channels`, pixels 0..255. A width or height of None may be any multiple of the card's stride.
    """

    width: int | None = None
    height: int | None = None
    channels: Literal["RGB", "BGR"] = "RGB"
    mean: tuple[float, float, float] = (0.0, 0.0, 0.0)
    scale: float = 1.0
    layout: Literal["NCHW", "NHWC"] = "NCHW"


@dataclass(frozen=True, slots=True)
class ModelCard:
    """Everything known about one network.

    `rank` 1 is the best of its task. `artefact` is the file that a session opens; it is made by
    `converter` when there is one, else it is one of `files`. `needs` names the networks without
    which this one cannot be used. `exact` is whether it has to run in float32, as an embedder does
    so that two machines agree; else it runs in what the machine is fastest in. `version` is the
    embedder's, digits and dots. `folder` is where an overlay's file lies (it is never copied).
    `parameters` are the facts that the network's module in `models/` reads.
    """

    name: str
    task: str
    pack: Pack
    rank: int
    title: str
    licence_code: str
    licence_weights: str
    training_data: str
    files: tuple[ModelFile, ...] = ()
    input: InputLayout = field(default_factory=InputLayout)
    converter: str | None = None
    artefact: str | None = None
    version: str | None = None
    needs: tuple[str, ...] = ()
    exact: bool = True
    folder: Path | None = None
    parameters: Mapping[str, Any] = field(default_factory=dict)

    @property
    def bytes(self) -> int:
        """How many bytes the card's files have together, as published."""
        return sum(file.bytes or 0 for file in self.files)

    def licences_to_accept(self, accepted: Iterable[str]) -> frozenset[str]:
        """Return the licences of this card that are neither permissive nor `accepted`."""
        named = {licence.casefold() for licence in accepted}
        licences = {self.licence_code, self.licence_weights} - PERMISSIVE_LICENCES
        return frozenset(licence for licence in licences if licence.casefold() not in named)


@dataclass(frozen=True, slots=True)
class Catalog:
    """Every card, in the order of the file; an overlay's card replaces one of the same name."""

    cards: tuple[ModelCard, ...]

    def card(self, name: str) -> ModelCard:
        """Return the card called `name`; raises ModelUnavailable when there is none."""
        for card in self.cards:
            if card.name == name:
                return card
        names = ", ".join(card.name for card in self.cards)
        raise ModelUnavailable(f"No model is called {name!r}; the catalog has {names}.")

    def by_task(self, task: str) -> tuple[ModelCard, ...]:
        """Return the cards for `task`, best rank first, an overlay's before others of its rank."""
        cards = [card for card in self.cards if card.task == task]
        return tuple(sorted(cards, key=lambda card: (card.rank, card.pack != "overlay")))

    def by_pack(self, pack: str) -> tuple[ModelCard, ...]:
        """Return the cards of `pack` in the order of the catalog."""
        return tuple(card for card in self.cards if card.pack == pack)


def load_catalog(overlay: Path | None = None) -> Catalog:
    """Read the catalog, and the user's `overlay` over it when that file exists.

    Raises ConfigurationError, naming the file and the key, when the overlay is wrong.
    """
    cards = {card.name: card for card in _cards_of(catalog_file.read_own_catalog(), None)}
    if overlay is not None and overlay.is_file():
        for card in _cards_of(catalog_file.read_overlay(overlay), overlay.parent.absolute()):
            cards[card.name] = card
    return Catalog(tuple(cards.values()))


def _cards_of(table: catalog_file.Table, folder: Path | None) -> Iterable[ModelCard]:
    archives = {name: _archive(row) for name, row in table.archives.items()}
    for row in table.models:
        yield _card(row, archives, folder)


def _archive(row: catalog_file.ArchiveRow) -> Archive:
    return Archive(row.requirement, row.sha256, row.platform, row.python, row.root)


def _card(
    row: catalog_file.ModelRow, archives: Mapping[str, Archive], folder: Path | None
) -> ModelCard:
    layout = row.input
    return ModelCard(
        name=row.name,
        task=row.task,
        pack=row.pack,
        rank=row.rank,
        title=row.title or row.name,
        licence_code=row.licence_code,
        licence_weights=row.licence_weights,
        training_data=row.training_data,
        files=tuple(_file(file, archives) for file in row.files),
        input=InputLayout(
            layout.width, layout.height, layout.channels, layout.mean, layout.scale, layout.layout
        ),
        converter=row.converter,
        artefact=row.artefact or (row.files[0].name if row.files else None),
        version=row.version,
        needs=tuple(row.needs),
        exact=row.exact,
        folder=folder,
        parameters=row.parameters,
    )


def _file(row: catalog_file.FileRow, archives: Mapping[str, Archive]) -> ModelFile:
    sources: list[Source] = []
    if row.pypi is not None:
        sources.append(PypiSource(archives[row.pypi.archive], row.pypi.member))
    if row.https is not None:
        raw = "https://raw.githubusercontent.com"
        sources.append(
            HttpsSource(f"{raw}/{row.https.repository}/{row.https.commit}/{row.https.path}")
        )
    sources.extend(HttpsSource(url) for url in row.urls)
    return ModelFile(row.name, row.sha256, row.bytes, tuple(sources))
