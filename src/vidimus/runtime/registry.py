"""Which networks are here, which is best for a task, and their sessions, opened when first used."""

import threading
from collections.abc import Callable, Iterable
from dataclasses import dataclass
from pathlib import Path

from vidimus.errors import ModelUnavailable
from vidimus.runtime.catalog import Catalog, ModelCard, load_catalog
from vidimus.runtime.session import (
    InferenceEngine,
    ModelSession,
    SessionOptions,
    open_engine,
)
from vidimus.runtime.shelf import (
    InstalledModel,
    Shelf,
    overlay_flaws,
    refuse_unaccepted_licences,
    sha256_of,
)
from vidimus.settings import Settings

REPAIR = "run `vidimus models pull` to fetch it again"


@dataclass(frozen=True, slots=True)
class ModelFlaw:
    """A file that is not what it should be."""

    model: str
    message: str


class ModelRegistry:
    """The networks of one models folder.

    `folder` holds pulled files; an overlay's lie where its TOML file is. `open_inference` makes
    the engine, which happens at the first session. `accepted_licences` are those the user named.
    What is installed is read once, at the start.
    """

    def __init__(
        self,
        catalog: Catalog,
        folder: Path,
        open_inference: Callable[[], InferenceEngine],
        accepted_licences: Iterable[str] = (),
    ) -> None:
        self.catalog = catalog
        self.folder = folder
        self._open_inference = open_inference
        self._accepted = frozenset(accepted_licences)
        self._installed = Shelf(folder).read()
        self._lock = threading.Lock()
        self._engine: InferenceEngine | None = None
        self._sessions: dict[Path, ModelSession] = {}

    # --- which networks are here

    def installed(self, card: ModelCard) -> bool:
        """Tell whether the card's files, and the networks it needs, are here."""
        if not all(self.installed(self.catalog.card(name)) for name in card.needs):
            return False
        if card.folder is not None:
            return all((card.folder / file.name).is_file() for file in card.files)
        return not card.files or card.name in self._installed

    def cards_for(self, task: str) -> tuple[ModelCard, ...]:
        """Return the installed cards for `task`, best first."""
        return tuple(card for card in self.catalog.by_task(task) if self.installed(card))

    def card_for(self, task: str) -> ModelCard | None:
        """Return the best installed card for `task`, None when there is none."""
        return next(iter(self.cards_for(task)), None)

    def embedder_of_version(self, version: str) -> ModelCard:
        """Return the face embedder of `version`; raises ModelUnavailable unless installed."""
        for card in self.catalog.by_task("face_embedder"):
            if card.version == version:
                if self.installed(card):
                    return card
                raise ModelUnavailable(
                    f"Face embedder version {version} ({card.name}) is not installed;"
                    f" run `vidimus models pull {card.name}`."
                )
        raise ModelUnavailable(f"No face embedder of the catalog has version {version}.")

    def missing(self) -> tuple[ModelCard, ...]:
        """Return the cards that are not installed, in the catalog's order."""
        return tuple(card for card in self.catalog.cards if not self.installed(card))

    def summary(self) -> list[str]:
        """Say in a few lines which networks are active and which are not here, for people."""
        tasks = dict.fromkeys(card.task for card in self.catalog.cards)
        active = [card.name for task in tasks for card in self.cards_for(task)]
        lines = [f"networks: {', '.join(active) or 'none'}"]
        missing = [card.name for card in self.missing() if card.pack != "optional"]
        if missing:
            lines.append(f"not installed: {', '.join(missing)} (`vidimus models pull`)")
        return lines

    # --- sessions

    def session(self, name: str) -> ModelSession:
        """Return the session of the card `name`, opened at the first call.

        Raises ModelUnavailable when the network is not installed or cannot be loaded.
        """
        card = self.catalog.card(name)
        path = self.path_of(card)
        opened = self._sessions.get(path)
        if opened is not None:
            return opened
        with self._lock:
            if path not in self._sessions:
                self._sessions[path] = self._open_engine().open_session(path, exact=card.exact)
            return self._sessions[path]

    def path_of(self, card: ModelCard) -> Path:
        """Return the file that a session of `card` opens; raises ModelUnavailable if not here."""
        if not card.files or card.artefact is None:
            raise ModelUnavailable(f"{card.name} is made of {', '.join(card.needs)}.")
        if not self.installed(card):
            raise ModelUnavailable(
                f"{card.name} is not installed; run `vidimus models pull {card.name}`."
            )
        if card.folder is not None:
            return card.folder / card.artefact
        return self.folder / self._installed[card.name].artefact

    @property
    def loaded(self) -> int:
        """How many networks are loaded."""
        return len(self._sessions)

    @property
    def engine_description(self) -> str:
        """The inference engine, its version and the device, for people."""
        with self._lock:
            return self._open_engine().description

    def _open_engine(self) -> InferenceEngine:
        if self._engine is None:
            self._engine = self._open_inference()
        return self._engine

    # --- whether the files are what they should be

    def check(self) -> None:
        """Check every file that a session may open, before the server starts.

        Raises ModelUnavailable naming the file when one is missing or altered, LicenceRequired
        when an overlay's licence was not named. Files that conversions were made from are left to
        `verify`.
        """
        for card in self.catalog.cards:
            if card.folder is not None:
                refuse_unaccepted_licences(card, self._accepted)
            flaws = self._flaws(card, sources=False)
            if flaws:
                raise ModelUnavailable(f"Model {card.name}: {flaws[0].message}.")

    def verify(self, progress: Callable[[ModelCard], None] | None = None) -> list[ModelFlaw]:
        """Check every file of every installed network; `progress` hears of each before its turn."""
        flaws: list[ModelFlaw] = []
        for card in self.catalog.cards:
            if progress is not None:
                progress(card)
            flaws += self._flaws(card, sources=True)
        return flaws

    def _flaws(self, card: ModelCard, *, sources: bool) -> list[ModelFlaw]:
        if card.folder is not None:
            return [ModelFlaw(card.name, message) for message in overlay_flaws(card)]
        installed = self._installed.get(card.name)
        if installed is None:
            return []
        messages = [self._pin_flaw(card, installed)]
        for name, sha256 in installed.files.items():
            if sources or card.converter is None or name == installed.artefact:
                messages.append(_file_flaw(self.folder / name, sha256))
        return [ModelFlaw(card.name, message) for message in messages if message]

    def _pin_flaw(self, card: ModelCard, installed: InstalledModel) -> str:
        for file in card.files:
            if installed.files.get(file.name) != file.sha256:
                return f"{file.name} is not the file that the catalog pins; {REPAIR}"
        return ""


def _file_flaw(path: Path, sha256: str) -> str:
    try:
        found = sha256_of(path)
    except OSError as error:
        return f"{path} is missing or cannot be read ({error.strerror}); {REPAIR}"
    if found != sha256:
        return f"{path} was altered: its sha256 is {found}, not {sha256}; {REPAIR}"
    return ""


def open_registry(settings: Settings) -> ModelRegistry:
    """Return the registry of the home's models folder, by the operator's settings."""
    options = SessionOptions(
        device=settings.device,
        threads=settings.threads or settings.cores,
        requests=settings.workers or settings.cores,
        cache=compiled_path(settings),
    )
    return ModelRegistry(
        load_catalog(settings.overlay_path),
        settings.models_path,
        lambda: open_engine(options),
        accepted_licences(settings),
    )


def compiled_path(settings: Settings) -> Path:
    """Return the folder of compiled networks, which may be emptied at any time."""
    return settings.models_path / "compiled"


def accepted_licences(settings: Settings) -> frozenset[str]:
    """Return the licences that the operator named."""
    names = (name.strip() for name in settings.accepted_licences.split(","))
    return frozenset(name for name in names if name)
