"""The names AWS gives collections."""

import pytest

from vidimus.errors import ResourceNotFound
from vidimus.operations.arns import collection_arn, collection_of
from vidimus.settings import Settings

SETTINGS = Settings(region="eu-west-1", account_id="123456789012")


@pytest.mark.parametrize("collection_id", ["people", "a.b-c_d", "collection"])
def test_an_arn_leads_back(collection_id: str) -> None:
    arn = collection_arn(SETTINGS, collection_id)
    assert collection_of(SETTINGS, arn) == collection_id
    assert collection_of(SETTINGS, arn.removeprefix("arn:")) == collection_id


@pytest.mark.parametrize(
    "arn",
    [
        "arn:aws:rekognition:us-east-1:123456789012:collection/people",
        "arn:aws:rekognition:eu-west-1:000000000000:collection/people",
        "arn:aws:rekognition:eu-west-1:123456789012:project/people",
        "arn:aws:rekognition:eu-west-1:123456789012:collection/vidimus:known-people",
        "arn:aws:s3:::people",
        "people",
    ],
)
def test_others_lead_nowhere(arn: str) -> None:
    with pytest.raises(ResourceNotFound):
        collection_of(SETTINGS, arn)
