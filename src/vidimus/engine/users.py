"""Users: identities that fuse several faces of a collection, each change with its record."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import Literal, TypeVar

from vidimus.accountability.ledger import Receipt
from vidimus.engine.caller import Caller
from vidimus.engine.once import Once, RequestToken
from vidimus.engine.record import Act, Details, Recorder
from vidimus.engine.scales import SimilarityScales
from vidimus.gallery.gallery import Collection, Gallery
from vidimus.gallery.outcomes import FailureReason
from vidimus.storage.database import Database, Transaction

Outcome = TypeVar("Outcome")


@dataclass(frozen=True, slots=True)
class RefusedFace:
    """A face that was not associated or disassociated, and why.

    `user_id` is the other user it belongs to; `similarity` (0..100) is given where it was too low.
    """

    face_id: str
    reason: FailureReason
    user_id: str | None = None
    similarity: float | None = None


@dataclass(frozen=True, slots=True)
class UserChange:
    """What associating or disassociating did, and how the user stands after it."""

    face_ids: tuple[str, ...]
    refused: tuple[RefusedFace, ...]
    status: Literal["CREATED", "ACTIVE"]
    receipt: Receipt


class UserEnrollment:
    """Changes the users of collections and records that it did.

    Every method takes an optional request token: the same token with the same parameters gives
    the first outcome again and changes nothing; with others it raises
    IdempotentParameterMismatch.
    """

    def __init__(
        self,
        scales: SimilarityScales,
        database: Database,
        gallery: Gallery,
        recorder: Recorder,
        once: Once,
    ) -> None:
        self._scales = scales
        self._database = database
        self._gallery = gallery
        self._recorder = recorder
        self._once = once

    def create_user(
        self,
        collection_id: str,
        user_id: str,
        *,
        token: RequestToken | None = None,
        caller: Caller | None = None,
    ) -> Receipt:
        """Create a user without faces; raises ResourceNotFound or Conflict."""

        def create(tx: Transaction, collection: Collection) -> Receipt:
            self._gallery.create_user(tx, collection_id, user_id)
            return self._record(tx, "CreateUser", collection, {"user_id": user_id}, caller)

        return self._change("CreateUser", collection_id, token, Receipt, create)

    def delete_user(
        self,
        collection_id: str,
        user_id: str,
        *,
        token: RequestToken | None = None,
        caller: Caller | None = None,
    ) -> Receipt:
        """Disassociate a user's faces and delete the user; raises ResourceNotFound."""

        def delete(tx: Transaction, collection: Collection) -> Receipt:
            self._gallery.delete_user(tx, collection_id, user_id)
            return self._record(tx, "DeleteUser", collection, {"user_id": user_id}, caller)

        return self._change("DeleteUser", collection_id, token, Receipt, delete)

    def associate_faces(
        self,
        collection_id: str,
        user_id: str,
        face_ids: Sequence[str],
        *,
        threshold: float = 75.0,
        token: RequestToken | None = None,
        caller: Caller | None = None,
    ) -> UserChange:
        """Make faces part of a user.

        A face is refused when its similarity to a user who has faces already is below
        `threshold`. Raises ResourceNotFound, or ServiceQuotaExceeded past 100 faces.
        """

        def associate(tx: Transaction, collection: Collection) -> UserChange:
            scale = self._scales.scale(collection.embedder_version)
            outcome = self._gallery.associate(
                tx, collection_id, user_id, face_ids, scale.score_at(threshold)
            )
            details = {"user_id": user_id, "faces": " ".join(outcome.associated)}
            receipt = self._record(tx, "AssociateFaces", collection, details, caller, threshold)
            refused = tuple(
                RefusedFace(
                    each.face_id,
                    each.reason,
                    each.user_id,
                    None if each.score is None else scale.similarity(each.score),
                )
                for each in outcome.failures
            )
            return UserChange(tuple(outcome.associated), refused, outcome.status, receipt)

        return self._change("AssociateFaces", collection_id, token, UserChange, associate)

    def disassociate_faces(
        self,
        collection_id: str,
        user_id: str,
        face_ids: Sequence[str],
        *,
        token: RequestToken | None = None,
        caller: Caller | None = None,
    ) -> UserChange:
        """Take faces away from a user; they stay in the collection."""

        def disassociate(tx: Transaction, collection: Collection) -> UserChange:
            outcome = self._gallery.disassociate(tx, collection_id, user_id, face_ids)
            details = {"user_id": user_id, "faces": " ".join(outcome.disassociated)}
            receipt = self._record(tx, "DisassociateFaces", collection, details, caller)
            refused = tuple(
                RefusedFace(each.face_id, each.reason, each.user_id) for each in outcome.failures
            )
            return UserChange(tuple(outcome.disassociated), refused, outcome.status, receipt)

        return self._change("DisassociateFaces", collection_id, token, UserChange, disassociate)

    def _change(
        self,
        operation: str,
        collection_id: str,
        token: RequestToken | None,
        kind: type[Outcome],
        change: Callable[[Transaction, Collection], Outcome],
    ) -> Outcome:
        collection = self._gallery.describe_collection(collection_id)
        with self._database.writing() as tx:
            earlier = self._once.replay(tx, operation, token, kind)
            if earlier is not None:
                return earlier
            outcome = change(tx, collection)
            self._once.remember(tx, operation, token, outcome)
            return outcome

    def _record(
        self,
        tx: Transaction,
        operation: str,
        collection: Collection,
        details: Details,
        caller: Caller | None,
        threshold: float | None = None,
    ) -> Receipt:
        act = Act(
            operation, collection.embedder_version, collection.collection_id, details, threshold
        )
        return self._recorder.record(tx, act, caller)
