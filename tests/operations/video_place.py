"""An engine with a bucket in it, and jobs that end as a test says: no worker, no video decoded."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import UTC, datetime
from fractions import Fraction
from typing import Any

import msgspec

from vidimus.engine.caller import Caller
from vidimus.engine.engine import Engine
from vidimus.engine.video_facts import encode_facts
from vidimus.operations import EngineDispatcher
from vidimus.storage.findings import add_findings, put_subjects
from vidimus.storage.jobs import FAILED, RUNNING, SUCCEEDED, StoredJob, change_job, find_job
from vidimus.video.video_info import AudioInfo, VideoInfo

ADA = Caller("AKIAADA", "request-1")

VIDEO = {"S3Object": {"Bucket": "films", "Name": "a day/out.mp4"}}

INFO = VideoInfo(
    codec="h264",
    container="mov",
    width=1920,
    height=1080,
    frame_rate=Fraction(30000, 1001),
    duration_ms=61_000,
    frame_count=1828,
    color_range="LIMITED",
    rotation=0,
    pixel_format="yuv420p",
    audio=(AudioInfo("aac", 48_000, 2, 60_980),),
)


@dataclass(frozen=True)
class Told:
    """A finding as an analysis would write it."""

    timestamp_ms: int
    subject: str
    value: object
    series: str = "moments"


@dataclass(frozen=True)
class Place:
    """An engine and what a test does with it."""

    engine: Engine

    def call(self, operation: str, **params: object) -> dict[str, Any]:
        """The output of an operation that Ada asks for."""
        return self.call_as(ADA, operation, **params)

    def call_as(self, caller: Caller, operation: str, **params: object) -> dict[str, Any]:
        """The output of an operation."""
        return dict(EngineDispatcher(self.engine).call(operation, params, caller).output)

    def put(self, name: str, size: int = 4, bucket: str = "films") -> dict[str, Any]:
        """An object of so many bytes, as the Video member names it."""
        path = self.engine.settings.home / "buckets" / bucket / name
        path.parent.mkdir(parents=True, exist_ok=True)
        with path.open("wb") as file:
            file.truncate(size)
        return {"S3Object": {"Bucket": bucket, "Name": name}}

    def job(self, job_id: str) -> StoredJob:
        with self.engine.database.reading() as tx:
            found = find_job(tx, job_id)
        assert found is not None
        return found

    def run(self, job_id: str) -> None:
        """A worker has begun the job."""
        with self.engine.database.writing() as tx:
            found = find_job(tx, job_id)
            assert found is not None
            change_job(tx, found.key, state=RUNNING, video=encode_facts(INFO))

    def succeed(
        self, job_id: str, told: Iterable[Told] = (), subjects: Mapping[str, object] | None = None
    ) -> None:
        """The job has ended and found what is told."""
        rows = [
            (each.series, each.timestamp_ms, each.subject, msgspec.json.encode(each.value))
            for each in told
        ]
        about = {name: msgspec.json.encode(value) for name, value in (subjects or {}).items()}
        with self.engine.database.writing() as tx:
            found = find_job(tx, job_id)
            assert found is not None
            add_findings(tx, found.key, rows)
            put_subjects(tx, found.key, about)
            facts = encode_facts(INFO)
            now = datetime.now(UTC)
            change_job(tx, found.key, state=SUCCEEDED, video=facts, finished_at=now)

    def fail(self, job_id: str, message: str) -> None:
        """The job has ended and found nothing."""
        with self.engine.database.writing() as tx:
            found = find_job(tx, job_id)
            assert found is not None
            now = datetime.now(UTC)
            change_job(tx, found.key, state=FAILED, message=message, finished_at=now)
