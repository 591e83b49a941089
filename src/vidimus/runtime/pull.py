"""Bringing networks into the models folder, checked by sha256, converted where need be.

Sources are tried in order: the mirror folder, then those of the catalog. What was pulled before is
not fetched again. One network's trouble does not keep the others from coming.
"""

import tempfile
from collections.abc import Callable, Iterable
from dataclasses import dataclass
from pathlib import Path
from typing import Literal, Protocol

from vidimus.errors import LicenceRequired, ModelUnavailable
from vidimus.runtime.catalog import HttpsSource, ModelCard, ModelFile, Source
from vidimus.runtime.convert import convert, revision_of
from vidimus.runtime.fetch import Advance, HttpsFetcher, MirrorFetcher, PypiFetcher
from vidimus.runtime.shelf import (
    InstalledModel,
    Shelf,
    overlay_flaws,
    refuse_unaccepted_licences,
    sha256_of,
)


class PullProgress(Protocol):
    """What a pull tells as it goes; the bytes are those of the file as it is stored."""

    def started(self, card: ModelCard) -> None:
        """Work on a network begins."""
        ...

    def advanced(self, card: ModelCard, count: int) -> None:
        """So many bytes more of the network have come; negative when a source failed half-way."""
        ...

    def finished(self, outcome: "PullOutcome") -> None:
        """Work on a network is done."""
        ...


@dataclass(frozen=True, slots=True)
class PullOutcome:
    """What became of one network; `message` says why when it failed."""

    card: ModelCard
    status: Literal["present", "pulled", "failed"]
    message: str = ""


class Puller:
    """Pulls networks into `shelf`; use as a context, which deletes the archives at its end.

    `mirror` is a folder of copies that is tried first; `accepted_licences` are those that the user
    named.
    """

    def __init__(
        self, shelf: Shelf, mirror: Path | None = None, accepted_licences: Iterable[str] = ()
    ) -> None:
        self._shelf = shelf
        self._accepted = frozenset(accepted_licences)
        self._workspace = tempfile.TemporaryDirectory(prefix="vidimus-pull-")
        self._mirror = MirrorFetcher(mirror)
        self._https = HttpsFetcher()
        self._pypi = PypiFetcher(Path(self._workspace.name))

    def __enter__(self) -> "Puller":
        return self

    def __exit__(self, *_: object) -> None:
        self._workspace.cleanup()

    def pull(self, cards: Iterable[ModelCard], progress: PullProgress) -> list[PullOutcome]:
        """Pull each card; the outcomes stand in the order of `cards`."""
        outcomes = []
        with self._shelf.lock():
            for card in cards:
                progress.started(card)
                outcome = self._pull_card(card, progress)
                progress.finished(outcome)
                outcomes.append(outcome)
        return outcomes

    def _pull_card(self, card: ModelCard, progress: PullProgress) -> PullOutcome:
        try:
            if self._is_present(card):
                return PullOutcome(card, "present")
            refuse_unaccepted_licences(card, self._accepted)
            for file in card.files:
                self._bring(file, lambda count: progress.advanced(card, count))
            self._finish(card)
        except (ModelUnavailable, LicenceRequired) as error:
            return PullOutcome(card, "failed", str(error))
        except OSError as error:
            return PullOutcome(card, "failed", f"The models folder cannot be written: {error}.")
        return PullOutcome(card, "pulled")

    def _is_present(self, card: ModelCard) -> bool:
        if not card.files:
            return True
        if card.pack == "overlay":
            return not overlay_flaws(card)
        installed = self._shelf.read().get(card.name)
        if installed is None or installed.revision != revision_of(card.converter):
            return False
        pinned = {file.name: file.sha256 for file in card.files}
        return pinned.items() <= installed.files.items() and all(
            self._lies_there(name, sha256) for name, sha256 in installed.files.items()
        )

    def _lies_there(self, name: str, sha256: str) -> bool:
        path = self._shelf.folder / name
        return path.is_file() and sha256_of(path) == sha256

    def _bring(self, file: ModelFile, advance: Advance) -> None:
        """Put `file` into the folder from the first source that has the right bytes."""
        if self._lies_there(file.name, file.sha256):
            advance(file.bytes or 0)
            return
        troubles = []
        for fetch in self._attempts(file):
            try:
                self._fetch_checked(file, fetch, advance)
                return
            except ModelUnavailable as error:
                troubles.append(str(error))
        raise ModelUnavailable(f"{file.name}: {'; '.join(troubles) or 'it has no source'}")

    def _attempts(self, file: ModelFile) -> Iterable[Callable[[Path, Advance], None]]:
        if self._mirror.has(file):
            yield lambda target, advance: self._mirror.fetch(file, target, advance)
        for source in file.sources:
            yield self._attempt(source)

    def _attempt(self, source: Source) -> Callable[[Path, Advance], None]:
        if isinstance(source, HttpsSource):
            return lambda target, advance: self._https.fetch(source, target, advance)
        return lambda target, advance: self._pypi.fetch(source, target, advance)

    def _fetch_checked(
        self, file: ModelFile, fetch: Callable[[Path, Advance], None], advance: Advance
    ) -> None:
        come = 0

        def count(bytes_more: int) -> None:
            nonlocal come
            come += bytes_more
            advance(bytes_more)

        part = self._shelf.folder / f".{file.name}.part"
        try:
            fetch(part, count)
            found = sha256_of(part)
            if found != file.sha256:
                raise ModelUnavailable(f"its sha256 is {found}, not {file.sha256}: refused")
            part.replace(self._shelf.folder / file.name)
        except BaseException:
            advance(-come)
            raise
        finally:
            part.unlink(missing_ok=True)

    def _finish(self, card: ModelCard) -> None:
        """Convert where the card says so, and note the network as installed."""
        artefact = card.artefact or card.files[0].name
        files = {file.name: file.sha256 for file in card.files}
        if card.converter is not None:
            paths = [self._shelf.folder / file.name for file in card.files]
            data = convert(card.converter, paths, card.parameters)
            part = self._shelf.folder / f".{artefact}.part"
            part.write_bytes(data)
            part.replace(self._shelf.folder / artefact)
            files[artefact] = sha256_of(self._shelf.folder / artefact)
        self._shelf.record(card, InstalledModel(artefact, files, revision_of(card.converter)))
