"""Importing known people: each comes whole, in a transaction of its own, or not at all.

Running an import again does only what is missing, so one that was stopped goes on where it was:
faces have ids made of the bytes of the photograph, and those the library has are not looked at.
"""

import hashlib
from collections.abc import Iterator, Sequence
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass, replace
from enum import StrEnum
from uuid import UUID

import numpy as np

from vidimus.engine.caller import Caller
from vidimus.engine.people_file import MOST_PHOTOGRAPHS, PersonEntry
from vidimus.engine.people_library import LIBRARY, PeopleLibrary, PersonChange
from vidimus.engine.portraits import Portrait, find_portraits
from vidimus.engine.record import Act
from vidimus.engine.scales import SimilarityScales
from vidimus.errors import CallerError, InvalidParameter
from vidimus.gallery.gallery import NewFace
from vidimus.gallery.similarity import SimilarityScale
from vidimus.imaging.decode import Picture, decode_picture
from vidimus.storage.known_people import KnownPerson
from vidimus.vision.faces import FaceAnalyzer
from vidimus.vision.quality_filter import QualityLevel

UNLIKE = 50.0
"""Photographs of one person less similar than this are to be looked at: a thousandth of the pairs
of strangers are more alike."""


class Outcome(StrEnum):
    """What became of a person of an import."""

    ADDED = "added"
    CHANGED = "changed"
    UNCHANGED = "unchanged"
    REFUSED = "refused"
    REMOVED = "removed"


@dataclass(frozen=True, slots=True)
class PersonReport:
    """What became of a person, why if it was refused, and what somebody should look at."""

    person: KnownPerson
    outcome: Outcome
    reasons: tuple[str, ...] = ()
    look_at: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class _Resemblance:
    """Somebody else in the library who is like a photograph, with the similarity (0..100)."""

    photograph: str
    person: KnownPerson
    similarity: float


@dataclass(frozen=True, slots=True)
class _Prepared:
    """A person as it will be: faces to add by the photograph's name, and ids of those to drop."""

    person: KnownPerson
    new: dict[str, NewFace]
    gone: tuple[str, ...]
    reasons: tuple[str, ...]


class PeopleImport:
    """Brings people into the library and records that it did."""

    def __init__(
        self,
        analyzer: FaceAnalyzer,
        scales: SimilarityScales,
        library: PeopleLibrary,
        model_version: str,
        *,
        threshold: float,
        max_pixels: int,
        workers: int,
    ) -> None:
        """Import with the face model of the library; the first import pins `model_version`.

        Somebody else who is like a photograph by `threshold` or more (0..100) is told. Pictures
        may have `max_pixels`; `workers` of them are looked at at once.
        """
        self._analyzer = analyzer
        self._scales = scales
        self._library = library
        self._model_version = model_version
        self._threshold = threshold
        self._max_pixels = max_pixels
        self._workers = workers

    @property
    def model_version(self) -> str:
        """The face model that imports use: the library's, else the engine's."""
        collection = self._library.find()
        return self._model_version if collection is None else collection.embedder_version

    def import_people(
        self,
        entries: Sequence[PersonEntry],
        *,
        largest_face: bool = False,
        caller: Caller | None = None,
    ) -> Iterator[PersonReport]:
        """Make each person what its entry says, and yield what became of it, in order.

        A photograph must show one face that passes the quality filter AUTO, or, with
        `largest_face`, that face is taken. A person with a photograph that cannot be used is left
        as it was.
        Raises ModelUnavailable where the library's face model is not installed.
        """
        version, removals = self.model_version, self._library.removals()
        wanted = [entry for entry in entries if entry.person.person_id not in removals]
        pool = ThreadPoolExecutor(self._workers)
        try:
            prepared = pool.map(lambda each: self._prepare(each, version, largest_face), wanted)
            for entry in entries:
                since = removals.get(entry.person.person_id)
                if since is None:
                    yield self._finish(next(prepared), version, caller)
                else:
                    reason = f"removed on {since:%Y-%m-%d}; `vidimus celebrities readmit` undoes it"
                    yield PersonReport(entry.person, Outcome.REMOVED, (reason,))
        finally:
            pool.shutdown(cancel_futures=True)

    def _prepare(self, entry: PersonEntry, version: str, largest_face: bool) -> _Prepared:
        """Read the photographs, and embed the faces of those that the library does not have."""
        held = {face.face_id for face in self._library.faces_of(entry.person.person_id)}
        new: dict[str, NewFace] = {}
        reasons: list[str] = []
        wanted: set[str] = set()
        for photograph in entry.photographs:
            try:
                data = photograph.path.read_bytes()
                face_id = _uuid(version, photograph.subject, hashlib.sha256(data).hexdigest())
                if face_id not in held | wanted:
                    new[photograph.name] = self._new_face(data, face_id, version, largest_face)
                wanted.add(face_id)
            except CallerError as error:
                reasons.append(f"{photograph.name}: {error.message}")
            except OSError as error:
                reasons.append(f"{photograph.name}: {error.strerror}")
        return _Prepared(entry.person, new, tuple(sorted(held - wanted)), tuple(reasons))

    def _new_face(self, data: bytes, face_id: str, version: str, largest_face: bool) -> NewFace:
        picture = decode_picture(data, max_pixels=self._max_pixels)
        portrait = self._portrait(picture, largest_face)
        (embedding,) = self._analyzer.embed_faces(picture.pixels, [portrait.face], version)
        box, confidence = portrait.detail.box, portrait.detail.confidence
        image_id = _uuid(version, picture.sha256)
        return NewFace(face_id, image_id, None, box, confidence, np.asarray(embedding, np.float32))

    def _portrait(self, picture: Picture, largest_face: bool) -> Portrait:
        """Return the one face that is fit to be compared; raises InvalidParameter."""
        found = find_portraits(self._analyzer, picture, QualityLevel.AUTO)
        if len(found.fit) > 1 and not largest_face:
            raise InvalidParameter(
                f"it shows {len(found.fit)} faces, and which one is meant is not known: crop it"
            )
        if found.fit:
            return found.fit[0]
        if found.unfit:
            reasons = ", ".join(found.unfit[0].reasons)
            raise InvalidParameter(f"its face is too poor to be compared ({reasons})")
        raise InvalidParameter("no face was found in it")

    def _finish(self, prepared: _Prepared, version: str, caller: Caller | None) -> PersonReport:
        person = prepared.person
        if prepared.reasons:
            return PersonReport(person, Outcome.REFUSED, prepared.reasons)
        before = self._library.find_people([person.person_id]).get(person.person_id)
        same = before is not None and person == replace(before, face_count=0)
        if same and not prepared.new and not prepared.gone:
            return PersonReport(person, Outcome.UNCHANGED)
        scale = self._scales.scale(version)
        others = self._resemblances(prepared, scale)
        self._write(prepared, version, others, caller)
        return PersonReport(
            person,
            Outcome.ADDED if before is None else Outcome.CHANGED,
            look_at=(*_told(others), *_unlike(prepared, scale)),
        )

    def _write(
        self,
        prepared: _Prepared,
        version: str,
        others: Sequence[_Resemblance],
        caller: Caller | None,
    ) -> None:
        person, new = prepared.person, tuple(prepared.new.values())
        act = Act(
            operation="ImportKnownPerson",
            model_version=version,
            collection_id=LIBRARY,
            details={
                "person_id": person.person_id,
                "faces": " ".join(face.face_id for face in new),
                "deleted_faces": " ".join(prepared.gone),
            },
            threshold=self._threshold,
            found=tuple((each.person.person_id, each.similarity) for each in others),
        )
        self._library.put_person(PersonChange(person, new, prepared.gone), act, caller)

    def _resemblances(self, prepared: _Prepared, scale: SimilarityScale) -> list[_Resemblance]:
        """Return for each new photograph the other person most like it, of those like enough."""
        found: list[_Resemblance] = []
        least = scale.score_at(self._threshold)
        for name, face in prepared.new.items():
            candidates = self._library.search(
                face.embedding, limit=MOST_PHOTOGRAPHS + 1, min_score=least
            )
            for each in candidates:
                other = each.face.user_id or ""
                if other != prepared.person.person_id:
                    person = self._library.describe_person(other)
                    found.append(_Resemblance(name, person, scale.similarity(each.score)))
                    break
        return sorted(found, key=lambda each: -each.similarity)


def _told(others: Sequence[_Resemblance]) -> Iterator[str]:
    for each in others:
        yield (
            f"{each.photograph} is like {each.person.name} ({each.person.person_id}), similarity "
            f"{each.similarity:.0f}: one person under two ids, or a photograph under a wrong name?"
        )


def _unlike(prepared: _Prepared, scale: SimilarityScale) -> Iterator[str]:
    """Tell of new photographs that are like none of the person's other new ones."""
    names = list(prepared.new)
    if len(names) < 2:
        return
    rows = np.stack([prepared.new[name].embedding for name in names])
    scores = rows @ rows.T
    np.fill_diagonal(scores, -1)
    for name, score in zip(names, scores.max(axis=1), strict=True):
        similarity = scale.similarity(float(score))
        if similarity < UNLIKE:
            yield f"{name} is like no other photo of this person (similarity {similarity:.0f})"


def _uuid(*parts: str) -> str:
    digest = hashlib.sha256("\n".join(("vidimus known face", *parts)).encode()).digest()
    return str(UUID(bytes=digest[:16], version=4))
