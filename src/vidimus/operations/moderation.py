"""DetectModerationLabels: unwanted content of a picture, and reviews by people."""

import json

from vidimus.accountability.ledger import Receipt
from vidimus.engine.caller import Caller
from vidimus.engine.engine import Engine
from vidimus.engine.reviews import ReviewWish
from vidimus.errors import ResourceNotFound
from vidimus.imaging.decode import Picture
from vidimus.operations.arns import human_loop_arn
from vidimus.operations.pictures import load_picture
from vidimus.operations.registry import Answer, operation, recorded
from vidimus.vision.moderation import DEFAULT_CONFIDENCE, detect_moderation_labels
from vidimus.vision.moderation_types import ContentType, Moderation, ModerationLabel
from vidimus.wire import shapes

MAX_SIDE = 10_000
"""Longest side of a picture in pixels."""

UNTOLD = (
    "told: Explicit, swimwear, Weapons, Alcoholic Beverages, Gambling, Illustrated; with NudeNet, "
    "pulled by who accepts AGPL-3.0, also bare parts of bodies; no model tells violence, corpses, "
    "crashes, drugs, smoking, drinking, gestures, hate symbols, kissing, sex toys, Animated; no "
    "adapters yet"
)


@operation("DetectModerationLabels", partial=UNTOLD)
def detect_moderation(
    engine: Engine, request: shapes.DetectModerationLabelsRequest, caller: Caller
) -> Answer:
    """Say what a picture shows that may be unwanted; on request have people look at it too."""
    if "ProjectVersion" in request:
        raise ResourceNotFound(f"ProjectVersion: there is no adapter {request['ProjectVersion']}")
    wish = _wish(request)
    least = request.get("MinConfidence", DEFAULT_CONFIDENCE)
    picture = load_picture(engine, request["Image"], max_side=MAX_SIDE)
    found = detect_moderation_labels(engine.look_at(picture), least)
    output = moderation_words(found)
    if wish is None:
        return Answer(output)
    receipt = _review(engine, wish, picture, found, least, caller)
    output["HumanLoopActivationOutput"] = _activation(engine, wish, found, least)
    return Answer(output) if receipt is None else recorded(output, receipt)


def moderation_words(found: Moderation) -> shapes.DetectModerationLabelsResponse:
    """Return what was found in the API's words."""
    return {
        "ModerationLabels": [moderation_label(each) for each in found.labels],
        "ModerationModelVersion": found.model_version,
        "ContentTypes": [content_type(each) for each in found.content_types],
    }


def _wish(request: shapes.DetectModerationLabelsRequest) -> ReviewWish | None:
    """Return what HumanLoopConfig asks for; raises InvalidParameter for a malformed flow."""
    if "HumanLoopConfig" not in request:
        return None
    config = request["HumanLoopConfig"]
    return ReviewWish(
        loop_name=config["HumanLoopName"],
        flow_arn=config["FlowDefinitionArn"],
        classifiers=tuple(config.get("DataAttributes", {}).get("ContentClassifiers", ())),
        picture_place=_place(request["Image"]),
    )


def _place(image: shapes.Image) -> str | None:
    """Return where the picture lies in a bucket, as a URL; None for bytes in the request."""
    place = image.get("S3Object")
    if place is None:
        return None
    version = f"?versionId={place['Version']}" if "Version" in place else ""
    return f"s3://{place.get('Bucket', '')}/{place.get('Name', '')}{version}"


def _review(
    engine: Engine,
    wish: ReviewWish,
    picture: Picture,
    found: Moderation,
    least: float,
    caller: Caller,
) -> Receipt | None:
    """Put the answer into the review queue if it has labels."""
    if not found.labels:
        return None
    return engine.reviews.open_review(wish, picture, found, least, caller)


def _activation(
    engine: Engine, wish: ReviewWish, found: Moderation, least: float
) -> shapes.HumanLoopActivationOutput:
    """Tell how the condition was met, and of the review where it was.

    No flow definitions are kept here, so the condition is always the same: some label has at
    least the confidence that the caller asked for.
    """
    met = bool(found.labels)
    condition = {
        "ConditionType": "ModerationLabelConfidenceCheck",
        "ConditionParameters": {"ModerationLabelName": "*", "ConfidenceGreaterThanEquals": least},
        "EvaluationResult": met,
    }
    output: shapes.HumanLoopActivationOutput = {
        "HumanLoopActivationConditionsEvaluationResults": json.dumps({"Conditions": [condition]})
    }
    if met:
        output["HumanLoopArn"] = human_loop_arn(engine.settings, wish.loop_name)
        output["HumanLoopActivationReasons"] = ["ConditionsEvaluation"]
    return output


def moderation_label(found: ModerationLabel) -> shapes.ModerationLabel:
    """Return a label in the API's words."""
    return {
        "Confidence": found.confidence,
        "Name": found.name,
        "ParentName": found.parent,
        "TaxonomyLevel": found.level,
    }


def content_type(found: ContentType) -> shapes.ContentType:
    """Return a content type in the API's words."""
    return {"Confidence": found.confidence, "Name": found.name}
