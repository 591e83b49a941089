"""The review queue: what people are asked to look at, and what they decided.

No pixels are kept. Who reviews a picture finds it by its place in a bucket, or among their own
files by its sha256. Opening and closing are rows of the ledger.
"""

import re
from collections.abc import Callable
from dataclasses import dataclass, replace
from datetime import datetime
from enum import StrEnum

from vidimus.accountability.ledger import Receipt
from vidimus.engine.caller import Caller
from vidimus.engine.record import Act, Recorder
from vidimus.errors import HumanLoopQuotaExceeded, InvalidParameter, ResourceNotFound
from vidimus.imaging.decode import Picture
from vidimus.storage.database import Database, Transaction
from vidimus.storage.reviews import (
    Closing,
    StoredLabel,
    StoredReview,
    add_review,
    close_review,
    count_open_reviews,
    find_review,
    list_reviews,
)
from vidimus.vision.moderation_types import Moderation

FLOW_ARN = re.compile(r"arn:aws[a-z-]*:sagemaker:[a-z0-9-]*:\d{12}:flow-definition/.+")
LONGEST_NOTE = 2000


class Verdict(StrEnum):
    """What a reviewer says of the labels: that they are right, or wrong."""

    CONFIRMED = "confirmed"
    REJECTED = "rejected"


@dataclass(frozen=True, slots=True)
class ReviewWish:
    """A caller's wish that people look at the answer, should it have labels.

    `loop_name` names the review for good; `flow_arn` is kept for whoever reads the queue;
    `classifiers` are the caller's statements about the picture; `picture_place` is where it lies
    in a bucket, None for bytes that came with the request.
    """

    loop_name: str
    flow_arn: str
    classifiers: tuple[str, ...] = ()
    picture_place: str | None = None

    def __post_init__(self) -> None:
        if not FLOW_ARN.fullmatch(self.flow_arn):
            raise InvalidParameter(
                f"HumanLoopConfig.FlowDefinitionArn: {self.flow_arn!r} is not the ARN of a flow "
                "definition (arn:aws:sagemaker:REGION:ACCOUNT:flow-definition/NAME)"
            )


class Reviews:
    """The queue of one database; `most_open` reviews may wait at once."""

    def __init__(
        self,
        database: Database,
        recorder: Recorder,
        clock: Callable[[], datetime],
        most_open: int,
    ) -> None:
        self._database = database
        self._recorder = recorder
        self._clock = clock
        self._most_open = most_open

    def open_review(
        self,
        wish: ReviewWish,
        picture: Picture,
        moderation: Moderation,
        min_confidence: float,
        caller: Caller | None = None,
    ) -> Receipt | None:
        """Put an answer into the queue, and into the ledger in the same transaction.

        The same wish for the same picture again changes nothing and returns None: a client that
        missed the answer may repeat its request. Raises InvalidParameter where the name was used
        for anything else, and HumanLoopQuotaExceeded when too many reviews wait.
        """
        caller = caller or Caller.local()
        wanted = self._review(wish, picture, moderation, min_confidence, caller)
        with self._database.writing() as tx:
            before = find_review(tx, wish.loop_name)
            if before is not None:
                _check_same(before, wanted)
                return None
            self._check_quota(tx)
            add_review(tx, wanted)
            return self._recorder.record(tx, _opening(wanted), caller)

    def list_reviews(self, *, closed_too: bool = False) -> tuple[StoredReview, ...]:
        """Return the reviews, oldest first: those that wait, or all."""
        with self._database.reading() as tx:
            return list_reviews(tx, closed_too=closed_too)

    def close_review(
        self, loop_name: str, verdict: Verdict, note: str = "", caller: Caller | None = None
    ) -> Receipt:
        """End a review by a verdict, for good; the ledger tells who gave it.

        Raises ResourceNotFound where there is none of that name, InvalidParameter where it is
        closed already or the note has more than 2000 characters.
        """
        if len(note) > LONGEST_NOTE:
            raise InvalidParameter(f"note: more than {LONGEST_NOTE} characters")
        caller = caller or Caller.local()
        closing = Closing(self._clock(), caller.access_key_id, verdict.value, note)
        with self._database.writing() as tx:
            found = find_review(tx, loop_name)
            if found is None:
                raise ResourceNotFound(f"There is no review {loop_name}")
            if found.closed_at is not None:
                raise InvalidParameter(f"The review {loop_name} was closed: {found.verdict}")
            close_review(tx, loop_name, closing)
            return self._recorder.record(tx, _ending(found, closing), caller)

    def _review(
        self,
        wish: ReviewWish,
        picture: Picture,
        moderation: Moderation,
        min_confidence: float,
        caller: Caller,
    ) -> StoredReview:
        return StoredReview(
            loop_name=wish.loop_name,
            flow_arn=wish.flow_arn,
            opened_at=self._clock(),
            actor=caller.access_key_id,
            request_id=caller.request_id,
            picture_sha256=picture.sha256,
            picture_place=wish.picture_place,
            classifiers=wish.classifiers,
            min_confidence=min_confidence,
            labels=tuple(
                StoredLabel(each.name, each.parent, each.level, each.confidence)
                for each in moderation.labels
            ),
            model_version=moderation.model_version,
        )

    def _check_quota(self, tx: Transaction) -> None:
        if count_open_reviews(tx) >= self._most_open:
            raise HumanLoopQuotaExceeded(
                f"{self._most_open} reviews wait already, as many as the setting "
                "max_open_reviews allows: close some with `vidimus reviews close`"
            )


def _check_same(before: StoredReview, wanted: StoredReview) -> None:
    """Let a repeated request pass; refuse a name that means another review."""
    repeated = replace(
        before,
        opened_at=wanted.opened_at,
        request_id=wanted.request_id,
        labels=wanted.labels,
        model_version=wanted.model_version,
        closed_at=None,
        reviewer=None,
        verdict=None,
        note=None,
    )
    if repeated != wanted:
        raise InvalidParameter(
            f"HumanLoopConfig.HumanLoopName: the name {wanted.loop_name} is in use for another "
            "review"
        )


def _opening(wanted: StoredReview) -> Act:
    details = {
        "review": wanted.loop_name,
        "picture_sha256": wanted.picture_sha256,
    }
    return Act(
        "DetectModerationLabels",
        wanted.model_version,
        details=details,
        threshold=wanted.min_confidence,
    )


def _ending(found: StoredReview, closing: Closing) -> Act:
    details = {
        "review": found.loop_name,
        "picture_sha256": found.picture_sha256,
        "verdict": closing.verdict,
    }
    return Act("CloseReview", found.model_version, details=details)
