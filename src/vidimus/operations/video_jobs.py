"""What the eight pairs of Start and Get on stored videos have in common.

A Start leaves a job and answers at once; a Get tells how it stands and reads its results in pages.
"""

from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass
from typing import Any, Generic, TypeVar, cast

import msgspec

from vidimus.analyses.analysis import MOMENTS, SEGMENTS
from vidimus.engine.caller import Caller
from vidimus.engine.engine import Engine
from vidimus.engine.job_kinds import JobKind
from vidimus.engine.jobs import FindingPage, JobOrder, ObjectPlace
from vidimus.engine.video_facts import decode_facts
from vidimus.errors import InvalidParameter
from vidimus.operations.registry import Answer
from vidimus.operations.request_token import request_token
from vidimus.operations.video_words import JobHead, VideoJobHead, job_head, video_metadata
from vidimus.storage.jobs import SUCCEEDED, StoredJob
from vidimus.video.video_info import VideoInfo
from vidimus.wire import shapes

MOST_RESULTS = 1000
"""So many results are in a page at most; who asks for more gets as many (as at Amazon)."""

Value = TypeVar("Value")


@dataclass(frozen=True, slots=True)
class Found(Generic[Value]):
    """A result, decoded: when, about whom or what, and what is told."""

    timestamp_ms: int
    subject: str
    value: Value


@dataclass(frozen=True, slots=True)
class Reading:
    """A job and a page of its results; without results unless it has succeeded."""

    job: StoredJob
    page: FindingPage
    next_token: str | None
    video: VideoInfo | None

    @property
    def job_head(self) -> JobHead:
        """The members that every Get answers with."""
        return job_head(self.job, self.next_token)

    @property
    def head(self) -> VideoJobHead:
        """The same, and what the video is once the job has succeeded."""
        head = cast(VideoJobHead, self.job_head)
        if self.video is not None:
            head["VideoMetadata"] = video_metadata(self.video)
        return head

    def results(self, kind: type[Value]) -> Iterator[Found[Value]]:
        """Decode the results of the page."""
        for item in self.page.items:
            yield Found(item.timestamp_ms, item.subject, msgspec.json.decode(item.value, type=kind))

    def about(self, subject: str, kind: type[Value]) -> Value | None:
        """Return what is known of a subject as a whole; None where nothing is."""
        known = self.page.subjects.get(subject)
        return None if known is None else msgspec.json.decode(known, type=kind)


def start_job(
    engine: Engine,
    kind: JobKind,
    request: Mapping[str, Any],
    caller: Caller,
    wish: Callable[[], object],
) -> Answer:
    """Leave a job, unless the request's token is known, and answer with its id.

    `wish` returns what is wanted of the video, or raises what is wrong with the request. The
    object has to be there and small enough. Raises InvalidParameter, InvalidS3Object,
    VideoTooLarge, IdempotentParameterMismatch and LimitExceeded.
    """
    token = request_token(request, caller.access_key_id)
    job_id = engine.jobs.replay(kind, token)
    if job_id is None:
        order = _order(kind, request, wish())
        with engine.open_video_object(order.place):
            pass  # It can be read; what it holds is for the worker to see.
        job_id = engine.jobs.submit(order, token=token, caller=caller)
    return Answer({"JobId": job_id})


def read_job(
    engine: Engine,
    kind: JobKind,
    request: Mapping[str, Any],
    *,
    by_subject: bool = False,
    aggregate: str = "TIMESTAMPS",
) -> Reading:
    """Return a job and the page of its results that the request asks for.

    Raises ResourceNotFound where there is no such job of this kind, and InvalidPaginationToken
    for a token of another job or another order.
    """
    job = engine.jobs.describe(request["JobId"], kind)
    operation = f"Get{kind}"
    series = SEGMENTS if aggregate == "SEGMENTS" else MOMENTS
    scope = f"{job.job_id} {series} {'by subject' if by_subject else 'by time'}"
    token = request.get("NextToken")
    offset = 0 if token is None else engine.page_tokens.read(token, operation, scope)
    if job.state != SUCCEEDED:
        return Reading(job, FindingPage((), None), None, None)
    limit = min(request.get("MaxResults", MOST_RESULTS), MOST_RESULTS)
    page = engine.jobs.read_findings(job, series, by_subject=by_subject, offset=offset, limit=limit)
    following = page.next_offset
    issue = engine.page_tokens.issue
    next_token = None if following is None else issue(operation, scope, following)
    video = None if job.video is None else decode_facts(job.video)
    return Reading(job, page, next_token, video)


def _order(kind: JobKind, request: Mapping[str, Any], wish: object) -> JobOrder:
    channel: shapes.NotificationChannel | dict[str, str] = request.get("NotificationChannel", {})
    return JobOrder(
        kind=kind,
        place=_place(request["Video"]),
        wish=wish,
        tag=request.get("JobTag"),
        topic_arn=channel.get("SNSTopicArn"),
        role_arn=channel.get("RoleArn"),
    )


def _place(video: shapes.Video) -> ObjectPlace:
    place = video.get("S3Object")
    if place is None:
        raise InvalidParameter("Video: S3Object must be given")
    missing = [name for name in ("Bucket", "Name") if not place.get(name)]
    if missing:
        raise InvalidParameter(f"Video.S3Object: {' and '.join(missing)} must be given")
    return ObjectPlace(place["Bucket"], place["Name"], place.get("Version"))
