"""What the rows about collections, faces and users say, as values."""

from dataclasses import dataclass
from datetime import datetime
from typing import Literal

import numpy as np
from numpy.typing import NDArray

from vidimus.geometry import BoundingBox

Embedding = NDArray[np.float32]
"""One embedding, shape (d,)."""

_STORED = np.dtype("<f4")


@dataclass(frozen=True, slots=True)
class Collection:
    """A collection of faces, pinned for life to one embedder version.

    `key` is never given out twice; `revision` grows by one with every change within.
    """

    key: int
    collection_id: str
    embedder_version: str
    created_at: datetime
    face_count: int
    user_count: int
    revision: int


@dataclass(frozen=True, slots=True)
class NewFace:
    """A face to enroll: box as ratios of the picture, confidence 0..100, unit embedding (d,)."""

    face_id: str
    image_id: str
    external_image_id: str | None
    box: BoundingBox
    confidence: float
    embedding: Embedding


@dataclass(frozen=True, slots=True)
class EnrolledFace:
    """A face as it is enrolled; `user_id` is the user it is associated to, if any."""

    key: int
    face_id: str
    image_id: str
    external_image_id: str | None
    box: BoundingBox
    confidence: float
    embedder_version: str
    user_id: str | None


@dataclass(frozen=True, slots=True)
class EnrolledUser:
    """A user of a collection and how many faces it has."""

    key: int
    user_id: str
    face_count: int

    @property
    def status(self) -> Literal["CREATED", "ACTIVE"]:
        """CREATED before any face is associated, ACTIVE while there is one."""
        return "ACTIVE" if self.face_count else "CREATED"


def embedding_to_bytes(embedding: Embedding) -> bytes:
    """Return an embedding as the database keeps it: float32, little-endian."""
    return embedding.astype(_STORED).tobytes()


def embeddings_from_bytes(rows: list[bytes]) -> NDArray[np.float32]:
    """Return embeddings (n, d) from what the database keeps; (0, 0) for none."""
    values = np.frombuffer(b"".join(rows), _STORED).astype(np.float32, copy=False)
    return values.reshape(len(rows), -1) if rows else values.reshape(0, 0)
