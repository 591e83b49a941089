"""Jobs and what they found, on each database."""

from datetime import UTC, datetime, timedelta

from vidimus.storage import findings, jobs
from vidimus.storage.database import Database
from vidimus.storage.jobs import NewJob

NOW = datetime(2026, 11, 24, 12, tzinfo=UTC)


def add_job(database: Database, name: str = "a.mp4", kind: str = "LabelDetection") -> int:
    """Add a job on a task of its own; returns its key."""
    with database.writing() as tx:
        count = len(jobs.list_jobs(tx, limit=100))
        task_id, job_id = f"task-{count}", f"job-{count}"
        jobs.add_task(tx, task_id, "viewing", f"s3://bucket/{name}", NOW)
        new = NewJob(
            job_id=job_id,
            kind=kind,
            task_id=task_id,
            bucket="bucket",
            name=name,
            version=None,
            wish="{}",
            tag=None,
            topic_arn=None,
            role_arn=None,
            actor="AKIA",
            request_id="request",
            created_at=NOW,
        )
        return jobs.add_job(tx, new)


def test_a_job_is_found_as_it_was_added(database: Database) -> None:
    add_job(database)
    with database.reading() as tx:
        found = jobs.find_job(tx, "job-0")
        assert found is not None
        assert (found.state, found.name, found.created_at) == ("QUEUED", "a.mp4", NOW)
        assert jobs.jobs_of_task(tx, "task-0") == (found,)
        assert jobs.find_job(tx, "job-1") is None
        assert jobs.snapshot_of_job(tx, found.key) is None


def test_jobs_are_listed_newest_first_and_in_pages(database: Database) -> None:
    keys = [add_job(database, kind=kind) for kind in ("FaceSearch", "MediaAnalysis") * 3]
    with database.reading() as tx:
        bulk = jobs.list_jobs(tx, kinds=("MediaAnalysis",), limit=2)
        assert [each.key for each in bulk] == [keys[5], keys[3]]
        rest = jobs.list_jobs(tx, kinds=("MediaAnalysis",), before_key=keys[3], limit=2)
        assert [each.key for each in rest] == [keys[1]]
        assert len(jobs.list_jobs(tx, limit=10)) == 6


def test_only_waiting_tasks_on_the_same_object_are_joined(database: Database) -> None:
    add_job(database)
    with database.writing() as tx:
        assert jobs.find_waiting_task(tx, "viewing", "s3://bucket/a.mp4") == "task-0"
        assert jobs.find_waiting_task(tx, "viewing", "s3://bucket/b.mp4") is None
        assert jobs.find_waiting_task(tx, "bulk", "s3://bucket/a.mp4") is None
        jobs.change_task(tx, "task-0", state=jobs.RUNNING)
        assert jobs.find_waiting_task(tx, "viewing", "s3://bucket/a.mp4") is None
        assert [each.task_id for each in jobs.list_open_tasks(tx)] == ["task-0"]


def test_findings_come_in_pages_by_time_and_by_subject(database: Database) -> None:
    key = add_job(database)
    rows = [
        ("moments", 200, "Car", b"1"),
        ("moments", 0, "Person", b"2"),
        ("moments", 200, "Animal", b"3"),
        ("segments", 0, "Car", b"4"),
        ("moments", 0, "Car", b"5"),
    ]
    with database.writing() as tx:
        findings.add_findings(tx, key, rows)
        findings.add_findings(tx, key, [])
    with database.reading() as tx:

        def page(by_subject: bool, offset: int = 0, limit: int = 10) -> list[bytes]:
            found = findings.page_of_findings(
                tx, key, "moments", by_subject=by_subject, offset=offset, limit=limit
            )
            return [each.value for each in found]

        assert page(by_subject=False) == [b"2", b"5", b"1", b"3"]
        assert page(by_subject=True) == [b"3", b"5", b"1", b"2"]
        assert page(by_subject=True, offset=1, limit=2) == [b"5", b"1"]
        assert page(by_subject=False, offset=4) == []
        assert findings.count_findings(tx, key, "segments") == 1


def test_subjects_are_renamed_at_once_and_dropped(database: Database) -> None:
    key, other = add_job(database), add_job(database)
    rows = [("moments", at, subject, b"") for at, subject in enumerate("abcd")]
    with database.writing() as tx:
        findings.add_findings(tx, key, rows)
        findings.add_findings(tx, other, rows)
        findings.drop_subjects(tx, key, ["d"])
        findings.rename_subjects(tx, key, {"a": "b", "b": "c", "c": "c"})
        findings.put_subjects(tx, key, {"b": b"old"})
        findings.put_subjects(tx, key, {"b": b"one", "c": b"two"})
        named = findings.page_of_findings(tx, key, "moments", by_subject=False, offset=0, limit=9)
        assert [each.subject for each in named] == ["b", "c", "c"]
        assert findings.read_subjects(tx, key, ["c", "x"]) == {"c": b"two"}
        assert findings.count_findings(tx, other, "moments") == 4


def test_old_jobs_are_erased_with_all_they_found(database: Database) -> None:
    old, fresh, running = (add_job(database) for _ in range(3))
    with database.writing() as tx:
        for key, age in ((old, 8), (fresh, 6)):
            finished = NOW - timedelta(days=age)
            jobs.change_job(tx, key, state=jobs.SUCCEEDED, finished_at=finished)
        for number in range(2):
            jobs.change_task(tx, f"task-{number}", state=jobs.DONE)
        for key in (old, running):
            findings.add_findings(tx, key, [("moments", 0, "a", b"")])
            findings.put_subjects(tx, key, {"a": b""})
    with database.writing() as tx:
        assert jobs.erase_finished_jobs(tx, NOW - timedelta(days=7)) == 1
        assert [each.key for each in jobs.list_jobs(tx, limit=9)] == [running, fresh]
        assert findings.count_findings(tx, old, "moments") == 0
        assert findings.read_subjects(tx, old, ["a"]) == {}
        assert findings.count_findings(tx, running, "moments") == 1
        assert jobs.find_task(tx, "task-0") is None
        assert jobs.find_task(tx, "task-1") is not None


def test_open_jobs_are_counted_by_kind(database: Database) -> None:
    key = add_job(database)
    add_job(database, kind="MediaAnalysis")
    with database.writing() as tx:
        assert jobs.count_open_jobs(tx, ("LabelDetection", "FaceSearch")) == 1
        jobs.change_job(tx, key, state=jobs.FAILED)
        assert jobs.count_open_jobs(tx, ("LabelDetection", "FaceSearch")) == 0
