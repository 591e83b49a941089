"""The gallery: collections of enrolled faces and users, and exact search over them.

Rows in the database are the truth, float32 embeddings among them; no pixel is kept. Methods
that change something take part in the caller's writing transaction, so that a change and its
record in the ledger are made together or not at all. What a transaction changed is searchable
once it is committed.
"""

import os
from collections.abc import Callable, Mapping, Sequence
from collections.abc import Collection as Container
from datetime import datetime
from typing import TypeVar

import numpy as np
from numpy.typing import NDArray

from vidimus.errors import (
    Conflict,
    ResourceAlreadyExists,
    ResourceNotFound,
    ServiceQuotaExceeded,
    VidimusError,
)
from vidimus.gallery.exact import ExactIndex
from vidimus.gallery.index import LARGEST_VALUE, VectorIndex
from vidimus.gallery.live_index import LiveIndexes, OpenIndex
from vidimus.gallery.membership import (
    judge_deletion,
    judge_joining,
    judge_leaving,
    refresh_vector,
)
from vidimus.gallery.outcomes import (
    AssociationOutcome,
    Candidate,
    DeletedCollection,
    DeletionOutcome,
    DisassociationOutcome,
    FaceFailure,
    Page,
    UserCandidate,
)
from vidimus.storage import collections as collection_rows
from vidimus.storage import faces as face_rows
from vidimus.storage import tags as tag_rows
from vidimus.storage import users as user_rows
from vidimus.storage.database import Database, Transaction
from vidimus.storage.enrolled import (
    Collection,
    Embedding,
    EnrolledFace,
    EnrolledUser,
    NewFace,
)

__all__ = [
    "AssociationOutcome",
    "Candidate",
    "Collection",
    "DeletedCollection",
    "DeletionOutcome",
    "DisassociationOutcome",
    "EnrolledFace",
    "EnrolledUser",
    "FaceFailure",
    "Gallery",
    "NewFace",
    "Page",
    "UserCandidate",
]

MAX_TAGS = 200

Keyed = TypeVar("Keyed", Collection, EnrolledFace, EnrolledUser)
Enrolled = TypeVar("Enrolled", EnrolledFace, EnrolledUser)


def open_exact_index(dimensions: int) -> VectorIndex:
    """Return an empty exact index whose searches use every core this process may run on."""
    return ExactIndex(dimensions, threads=len(os.sched_getaffinity(0)))


class Gallery:
    """Collections, their faces and their users; safe for any number of threads.

    Every method raises ResourceNotFound, naming it, for a collection, user or face that does
    not exist where it must.
    """

    def __init__(
        self,
        database: Database,
        *,
        clock: Callable[[], datetime],
        open_index: OpenIndex = open_exact_index,
        max_faces: int = 20_000_000,
    ) -> None:
        """Serve what is in `database`; `clock` tells the time in UTC.

        `max_faces` bounds each collection.
        """
        self._database = database
        self._clock = clock
        self._max_faces = max_faces
        self._indexes = LiveIndexes(database, open_index)

    # Collections

    def create_collection(
        self,
        tx: Transaction,
        collection_id: str,
        embedder_version: str,
        tags: Mapping[str, str] | None = None,
    ) -> Collection:
        """Create an empty collection for embeddings of one version.

        Raises ResourceAlreadyExists, and ServiceQuotaExceeded past 200 tags.
        """
        if collection_rows.find_collection(tx, collection_id) is not None:
            raise ResourceAlreadyExists(f"The collection id: {collection_id} already exists")
        created = collection_rows.insert_collection(
            tx, collection_id, embedder_version, self._clock()
        )
        self.tag_collection(tx, collection_id, tags or {})
        return created

    def describe_collection(self, collection_id: str) -> Collection:
        """Return a collection with how many faces and users it has."""
        with self._database.reading() as tx:
            return _require_collection(tx, collection_id)

    def list_collections(self, *, after_key: int | None, limit: int) -> Page[Collection]:
        """Return at most `limit` collections created after the one of `after_key`.

        Those that vidimus keeps for itself are not among them.
        """
        with self._database.reading() as tx:
            found = collection_rows.list_collections(tx, after_key or 0, limit + 1)
        return _page(found, limit)

    def delete_collection(self, tx: Transaction, collection_id: str) -> DeletedCollection:
        """Delete a collection with its faces, users and tags."""
        collection = _require_collection(tx, collection_id)
        collection_rows.delete_collection(tx, collection.key)
        tag_rows.delete_all(tx, _tagged(collection_id))
        self._indexes.forget_after(tx, collection.key)
        return DeletedCollection(collection.face_count, collection.user_count)

    def tags_of_collection(self, collection_id: str) -> dict[str, str]:
        """Return a collection's tags."""
        with self._database.reading() as tx:
            _require_collection(tx, collection_id)
            return tag_rows.get(tx, _tagged(collection_id))

    def tag_collection(self, tx: Transaction, collection_id: str, tags: Mapping[str, str]) -> None:
        """Add tags or change their values; raises ServiceQuotaExceeded past 200 in all."""
        _require_collection(tx, collection_id)
        together = tag_rows.get(tx, _tagged(collection_id)).keys() | tags.keys()
        if len(together) > MAX_TAGS:
            raise ServiceQuotaExceeded(
                f"Tags: the resource would have {len(together)} tags; it may have {MAX_TAGS}"
            )
        tag_rows.put(tx, _tagged(collection_id), tags)

    def untag_collection(self, tx: Transaction, collection_id: str, names: Container[str]) -> None:
        """Remove tags; names the collection does not have are passed over."""
        _require_collection(tx, collection_id)
        tag_rows.remove(tx, _tagged(collection_id), names)

    # Faces

    def enroll(
        self, tx: Transaction, collection_id: str, faces: Sequence[NewFace]
    ) -> list[EnrolledFace]:
        """Enroll faces and return them as enrolled, in the same order.

        A face whose id the collection has already is returned as it was enrolled then. Raises
        ServiceQuotaExceeded when the collection has no room for all of them, and VidimusError for
        embeddings that do not fit the collection's others.
        """
        collection = _require_collection(tx, collection_id)
        offered = {face.face_id: face for face in faces}
        known = face_rows.find_faces(tx, collection.key, offered)
        new = [face for face_id, face in offered.items() if face_id not in known]
        if collection.face_count + len(new) > self._max_faces:
            raise ServiceQuotaExceeded(
                f"The collection id: {collection_id} has {collection.face_count} faces; "
                f"it may have {self._max_faces}"
            )
        if new:
            embeddings = _embeddings(new, face_rows.any_embedding_size(tx, collection.key))
            keys = face_rows.insert_faces(
                tx, collection.key, collection.embedder_version, new, self._clock()
            )
            added = np.array(list(keys.values()), dtype=np.int64)
            revision = collection_rows.note_change(tx, collection.key, new_faces=len(new))
            self._indexes.change_after(
                tx, collection.key, revision, lambda held: held.add_faces(added, embeddings)
            )
            known |= face_rows.find_faces(tx, collection.key, keys)
        return [known[face.face_id] for face in faces]

    def list_faces(
        self,
        collection_id: str,
        *,
        user_id: str | None = None,
        face_ids: Container[str] | None = None,
        after_key: int | None,
        limit: int,
    ) -> Page[EnrolledFace]:
        """Return at most `limit` faces enrolled after the one of `after_key`.

        Only those of one user, and only those of `face_ids` that exist, where given.
        """
        with self._database.reading() as tx:
            collection = _require_collection(tx, collection_id)
            user = None if user_id is None else _require_user(tx, collection, user_id)
            found = face_rows.list_faces(
                tx,
                collection.key,
                user_key=None if user is None else user.key,
                face_ids=face_ids,
                after_key=after_key or 0,
                limit=limit + 1,
            )
        return _page(found, limit)

    def delete_faces(
        self, tx: Transaction, collection_id: str, face_ids: Sequence[str]
    ) -> DeletionOutcome:
        """Delete faces; those that belong to a user, or do not exist, are passed over."""
        collection = _require_collection(tx, collection_id)
        verdict = judge_deletion(face_ids, face_rows.find_faces(tx, collection.key, set(face_ids)))
        gone = [face.key for face in verdict.accepted]
        if gone:
            face_rows.delete_faces(tx, gone)
            revision = collection_rows.note_change(tx, collection.key, new_faces=-len(gone))
            keys = np.array(gone, dtype=np.int64)
            self._indexes.change_after(
                tx, collection.key, revision, lambda held: held.remove_faces(keys)
            )
        return DeletionOutcome(tuple(face.face_id for face in verdict.accepted), verdict.failures)

    def embedding_of_face(self, collection_id: str, face_id: str) -> Embedding:
        """Return a face's embedding (d,)."""
        with self._database.reading() as tx:
            collection = _require_collection(tx, collection_id)
            face = face_rows.find_faces(tx, collection.key, [face_id]).get(face_id)
            if face is None:
                raise ResourceNotFound(f"The face id: {face_id} does not exist")
            return face_rows.read_embeddings(tx, [face.key])[face.key]

    def search_faces(
        self,
        collection_id: str,
        probe: Embedding,
        *,
        limit: int,
        min_score: float,
        exclude_face_id: str | None = None,
    ) -> list[Candidate]:
        """Return at most `limit` faces that score at least `min_score` with `probe` (d,).

        Best first, ties in order of enrollment. Raises VidimusError for a probe of another size
        than the collection's embeddings.
        """
        index = self._indexes.of(self.describe_collection(collection_id)).faces
        found = self._search(
            lambda more: [] if index is None else index.search(probe, limit + more, min_score),
            face_rows.find_faces_by_key,
            lambda face: face.face_id != exclude_face_id,
            limit,
            int(exclude_face_id is not None),
        )
        return [Candidate(face, score) for face, score in found]

    # Users

    def create_user(self, tx: Transaction, collection_id: str, user_id: str) -> EnrolledUser:
        """Create a user without faces; raises Conflict where there is one of that id."""
        collection = _require_collection(tx, collection_id)
        if user_rows.find_user(tx, collection.key, user_id) is not None:
            raise Conflict(f"The user id: {user_id} already exists")
        user = user_rows.insert_user(tx, collection.key, user_id, self._clock())
        revision = collection_rows.note_change(tx, collection.key, new_users=1)
        self._set_user_after(tx, collection, revision, user.key, None)
        return user

    def delete_user(self, tx: Transaction, collection_id: str, user_id: str) -> None:
        """Disassociate a user's faces, which stay, and delete the user."""
        collection = _require_collection(tx, collection_id)
        user = _require_user(tx, collection, user_id)
        face_rows.forget_user(tx, user.key)
        user_rows.delete_user(tx, user.key)
        revision = collection_rows.note_change(tx, collection.key, new_users=-1)
        self._set_user_after(tx, collection, revision, user.key, None)

    def list_users(
        self, collection_id: str, *, after_key: int | None, limit: int
    ) -> Page[EnrolledUser]:
        """Return at most `limit` users created after the one of `after_key`."""
        with self._database.reading() as tx:
            collection = _require_collection(tx, collection_id)
            found = user_rows.list_users(tx, collection.key, after_key or 0, limit + 1)
        return _page(found, limit)

    def associate(
        self,
        tx: Transaction,
        collection_id: str,
        user_id: str,
        face_ids: Sequence[str],
        min_score: float,
    ) -> AssociationOutcome:
        """Make faces part of a user; see `membership` for which are refused.

        Raises ServiceQuotaExceeded, with nothing changed, past 100 faces.
        """
        collection = _require_collection(tx, collection_id)
        user = _require_user(tx, collection, user_id)
        found = face_rows.find_faces(tx, collection.key, set(face_ids))
        verdict = judge_joining(tx, user, face_ids, found, min_score)
        user = self._move(tx, collection, user, verdict.accepted, user.key)
        joined = tuple(face.face_id for face in verdict.accepted)
        return AssociationOutcome(joined, verdict.failures, user.status)

    def disassociate(
        self, tx: Transaction, collection_id: str, user_id: str, face_ids: Sequence[str]
    ) -> DisassociationOutcome:
        """Take faces from a user; they stay in the collection."""
        collection = _require_collection(tx, collection_id)
        user = _require_user(tx, collection, user_id)
        found = face_rows.find_faces(tx, collection.key, set(face_ids))
        verdict = judge_leaving(user, face_ids, found)
        user = self._move(tx, collection, user, verdict.accepted, None)
        left = tuple(face.face_id for face in verdict.accepted)
        return DisassociationOutcome(left, verdict.failures, user.status)

    def embedding_of_user(self, collection_id: str, user_id: str) -> Embedding | None:
        """Return the mean (d,) of the embeddings of a user's faces; None where it has none."""
        with self._database.reading() as tx:
            collection = _require_collection(tx, collection_id)
            return user_rows.read_vector(tx, _require_user(tx, collection, user_id).key)

    def search_users(
        self,
        collection_id: str,
        probe: Embedding,
        *,
        limit: int,
        min_score: float,
        exclude_user_id: str | None = None,
    ) -> list[UserCandidate]:
        """Return at most `limit` users that score at least `min_score` with `probe` (d,).

        Best first, ties in order of creation; users without faces are never found.
        """
        index = self._indexes.of(self.describe_collection(collection_id)).users
        found = self._search(
            lambda more: [] if index is None else index.search(probe, limit + more, min_score),
            user_rows.find_users_by_key,
            lambda user: user.user_id != exclude_user_id,
            limit,
            int(exclude_user_id is not None),
        )
        return [UserCandidate(user, score) for user, score in found]

    # Indexes

    def warm_up(self, progress: Callable[[int, int], None] | None = None) -> None:
        """Build the indexes of all collections; `progress` gets how many of how many are done."""
        with self._database.reading() as tx:
            collections = collection_rows.list_collections(tx, 0, _ALL, reserved=True)
        for done, collection in enumerate(collections, start=1):
            self._indexes.of(collection)
            if progress is not None:
                progress(done, len(collections))

    def _search(
        self,
        search: Callable[[int], list[tuple[int, float]]],
        read: Callable[[Transaction, list[int]], dict[int, Enrolled]],
        wanted: Callable[[Enrolled], bool],
        limit: int,
        spare: int,
    ) -> list[tuple[Enrolled, float]]:
        """Search for `limit` and `spare` more, and read the rows of what was found.

        Some rows are not wanted, others may be gone: deleted since, while the index is about
        to follow. In their place more are searched for.
        """
        while True:
            found = search(spare)
            with self._database.reading() as tx:
                rows = read(tx, [key for key, _ in found])
            kept = [(rows[key], score) for key, score in found if key in rows]
            kept = [(row, score) for row, score in kept if wanted(row)]
            if len(kept) >= limit or len(found) < limit + spare:
                return kept[:limit]
            spare = len(found) - len(kept)

    def _move(
        self,
        tx: Transaction,
        collection: Collection,
        user: EnrolledUser,
        faces: Sequence[EnrolledFace],
        to_user_key: int | None,
    ) -> EnrolledUser:
        """Associate `faces` to a user or to none, and bring `user`'s vector up to date."""
        if not faces:
            return user
        face_rows.set_user(tx, [face.key for face in faces], to_user_key)
        changed, vector = refresh_vector(tx, user)
        revision = collection_rows.note_change(tx, collection.key)
        self._set_user_after(tx, collection, revision, user.key, vector)
        return changed

    def _set_user_after(
        self,
        tx: Transaction,
        collection: Collection,
        revision: int,
        user_key: int,
        vector: Embedding | None,
    ) -> None:
        self._indexes.change_after(
            tx, collection.key, revision, lambda held: held.set_user(user_key, vector)
        )


_ALL = 2**31 - 1


def _tagged(collection_id: str) -> str:
    """Return the name that a collection's tags are kept under, whatever region it is in."""
    return f"collection/{collection_id}"


def _require_collection(tx: Transaction, collection_id: str) -> Collection:
    found = collection_rows.find_collection(tx, collection_id)
    if found is None:
        raise ResourceNotFound(f"The collection id: {collection_id} does not exist")
    return found


def _require_user(tx: Transaction, collection: Collection, user_id: str) -> EnrolledUser:
    found = user_rows.find_user(tx, collection.key, user_id)
    if found is None:
        raise ResourceNotFound(f"The user id: {user_id} does not exist")
    return found


def _page(found: Sequence[Keyed], limit: int) -> Page[Keyed]:
    """Return the first `limit` items; one more tells that there is a next page."""
    items = tuple(found[:limit])
    return Page(items, items[-1].key if len(found) > limit else None)


def _embeddings(faces: Sequence[NewFace], size: int | None) -> NDArray[np.float32]:
    """Return the embeddings (n, d), checked: all of one size, the collection's, and finite."""
    shapes = {face.embedding.shape for face in faces} | ({(size,)} if size else set())
    if len(shapes) != 1 or any(len(shape) != 1 for shape in shapes):
        raise VidimusError(f"Embeddings of several sizes cannot share a collection: {shapes}.")
    embeddings = np.stack([face.embedding for face in faces]).astype(np.float32)
    if not float(np.abs(embeddings).max()) <= LARGEST_VALUE:
        raise VidimusError("An embedding holds a value that is not finite or is past 1e15.")
    return embeddings
