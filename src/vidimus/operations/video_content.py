"""What stored videos show and say: labels, text, unwanted content."""

from vidimus.analyses.labels import LabelSegment, LabelWish
from vidimus.analyses.moderation import ModerationSegment, ModerationWish, SeenModeration
from vidimus.analyses.text import ReadText, TextWish
from vidimus.engine.caller import Caller
from vidimus.engine.engine import Engine
from vidimus.engine.job_kinds import JobKind
from vidimus.operations import labels, moderation, text
from vidimus.operations.registry import Answer, operation
from vidimus.operations.video_jobs import Reading, read_job, start_job
from vidimus.operations.video_words import (
    label_moment,
    label_segment,
    moderation_moment,
    moderation_segment,
    text_detection,
)
from vidimus.vision.label_types import PictureLabel
from vidimus.vision.labels import LABEL_MODEL_VERSION
from vidimus.vision.moderation import moderation_model_version
from vidimus.vision.text import TEXT_MODEL_VERSION
from vidimus.wire import shapes

DEFAULT_CONFIDENCE = 50.0
"""The least confidence of labels of videos where none is named; pictures have other defaults."""


@operation("StartLabelDetection", partial=labels.UNTOLD)
def start_label_detection(
    engine: Engine, request: shapes.StartLabelDetectionRequest, caller: Caller
) -> Answer:
    """Have a video labelled."""

    def wish() -> LabelWish:
        filters = request.get("Settings", {}).get("GeneralLabels", {})
        least = request.get("MinConfidence", DEFAULT_CONFIDENCE)
        return LabelWish(labels.label_choice(filters, least))

    return start_job(engine, JobKind.LABEL_DETECTION, request, caller, wish)


@operation("GetLabelDetection", partial=labels.UNTOLD)
def get_label_detection(
    engine: Engine, request: shapes.GetLabelDetectionRequest, caller: Caller
) -> Answer:
    """Tell the labels of a video, by time or by name, of moments or of stretches of time."""
    sort = request.get("SortBy", "TIMESTAMP")
    aggregate = request.get("AggregateBy", "TIMESTAMPS")
    reading = read_job(
        engine,
        JobKind.LABEL_DETECTION,
        request,
        by_subject=sort == "NAME",
        aggregate=aggregate,
    )
    output: shapes.GetLabelDetectionResponse = {
        **reading.head,
        "Labels": _labels(reading, aggregate),
        "LabelModelVersion": LABEL_MODEL_VERSION,
        "GetRequestMetadata": {"SortBy": sort, "AggregateBy": aggregate},
    }
    return Answer(output)


@operation("StartTextDetection", partial=text.UNTOLD)
def start_text_detection(
    engine: Engine, request: shapes.StartTextDetectionRequest, caller: Caller
) -> Answer:
    """Have the text of a video read."""

    def wish() -> TextWish:
        return TextWish(text.wanted_text(request.get("Filters", {})))

    return start_job(engine, JobKind.TEXT_DETECTION, request, caller, wish)


@operation("GetTextDetection", partial=text.UNTOLD)
def get_text_detection(
    engine: Engine, request: shapes.GetTextDetectionRequest, caller: Caller
) -> Answer:
    """Tell the lines and words of a video by time."""
    reading = read_job(engine, JobKind.TEXT_DETECTION, request)
    output: shapes.GetTextDetectionResponse = {
        **reading.head,
        "TextDetections": [
            {"Timestamp": each.timestamp_ms, "TextDetection": text_detection(each.value)}
            for each in reading.results(ReadText)
        ],
        "TextModelVersion": TEXT_MODEL_VERSION,
    }
    return Answer(output)


@operation("StartContentModeration", partial=moderation.UNTOLD)
def start_content_moderation(
    engine: Engine, request: shapes.StartContentModerationRequest, caller: Caller
) -> Answer:
    """Have a video searched for content that may be unwanted."""
    wish = ModerationWish(request.get("MinConfidence", DEFAULT_CONFIDENCE))
    return start_job(engine, JobKind.CONTENT_MODERATION, request, caller, lambda: wish)


@operation("GetContentModeration", partial=moderation.UNTOLD)
def get_content_moderation(
    engine: Engine, request: shapes.GetContentModerationRequest, caller: Caller
) -> Answer:
    """Tell what may be unwanted in a video, by time or by name, of moments or of stretches."""
    sort = request.get("SortBy", "TIMESTAMP")
    aggregate = request.get("AggregateBy", "TIMESTAMPS")
    reading = read_job(
        engine,
        JobKind.CONTENT_MODERATION,
        request,
        by_subject=sort == "NAME",
        aggregate=aggregate,
    )
    output: shapes.GetContentModerationResponse = {
        **reading.head,
        "ModerationLabels": _moderation_labels(reading, aggregate),
        "ModerationModelVersion": moderation_model_version(engine.nets),
        "GetRequestMetadata": {"SortBy": sort, "AggregateBy": aggregate},
    }
    return Answer(output)


def _labels(reading: Reading, aggregate: str) -> list[shapes.LabelDetection]:
    if aggregate == "SEGMENTS":
        return [label_segment(each.value) for each in reading.results(LabelSegment)]
    return [label_moment(each.timestamp_ms, each.value) for each in reading.results(PictureLabel)]


def _moderation_labels(reading: Reading, aggregate: str) -> list[shapes.ContentModerationDetection]:
    if aggregate == "SEGMENTS":
        return [moderation_segment(each.value) for each in reading.results(ModerationSegment)]
    found = reading.results(SeenModeration)
    return [moderation_moment(each.timestamp_ms, each.value) for each in found]
