"""DetectLabels: what a picture shows, and its light and colours."""

from collections.abc import Collection, Iterable
from typing import cast

from vidimus.engine.caller import Caller
from vidimus.engine.engine import Engine
from vidimus.errors import InvalidParameter
from vidimus.imaging.colours import DominantColour
from vidimus.operations.label_words import label, picture_properties_words
from vidimus.operations.pictures import load_picture
from vidimus.operations.registry import Answer, operation
from vidimus.vision import labels
from vidimus.vision.label_types import DEFAULT_CONFIDENCE, MOST_LABELS, LabelChoice, PictureLabel
from vidimus.vision.picture_sheet import PictureSheet
from vidimus.vision.properties import DEFAULT_COLOURS, picture_properties
from vidimus.vision.taxonomy import read_taxonomy
from vidimus.wire import shapes

MAX_SIDE = 10_000
"""Longest side of a picture in pixels."""

UNTOLD = (
    "about 1,200 labels, boxes for 80 of them; what people do, landmarks and most scenes have no "
    "label, nor has text; without the standard pack there are no boxes"
)


@operation("DetectLabels", partial=UNTOLD)
def detect_labels(engine: Engine, request: shapes.DetectLabelsRequest, caller: Caller) -> Answer:
    """Label a picture, or tell its quality and dominant colours, or both."""
    features = frozenset(request.get("Features") or ["GENERAL_LABELS"])
    _refuse_settings_of_others(request, features)
    choice = _choice(request)
    picture = load_picture(engine, request["Image"], max_side=MAX_SIDE)
    sheet = engine.look_at(picture)
    output: shapes.DetectLabelsResponse = {}
    if "GENERAL_LABELS" in features:
        found = labels.detect_labels(sheet, choice)
        limit = _max_colours(request) if "IMAGE_PROPERTIES" in features else None
        output["Labels"] = [label(each, _colours(sheet, each, limit)) for each in found]
        output["LabelModelVersion"] = labels.LABEL_MODEL_VERSION
    if "IMAGE_PROPERTIES" in features:
        properties = picture_properties(sheet, _max_colours(request))
        output["ImageProperties"] = picture_properties_words(properties)
    return Answer(output)


def _colours(
    sheet: PictureSheet, found: PictureLabel, limit: int | None
) -> list[tuple[DominantColour, ...]] | None:
    """Return the colours of each of a label's instances; None where they aren't wanted."""
    if limit is None:
        return None
    return [labels.instance_colours(sheet, each, limit) for each in found.instances]


def _refuse_settings_of_others(
    request: shapes.DetectLabelsRequest, features: Collection[str]
) -> None:
    """Refuse members that say how a feature is to be told which is not asked for."""
    settings = request.get("Settings", {})
    given = {
        "MaxLabels": "MaxLabels" in request,
        "MinConfidence": "MinConfidence" in request,
        "Settings.GeneralLabels": "GeneralLabels" in settings,
    }
    if "GENERAL_LABELS" not in features:
        _refuse((name for name, is_given in given.items() if is_given), "GENERAL_LABELS")
    if "IMAGE_PROPERTIES" not in features and "ImageProperties" in settings:
        _refuse(["Settings.ImageProperties"], "IMAGE_PROPERTIES")


def _refuse(names: Iterable[str], feature: str) -> None:
    if found := " and ".join(names):
        raise InvalidParameter(f"{found}: valid only with {feature} among the Features")


def label_choice(
    filters: shapes.GeneralLabelsSettings, min_confidence: float, limit: int = MOST_LABELS
) -> LabelChoice:
    """Return which labels are wanted; raises InvalidParameter for names that do not exist."""
    taxonomy = read_taxonomy()

    def names(member: str, known: Collection[str], what: str) -> frozenset[str]:
        given = cast(list[str], filters.get(member, []))
        for name in given:
            if name not in known:
                raise InvalidParameter(
                    f"Settings.GeneralLabels.{member}: {name!r} is no {what}; names are exact, "
                    "and aliases are not names"
                )
        return frozenset(given)

    return LabelChoice(
        min_confidence=min_confidence,
        limit=limit,
        included_labels=names("LabelInclusionFilters", taxonomy.labels, "label"),
        excluded_labels=names("LabelExclusionFilters", taxonomy.labels, "label"),
        included_categories=names("LabelCategoryInclusionFilters", taxonomy.categories, "category"),
        excluded_categories=names("LabelCategoryExclusionFilters", taxonomy.categories, "category"),
    )


def _choice(request: shapes.DetectLabelsRequest) -> LabelChoice:
    return label_choice(
        request.get("Settings", {}).get("GeneralLabels", {}),
        request.get("MinConfidence", DEFAULT_CONFIDENCE),
        min(request.get("MaxLabels", MOST_LABELS), MOST_LABELS),
    )


def _max_colours(request: shapes.DetectLabelsRequest) -> int:
    settings = request.get("Settings", {}).get("ImageProperties", {})
    return settings.get("MaxDominantColors", DEFAULT_COLOURS)
