"""Start, Get and ListMediaAnalysisJobs: one operation on up to 10,000 pictures."""

import msgspec

from vidimus.engine.bulk import BulkFailure, BulkOutcome, BulkWish
from vidimus.engine.bulk_manifest import read_manifest
from vidimus.engine.caller import Caller
from vidimus.engine.engine import Engine
from vidimus.engine.job_kinds import JobKind, TaskKind
from vidimus.engine.jobs import JobOrder, ObjectPlace
from vidimus.errors import InvalidParameter, ResourceNotFound
from vidimus.operations.moderation import UNTOLD
from vidimus.operations.registry import Answer, operation
from vidimus.operations.request_token import request_token
from vidimus.storage.jobs import FAILED, SUCCEEDED, StoredJob
from vidimus.vision.moderation import DEFAULT_CONFIDENCE
from vidimus.wire import shapes

_KIND = JobKind.MEDIA_ANALYSIS
_PAGE = 100
_LIST = "ListMediaAnalysisJobs"

_CODES: dict[BulkFailure, shapes.MediaAnalysisJobFailureCode] = {
    BulkFailure.MANIFEST_UNREADABLE: "INVALID_S3_OBJECT",
    BulkFailure.MANIFEST_INVALID: "INVALID_MANIFEST",
    BulkFailure.OUTPUT_REFUSED: "INVALID_OUTPUT_CONFIG",
    BulkFailure.BROKEN: "INTERNAL_ERROR",
}


@operation(
    "StartMediaAnalysisJob",
    partial=f"KmsKeyId is kept and not used; DetectModerationLabels: {UNTOLD}",
)
def start_media_analysis(
    engine: Engine, request: shapes.StartMediaAnalysisJobRequest, caller: Caller
) -> Answer:
    """Have the pictures of a manifest looked at, unless the token is known; answer with an id."""
    token = request_token(request, caller.access_key_id)
    job_id = engine.jobs.replay(_KIND, token)
    if job_id is None:
        order = _order(request)
        read_manifest(engine.objects, order.place)
        job_id = engine.jobs.submit(order, token=token, caller=caller)
    return Answer({"JobId": job_id})


@operation("GetMediaAnalysisJob")
def get_media_analysis(
    engine: Engine, request: shapes.GetMediaAnalysisJobRequest, caller: Caller
) -> Answer:
    """Tell how a bulk job stands and where its files are."""
    return Answer(_description(engine.jobs.describe(request["JobId"], _KIND)))


@operation(_LIST)
def list_media_analyses(
    engine: Engine, request: shapes.ListMediaAnalysisJobsRequest, caller: Caller
) -> Answer:
    """List bulk jobs, newest first."""
    token = request.get("NextToken")
    before = None if token is None else engine.page_tokens.read(token, _LIST, "")
    limit = request.get("MaxResults", _PAGE)
    jobs = engine.jobs.list(_KIND, before_key=before, limit=limit + 1)
    output: shapes.ListMediaAnalysisJobsResponse = {
        "MediaAnalysisJobs": [_description(job) for job in jobs[:limit]]
    }
    if len(jobs) > limit:
        output["NextToken"] = engine.page_tokens.issue(_LIST, "", jobs[limit - 1].key)
    return Answer(output)


def _order(request: shapes.StartMediaAnalysisJobRequest) -> JobOrder:
    config = request["OperationsConfig"].get("DetectModerationLabels")
    if config is None:
        raise InvalidParameter("OperationsConfig: DetectModerationLabels must be given")
    if "ProjectVersion" in config:
        raise ResourceNotFound(f"ProjectVersion: there is no adapter {config['ProjectVersion']}")
    place = request["Input"]["S3Object"]
    missing = [name for name in ("Bucket", "Name") if not place.get(name)]
    if missing:
        raise InvalidParameter(f"Input.S3Object: {' and '.join(missing)} must be given")
    output = request["OutputConfig"]
    wish = BulkWish(
        min_confidence=config.get("MinConfidence", DEFAULT_CONFIDENCE),
        output_bucket=output["S3Bucket"],
        output_prefix=output.get("S3KeyPrefix", ""),
        name=request.get("JobName"),
        key=request.get("KmsKeyId"),
    )
    where = ObjectPlace(place["Bucket"], place["Name"], place.get("Version"))
    return JobOrder(_KIND, where, wish, task_kind=TaskKind.BULK)


def _description(job: StoredJob) -> shapes.MediaAnalysisJobDescription:
    """Return a job in the API's words; MinConfidence is told as it is in force."""
    wish = msgspec.json.decode(job.wish, type=BulkWish)
    config: shapes.MediaAnalysisDetectModerationLabelsConfig = {
        "MinConfidence": wish.min_confidence
    }
    told: shapes.MediaAnalysisJobDescription = {
        "JobId": job.job_id,
        "OperationsConfig": {"DetectModerationLabels": config},
        "Status": _status(job),
        "CreationTimestamp": job.created_at,
        "Input": {"S3Object": _manifest(job)},
        "OutputConfig": _output(wish),
    }
    if wish.name is not None:
        told["JobName"] = wish.name
    if wish.key is not None:
        told["KmsKeyId"] = wish.key
    if job.finished_at is not None:
        told["CompletionTimestamp"] = job.finished_at
        _add_outcome(told, job, wish)
    return told


def _add_outcome(told: shapes.MediaAnalysisJobDescription, job: StoredJob, wish: BulkWish) -> None:
    """Add where the files are, or why there are none; a cancelled job has only its message."""
    outcome = msgspec.json.decode(job.outcome or "{}", type=BulkOutcome)
    if job.state == FAILED:
        code = _CODES[outcome.failure or BulkFailure.BROKEN]
        told["FailureDetails"] = {"Code": code, "Message": job.message or ""}
    if outcome.results is None or outcome.summary is None:
        return
    told["Results"] = {"S3Object": {"Bucket": wish.output_bucket, "Name": outcome.results}}
    if outcome.model_version is not None:
        told["Results"]["ModelVersions"] = {"Moderation": outcome.model_version}
    summary: shapes.S3Object = {"Bucket": wish.output_bucket, "Name": outcome.summary}
    told["ManifestSummary"] = {"S3Object": summary}


def _status(job: StoredJob) -> shapes.MediaAnalysisJobStatus:
    finished: dict[str, shapes.MediaAnalysisJobStatus] = {
        SUCCEEDED: "SUCCEEDED",
        FAILED: "FAILED",
    }
    if job.state in finished:
        return finished[job.state]
    return "QUEUED" if job.started_at is None else "IN_PROGRESS"


def _manifest(job: StoredJob) -> shapes.S3Object:
    place: shapes.S3Object = {"Bucket": job.bucket, "Name": job.name}
    if job.version is not None:
        place["Version"] = job.version
    return place


def _output(wish: BulkWish) -> shapes.MediaAnalysisOutputConfig:
    output: shapes.MediaAnalysisOutputConfig = {"S3Bucket": wish.output_bucket}
    if wish.output_prefix:
        output["S3KeyPrefix"] = wish.output_prefix
    return output
