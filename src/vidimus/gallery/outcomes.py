"""What changes of a gallery did, and what searches of it found."""

from dataclasses import dataclass
from typing import Generic, Literal, TypeVar

from vidimus.storage.enrolled import EnrolledFace, EnrolledUser

T_co = TypeVar("T_co", covariant=True)

FailureReason = Literal[
    "FACE_NOT_FOUND",
    "ASSOCIATED_TO_A_DIFFERENT_USER",
    "ASSOCIATED_TO_AN_EXISTING_USER",
    "LOW_MATCH_CONFIDENCE",
]


@dataclass(frozen=True, slots=True)
class Page(Generic[T_co]):
    """One page of a listing; the next begins after `next_key`, None on the last."""

    items: tuple[T_co, ...]
    next_key: int | None


@dataclass(frozen=True, slots=True)
class Candidate:
    """An enrolled face and its score (dot product with the probe)."""

    face: EnrolledFace
    score: float


@dataclass(frozen=True, slots=True)
class UserCandidate:
    """A user and its score: the mean of its faces' dot products with the probe."""

    user: EnrolledUser
    score: float


@dataclass(frozen=True, slots=True)
class FaceFailure:
    """A face that a change passed over, and why.

    `user_id` is the user it belongs to where that is why, `score` the one that was too low.
    """

    face_id: str
    reason: FailureReason
    user_id: str | None = None
    score: float | None = None


@dataclass(frozen=True, slots=True)
class DeletedCollection:
    """How many faces and users went with a collection."""

    face_count: int
    user_count: int


@dataclass(frozen=True, slots=True)
class DeletionOutcome:
    """The ids of faces deleted, and the faces that were not."""

    deleted: tuple[str, ...]
    failures: tuple[FaceFailure, ...]


@dataclass(frozen=True, slots=True)
class AssociationOutcome:
    """The ids of faces newly associated, those refused, and how the user stands."""

    associated: tuple[str, ...]
    failures: tuple[FaceFailure, ...]
    status: Literal["CREATED", "ACTIVE"]


@dataclass(frozen=True, slots=True)
class DisassociationOutcome:
    """The ids of faces taken from the user, those refused, and how the user stands."""

    disassociated: tuple[str, ...]
    failures: tuple[FaceFailure, ...]
    status: Literal["CREATED", "ACTIVE"]
