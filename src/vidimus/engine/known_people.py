"""Recognition: which faces of a picture are of people in the library, recorded as a search.

A name said of the wrong person does harm, so it is withheld in doubt: a face too poor to be
compared is not searched, and nobody is named twice in one picture.
"""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from vidimus.accountability.ledger import Receipt
from vidimus.engine.caller import Caller
from vidimus.engine.people_library import LIBRARY, PeopleLibrary
from vidimus.engine.portraits import Portrait, Portraits, sift_faces
from vidimus.engine.record import Act
from vidimus.engine.scales import SimilarityScales
from vidimus.errors import ModelUnavailable
from vidimus.gallery.gallery import Collection
from vidimus.imaging.decode import Picture
from vidimus.storage.known_people import KnownPerson
from vidimus.vision.face_types import Attribute, DetectedFace, FaceDetail
from vidimus.vision.faces import FaceAnalyzer
from vidimus.vision.quality_filter import QualityLevel

MOST_FACES = 64
_TOLD = frozenset({Attribute.EMOTIONS, Attribute.SMILE})


@dataclass(frozen=True, slots=True)
class NamedFace:
    """A face and who it is taken for, with the similarity (0..100) to the likest photograph."""

    person: KnownPerson
    similarity: float
    detail: FaceDetail


@dataclass(frozen=True, slots=True)
class Recognition:
    """The faces of a picture, named and not, both largest first."""

    named: tuple[NamedFace, ...]
    unnamed: tuple[FaceDetail, ...]
    model_version: str
    receipt: Receipt


@dataclass(frozen=True, slots=True)
class Likeness:
    """Which person a face is most like, with the similarity (0..100)."""

    portrait: Portrait
    person_id: str
    similarity: float


class KnownPeople:
    """Names the faces of pictures that are of known people, and records that it did."""

    def __init__(
        self,
        analyzer: FaceAnalyzer,
        scales: SimilarityScales,
        library: PeopleLibrary,
        model_version: str,
        *,
        threshold: float,
    ) -> None:
        """Name faces whose similarity to a photograph of the library is at least `threshold`.

        `model_version` is what the record says while there is no library.
        """
        self._analyzer = analyzer
        self._scales = scales
        self._library = library
        self._model_version = model_version
        self._threshold = threshold

    def recognize(
        self,
        picture: Picture,
        faces: Sequence[DetectedFace],
        *,
        caller: Caller | None = None,
    ) -> Recognition:
        """Name the known people among the first 64 of `faces` (a picture's, largest first).

        Raises ModelUnavailable where the face model that the library was made with is not
        installed.
        """
        faces = faces[:MOST_FACES]
        portraits = sift_faces(self._analyzer, picture, faces, QualityLevel.AUTO, _TOLD)
        collection = self._library.find()
        likenesses = [] if collection is None else self._likenesses(collection, portraits)
        people = self._library.find_people({each.person_id for each in likenesses})
        likenesses = [each for each in likenesses if each.person_id in people]
        chosen = each_person_once(likenesses)
        version = self._model_version if collection is None else collection.embedder_version
        receipt = self._record(version, portraits, likenesses, len(chosen), caller)
        named, unnamed = _in_order(faces, portraits, chosen, people)
        return Recognition(named, unnamed, version, receipt)

    def _likenesses(self, collection: Collection, portraits: Portraits) -> list[Likeness]:
        """Return whom each face is most like, of those it is enough like; most alike first."""
        scale = self._scales.scale(collection.embedder_version)
        least = scale.score_at(self._threshold)
        found: list[Likeness] = []
        for portrait, probe in self._embedded(collection, portraits):
            for best in self._library.search(probe, limit=1, min_score=least):
                similarity = scale.similarity(best.score)
                found.append(Likeness(portrait, best.face.user_id or "", similarity))
        return sorted(found, key=lambda each: -each.similarity)

    def _embedded(
        self, collection: Collection, portraits: Portraits
    ) -> Iterable[tuple[Portrait, NDArray[np.float32]]]:
        """Embed all faces that are fit to be compared at once."""
        if not portraits.fit:
            return ()
        version = collection.embedder_version
        faces = [portrait.face for portrait in portraits.fit]
        try:
            rows = self._analyzer.embed_faces(portraits.picture.pixels, faces, version)
        except ModelUnavailable as error:
            raise ModelUnavailable(
                f"the known people were imported with face model {version}. {error.message} Or "
                "import them anew: `vidimus celebrities import FOLDER people.csv --anew`"
            ) from error
        return zip(portraits.fit, rows, strict=True)

    def _record(
        self,
        version: str,
        portraits: Portraits,
        found: Sequence[Likeness],
        named: int,
        caller: Caller | None,
    ) -> Receipt:
        act = Act(
            operation="RecognizeCelebrities",
            model_version=version,
            collection_id=LIBRARY,
            details={
                "picture_sha256": portraits.picture.sha256,
                "faces": len(portraits),
                "compared": len(portraits.fit),
            },
            threshold=self._threshold,
            found=tuple((each.person_id, each.similarity) for each in found),
            matched=named,
        )
        return self._library.record(act, caller)


def each_person_once(likenesses: Iterable[Likeness]) -> list[Likeness]:
    """Leave each person the face most like it, given most alike first.

    A face that loses is not given to whom it is next like: that person is less like it still.
    """
    first: dict[str, Likeness] = {}
    for each in likenesses:
        first.setdefault(each.person_id, each)
    return list(first.values())


def _in_order(
    faces: Sequence[DetectedFace],
    portraits: Portraits,
    chosen: Iterable[Likeness],
    people: Mapping[str, KnownPerson],
) -> tuple[tuple[NamedFace, ...], tuple[FaceDetail, ...]]:
    """Part the portraits into those that got a name and the others, both in the order of `faces`.

    `people` are by id.
    """
    place = {id(face): number for number, face in enumerate(faces)}
    everybody = sorted((*portraits.fit, *portraits.unfit), key=lambda each: place[id(each.face)])
    names = {id(each.portrait): each for each in chosen}
    named = [
        NamedFace(people[name.person_id], name.similarity, portrait.detail)
        for portrait in everybody
        if (name := names.get(id(portrait))) is not None
    ]
    return tuple(named), tuple(each.detail for each in everybody if id(each) not in names)
