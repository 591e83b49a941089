"""DetectModerationLabels through boto3: chains, reviews, and what is refused."""

import io
import json
from collections.abc import Callable
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from botocore.exceptions import ClientError
from PIL import Image

from tests.contract.conftest import LiveServer, serving
from tests.contract.test_collections import code_of
from vidimus.engine.engine import open_records
from vidimus.settings import Settings

FLOW = "arn:aws:sagemaker:us-east-1:123456789012:flow-definition/everything"
ADAPTER = "arn:aws:rekognition:us-east-1:000000000000:project/cats/version/one/1700000000000"


@pytest.fixture(scope="module")
def swimmer(shared: Path) -> bytes:
    """A woman in a bikini on a beach."""
    return (shared / "data/samples/conditions/yoga_swimwear_lighttext.jpg").read_bytes()


def encoded(width: int, height: int) -> bytes:
    buffer = io.BytesIO()
    Image.fromarray(np.full((height, width, 3), 127, np.uint8)).save(buffer, "JPEG")
    return buffer.getvalue()


def wish(name: str, **members: Any) -> dict[str, Any]:
    return {"HumanLoopName": name, "FlowDefinitionArn": FLOW, **members}


def test_a_hit_comes_with_its_chain(rekognition: Any, swimmer: bytes) -> None:
    answer = rekognition.detect_moderation_labels(Image={"Bytes": swimmer})
    labels = answer["ModerationLabels"]
    if not labels and answer["ModerationModelVersion"] in {"1.0", "1.2"}:
        pytest.skip("the standard pack is not installed")
    top, leaf = labels
    assert (top["Name"], top["ParentName"], top["TaxonomyLevel"]) == (
        "Swimwear or Underwear",
        "",
        1,
    )
    assert (leaf["Name"], leaf["ParentName"], leaf["TaxonomyLevel"]) == (
        "Female Swimwear or Underwear",
        "Swimwear or Underwear",
        2,
    )
    assert top["Confidence"] >= leaf["Confidence"] >= 50
    assert answer["ContentTypes"] == []
    assert "HumanLoopActivationOutput" not in answer
    assert "ProjectVersion" not in answer


def test_the_bar_may_be_anywhere(rekognition: Any, swimmer: bytes) -> None:
    def names(least: float) -> set[str]:
        answer = rekognition.detect_moderation_labels(Image={"Bytes": swimmer}, MinConfidence=least)
        assert all(label["Confidence"] >= least for label in answer["ModerationLabels"])
        return {label["Name"] for label in answer["ModerationLabels"]}

    assert names(100) == set()
    assert names(0) > names(50)


def test_an_ordinary_picture_has_no_label(
    rekognition: Any, photo: Callable[[str], dict[str, bytes]]
) -> None:
    answer = rekognition.detect_moderation_labels(Image=photo("face_7"))
    assert answer["ModerationLabels"] == []


def test_an_answer_with_labels_goes_to_review(
    server: LiveServer, rekognition: Any, swimmer: bytes
) -> None:
    folder = server.home / "buckets" / "beach"
    folder.mkdir(parents=True, exist_ok=True)
    (folder / "a.jpg").write_bytes(swimmer)
    config = wish("beach-1", DataAttributes={"ContentClassifiers": ["FreeOfAdultContent"]})
    place = {"S3Object": {"Bucket": "beach", "Name": "a.jpg"}}
    first = rekognition.detect_moderation_labels(Image=place, HumanLoopConfig=config)
    told = first["HumanLoopActivationOutput"]
    assert told["HumanLoopArn"].endswith(":human-loop/beach-1")
    assert told["HumanLoopActivationReasons"] == ["ConditionsEvaluation"]
    (condition,) = json.loads(told["HumanLoopActivationConditionsEvaluationResults"])["Conditions"]
    assert condition["EvaluationResult"] is True
    again = rekognition.detect_moderation_labels(Image=place, HumanLoopConfig=config)
    assert again["HumanLoopActivationOutput"] == told
    with open_records(Settings(home=server.home)) as records:
        (waiting,) = (
            each for each in records.reviews.list_reviews() if each.loop_name == "beach-1"
        )
    assert waiting.picture_place == "s3://beach/a.jpg"
    assert [label.name for label in waiting.labels] == [
        label["Name"] for label in first["ModerationLabels"]
    ]
    headers = first["ResponseMetadata"]["HTTPHeaders"]
    assert headers["x-vidimus-ledger-receipt"]
    with pytest.raises(ClientError) as raised:
        rekognition.detect_moderation_labels(
            Image={"Bytes": swimmer}, HumanLoopConfig=wish("beach-1")
        )
    assert code_of(raised) == "InvalidParameterException"
    assert "beach-1 is in use" in raised.value.response["Error"]["Message"]


def test_an_answer_without_labels_does_not(server: LiveServer, rekognition: Any) -> None:
    answer = rekognition.detect_moderation_labels(
        Image={"Bytes": encoded(200, 100)}, HumanLoopConfig=wish("grey-1")
    )
    told = answer["HumanLoopActivationOutput"]
    (condition,) = json.loads(told["HumanLoopActivationConditionsEvaluationResults"])["Conditions"]
    assert condition["EvaluationResult"] is False
    assert "HumanLoopArn" not in told
    assert "HumanLoopActivationReasons" not in told
    with open_records(Settings(home=server.home)) as records:
        assert all(each.loop_name != "grey-1" for each in records.reviews.list_reviews())


def test_no_more_reviews_wait_than_may(tmp_path: Path, models_path: Path, swimmer: bytes) -> None:
    with serving(tmp_path, models_path, VIDIMUS_MAX_OPEN_REVIEWS="1") as live:
        client = live.client()
        for name in ("one", "one"):
            client.detect_moderation_labels(
                Image={"Bytes": swimmer}, HumanLoopConfig=wish(name), MinConfidence=1
            )
        with pytest.raises(ClientError) as raised:
            client.detect_moderation_labels(
                Image={"Bytes": swimmer}, HumanLoopConfig=wish("two"), MinConfidence=1
            )
    assert code_of(raised) == "HumanLoopQuotaExceededException"
    assert raised.value.response["QuotaCode"] == "max_open_reviews"
    assert {"ResourceType", "ServiceCode"} <= set(raised.value.response)


@pytest.mark.parametrize(
    ("members", "code", "word"),
    [
        ({"ProjectVersion": ADAPTER}, "ResourceNotFoundException", "adapter"),
        ({"ProjectVersion": "arn:aws:s3:::x" * 3}, "InvalidParameterException", "ProjectVersion"),
        ({"MinConfidence": -1.0}, "InvalidParameterException", "MinConfidence"),
        ({"MinConfidence": 100.5}, "InvalidParameterException", "MinConfidence"),
        ({"HumanLoopConfig": wish("Capital")}, "InvalidParameterException", "HumanLoopName"),
        ({"HumanLoopConfig": wish("a" * 64)}, "InvalidParameterException", "HumanLoopName"),
        (
            {"HumanLoopConfig": {"HumanLoopName": "a", "FlowDefinitionArn": "mine"}},
            "InvalidParameterException",
            "FlowDefinitionArn",
        ),
        (
            {"HumanLoopConfig": {"FlowDefinitionArn": FLOW}},
            "InvalidParameterException",
            "HumanLoopName",
        ),
        (
            {"HumanLoopConfig": wish("a", DataAttributes={"ContentClassifiers": ["Nice"]})},
            "InvalidParameterException",
            "ContentClassifiers",
        ),
    ],
)
def test_what_is_refused(rekognition: Any, members: dict[str, Any], code: str, word: str) -> None:
    with pytest.raises(ClientError) as raised:
        rekognition.detect_moderation_labels(Image={"Bytes": encoded(100, 100)}, **members)
    assert code_of(raised) == code
    assert word in raised.value.response["Error"]["Message"]


@pytest.mark.parametrize(
    ("size", "code"),
    [
        ((79, 100), "InvalidParameterException"),
        ((80, 80), None),
        ((10_000, 80), None),
        ((10_001, 80), "ImageTooLargeException"),
        ((80, 10_001), "ImageTooLargeException"),
    ],
)
def test_sides_have_limits(rekognition: Any, size: tuple[int, int], code: str | None) -> None:
    image = {"Bytes": encoded(*size)}
    if code is None:
        assert rekognition.detect_moderation_labels(Image=image)["ModerationLabels"] == []
        return
    with pytest.raises(ClientError) as raised:
        rekognition.detect_moderation_labels(Image=image)
    assert code_of(raised) == code
