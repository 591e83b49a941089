"""Starting jobs on videos and reading them: tokens, limits, states, pages."""

import re
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest

from tests.operations.video_place import ADA, VIDEO, Place, Told
from vidimus.engine.caller import Caller
from vidimus.engine.job_kinds import VIDEO_KINDS, JobKind
from vidimus.errors import (
    IdempotentParameterMismatch,
    InvalidPaginationToken,
    InvalidParameter,
    InvalidS3Object,
    LimitExceeded,
    ResourceNotFound,
    VideoTooLarge,
)
from vidimus.vision.label_types import PictureLabel

REQUIRED: dict[str, dict[str, object]] = {
    "FaceSearch": {"CollectionId": "people"},
    "SegmentDetection": {"SegmentTypes": ["SHOT"]},
}


@pytest.fixture(autouse=True)
def _no_open_jobs(place: Place) -> Iterator[None]:
    yield
    for job in place.engine.jobs.list(limit=1000):
        place.engine.jobs.cancel(job.job_id)


@pytest.fixture(scope="module", autouse=True)
def _people(place: Place) -> None:
    place.call("CreateCollection", CollectionId="people")


def start(place: Place, kind: str = "LabelDetection", **params: object) -> str:
    params = {"Video": VIDEO, **REQUIRED.get(kind, {}), **params}
    return str(place.call(f"Start{kind}", **params)["JobId"])


def labels(count: int) -> list[Told]:
    """So many labels, one every 100 ms, of ten names whose order is not that of time."""
    names = [f"Label {(7 * number) % 10}" for number in range(count)]
    return [Told(100 * number, name, PictureLabel(name, 90.0)) for number, name in enumerate(names)]


@pytest.mark.parametrize("kind", VIDEO_KINDS)
def test_every_kind_starts_and_tells_how_it_stands(place: Place, kind: str) -> None:
    channel = {
        "SNSTopicArn": "arn:aws:sns:us-east-1:123456789012:AmazonRekognition",
        "RoleArn": "arn:aws:iam::123456789012:role/told",
    }
    job_id = start(place, kind, JobTag="summer", NotificationChannel=channel)
    assert re.fullmatch(r"[a-zA-Z0-9-_]{1,64}", job_id)
    job = place.job(job_id)
    assert (job.topic_arn, job.role_arn) == (channel["SNSTopicArn"], channel["RoleArn"])
    assert job.actor == ADA.access_key_id
    for _ in ("queued", "in work"):
        answer = place.call(f"Get{kind}", JobId=job_id)
        assert answer["JobStatus"] == "IN_PROGRESS"
        assert answer["JobId"] == job_id
        assert answer["JobTag"] == "summer"
        assert answer["Video"] == VIDEO
        assert "NextToken" not in answer
        assert not answer.get("VideoMetadata")
        lists = [value for value in answer.values() if isinstance(value, list)]
        assert [] in lists
        place.run(job_id)
    place.succeed(job_id)
    answer = place.call(f"Get{kind}", JobId=job_id)
    assert answer["JobStatus"] == "SUCCEEDED"
    assert answer["VideoMetadata"]


def test_what_a_video_is(place: Place) -> None:
    job_id = start(place)
    place.succeed(job_id)
    expected = {
        "Codec": "h264",
        "DurationMillis": 61_000,
        "Format": "QuickTime / MOV",
        "FrameRate": pytest.approx(29.97003),
        "FrameHeight": 1080,
        "FrameWidth": 1920,
        "ColorRange": "LIMITED",
    }
    assert place.call("GetLabelDetection", JobId=job_id)["VideoMetadata"] == expected
    job_id = start(place, "SegmentDetection")
    place.succeed(job_id)
    answer = place.call("GetSegmentDetection", JobId=job_id)
    assert answer["VideoMetadata"] == [expected]
    assert answer["AudioMetadata"] == [
        {"Codec": "aac", "DurationMillis": 60_980, "SampleRate": 48_000, "NumberOfChannels": 2}
    ]


def test_the_same_token_is_the_same_job(place: Place) -> None:
    first = start(place, ClientRequestToken="token-1", MinConfidence=60)
    assert start(place, ClientRequestToken="token-1", MinConfidence=60) == first
    assert start(place, ClientRequestToken="token-2", MinConfidence=60) != first
    assert start(place, "TextDetection", ClientRequestToken="token-1") != first
    with pytest.raises(IdempotentParameterMismatch, match="token-1"):
        start(place, ClientRequestToken="token-1", MinConfidence=61)
    with pytest.raises(IdempotentParameterMismatch):
        start(place, ClientRequestToken="token-1", MinConfidence=60, JobTag="other")
    other = place.call_as(
        Caller("AKIAEVE", "request-2"),
        "StartLabelDetection",
        Video=VIDEO,
        ClientRequestToken="token-1",
        MinConfidence=70,
    )
    assert other["JobId"] != first


def test_the_same_token_at_the_same_time_is_the_same_job(place: Place) -> None:
    with ThreadPoolExecutor(4) as pool:
        asked = [pool.submit(start, place, ClientRequestToken="at once") for _ in range(8)]
    assert len({each.result() for each in asked}) == 1


def test_a_known_token_is_answered_though_its_object_is_gone(place: Place) -> None:
    video = place.put("soon gone.mp4")
    first = start(place, Video=video, ClientRequestToken="gone")
    (place.engine.settings.home / "buckets/films/soon gone.mp4").unlink()
    assert start(place, Video=video, ClientRequestToken="gone") == first
    with pytest.raises(InvalidS3Object):
        start(place, Video=video)


def test_twenty_jobs_may_be_open(place: Place) -> None:
    first = start(place, ClientRequestToken="first")
    for number in range(19):
        start(place, "TextDetection" if number % 2 else "LabelDetection")
    with pytest.raises(LimitExceeded, match="20 open Jobs for User AKIAADA Maximum limit: 20"):
        start(place)
    assert start(place, ClientRequestToken="first") == first
    place.succeed(first)
    start(place)


@pytest.mark.parametrize(
    ("video", "said"),
    [
        ({}, "S3Object"),
        ({"S3Object": {}}, "Bucket and Name"),
        ({"S3Object": {"Bucket": "films"}}, "Name"),
        ({"S3Object": {"Bucket": "films", "Name": ""}}, "Name"),
    ],
)
def test_a_video_that_is_not_named(place: Place, video: dict[str, Any], said: str) -> None:
    with pytest.raises(InvalidParameter, match=said):
        start(place, Video=video)


@pytest.mark.parametrize(
    "members",
    [
        {"Bucket": "films", "Name": "no such.mp4"},
        {"Bucket": "no-such", "Name": "out.mp4"},
        {"Bucket": "films", "Name": "../secret.key"},
        {"Bucket": "films", "Name": "a day"},
        {"Bucket": "films", "Name": "a day/out.mp4", "Version": "1"},
    ],
)
def test_an_object_that_cannot_be_read(place: Place, members: dict[str, str]) -> None:
    with pytest.raises(InvalidS3Object):
        start(place, Video={"S3Object": members})


def test_a_video_that_is_too_large(place: Place) -> None:
    video = place.put("large.mp4", size=10 * 1024**3 + 1)
    with pytest.raises(VideoTooLarge, match=str(10 * 1024**3)):
        start(place, Video=video)


def test_nothing_is_left_of_a_refused_start(place: Place) -> None:
    before = [job.job_id for job in place.engine.jobs.list(limit=1000)]
    with pytest.raises(InvalidS3Object):
        start(place, Video={"S3Object": {"Bucket": "films", "Name": "no"}}, ClientRequestToken="x")
    assert [job.job_id for job in place.engine.jobs.list(limit=1000)] == before
    start(place, ClientRequestToken="x")


def test_a_collection_that_does_not_exist(place: Place) -> None:
    with pytest.raises(ResourceNotFound, match="nobody"):
        start(place, "FaceSearch", CollectionId="nobody")


def test_unknown_jobs_and_jobs_of_another_kind(place: Place) -> None:
    with pytest.raises(ResourceNotFound, match="nowhere"):
        place.call("GetLabelDetection", JobId="nowhere")
    job_id = start(place, "TextDetection")
    for kind in VIDEO_KINDS:
        if kind is not JobKind.TEXT_DETECTION:
            with pytest.raises(ResourceNotFound, match=job_id):
                place.call(f"Get{kind}", JobId=job_id)


def test_a_job_that_failed_says_why(place: Place) -> None:
    job_id = start(place)
    place.fail(job_id, "No picture of the video could be decoded.")
    answer = place.call("GetLabelDetection", JobId=job_id)
    assert answer["JobStatus"] == "FAILED"
    assert answer["StatusMessage"] == "No picture of the video could be decoded."
    assert answer["Labels"] == []
    assert "VideoMetadata" not in answer


@pytest.fixture(scope="module")
def thousands(place: Place) -> str:
    """A job that found 2,500 labels."""
    job_id = start(place)
    place.succeed(job_id, labels(2500))
    return job_id


@pytest.mark.parametrize(
    ("most", "sizes"),
    [(None, [1000, 1000, 500]), (1000, [1000, 1000, 500]), (5000, [1000, 1000, 500])],
)
@pytest.mark.parametrize("sort", ["TIMESTAMP", "NAME"])
def test_pages(place: Place, thousands: str, sort: str, most: int | None, sizes: list[int]) -> None:
    pages = list(read_pages(place, thousands, sort, {} if most is None else {"MaxResults": most}))
    assert [len(page["Labels"]) for page in pages] == sizes
    found = [each for page in pages for each in page["Labels"]]
    times = [each["Timestamp"] for each in found]
    assert sorted(times) == list(range(0, 250_000, 100))
    keys = [(each["Label"]["Name"] if sort == "NAME" else "", each["Timestamp"]) for each in found]
    assert keys == sorted(keys)
    assert all(page["GetRequestMetadata"]["SortBy"] == sort for page in pages)


def test_pages_of_one(place: Place) -> None:
    job_id = start(place)
    place.succeed(job_id, labels(3))
    pages = list(read_pages(place, job_id, "TIMESTAMP", {"MaxResults": 1}))
    assert [page["Labels"][0]["Timestamp"] for page in pages] == [0, 100, 200]


def read_pages(
    place: Place, job_id: str, sort: str, members: dict[str, Any]
) -> Iterator[dict[str, Any]]:
    while True:
        page = place.call("GetLabelDetection", JobId=job_id, SortBy=sort, **members)
        yield page
        if "NextToken" not in page:
            return
        members = {**members, "NextToken": page["NextToken"]}


def test_tokens_are_of_one_job_and_one_order(place: Place, thousands: str) -> None:
    token = place.call("GetLabelDetection", JobId=thousands, MaxResults=1)["NextToken"]
    other = start(place)
    place.succeed(other, labels(3))
    altered = ("B" if token[0] == "A" else "A") + token[1:]
    for members in (
        {"JobId": other, "NextToken": token},
        {"JobId": thousands, "NextToken": token, "SortBy": "NAME"},
        {"JobId": thousands, "NextToken": token, "AggregateBy": "SEGMENTS"},
        {"JobId": thousands, "NextToken": altered},
        {"JobId": thousands, "NextToken": "no token"},
    ):
        with pytest.raises(InvalidPaginationToken):
            place.call("GetLabelDetection", **members)
    page = place.call("GetLabelDetection", JobId=thousands, NextToken=token, MaxResults=2)
    assert [each["Timestamp"] for each in page["Labels"]] == [100, 200]


def test_tokens_are_good_for_a_day(
    place: Place, thousands: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    yesterday = datetime.now(UTC) - timedelta(hours=24, seconds=1)
    with monkeypatch.context() as then:
        then.setattr(place.engine.page_tokens, "_clock", lambda: yesterday)
        token = place.call("GetLabelDetection", JobId=thousands, MaxResults=1)["NextToken"]
    with pytest.raises(InvalidPaginationToken, match="24 hours"):
        place.call("GetLabelDetection", JobId=thousands, NextToken=token)


def test_a_token_while_the_job_is_in_work_is_none_of_its_own(place: Place) -> None:
    job_id = start(place)
    with pytest.raises(InvalidPaginationToken):
        place.call("GetLabelDetection", JobId=job_id, NextToken="A" * 64)
