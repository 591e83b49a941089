"""What the ledger keeps of jobs: who searched which video for whom, and what came of it.

Only jobs that compare faces with stored ones are recorded: face search and the recognition of
known people. Each leaves a row when it is asked for and a row when it ends.
"""

from collections.abc import Callable
from datetime import datetime

import msgspec

from vidimus.engine.caller import Caller
from vidimus.engine.job_kinds import JobKind
from vidimus.engine.people_library import LIBRARY
from vidimus.engine.record import Act, Details, Recorder
from vidimus.storage.database import Transaction
from vidimus.storage.jobs import StoredJob

RECORDED = (JobKind.FACE_SEARCH, JobKind.CELEBRITY_RECOGNITION)

NO_MODEL = "none"
"""The face model of a collection that is not there (any more)."""

VersionOf = Callable[[str], str | None]


class _SearchWish(msgspec.Struct):
    """What the ledger has to know of a wish."""

    threshold: float | None = None
    collection_id: str = LIBRARY


class JobRecords:
    """Writes rows within the transactions of what they tell of.

    `version_of` tells the face model of a collection, None where there is none; `known_threshold`
    is the similarity from which known people are named.
    """

    def __init__(
        self, recorder: Recorder, version_of: VersionOf, *, known_threshold: float
    ) -> None:
        self._recorder = recorder
        self._version_of = version_of
        self._known_threshold = known_threshold

    def started(self, tx: Transaction, job: StoredJob, caller: Caller) -> None:
        """Record who asked for the job."""
        if job.kind in RECORDED:
            self._recorder.record(tx, self._act(job, "Start", {}), caller)

    def succeeded(
        self,
        tx: Transaction,
        job: StoredJob,
        finished_at: datetime,
        matched: tuple[tuple[str, float], ...],
        persons: int | None,
    ) -> None:
        """Record whom the video was found to show, and how many people that were."""
        if job.kind in RECORDED:
            details = {**_when(job, finished_at), "state": "SUCCEEDED", "persons": persons}
            act = self._act(job, "Finish", details, matched, persons)
            self._recorder.record(tx, act, _caller_of(job))

    def failed(
        self,
        tx: Transaction,
        job: StoredJob,
        message: str,
        finished_at: datetime,
        caller: Caller | None = None,
    ) -> None:
        """Record that the job told nothing, and why; `caller` is who ended it, if somebody did."""
        if job.kind in RECORDED:
            details = {**_when(job, finished_at), "state": "FAILED", "message": message}
            self._recorder.record(tx, self._act(job, "Finish", details), caller or _caller_of(job))

    def _act(
        self,
        job: StoredJob,
        stage: str,
        details: Details,
        matched: tuple[tuple[str, float], ...] = (),
        persons: int | None = None,
    ) -> Act:
        wish = msgspec.json.decode(job.wish, type=_SearchWish)
        return Act(
            operation=f"{stage}{job.kind}",
            model_version=self._version_of(wish.collection_id) or NO_MODEL,
            collection_id=wish.collection_id,
            details={
                "job_id": job.job_id,
                "bucket": job.bucket,
                "name": job.name,
                "version": job.version,
                "role_arn": job.role_arn,
                **details,
            },
            threshold=self._known_threshold if wish.threshold is None else wish.threshold,
            found=matched,
            matched=persons,
        )


def _when(job: StoredJob, finished_at: datetime) -> Details:
    started = job.started_at
    return {
        "started_at": None if started is None else started.isoformat(),
        "finished_at": finished_at.isoformat(),
    }


def _caller_of(job: StoredJob) -> Caller:
    return Caller(job.actor, job.request_id)
