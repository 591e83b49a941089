"""Collections and tags through boto3."""

from collections.abc import Callable, Iterator
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest
from botocore.exceptions import ClientError


def code_of(raised: pytest.ExceptionInfo[ClientError]) -> str:
    return str(raised.value.response["Error"]["Code"])


def test_a_collection_lives_and_dies(rekognition: Any) -> None:
    made = rekognition.create_collection(CollectionId="Life", Tags={"team": "archive"})
    assert made["StatusCode"] == 200
    assert made["CollectionArn"].endswith(":collection/Life")
    told = rekognition.describe_collection(CollectionId="Life")
    assert (told["FaceCount"], told["UserCount"]) == (0, 0)
    assert told["FaceModelVersion"] == made["FaceModelVersion"]
    assert datetime.now(UTC) - told["CreationTimestamp"] < timedelta(minutes=5)
    assert rekognition.delete_collection(CollectionId="Life")["StatusCode"] == 200
    with pytest.raises(ClientError) as raised:
        rekognition.describe_collection(CollectionId="Life")
    assert code_of(raised) == "ResourceNotFoundException"
    assert "Life" in raised.value.response["Error"]["Message"]


def test_names_are_case_sensitive_and_unique(rekognition: Any, collection: str) -> None:
    with pytest.raises(ClientError) as raised:
        rekognition.create_collection(CollectionId=collection)
    assert code_of(raised) == "ResourceAlreadyExistsException"
    assert "already exists" in raised.value.response["Error"]["Message"]
    rekognition.create_collection(CollectionId=collection.upper())
    rekognition.delete_collection(CollectionId=collection.upper())


@pytest.fixture
def many(rekognition: Any) -> Iterator[list[str]]:
    names = [f"many-{number}" for number in range(7)]
    for name in names:
        rekognition.create_collection(CollectionId=name)
    yield names
    for name in names:
        rekognition.delete_collection(CollectionId=name)


def test_pages_cover_everything_once(rekognition: Any, many: list[str]) -> None:
    pages = list(
        rekognition.get_paginator("list_collections").paginate(PaginationConfig={"PageSize": 2})
    )
    found = [name for page in pages for name in page["CollectionIds"]]
    assert sorted(set(found)) == sorted(found)
    assert set(many) <= set(found)
    assert all(len(page["CollectionIds"]) == len(page["FaceModelVersions"]) for page in pages)
    assert all(len(page.get("NextToken", "")) <= 255 for page in pages)


def test_foreign_page_tokens_are_refused(rekognition: Any, many: list[str]) -> None:
    token = rekognition.list_collections(MaxResults=1)["NextToken"]
    calls: tuple[Callable[[], object], ...] = (
        lambda: rekognition.list_collections(NextToken="nonsense"),
        lambda: rekognition.list_collections(NextToken=token[:-2] + "xx"),
        lambda: rekognition.list_faces(CollectionId=many[0], NextToken=token),
    )
    for call in calls:
        with pytest.raises(ClientError) as raised:
            call()
        assert code_of(raised) == "InvalidPaginationTokenException"


def test_tags_are_kept_with_the_collection(rekognition: Any, collection: str) -> None:
    arn = rekognition.describe_collection(CollectionId=collection)["CollectionARN"]
    rekognition.tag_resource(ResourceArn=arn, Tags={"a": "1", "b": "2"})
    rekognition.tag_resource(ResourceArn=arn, Tags={"b": "3", "c": ""})
    assert rekognition.list_tags_for_resource(ResourceArn=arn)["Tags"] == {
        "a": "1",
        "b": "3",
        "c": "",
    }
    rekognition.untag_resource(ResourceArn=arn, TagKeys=["a", "unknown"])
    short = arn.removeprefix("arn:")
    assert set(rekognition.list_tags_for_resource(ResourceArn=short)["Tags"]) == {"b", "c"}


def test_at_most_two_hundred_tags(rekognition: Any, collection: str) -> None:
    arn = rekognition.describe_collection(CollectionId=collection)["CollectionARN"]
    rekognition.tag_resource(ResourceArn=arn, Tags={f"key-{n}": "" for n in range(199)})
    with pytest.raises(ClientError) as raised:
        rekognition.tag_resource(ResourceArn=arn, Tags={"x": "", "y": ""})
    assert code_of(raised) == "ServiceQuotaExceededException"
    assert len(rekognition.list_tags_for_resource(ResourceArn=arn)["Tags"]) == 199


@pytest.mark.parametrize(
    "arn",
    [
        "arn:aws:rekognition:us-east-1:000000000000:collection/absent",
        "arn:aws:rekognition:us-east-1:123456789012:collection/absent",
        "arn:aws:rekognition:us-east-1:000000000000:streamprocessor/absent",
        "arn:aws:s3:::a-bucket-of-somebody",
    ],
)
def test_tags_of_nothing(rekognition: Any, arn: str) -> None:
    calls: tuple[Callable[[], object], ...] = (
        lambda: rekognition.list_tags_for_resource(ResourceArn=arn),
        lambda: rekognition.tag_resource(ResourceArn=arn, Tags={"a": "b"}),
        lambda: rekognition.untag_resource(ResourceArn=arn, TagKeys=["a"]),
    )
    for call in calls:
        with pytest.raises(ClientError) as raised:
            call()
        assert code_of(raised) == "ResourceNotFoundException"
