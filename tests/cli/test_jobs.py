"""`vidimus jobs`: what was asked, how far it is, and ending it."""

import json
from datetime import UTC, datetime
from pathlib import Path

from typer.testing import CliRunner, Result

from vidimus.cli.jobs import app
from vidimus.engine.engine import open_records
from vidimus.engine.job_kinds import JobKind
from vidimus.engine.jobs import JobOrder, ObjectPlace
from vidimus.errors import InvalidParameter, ResourceNotFound
from vidimus.settings import Settings
from vidimus.storage.jobs import RUNNING, change_job, change_task
from vidimus.storage.workers import StoredWorker, add_worker

ORDER = JobOrder(JobKind.LABEL_DETECTION, ObjectPlace("clips", "été.mp4"), {"a": 1}, tag="holiday")


def invoke(home: Path, *arguments: str) -> Result:
    return CliRunner().invoke(app, [*arguments, "--home", str(home)], env={"COLUMNS": "400"})


def ask(home: Path, *, begun: bool = False) -> str:
    """Ask for a job; when it is begun, a worker has seen two fifths of the video."""
    now = datetime.now(UTC)
    with open_records(Settings(home=home)) as records:
        job_id = records.jobs.submit(ORDER)
        job = records.jobs.describe(job_id)
        if begun:
            with records.database.writing() as tx:
                change_job(tx, job.key, state=RUNNING, started_at=now)
                change_task(tx, job.task_id, state=RUNNING, progress=0.4)
                add_worker(tx, StoredWorker("w1", "example", 4711, 3, job.task_id, now, now))
    return job_id


def test_nothing_was_asked_and_nobody_works(tmp_path: Path) -> None:
    told = invoke(tmp_path, "list").stdout
    assert "There are no jobs." in told
    assert "No worker lives" in told


def test_jobs_and_workers_are_listed(tmp_path: Path) -> None:
    job_id = ask(tmp_path, begun=True)
    told = invoke(tmp_path, "list").stdout
    assert f"{job_id[:12]}  LabelDetection  clips/été.mp4" in told
    assert "IN_PROGRESS 40%" in told
    assert "example, process 4711" in told


def test_they_are_listed_as_json(tmp_path: Path) -> None:
    job_id = ask(tmp_path, begun=True)
    told = json.loads(invoke(tmp_path, "list", "--json").stdout)
    assert [each["job_id"] for each in told["jobs"]] == [job_id]
    assert [each["worker_id"] for each in told["workers"]] == ["w1"]


def test_a_job_is_shown(tmp_path: Path) -> None:
    job_id = ask(tmp_path, begun=True)
    told = invoke(tmp_path, "show", job_id).stdout
    for fact in ("holiday", "40%", "clips/été.mp4", '{"a":1}', "local"):
        assert fact in told
    assert json.loads(invoke(tmp_path, "show", job_id, "--json").stdout)["tag"] == "holiday"


def test_a_job_is_named_by_how_its_id_begins(tmp_path: Path) -> None:
    job_id = ask(tmp_path)
    assert job_id in invoke(tmp_path, "show", job_id[:12]).stdout
    assert job_id in invoke(tmp_path, "cancel", job_id[:12]).stdout
    for other in ("%", "_", f"{job_id[:11]}_"):
        assert isinstance(invoke(tmp_path, "show", other).exception, ResourceNotFound)


def test_a_beginning_that_several_jobs_have_names_none(tmp_path: Path) -> None:
    begins = [ask(tmp_path)[0] for _ in range(17)]
    twice = next(each for each in begins if begins.count(each) > 1)
    refused = invoke(tmp_path, "cancel", twice).exception
    assert isinstance(refused, InvalidParameter)
    assert "several jobs" in refused.message


def test_what_came_of_notifications_is_shown(tmp_path: Path) -> None:
    job_id = ask(tmp_path)
    told = '{"webhook":{"delivery":"UNREACHED","detail":"HTTP status 503"}}'
    with open_records(Settings(home=tmp_path)) as records, records.database.writing() as tx:
        change_job(tx, records.jobs.describe(job_id).key, told=told)
    assert "webhook: UNREACHED, HTTP status 503" in invoke(tmp_path, "show", job_id).stdout


def test_a_job_is_cancelled(tmp_path: Path) -> None:
    job_id = ask(tmp_path)
    assert "is FAILED: The job was cancelled." in invoke(tmp_path, "cancel", job_id).stdout
    assert "The job was cancelled." in invoke(tmp_path, "list").stdout


def test_a_job_that_is_not_there_is_refused(tmp_path: Path) -> None:
    for command in ("show", "cancel"):
        assert isinstance(invoke(tmp_path, command, "never").exception, ResourceNotFound)
