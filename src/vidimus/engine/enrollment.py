"""Enrollment: what changes collections and their faces, each change with its record.

Every method opens one transaction for the change and its ledger row, so neither can exist
without the other.
"""

import hashlib
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from uuid import UUID

from vidimus.accountability.ledger import Receipt
from vidimus.engine.caller import Caller
from vidimus.engine.portraits import Portrait, best_portraits, find_portraits
from vidimus.engine.record import Act, Details, Recorder
from vidimus.gallery.gallery import (
    Collection,
    DeletionOutcome,
    EnrolledFace,
    Gallery,
    NewFace,
)
from vidimus.imaging.decode import Picture
from vidimus.storage.database import Database
from vidimus.vision.face_types import Attribute
from vidimus.vision.faces import FaceAnalyzer
from vidimus.vision.quality_filter import QualityLevel

EXCEEDS_MAX_FACES = "EXCEEDS_MAX_FACES"


@dataclass(frozen=True, slots=True)
class IndexedFace:
    """A face as it is enrolled, and as it was seen in the picture."""

    face: EnrolledFace
    portrait: Portrait


@dataclass(frozen=True, slots=True)
class UnindexedFace:
    """A face that was seen and not enrolled, and why."""

    portrait: Portrait
    reasons: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class IndexOutcome:
    """What indexing a picture did: `indexed` largest box first."""

    indexed: tuple[IndexedFace, ...]
    unindexed: tuple[UnindexedFace, ...]
    model_version: str
    receipt: Receipt


class Enrollment:
    """Changes collections and their faces, and records that it did."""

    def __init__(
        self,
        analyzer: FaceAnalyzer,
        database: Database,
        gallery: Gallery,
        recorder: Recorder,
    ) -> None:
        self._analyzer = analyzer
        self._database = database
        self._gallery = gallery
        self._recorder = recorder

    def create_collection(
        self,
        collection_id: str,
        model_version: str,
        tags: Mapping[str, str] | None = None,
        *,
        caller: Caller | None = None,
    ) -> tuple[Collection, Receipt]:
        """Create an empty collection, pinned for life to a face model version.

        Raises ResourceAlreadyExists.
        """
        with self._database.writing() as tx:
            collection = self._gallery.create_collection(
                tx, collection_id, model_version, tags or {}
            )
            receipt = self._recorder.record(tx, _act("CreateCollection", collection), caller)
        return collection, receipt

    def delete_collection(self, collection_id: str, *, caller: Caller | None = None) -> Receipt:
        """Delete a collection with all its faces, users and tags; raises ResourceNotFound."""
        collection = self._gallery.describe_collection(collection_id)
        with self._database.writing() as tx:
            gone = self._gallery.delete_collection(tx, collection_id)
            details = {"faces": gone.face_count, "users": gone.user_count}
            return self._recorder.record(tx, _act("DeleteCollection", collection, details), caller)

    def index_faces(
        self,
        collection_id: str,
        picture: Picture,
        *,
        external_image_id: str | None = None,
        max_faces: int | None = None,
        quality: QualityLevel = QualityLevel.AUTO,
        attributes: frozenset[Attribute] = frozenset(),
        caller: Caller | None = None,
    ) -> IndexOutcome:
        """Enroll the faces of a picture; no pixel of it is kept.

        The same picture with the same `external_image_id` gives the same face ids, so indexing
        it again adds nothing. Raises ResourceNotFound.
        """
        collection = self._gallery.describe_collection(collection_id)
        portraits = find_portraits(self._analyzer, picture, quality, attributes)
        limit = len(portraits.fit) if max_faces is None else max_faces
        kept, dropped = best_portraits(portraits.fit, limit)
        faces = self._new_faces(collection, picture, kept, external_image_id)
        with self._database.writing() as tx:
            enrolled = self._gallery.enroll(tx, collection_id, faces)
            details: Details = {
                "picture_sha256": picture.sha256,
                "faces": len(enrolled),
                "external_image_id": external_image_id,
            }
            receipt = self._recorder.record(tx, _act("IndexFaces", collection, details), caller)
        unindexed = [UnindexedFace(each, (EXCEEDS_MAX_FACES,)) for each in dropped]
        unindexed += [UnindexedFace(each, each.reasons) for each in portraits.unfit]
        return IndexOutcome(
            tuple(IndexedFace(*pair) for pair in zip(enrolled, kept, strict=True)),
            tuple(unindexed),
            collection.embedder_version,
            receipt,
        )

    def delete_faces(
        self, collection_id: str, face_ids: Sequence[str], *, caller: Caller | None = None
    ) -> tuple[DeletionOutcome, Receipt]:
        """Delete faces; those of a user have to be disassociated first."""
        collection = self._gallery.describe_collection(collection_id)
        with self._database.writing() as tx:
            outcome = self._gallery.delete_faces(tx, collection_id, face_ids)
            details: Details = {
                "faces": " ".join(outcome.deleted),
                "refused": len(outcome.failures),
            }
            receipt = self._recorder.record(tx, _act("DeleteFaces", collection, details), caller)
        return outcome, receipt

    def _new_faces(
        self,
        collection: Collection,
        picture: Picture,
        portraits: Sequence[Portrait],
        external_image_id: str | None,
    ) -> list[NewFace]:
        version = collection.embedder_version
        faces = [portrait.face for portrait in portraits]
        embeddings = self._analyzer.embed_faces(picture.pixels, faces, version)
        return [
            NewFace(
                face_id=_face_id(version, picture, external_image_id, portrait),
                image_id=_uuid(version, picture.sha256),
                external_image_id=external_image_id,
                box=portrait.detail.box,
                confidence=portrait.detail.confidence,
                embedding=embedding,
            )
            for portrait, embedding in zip(portraits, embeddings, strict=True)
        ]


def _act(operation: str, collection: Collection, details: Details | None = None) -> Act:
    return Act(operation, collection.embedder_version, collection.collection_id, details or {})


def _face_id(
    version: str, picture: Picture, external_image_id: str | None, portrait: Portrait
) -> str:
    # The box, to a thousandth of the picture, tells the faces of one picture apart.
    box = portrait.detail.box
    place = f"{box.left:.3f} {box.top:.3f} {box.width:.3f} {box.height:.3f}"
    return _uuid(version, picture.sha256, external_image_id or "", place)


def _uuid(*parts: str) -> str:
    digest = hashlib.sha256("\n".join(("vidimus face", *parts)).encode()).digest()
    return str(UUID(bytes=digest[:16], version=4))
