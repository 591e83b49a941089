"""Which faces may join or leave a user, and the vector that stands for the user.

A user's vector is the plain mean of the unit embeddings of its faces, not stretched to unit
length again: its dot product with a probe is the mean cosine to the faces, so a similarity read
off it promises no more than the faces themselves do.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

import numpy as np

from vidimus.errors import ServiceQuotaExceeded
from vidimus.gallery.outcomes import FaceFailure
from vidimus.storage import faces as face_rows
from vidimus.storage import users as user_rows
from vidimus.storage.database import Transaction
from vidimus.storage.enrolled import Embedding, EnrolledFace, EnrolledUser

MAX_FACES_PER_USER = 100


@dataclass(frozen=True, slots=True)
class Verdict:
    """The faces that a change applies to, and those it passes over."""

    accepted: tuple[EnrolledFace, ...]
    failures: tuple[FaceFailure, ...]


def judge_joining(
    tx: Transaction,
    user: EnrolledUser,
    face_ids: Sequence[str],
    found: Mapping[str, EnrolledFace],
    min_score: float,
) -> Verdict:
    """Tell which faces may join `user`; those that belong to it already are in neither list.

    Only where the user has a face already must a new one score `min_score` with its vector.
    Raises ServiceQuotaExceeded where the user would have more than 100 faces.
    """
    sorted_out = _sort_out(face_ids, found)
    free = [face for face in sorted_out.accepted if face.user_id is None]
    failures = [*sorted_out.failures, *_of_others(sorted_out.accepted, user)]
    accepted, unlike = _alike(tx, user, free, min_score)
    if user.face_count + len(accepted) > MAX_FACES_PER_USER:
        raise ServiceQuotaExceeded(
            f"The user id: {user.user_id} would have {user.face_count + len(accepted)} faces; "
            f"a user may have {MAX_FACES_PER_USER}"
        )
    return Verdict(accepted, _in_order(face_ids, [*failures, *unlike]))


def judge_leaving(
    user: EnrolledUser, face_ids: Sequence[str], found: Mapping[str, EnrolledFace]
) -> Verdict:
    """Tell which faces may leave `user`; those that belong to nobody are in neither list."""
    sorted_out = _sort_out(face_ids, found)
    failures = [*sorted_out.failures, *_of_others(sorted_out.accepted, user)]
    own = tuple(face for face in sorted_out.accepted if face.user_id == user.user_id)
    return Verdict(own, _in_order(face_ids, failures))


def judge_deletion(face_ids: Sequence[str], found: Mapping[str, EnrolledFace]) -> Verdict:
    """Tell which faces may be deleted: those that belong to no user."""
    sorted_out = _sort_out(face_ids, found)
    failures = [
        FaceFailure(face.face_id, "ASSOCIATED_TO_AN_EXISTING_USER", face.user_id)
        for face in sorted_out.accepted
        if face.user_id is not None
    ]
    free = tuple(face for face in sorted_out.accepted if face.user_id is None)
    return Verdict(free, _in_order(face_ids, [*sorted_out.failures, *failures]))


def refresh_vector(tx: Transaction, user: EnrolledUser) -> tuple[EnrolledUser, Embedding | None]:
    """Store the vector of the faces a user has now; returns the user and it, None without."""
    embeddings = face_rows.read_embeddings_of_user(tx, user.key)
    vector = (
        embeddings.mean(axis=0, dtype=np.float64).astype(np.float32) if len(embeddings) else None
    )
    user_rows.set_vector(tx, user.key, vector, len(embeddings))
    return EnrolledUser(user.key, user.user_id, len(embeddings)), vector


def _sort_out(face_ids: Sequence[str], found: Mapping[str, EnrolledFace]) -> Verdict:
    """Part the faces that exist from those that do not; each counts once, in order."""
    named = dict.fromkeys(face_ids)
    missing = tuple(FaceFailure(each, "FACE_NOT_FOUND") for each in named if each not in found)
    return Verdict(tuple(found[each] for each in named if each in found), missing)


def _of_others(faces: Sequence[EnrolledFace], user: EnrolledUser) -> list[FaceFailure]:
    return [
        FaceFailure(face.face_id, "ASSOCIATED_TO_A_DIFFERENT_USER", face.user_id)
        for face in faces
        if face.user_id not in {None, user.user_id}
    ]


def _alike(
    tx: Transaction, user: EnrolledUser, faces: Sequence[EnrolledFace], min_score: float
) -> tuple[tuple[EnrolledFace, ...], list[FaceFailure]]:
    """Part the faces that score `min_score` with the user's vector from those that do not."""
    vector = user_rows.read_vector(tx, user.key)
    if vector is None:
        return tuple(faces), []
    embeddings = face_rows.read_embeddings(tx, [face.key for face in faces])
    scores = {
        face.face_id: float(embeddings[face.key].astype(np.float64) @ vector.astype(np.float64))
        for face in faces
    }
    unlike = [
        FaceFailure(face_id, "LOW_MATCH_CONFIDENCE", score=score)
        for face_id, score in scores.items()
        if score < min_score
    ]
    return tuple(face for face in faces if scores[face.face_id] >= min_score), unlike


def _in_order(face_ids: Sequence[str], failures: Sequence[FaceFailure]) -> tuple[FaceFailure, ...]:
    """Return the failures in the order the caller named the faces."""
    place = {face_id: number for number, face_id in enumerate(dict.fromkeys(face_ids))}
    return tuple(sorted(failures, key=lambda failure: place[failure.face_id]))
