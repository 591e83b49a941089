"""The review queue: opened once, closed once, and both in the ledger."""

from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest

from tests.accountability.entries import KEY, ticking_clock
from vidimus.accountability.ledger import Ledger
from vidimus.engine.caller import Caller
from vidimus.engine.record import Recorder
from vidimus.engine.reviews import Reviews, ReviewWish, Verdict
from vidimus.errors import HumanLoopQuotaExceeded, InvalidParameter, ResourceNotFound
from vidimus.imaging.decode import Picture
from vidimus.storage.database import Database, open_database
from vidimus.vision.moderation_types import Moderation, ModerationLabel

FLOW = "arn:aws:sagemaker:eu-west-1:123456789012:flow-definition/all"
WISH = ReviewWish("beach-1", FLOW, ("FreeOfAdultContent",), "s3://photos/beach.jpg")
PICTURE = Picture(np.zeros((80, 80, 3), np.uint8), "0" * 64, "JPEG")
FOUND = Moderation((ModerationLabel("Gambling", "", 1, 71.5),), (), "1.3")
CALLER = Caller("AKIAEXAMPLE", "request-1")


@pytest.fixture
def database(tmp_path: Path) -> Iterator[Database]:
    opened = open_database(f"sqlite:///{tmp_path / 'reviews.db'}")
    yield opened
    opened.close()


@pytest.fixture
def ledger(database: Database) -> Ledger:
    return Ledger(database, KEY, ticking_clock())


@pytest.fixture
def reviews(database: Database, ledger: Ledger) -> Reviews:
    return Reviews(database, Recorder(ledger), ticking_clock(), most_open=2)


def test_an_answer_waits_and_the_ledger_knows(reviews: Reviews, ledger: Ledger) -> None:
    receipt = reviews.open_review(WISH, PICTURE, FOUND, 50, CALLER)
    (waiting,) = reviews.list_reviews()
    assert waiting.loop_name == "beach-1"
    assert [(label.name, label.confidence) for label in waiting.labels] == [("Gambling", 71.5)]
    assert (waiting.picture_sha256, waiting.picture_place) == ("0" * 64, "s3://photos/beach.jpg")
    assert (waiting.actor, waiting.request_id) == ("AKIAEXAMPLE", "request-1")
    assert (waiting.classifiers, waiting.model_version) == (("FreeOfAdultContent",), "1.3")
    (row,) = ledger.tail(5)
    assert receipt is not None
    assert row.sequence == receipt.sequence
    assert row.entry.operation == "DetectModerationLabels"
    assert row.entry.details["review"] == "beach-1"


def test_a_repeated_request_changes_nothing(reviews: Reviews, ledger: Ledger) -> None:
    reviews.open_review(WISH, PICTURE, FOUND, 50, CALLER)
    again = replace(CALLER, request_id="request-2")
    assert reviews.open_review(WISH, PICTURE, FOUND, 50, again) is None
    reviews.close_review("beach-1", Verdict.CONFIRMED, caller=CALLER)
    assert reviews.open_review(WISH, PICTURE, FOUND, 50, again) is None
    assert reviews.list_reviews() == ()
    assert len(ledger.tail(9)) == 2


@pytest.mark.parametrize(
    ("wish", "picture", "caller"),
    [
        (replace(WISH, flow_arn=FLOW + "2"), PICTURE, CALLER),
        (replace(WISH, picture_place=None), PICTURE, CALLER),
        (WISH, replace(PICTURE, sha256="1" * 64), CALLER),
        (WISH, PICTURE, Caller("AKIAOTHER", "request-1")),
    ],
)
def test_a_name_means_one_review(
    reviews: Reviews, wish: ReviewWish, picture: Picture, caller: Caller
) -> None:
    reviews.open_review(WISH, PICTURE, FOUND, 50, CALLER)
    with pytest.raises(InvalidParameter, match="beach-1 is in use"):
        reviews.open_review(wish, picture, FOUND, 50, caller)
    assert len(reviews.list_reviews(closed_too=True)) == 1


def test_no_more_wait_than_may(reviews: Reviews, ledger: Ledger) -> None:
    for name in ("a", "b"):
        reviews.open_review(replace(WISH, loop_name=name), PICTURE, FOUND, 50, CALLER)
    with pytest.raises(HumanLoopQuotaExceeded, match="max_open_reviews") as raised:
        reviews.open_review(replace(WISH, loop_name="c"), PICTURE, FOUND, 50, CALLER)
    assert set(raised.value.members) == {"ResourceType", "QuotaCode", "ServiceCode"}
    assert len(ledger.tail(9)) == 2
    reviews.close_review("a", Verdict.REJECTED, caller=CALLER)
    reviews.open_review(replace(WISH, loop_name="c"), PICTURE, FOUND, 50, CALLER)
    assert [each.loop_name for each in reviews.list_reviews()] == ["b", "c"]


def test_a_review_is_closed_once_with_a_verdict(reviews: Reviews, ledger: Ledger) -> None:
    reviews.open_review(WISH, PICTURE, FOUND, 50, CALLER)
    reviews.close_review("beach-1", Verdict.REJECTED, "a toy", Caller("local:ada", "r"))
    (closed,) = reviews.list_reviews(closed_too=True)
    assert (closed.verdict, closed.note, closed.reviewer) == ("rejected", "a toy", "local:ada")
    row = ledger.tail(1)[0].entry
    assert (row.actor, row.operation, row.details["verdict"]) == (
        "local:ada",
        "CloseReview",
        "rejected",
    )
    with pytest.raises(InvalidParameter, match="closed"):
        reviews.close_review("beach-1", Verdict.CONFIRMED)
    with pytest.raises(ResourceNotFound, match="beach-2"):
        reviews.close_review("beach-2", Verdict.CONFIRMED)
    with pytest.raises(InvalidParameter, match="note"):
        reviews.close_review("beach-1", Verdict.CONFIRMED, "x" * 2001)


@pytest.mark.parametrize(
    "arn", ["flow", "arn:aws:sagemaker:eu-west-1:123:flow-definition/all", FLOW[:-3]]
)
def test_a_flow_has_an_arn(arn: str) -> None:
    with pytest.raises(InvalidParameter, match="FlowDefinitionArn"):
        ReviewWish("beach-1", arn)
