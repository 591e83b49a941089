"""What analyses find in videos, in the API's words."""

from typing import TypedDict, cast

from vidimus.analyses.celebrities import RecognizedPerson, SeenKnownPerson
from vidimus.analyses.face_search import PersonMatches
from vidimus.analyses.labels import LabelSegment
from vidimus.analyses.moderation import ModerationSegment, SeenModeration
from vidimus.analyses.seen_person import SeenPerson
from vidimus.analyses.segments import Segment
from vidimus.analyses.text import ReadText
from vidimus.geometry import BoundingBox
from vidimus.operations.celebrities import known_gender
from vidimus.operations.face_words import bounding_box, enrolled_face, face_detail
from vidimus.operations.label_words import label
from vidimus.operations.moderation import content_type, moderation_label
from vidimus.storage.jobs import FAILED, SUCCEEDED, StoredJob
from vidimus.video.video_info import VideoInfo
from vidimus.vision.face_types import FaceDetail
from vidimus.vision.label_types import PictureLabel
from vidimus.wire import shapes

NEVER_OF_VIDEOS = ("FaceOccluded", "EyeDirection")
"""What Amazon tells of faces in pictures only."""

FORMATS = {
    "avi": "AVI (Audio Video Interleaved)",
    "matroska": "Matroska / WebM",
    "mov": "QuickTime / MOV",
}
"""Names of containers as Amazon tells them, by FFmpeg's short ones."""


class JobHead(TypedDict, total=False):
    """The members that every Get answers with."""

    JobId: str
    JobStatus: shapes.VideoJobStatus
    StatusMessage: str
    Video: shapes.Video
    JobTag: str
    NextToken: str


class VideoJobHead(JobHead, total=False):
    """The same with what the video is; GetSegmentDetection alone has a list of it."""

    VideoMetadata: shapes.VideoMetadata


def job_head(job: StoredJob, next_token: str | None) -> JobHead:
    """Return how a job stands; one that waits for a worker is IN_PROGRESS too."""
    place: shapes.S3Object = {"Bucket": job.bucket, "Name": job.name}
    if job.version is not None:
        place["Version"] = job.version
    status = job.state if job.state in {SUCCEEDED, FAILED} else "IN_PROGRESS"
    head: JobHead = {
        "JobId": job.job_id,
        "JobStatus": cast(shapes.VideoJobStatus, status),
        "Video": {"S3Object": place},
    }
    if job.message is not None:
        head["StatusMessage"] = job.message
    if job.tag is not None:
        head["JobTag"] = job.tag
    if next_token is not None:
        head["NextToken"] = next_token
    return head


def video_metadata(video: VideoInfo) -> shapes.VideoMetadata:
    """Return what a video is; the color range is left out where the file does not say it."""
    words: shapes.VideoMetadata = {
        "Codec": video.codec,
        "DurationMillis": video.duration_ms,
        "Format": FORMATS.get(video.container, video.container),
        "FrameRate": float(video.frame_rate),
        "FrameHeight": video.height,
        "FrameWidth": video.width,
    }
    if video.color_range is not None:
        words["ColorRange"] = video.color_range
    return words


def audio_metadata(video: VideoInfo) -> list[shapes.AudioMetadata]:
    """Return what the sound tracks of a video are."""
    return [
        {
            "Codec": audio.codec,
            "DurationMillis": audio.duration_ms,
            "SampleRate": audio.sample_rate,
            "NumberOfChannels": audio.channels,
        }
        for audio in video.audio
    ]


def video_face(face: FaceDetail) -> shapes.FaceDetail:
    """Return a face without what is never told of faces in videos."""
    words = face_detail(face)
    for member in NEVER_OF_VIDEOS:
        words.pop(member, None)  # type: ignore[misc]
    return words


def person(subject: str, seen: SeenPerson) -> shapes.PersonDetail:
    """Return a person; the box or the face is left out where it was not seen."""
    words: shapes.PersonDetail = {"Index": int(subject)}
    if seen.box is not None:
        words["BoundingBox"] = bounding_box(seen.box)
    if seen.face is not None:
        words["Face"] = video_face(seen.face)
    return words


def face_matches(found: PersonMatches | None) -> list[shapes.FaceMatch]:
    """Return the enrolled faces like a person; None is nobody."""
    matches = () if found is None else found.matches
    return [
        {"Similarity": match.similarity, "Face": enrolled_face(match.face)} for match in matches
    ]


def celebrity_detail(seen: SeenKnownPerson, known: RecognizedPerson) -> shapes.CelebrityDetail:
    """Return a known person at one moment."""
    words: shapes.CelebrityDetail = {
        "Urls": list(known.person.urls),
        "Name": known.person.name,
        "Id": known.person.person_id,
        "Confidence": known.confidence,
        "Face": video_face(seen.face),
    }
    if seen.body is not None:
        words["BoundingBox"] = bounding_box(seen.body)
    if (gender := known_gender(known.person)) is not None:
        words["KnownGender"] = gender
    return words


def label_moment(timestamp_ms: int, found: PictureLabel) -> shapes.LabelDetection:
    """Return a label at one moment."""
    return {"Timestamp": timestamp_ms, "Label": label(found)}


def label_segment(found: LabelSegment) -> shapes.LabelDetection:
    """Return a label over a stretch of time; instances belong to moments."""
    words = label(found.label)
    words.pop("Instances", None)
    return {
        "Timestamp": found.start_ms,
        "Label": words,
        "StartTimestampMillis": found.start_ms,
        "EndTimestampMillis": found.end_ms,
        "DurationMillis": found.end_ms - found.start_ms,
    }


def text_detection(found: ReadText) -> shapes.TextDetection:
    """Return a line or a word of a frame."""
    words: shapes.TextDetection = {
        "DetectedText": found.text,
        "Type": found.kind,
        "Id": found.id,
        "Confidence": found.confidence,
        "Geometry": {
            "BoundingBox": bounding_box(BoundingBox.around(found.polygon)),
            "Polygon": [{"X": point.x, "Y": point.y} for point in found.polygon],
        },
    }
    if found.parent_id is not None:
        words["ParentId"] = found.parent_id
    return words


def moderation_moment(
    timestamp_ms: int, found: SeenModeration
) -> shapes.ContentModerationDetection:
    """Return a moderation label at one moment."""
    return {
        "Timestamp": timestamp_ms,
        "ModerationLabel": moderation_label(found.label),
        "ContentTypes": [content_type(each) for each in found.content_types],
    }


def moderation_segment(found: ModerationSegment) -> shapes.ContentModerationDetection:
    """Return a moderation label over a stretch of time."""
    return {
        "Timestamp": found.start_ms,
        "ModerationLabel": moderation_label(found.label),
        "StartTimestampMillis": found.start_ms,
        "EndTimestampMillis": found.end_ms,
        "DurationMillis": found.end_ms - found.start_ms,
        "ContentTypes": [content_type(each) for each in found.content_types],
    }


def segment(found: Segment) -> shapes.SegmentDetection:
    """Return a shot or a technical cue."""
    words: shapes.SegmentDetection = {
        "Type": found.kind,
        "StartTimestampMillis": found.start_ms,
        "EndTimestampMillis": found.end_ms,
        "DurationMillis": found.duration_ms,
        "StartTimecodeSMPTE": found.start_timecode,
        "EndTimecodeSMPTE": found.end_timecode,
        "DurationSMPTE": found.duration_timecode,
        "StartFrameNumber": found.start_frame,
        "EndFrameNumber": found.end_frame,
        "DurationFrames": found.duration_frames,
    }
    if found.cue is not None:
        words["TechnicalCueSegment"] = {
            "Type": cast(shapes.TechnicalCueType, found.cue),
            "Confidence": found.confidence,
        }
    if found.index is not None:
        words["ShotSegment"] = {"Index": found.index, "Confidence": found.confidence}
    return words
