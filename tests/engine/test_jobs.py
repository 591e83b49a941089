"""Jobs are asked for once per token, joined, limited, cancelled, recorded and erased."""

from collections.abc import Iterator
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest

from vidimus.accountability.ledger import Ledger, LedgerRow
from vidimus.engine.caller import Caller
from vidimus.engine.job_kinds import JobKind, TaskKind
from vidimus.engine.job_records import JobRecords
from vidimus.engine.jobs import CANCELLED, JobLimits, JobOrder, Jobs, ObjectPlace
from vidimus.engine.once import Once, RequestToken
from vidimus.engine.people_library import LIBRARY
from vidimus.engine.record import Recorder
from vidimus.errors import IdempotentParameterMismatch, LimitExceeded, ResourceNotFound
from vidimus.storage import findings
from vidimus.storage import jobs as rows
from vidimus.storage.database import Database, open_database

ADA = Caller("AKIAADA", "request-1")
PLACE = ObjectPlace("bucket", "films/a clip.mp4")


@dataclass
class Wish:
    collection_id: str = "people"
    threshold: float = 80.0


@dataclass
class Place:
    """A database, the jobs in it, and what reached the queue."""

    database: Database
    ledger: Ledger
    queued: list[str] = field(default_factory=list)
    now: datetime = datetime(2026, 11, 24, tzinfo=UTC)

    def submit(self, task_id: str) -> None:
        self.queued.append(task_id)

    @property
    def jobs(self) -> Jobs:
        records = JobRecords(
            Recorder(self.ledger),
            lambda collection_id: "1.0" if collection_id == "people" else None,
            known_threshold=91,
        )
        limits = JobLimits(open_jobs=3, kept_for=timedelta(days=7))
        clock = self.clock
        return Jobs(self.database, self, Once(clock), records, clock, limits)

    def clock(self) -> datetime:
        return self.now

    def rows(self) -> list[LedgerRow]:
        return sorted(self.ledger.tail(100), key=lambda row: row.sequence)

    def acts(self) -> list[tuple[str, str | None, float | None, str]]:
        entries = [row.entry for row in self.rows()]
        return [(e.operation, e.collection_id, e.threshold, e.actor) for e in entries]


@pytest.fixture
def place(tmp_path: Path) -> Iterator[Place]:
    database = open_database(f"sqlite:///{tmp_path / 'jobs.db'}")
    yield Place(database, Ledger(database, b"k" * 32, lambda: datetime.now(UTC)))
    database.close()


@dataclass
class NamelessWish:
    attributes: str = "DEFAULT"


def order(kind: JobKind = JobKind.LABEL_DETECTION, place: ObjectPlace = PLACE) -> JobOrder:
    return JobOrder(kind, place, Wish(), tag="tag")


def token(parameters: object = "same") -> RequestToken:
    return RequestToken.of("token", "AKIAADA", parameters)


def test_a_job_is_asked_for_once_per_token(place: Place) -> None:
    first = place.jobs.submit(order(), token=token(), caller=ADA)
    assert place.jobs.submit(order(), token=token(), caller=ADA) == first
    assert len(place.queued) == 1
    with pytest.raises(IdempotentParameterMismatch):
        place.jobs.submit(order(), token=token("other"), caller=ADA)
    assert place.jobs.submit(order(), caller=ADA) != first


def test_a_job_waits_with_all_that_was_asked(place: Place) -> None:
    job_id = place.jobs.submit(order(), caller=ADA)
    job = place.jobs.describe(job_id, JobKind.LABEL_DETECTION)
    assert (job.state, job.tag, job.name, job.actor) == ("QUEUED", "tag", PLACE.name, "AKIAADA")
    assert place.queued == [job.task_id]
    assert place.jobs.progress(job) == 0
    with pytest.raises(ResourceNotFound, match="of kind FaceSearch"):
        place.jobs.describe(job_id, JobKind.FACE_SEARCH)
    with pytest.raises(ResourceNotFound, match="no job nobody"):
        place.jobs.describe("nobody")


def test_jobs_that_wait_for_the_same_video_share_a_task(place: Place) -> None:
    ids = [place.jobs.submit(order(kind)) for kind in (JobKind.LABEL_DETECTION, "TextDetection")]  # type: ignore[arg-type]
    one, two = (place.jobs.describe(job_id) for job_id in ids)
    assert one.task_id == two.task_id
    with place.database.writing() as tx:
        rows.change_task(tx, one.task_id, state=rows.RUNNING)
    three = place.jobs.describe(place.jobs.submit(order()))
    assert three.task_id != one.task_id


def test_other_versions_and_manifests_are_tasks_of_their_own(place: Place) -> None:
    versions = [None, "1", "2"]
    ids = [place.jobs.submit(order(place=ObjectPlace("b", "n", each))) for each in versions]
    assert len({place.jobs.describe(job_id).task_id for job_id in ids}) == 3
    bulk = JobOrder(JobKind.MEDIA_ANALYSIS, PLACE, Wish(), task_kind=TaskKind.BULK)
    ids = [place.jobs.submit(bulk) for _ in range(2)]
    assert len({place.jobs.describe(job_id).task_id for job_id in ids}) == 2


def test_too_many_open_jobs_are_refused_and_known_tokens_are_not(place: Place) -> None:
    first = place.jobs.submit(order(), token=token(), caller=ADA)
    for _ in range(2):
        place.jobs.submit(order(), caller=ADA)
    with pytest.raises(LimitExceeded, match="3 open Jobs for User AKIAADA Maximum limit: 3"):
        place.jobs.submit(order(), caller=ADA)
    assert place.jobs.submit(order(), token=token(), caller=ADA) == first
    place.jobs.submit(JobOrder(JobKind.MEDIA_ANALYSIS, PLACE, Wish(), task_kind=TaskKind.BULK))
    place.jobs.cancel(first)
    place.jobs.submit(order(), caller=ADA)


def test_a_cancelled_job_has_failed_and_keeps_nothing(place: Place) -> None:
    job = place.jobs.describe(place.jobs.submit(order()))
    with place.database.writing() as tx:
        findings.add_findings(tx, job.key, [("moments", 0, "Car", b"{}")])
    cancelled = place.jobs.cancel(job.job_id)
    assert (cancelled.state, cancelled.message) == ("FAILED", CANCELLED)
    page = place.jobs.read_findings(job, "moments", by_subject=False, offset=0, limit=9)
    assert page.items == ()
    assert place.jobs.cancel(job.job_id) == cancelled
    with pytest.raises(ResourceNotFound):
        place.jobs.cancel("nobody")


def test_pages_say_where_they_go_on_and_bring_their_subjects(place: Place) -> None:
    job = place.jobs.describe(place.jobs.submit(order()))
    with place.database.writing() as tx:
        rows_of = [("moments", at, str(at % 2), str(at).encode()) for at in range(5)]
        findings.add_findings(tx, job.key, rows_of)
        findings.put_subjects(tx, job.key, {"0": b"even", "1": b"odd"})
    first = place.jobs.read_findings(job, "moments", by_subject=True, offset=0, limit=3)
    assert ([each.value for each in first.items], first.next_offset) == ([b"0", b"2", b"4"], 3)
    assert first.subjects == {"0": b"even"}
    last = place.jobs.read_findings(job, "moments", by_subject=True, offset=3, limit=3)
    assert ([each.value for each in last.items], last.next_offset) == ([b"1", b"3"], None)


def test_the_ledger_hears_of_searches_alone(place: Place) -> None:
    place.jobs.submit(order(), caller=ADA)
    search = place.jobs.submit(order(JobKind.FACE_SEARCH), caller=ADA)
    known = JobOrder(JobKind.CELEBRITY_RECOGNITION, PLACE, NamelessWish())
    place.jobs.submit(known, caller=ADA)
    place.jobs.cancel(search, Caller("AKIABOB"))
    assert place.acts() == [
        ("StartFaceSearch", "people", 80.0, "AKIAADA"),
        ("StartCelebrityRecognition", LIBRARY, 91.0, "AKIAADA"),
        ("FinishFaceSearch", "people", 80.0, "AKIABOB"),
    ]
    details = [row.entry.details for row in place.rows()]
    assert details[0]["name"] == PLACE.name
    assert (details[2]["state"], details[2]["message"]) == ("FAILED", CANCELLED)


def test_the_sweep_erases_and_queues_what_was_lost(place: Place) -> None:
    job = place.jobs.describe(place.jobs.submit(order()))
    place.queued.clear()
    assert place.jobs.sweep() == 0
    assert place.queued == [job.task_id]
    place.jobs.cancel(job.job_id)
    place.now += timedelta(days=7, seconds=1)
    assert place.jobs.sweep() == 1
    with pytest.raises(ResourceNotFound):
        place.jobs.describe(job.job_id)
