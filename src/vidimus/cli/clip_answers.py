"""What was found in a clip, in the words that the Get operations on stored video have for it."""

from collections.abc import Callable, Iterator, Mapping
from typing import Any

import msgspec

from vidimus.analyses.analysis import MOMENTS, Finding
from vidimus.analyses.celebrities import RecognizedPerson, SeenKnownPerson
from vidimus.analyses.moderation import SeenModeration
from vidimus.analyses.seen_person import SeenPerson
from vidimus.analyses.segments import Segment
from vidimus.analyses.text import ReadText
from vidimus.cli.clip import WatchedClip
from vidimus.engine.job_kinds import JobKind
from vidimus.operations import video_words as words
from vidimus.vision.label_types import PictureLabel

Answer = dict[str, Any]


def clip_answers(clip: WatchedClip) -> dict[str, Answer]:
    """Return what each operation would answer, without pages and without the job's own members."""
    metadata = words.video_metadata(clip.info)
    answers: dict[str, Answer] = {}
    for kind, (operation, member, write) in _WRITERS.items():
        if clip.tells(kind):
            moments = (each for each in clip.findings[kind] if each.series == MOMENTS)
            subjects = clip.concluded[kind].subjects
            answers[operation] = {
                "VideoMetadata": metadata,
                member: list(write(moments, subjects)),
            }
    if "GetSegmentDetection" in answers:
        answers["GetSegmentDetection"]["VideoMetadata"] = [metadata]
        answers["GetSegmentDetection"]["AudioMetadata"] = words.audio_metadata(clip.info)
    return answers


Moments = Iterator[Finding]
Subjects = Mapping[str, bytes]


def _labels(moments: Moments, subjects: Subjects) -> Iterator[object]:
    for each in moments:
        found = msgspec.json.decode(each.value, type=PictureLabel)
        yield words.label_moment(each.timestamp_ms, found)


def _text(moments: Moments, subjects: Subjects) -> Iterator[object]:
    for each in moments:
        found = msgspec.json.decode(each.value, type=ReadText)
        yield {"Timestamp": each.timestamp_ms, "TextDetection": words.text_detection(found)}


def _moderation(moments: Moments, subjects: Subjects) -> Iterator[object]:
    for each in moments:
        found = msgspec.json.decode(each.value, type=SeenModeration)
        yield words.moderation_moment(each.timestamp_ms, found)


def _persons(moments: Moments, subjects: Subjects) -> Iterator[object]:
    for each in moments:
        found = msgspec.json.decode(each.value, type=SeenPerson)
        yield {"Timestamp": each.timestamp_ms, "Person": words.person(each.subject, found)}


def _celebrities(moments: Moments, subjects: Subjects) -> Iterator[object]:
    known = {
        subject: msgspec.json.decode(value, type=RecognizedPerson)
        for subject, value in subjects.items()
    }
    for each in moments:
        found = msgspec.json.decode(each.value, type=SeenKnownPerson)
        person = words.celebrity_detail(found, known[each.subject])
        yield {"Timestamp": each.timestamp_ms, "Celebrity": person}


def _segments(moments: Moments, subjects: Subjects) -> Iterator[object]:
    for each in sorted(moments, key=lambda each: each.subject):
        yield words.segment(msgspec.json.decode(each.value, type=Segment))


_WRITERS: dict[JobKind, tuple[str, str, Callable[[Moments, Subjects], Iterator[object]]]] = {
    JobKind.LABEL_DETECTION: ("GetLabelDetection", "Labels", _labels),
    JobKind.TEXT_DETECTION: ("GetTextDetection", "TextDetections", _text),
    JobKind.CONTENT_MODERATION: ("GetContentModeration", "ModerationLabels", _moderation),
    JobKind.PERSON_TRACKING: ("GetPersonTracking", "Persons", _persons),
    JobKind.CELEBRITY_RECOGNITION: ("GetCelebrityRecognition", "Celebrities", _celebrities),
    JobKind.SEGMENT_DETECTION: ("GetSegmentDetection", "Segments", _segments),
}
"""By kind: the operation, the member of its answer, and what writes the findings."""
