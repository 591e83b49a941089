"""Indexes that follow the database.

Each collection has one index over its faces and one over its users. They are built from the
rows when first asked for. From then on a transaction of this process applies its change right
after its commit, while it still has the writer's turn, so that a search begun after the answer
sees it; a change that another process made shows in the collection's revision, and is caught up
with before the next search.
"""

from collections.abc import Callable
from threading import Lock

import numpy as np
from numpy.typing import NDArray

from vidimus.errors import VidimusError
from vidimus.gallery.index import VectorIndex
from vidimus.storage import faces as face_rows
from vidimus.storage import users as user_rows
from vidimus.storage.collections import find_collection
from vidimus.storage.database import Database, Transaction
from vidimus.storage.enrolled import Collection, Embedding
from vidimus.telemetry import get_logger

OpenIndex = Callable[[int], VectorIndex]

_UNKNOWN = -1


class CollectionIndexes:
    """The two indexes of one collection, as of one revision of it.

    An index is None until the first vector tells how many values there are.
    """

    def __init__(self, open_index: OpenIndex) -> None:
        self.faces: VectorIndex | None = None
        self.users: VectorIndex | None = None
        self.revision = _UNKNOWN
        self._newest_face = 0
        self._open_index = open_index
        self._change = Lock()

    def add_faces(self, keys: NDArray[np.int64], embeddings: NDArray[np.float32]) -> None:
        """Add faces; their keys are above those of all faces before."""
        if self.faces is None:
            self.faces = self._open_index(embeddings.shape[1])
        self.faces.add(keys, embeddings)
        self._newest_face = int(keys[-1])

    def remove_faces(self, keys: NDArray[np.int64]) -> None:
        """Remove faces."""
        if self.faces is not None:
            self.faces.remove(keys)

    def set_user(self, key: int, vector: Embedding | None) -> None:
        """Put a user's vector in the place of its last one; None takes the user out."""
        keys = np.array([key], dtype=np.int64)
        if vector is None:
            if self.users is not None:
                self.users.remove(keys)
            return
        if self.users is None:
            self.users = self._open_index(len(vector))
        self.users.add(keys, vector[np.newaxis])

    def apply(self, revision: int, change: Callable[["CollectionIndexes"], None]) -> None:
        """Apply the change that led to `revision`, unless changes before it are missing."""
        with self._change:
            if self.revision != revision - 1:
                return
            self.revision = _UNKNOWN
            try:
                change(self)
            except (VidimusError, MemoryError) as trouble:
                # The rows are committed, so the writer has succeeded; the next search starts
                # over from them.
                get_logger("gallery").warning("index dropped", trouble=str(trouble))
                return
            self.revision = revision

    def catch_up(self, database: Database, known: Collection) -> None:
        """Bring the indexes to the state of the database."""
        with self._change, database.reading() as tx:
            collection = find_collection(tx, known.collection_id)
            if collection is None or collection.key != known.key:
                return  # Deleted since.
            if collection.revision == self.revision:
                return
            if self.revision == _UNKNOWN:
                self.faces, self._newest_face = None, 0
            self.revision = _UNKNOWN
            self._follow_faces(tx, collection)
            self._follow_users(tx, collection)
            self.revision = collection.revision

    def _follow_faces(self, tx: Transaction, collection: Collection) -> None:
        """Drop faces whose row is gone and add those that came; a face never changes."""
        if self.faces is not None:
            held = self.faces.ids()
            if len(held) != face_rows.count_faces(tx, collection.key, self._newest_face):
                present = face_rows.read_keys(tx, collection.key)
                self.faces.remove(np.setdiff1d(held, present, assume_unique=True))
        for keys, rows in face_rows.stream_embeddings(tx, collection.key, self._newest_face):
            self.add_faces(keys, rows)

    def _follow_users(self, tx: Transaction, collection: Collection) -> None:
        """Index the users anew: their vectors change with their faces."""
        keys, vectors = user_rows.read_vectors(tx, collection.key)
        index = self._open_index(vectors.shape[1]) if len(keys) else None
        if index is not None:
            index.add(keys, vectors)
        self.users = index


class LiveIndexes:
    """The indexes of all collections that were searched or warmed up, by collection key."""

    def __init__(self, database: Database, open_index: OpenIndex) -> None:
        self._database = database
        self._open_index = open_index
        self._held: dict[int, CollectionIndexes] = {}
        self._holding = Lock()

    def of(self, collection: Collection) -> CollectionIndexes:
        """Return a collection's indexes, at its revision or a later one."""
        with self._holding:
            held = self._held.get(collection.key)
            if held is None:
                held = self._held[collection.key] = CollectionIndexes(self._open_index)
        if held.revision < collection.revision:
            held.catch_up(self._database, collection)
        return held

    def change_after(
        self,
        tx: Transaction,
        collection_key: int,
        revision: int,
        change: Callable[[CollectionIndexes], None],
    ) -> None:
        """Have `change`, which led to `revision`, applied once `tx` is committed."""

        def apply() -> None:
            held = self._held.get(collection_key)
            if held is not None:
                held.apply(revision, change)

        tx.after_commit(apply)

    def forget_after(self, tx: Transaction, collection_key: int) -> None:
        """Have a collection's indexes dropped once `tx`, which deletes it, is committed."""

        def forget() -> None:
            with self._holding:
                self._held.pop(collection_key, None)

        tx.after_commit(forget)
