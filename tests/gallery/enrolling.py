"""Faces to enroll and galleries to enroll them in."""

from collections.abc import Sequence
from datetime import UTC, datetime
from uuid import UUID

import numpy as np
from numpy.typing import NDArray

from vidimus.gallery.gallery import EnrolledFace, Gallery, NewFace
from vidimus.geometry import BoundingBox
from vidimus.storage.database import Database

MOMENT = datetime(2026, 2, 3, 4, 5, 6, tzinfo=UTC)
DIMENSIONS = 16


def open_gallery(database: Database) -> Gallery:
    return Gallery(database, clock=lambda: MOMENT)


def face_id(number: int) -> str:
    return str(UUID(int=number))


def embedding(person: int, face: int = 0, dimensions: int = DIMENSIONS) -> NDArray[np.float32]:
    """Return the unit embedding of a person's face; each of the faces differs a little."""
    of_person = np.random.default_rng(person).standard_normal(dimensions)
    of_face = np.random.default_rng((person, face)).standard_normal(dimensions)
    mixed = of_person / np.linalg.norm(of_person) + 0.1 * face * of_face / np.linalg.norm(of_face)
    unit: NDArray[np.float32] = (mixed / np.linalg.norm(mixed)).astype(np.float32)
    return unit


def new_face(number: int, vector: NDArray[np.float32] | None = None) -> NewFace:
    return NewFace(
        face_id=face_id(number),
        image_id=face_id(1_000_000 + number),
        external_image_id=f"photo-{number}" if number % 2 else None,
        box=BoundingBox(0.1, -0.05, 0.25, 0.5),
        confidence=99.25,
        embedding=embedding(number) if vector is None else vector,
    )


def enroll(
    database: Database, gallery: Gallery, collection_id: str, faces: Sequence[NewFace]
) -> list[EnrolledFace]:
    with database.writing() as tx:
        return gallery.enroll(tx, collection_id, faces)


def create(database: Database, gallery: Gallery, collection_id: str, *users: str) -> None:
    with database.writing() as tx:
        gallery.create_collection(tx, collection_id, "1.0", {})
        for user_id in users:
            gallery.create_user(tx, collection_id, user_id)


def found(gallery: Gallery, collection_id: str, vector: NDArray[np.float32]) -> list[str]:
    """Return the ids of all faces, most alike first."""
    candidates = gallery.search_faces(collection_id, vector, limit=4096, min_score=-2.0)
    return [candidate.face.face_id for candidate in candidates]
