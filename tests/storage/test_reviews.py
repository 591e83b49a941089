from dataclasses import replace
from datetime import timedelta

import pytest
from sqlalchemy.exc import IntegrityError

from tests.storage.rows import MOMENT
from vidimus.storage.database import Database
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

REVIEW = StoredReview(
    loop_name="beach-1",
    flow_arn="arn:aws:sagemaker:us-east-1:000000000000:flow-definition/all",
    opened_at=MOMENT,
    actor="AKIAEXAMPLE",
    request_id="request-1",
    picture_sha256="0" * 64,
    picture_place="s3://photos/été.jpg",
    classifiers=("FreeOfAdultContent",),
    min_confidence=50.0,
    labels=(StoredLabel("Swimwear or Underwear", "", 1, 71.25),),
    model_version="1.3",
)


def test_a_review_comes_back_as_it_went(database: Database) -> None:
    bare = replace(REVIEW, loop_name="b", picture_place=None, classifiers=(), labels=())
    with database.writing() as tx:
        add_review(tx, REVIEW)
        add_review(tx, bare)
    with database.reading() as tx:
        assert find_review(tx, "beach-1") == REVIEW
        assert find_review(tx, "beach-2") is None
        assert list_reviews(tx) == (REVIEW, bare)


def test_a_closed_review_waits_no_more(database: Database) -> None:
    closing = Closing(MOMENT + timedelta(days=1), "local:ada", "rejected", "a wet suit")
    with database.writing() as tx:
        add_review(tx, REVIEW)
        add_review(tx, replace(REVIEW, loop_name="other"))
        assert count_open_reviews(tx) == 2
        close_review(tx, "beach-1", closing)
    with database.reading() as tx:
        assert count_open_reviews(tx) == 1
        assert [each.loop_name for each in list_reviews(tx)] == ["other"]
        closed, _ = list_reviews(tx, closed_too=True)
    assert (closed.verdict, closed.reviewer, closed.note) == ("rejected", "local:ada", "a wet suit")
    assert closed.closed_at == closing.closed_at


def test_a_name_is_given_once(database: Database) -> None:
    with database.writing() as tx:
        add_review(tx, REVIEW)
    with pytest.raises(IntegrityError), database.writing() as tx:
        add_review(tx, replace(REVIEW, picture_sha256="1" * 64))
