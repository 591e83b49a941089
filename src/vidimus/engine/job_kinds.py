"""What can be asked of a video or of a manifest of pictures."""

from enum import StrEnum


class JobKind(StrEnum):
    """A kind of job; the value is what is kept in the database."""

    FACE_DETECTION = "FaceDetection"
    FACE_SEARCH = "FaceSearch"
    LABEL_DETECTION = "LabelDetection"
    TEXT_DETECTION = "TextDetection"
    CONTENT_MODERATION = "ContentModeration"
    CELEBRITY_RECOGNITION = "CelebrityRecognition"
    PERSON_TRACKING = "PersonTracking"
    SEGMENT_DETECTION = "SegmentDetection"
    MEDIA_ANALYSIS = "MediaAnalysis"


class TaskKind(StrEnum):
    """How a task is carried out: one decode of a video, or one manifest."""

    VIEWING = "viewing"
    BULK = "bulk"


VIDEO_KINDS = tuple(kind for kind in JobKind if kind is not JobKind.MEDIA_ANALYSIS)
"""The kinds that look at videos."""
