"""Identification: searching a collection, and recording every search.

A search and its record belong together: the answer is returned only once the ledger holds who
searched what, at which threshold, and which candidates came back.
"""

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from vidimus.accountability.ledger import Receipt
from vidimus.engine.caller import Caller
from vidimus.engine.comparison import largest_fit
from vidimus.engine.portraits import Portrait, Portraits, find_portraits
from vidimus.engine.record import Act, Details, Recorder
from vidimus.engine.scales import SimilarityScales
from vidimus.gallery.gallery import Collection, EnrolledFace, EnrolledUser, Gallery
from vidimus.imaging.decode import Picture
from vidimus.storage.database import Database
from vidimus.vision.faces import FaceAnalyzer
from vidimus.vision.quality_filter import QualityLevel

MAX_FACES = 4096
MAX_USERS = 500


@dataclass(frozen=True, slots=True)
class FaceMatch:
    """An enrolled face and its similarity (0..100) to the probe."""

    similarity: float
    face: EnrolledFace


@dataclass(frozen=True, slots=True)
class UserMatch:
    """An enrolled user and the similarity (0..100) of its faces to the probe."""

    similarity: float
    user: EnrolledUser


@dataclass(frozen=True, slots=True)
class FaceSearch:
    """The matches of a face search, most similar first."""

    matches: tuple[FaceMatch, ...]
    model_version: str
    receipt: Receipt
    probe: Portrait | None = None


@dataclass(frozen=True, slots=True)
class UserSearch:
    """The matches of a user search, most similar first.

    For a search by picture, `probe` is the face that was searched (None where there was none)
    and `unsearched` the others, each with its reasons.
    """

    matches: tuple[UserMatch, ...]
    model_version: str
    receipt: Receipt
    probe: Portrait | None = None
    unsearched: tuple[Portrait, ...] = ()


class Identification:
    """Searches faces and users of a collection, by enrolled face, by user or by picture."""

    def __init__(
        self,
        analyzer: FaceAnalyzer,
        scales: SimilarityScales,
        database: Database,
        gallery: Gallery,
        recorder: Recorder,
    ) -> None:
        self._analyzer = analyzer
        self._scales = scales
        self._database = database
        self._gallery = gallery
        self._recorder = recorder

    def search_faces(
        self,
        collection_id: str,
        face_id: str,
        *,
        threshold: float = 80.0,
        limit: int = MAX_FACES,
        caller: Caller | None = None,
    ) -> FaceSearch:
        """Search the mates of an enrolled face in its own collection; it is no mate of itself.

        Raises ResourceNotFound where the collection or the face does not exist.
        """
        collection = self._gallery.describe_collection(collection_id)
        probe = self._gallery.embedding_of_face(collection_id, face_id)
        matches = self._face_matches(collection, probe, threshold, limit, face_id)
        found = [(match.face.face_id, match.similarity) for match in matches]
        receipt = self._record(
            "SearchFaces", collection, threshold, found, {"face_id": face_id}, caller
        )
        return FaceSearch(tuple(matches), collection.embedder_version, receipt)

    def search_faces_by_image(
        self,
        collection_id: str,
        picture: Picture,
        *,
        threshold: float = 80.0,
        limit: int = MAX_FACES,
        quality: QualityLevel = QualityLevel.NONE,
        caller: Caller | None = None,
    ) -> FaceSearch:
        """Search the mates of the largest face of a picture that passes the quality filter.

        Raises InvalidParameter where there is no such face.
        """
        collection = self._gallery.describe_collection(collection_id)
        portrait = largest_fit(find_portraits(self._analyzer, picture, quality), "Image")
        probe = self._embed(collection, picture, portrait)
        matches = self._face_matches(collection, probe, threshold, limit, None)
        found = [(match.face.face_id, match.similarity) for match in matches]
        receipt = self._record(
            "SearchFacesByImage",
            collection,
            threshold,
            found,
            {"picture_sha256": picture.sha256},
            caller,
        )
        return FaceSearch(tuple(matches), collection.embedder_version, receipt, portrait)

    def search_users(
        self,
        collection_id: str,
        *,
        user_id: str | None = None,
        face_id: str | None = None,
        threshold: float = 80.0,
        limit: int = MAX_USERS,
        caller: Caller | None = None,
    ) -> UserSearch:
        """Search users like an enrolled user (who is no mate of itself) or an enrolled face.

        Give one of `user_id` and `face_id`. A user without faces matches nobody.
        """
        collection = self._gallery.describe_collection(collection_id)
        if user_id is not None:
            probe = self._gallery.embedding_of_user(collection_id, user_id)
        else:
            probe = self._gallery.embedding_of_face(collection_id, face_id or "")
        matches = self._user_matches(collection, probe, threshold, limit, user_id)
        found = [(match.user.user_id, match.similarity) for match in matches]
        details = {"user_id": user_id} if user_id is not None else {"face_id": face_id}
        receipt = self._record("SearchUsers", collection, threshold, found, details, caller)
        return UserSearch(tuple(matches), collection.embedder_version, receipt)

    def search_users_by_image(
        self,
        collection_id: str,
        picture: Picture,
        *,
        threshold: float = 80.0,
        limit: int = MAX_USERS,
        quality: QualityLevel = QualityLevel.NONE,
        caller: Caller | None = None,
    ) -> UserSearch:
        """Search users like the largest face of a picture; a picture without one finds nobody."""
        collection = self._gallery.describe_collection(collection_id)
        portraits = find_portraits(self._analyzer, picture, quality)
        portrait = portraits.fit[0] if portraits.fit else None
        probe = None if portrait is None else self._embed(collection, picture, portrait)
        matches = self._user_matches(collection, probe, threshold, limit, None)
        found = [(match.user.user_id, match.similarity) for match in matches]
        details: Details = {"picture_sha256": picture.sha256, "faces": len(portraits)}
        receipt = self._record("SearchUsersByImage", collection, threshold, found, details, caller)
        return UserSearch(
            tuple(matches), collection.embedder_version, receipt, portrait, _others(portraits)
        )

    def _embed(
        self, collection: Collection, picture: Picture, portrait: Portrait
    ) -> NDArray[np.float32]:
        (embedding,) = self._analyzer.embed_faces(
            picture.pixels, [portrait.face], collection.embedder_version
        )
        return np.asarray(embedding, dtype=np.float32)

    def _face_matches(
        self,
        collection: Collection,
        probe: NDArray[np.float32],
        threshold: float,
        limit: int,
        exclude_face_id: str | None,
    ) -> list[FaceMatch]:
        scale = self._scales.scale(collection.embedder_version)
        candidates = self._gallery.search_faces(
            collection.collection_id,
            probe,
            limit=limit,
            min_score=scale.score_at(threshold),
            exclude_face_id=exclude_face_id,
        )
        return [FaceMatch(scale.similarity(each.score), each.face) for each in candidates]

    def _user_matches(
        self,
        collection: Collection,
        probe: NDArray[np.float32] | None,
        threshold: float,
        limit: int,
        exclude_user_id: str | None,
    ) -> list[UserMatch]:
        if probe is None:
            return []
        scale = self._scales.scale(collection.embedder_version)
        candidates = self._gallery.search_users(
            collection.collection_id,
            probe,
            limit=limit,
            min_score=scale.score_at(threshold),
            exclude_user_id=exclude_user_id,
        )
        return [UserMatch(scale.similarity(each.score), each.user) for each in candidates]

    def _record(
        self,
        operation: str,
        collection: Collection,
        threshold: float,
        found: Sequence[tuple[str, float]],
        details: Details,
        caller: Caller | None,
    ) -> Receipt:
        act = Act(
            operation=operation,
            model_version=collection.embedder_version,
            collection_id=collection.collection_id,
            details=details,
            threshold=threshold,
            found=tuple(found),
        )
        with self._database.writing() as tx:
            return self._recorder.record(tx, act, caller)


def _others(portraits: Portraits) -> tuple[Portrait, ...]:
    return (*portraits.fit[1:], *portraits.unfit)
