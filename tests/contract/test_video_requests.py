"""Starting and reading jobs on videos through boto3, on a server whose jobs nobody carries out."""

from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from botocore.exceptions import ClientError

from tests.contract.conftest import LiveServer, serving
from tests.contract.test_collections import code_of
from tests.contract.test_labels import message_of

VIDEO = {"S3Object": {"Bucket": "films", "Name": "out.mp4"}}
CHANNEL = {
    "SNSTopicArn": "arn:aws:sns:us-east-1:123456789012:AmazonRekognitionDone",
    "RoleArn": "arn:aws:iam::123456789012:role/told",
}
KINDS = (
    "face_detection",
    "face_search",
    "label_detection",
    "text_detection",
    "content_moderation",
    "celebrity_recognition",
    "person_tracking",
    "segment_detection",
)
REQUIRED: dict[str, dict[str, Any]] = {
    "face_search": {"CollectionId": "people"},
    "segment_detection": {"SegmentTypes": ["SHOT"]},
}


@pytest.fixture(scope="module")
def idle(tmp_path_factory: pytest.TempPathFactory, models_path: Path) -> Iterator[LiveServer]:
    """A server without workers."""
    home = tmp_path_factory.mktemp("idle")
    bucket = home / "buckets" / "films"
    bucket.mkdir(parents=True)
    (bucket / "out.mp4").write_bytes(b"nobody looks")
    with serving(home, models_path, VIDIMUS_VIDEO_WORKERS="0") as live:
        live.client().create_collection(CollectionId="people")
        yield live


@pytest.fixture(scope="module")
def client(idle: LiveServer) -> Any:
    return idle.client()


def start(client: Any, kind: str, **members: Any) -> str:
    request = {"Video": VIDEO, **REQUIRED.get(kind, {}), **members}
    return str(getattr(client, f"start_{kind}")(**request)["JobId"])


def get(client: Any, kind: str, **members: Any) -> dict[str, Any]:
    return dict(getattr(client, f"get_{kind}")(**members))


@pytest.mark.parametrize("kind", KINDS)
def test_a_job_in_work_tells_how_it_stands_and_nothing_else(client: Any, kind: str) -> None:
    members = {"JobTag": "a:tag/1", "NotificationChannel": CHANNEL, "ClientRequestToken": "once"}
    job_id = start(client, kind, **members)
    assert start(client, kind, **members) == job_id
    answer = get(client, kind, JobId=job_id)
    assert answer["JobStatus"] == "IN_PROGRESS"
    assert (answer["JobId"], answer["JobTag"]) == (job_id, "a:tag/1")
    assert answer["Video"] == VIDEO
    assert not {"StatusMessage", "NextToken"} & set(answer)
    with pytest.raises(ClientError) as error:
        start(client, kind, **{**members, "JobTag": "another"})
    assert code_of(error) == "IdempotentParameterMismatchException"
    assert "once" in message_of(error)


def test_the_kinds_do_not_answer_for_each_other(client: Any) -> None:
    job_id = start(client, "text_detection", ClientRequestToken="one-of-text")
    for kind in KINDS:
        if kind != "text_detection":
            with pytest.raises(ClientError) as error:
                get(client, kind, JobId=job_id)
            assert code_of(error) == "ResourceNotFoundException"
    with pytest.raises(ClientError) as error:
        client.get_media_analysis_job(JobId=job_id)
    assert code_of(error) == "ResourceNotFoundException"


@pytest.mark.parametrize(
    ("members", "code", "said"),
    [
        ({"Video": {}}, "InvalidParameterException", "S3Object"),
        ({"Video": {"S3Object": {"Bucket": "films"}}}, "InvalidParameterException", "Name"),
        (
            {"Video": {"S3Object": {"Bucket": "films", "Name": "no.mp4"}}},
            "InvalidS3ObjectException",
            "films/no.mp4",
        ),
        (
            {"Video": {"S3Object": {"Bucket": "elsewhere", "Name": "out.mp4"}}},
            "InvalidS3ObjectException",
            "elsewhere",
        ),
        ({"JobTag": "two words"}, "InvalidParameterException", "JobTag"),
        ({"JobTag": ""}, "InvalidParameterException", "JobTag"),
        ({"ClientRequestToken": "to ken"}, "InvalidParameterException", "ClientRequestToken"),
        ({"ClientRequestToken": "t" * 65}, "InvalidParameterException", "ClientRequestToken"),
        (
            {"NotificationChannel": {**CHANNEL, "SNSTopicArn": "a topic"}},
            "InvalidParameterException",
            "SNSTopicArn",
        ),
        (
            {"NotificationChannel": {**CHANNEL, "RoleArn": "a role"}},
            "InvalidParameterException",
            "RoleArn",
        ),
        (
            {"NotificationChannel": {"SNSTopicArn": CHANNEL["SNSTopicArn"]}},
            "InvalidParameterException",
            "RoleArn",
        ),
        ({"MinConfidence": 100.5}, "InvalidParameterException", "MinConfidence"),
        ({"Features": ["IMAGE_PROPERTIES"]}, "InvalidParameterException", "Features"),
        ({"Features": ["GENERAL_LABELS"] * 2}, "InvalidParameterException", "Features"),
        (
            {"Settings": {"GeneralLabels": {"LabelExclusionFilters": ["Dogs"]}}},
            "InvalidParameterException",
            "'Dogs'",
        ),
    ],
)
def test_a_start_that_does_not_fit(
    client: Any, members: dict[str, Any], code: str, said: str
) -> None:
    with pytest.raises(ClientError) as error:
        start(client, "label_detection", **members)
    assert code_of(error) == code
    assert said in message_of(error)


@pytest.mark.parametrize(
    ("kind", "members", "code", "said"),
    [
        (
            "face_detection",
            {"FaceAttributes": "SOME"},
            "InvalidParameterException",
            "FaceAttributes",
        ),
        ("face_search", {"CollectionId": "nobody"}, "ResourceNotFoundException", "nobody"),
        (
            "face_search",
            {"FaceMatchThreshold": -1},
            "InvalidParameterException",
            "FaceMatchThreshold",
        ),
        (
            "content_moderation",
            {"MinConfidence": 101},
            "InvalidParameterException",
            "MinConfidence",
        ),
        ("segment_detection", {"SegmentTypes": []}, "InvalidParameterException", "SegmentTypes"),
        ("segment_detection", {"SegmentTypes": ["X"]}, "InvalidParameterException", "SegmentTypes"),
        (
            "segment_detection",
            {"Filters": {"ShotFilter": {"MinSegmentConfidence": 49}}},
            "InvalidParameterException",
            "MinSegmentConfidence",
        ),
        (
            "segment_detection",
            {"Filters": {"TechnicalCueFilter": {"BlackFrame": {"MaxPixelThreshold": 1.1}}}},
            "InvalidParameterException",
            "MaxPixelThreshold",
        ),
        (
            "text_detection",
            {"Filters": {"RegionsOfInterest": [{}]}},
            "InvalidParameterException",
            "RegionsOfInterest[0]",
        ),
        (
            "text_detection",
            {"Filters": {"WordFilter": {"MinConfidence": 101}}},
            "InvalidParameterException",
            "MinConfidence",
        ),
    ],
)
def test_filters_that_do_not_fit(
    client: Any, kind: str, members: dict[str, Any], code: str, said: str
) -> None:
    with pytest.raises(ClientError) as error:
        start(client, kind, **members)
    assert code_of(error) == code
    assert said in message_of(error)


@pytest.mark.parametrize(
    ("members", "code"),
    [
        ({"JobId": "nowhere"}, "ResourceNotFoundException"),
        ({"JobId": "no where"}, "InvalidParameterException"),
        ({"JobId": ""}, "InvalidParameterException"),
        ({"MaxResults": 0}, "InvalidParameterException"),
        ({"MaxResults": -5}, "InvalidParameterException"),
        ({"SortBy": "INDEX"}, "InvalidParameterException"),
        ({"AggregateBy": "DAYS"}, "InvalidParameterException"),
        ({"NextToken": "A" * 64}, "InvalidPaginationTokenException"),
        ({"NextToken": "A" * 256}, "InvalidParameterException"),
    ],
)
def test_a_get_that_does_not_fit(client: Any, members: dict[str, Any], code: str) -> None:
    job_id = start(client, "label_detection", ClientRequestToken="to-be-read")
    with pytest.raises(ClientError) as error:
        get(client, "label_detection", **{"JobId": job_id, **members})
    assert code_of(error) == code


def test_the_twenty_first_open_job_is_refused(client: Any) -> None:
    """The last test here: afterwards the server is full."""
    first = start(client, "text_detection", ClientRequestToken="first")

    def start_many() -> None:
        for _ in range(21):
            start(client, "label_detection")

    with pytest.raises(ClientError) as error:
        start_many()
    assert code_of(error) == "LimitExceededException"
    assert "20 open Jobs" in message_of(error)
    assert start(client, "text_detection", ClientRequestToken="first") == first
