"""Bulk jobs are carried out in parts, survive kills, and end for one clear reason."""

import json
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from pathlib import Path

import msgspec
import pytest

from vidimus.accountability.ledger import Ledger
from vidimus.engine.bulk import (
    BulkFailure,
    BulkOutcome,
    BulkRooms,
    BulkRuns,
    BulkTally,
    BulkWish,
    LineRefused,
)
from vidimus.engine.job_kinds import JobKind, TaskKind
from vidimus.engine.job_records import JobRecords
from vidimus.engine.jobs import JobLimits, JobOrder, Jobs, ObjectPlace
from vidimus.engine.once import Once
from vidimus.engine.record import Recorder
from vidimus.errors import StorageUnavailable
from vidimus.storage import jobs as rows
from vidimus.storage.database import Database, open_database
from vidimus.storage.jobs import StoredJob, StoredTask
from vidimus.storage.objects import open_objects

NOW = datetime(2026, 11, 24, tzinfo=UTC)


class Killed(BaseException):
    """The worker's process is gone."""


class NoQueue:
    """The tests carry tasks out themselves."""

    def submit(self, task_id: str) -> None:
        """Do nothing."""


@dataclass
class Doubling:
    """Doubles the number that a line is; `before` is called with each line before it is done."""

    before: Callable[[bytes], object] = lambda line: None
    seen: list[bytes] = field(default_factory=list)
    model_version: str = "1.2"

    def carry_out(self, line: bytes, wish: BulkWish) -> bytes:
        self.before(line)
        self.seen.append(line)
        if not line.isdigit():
            raise LineRefused(line.decode(), "NO_NUMBER", "that is no number")
        return str(2 * int(line)).encode()

    def summary(self, tally: BulkTally) -> bytes:
        return msgspec.json.encode(tally)


@dataclass
class House:
    """A database, a folder of buckets, and the jobs in it."""

    folder: Path
    database: Database
    jobs: Jobs

    def runs(self, form: Doubling) -> BulkRuns:
        objects = open_objects((self.folder / "buckets").as_uri())
        return BulkRuns(BulkRooms(self.database, self.jobs, objects, lambda: NOW, 2), form)

    def put(self, *lines: object) -> None:
        text = "\n".join(str(line) for line in lines)
        (self.folder / "buckets" / "in" / "list").write_text(text)

    def start(self, output: str = "out") -> str:
        wish = BulkWish(min_confidence=50, output_bucket=output, output_prefix="there/")
        place = ObjectPlace("in", "list")
        order = JobOrder(JobKind.MEDIA_ANALYSIS, place, wish, task_kind=TaskKind.BULK)
        return self.jobs.submit(order)

    def job(self, job_id: str) -> StoredJob:
        return self.jobs.describe(job_id)

    def task(self, job_id: str) -> StoredTask:
        with self.database.reading() as tx:
            task = rows.find_task(tx, self.job(job_id).task_id)
        assert task is not None
        return task

    def outcome(self, job_id: str) -> BulkOutcome:
        return msgspec.json.decode(self.job(job_id).outcome or "{}", type=BulkOutcome)

    def results(self, job_id: str) -> list[int]:
        name = self.outcome(job_id).results
        assert name == f"there/{job_id}/results.jsonl"
        lines = (self.folder / "buckets" / "out" / name).read_text().splitlines()
        return [int(line) for line in lines]

    def carry_out(self, job_id: str, form: Doubling) -> None:
        """Do what a worker does with the job's task."""
        runs, task_id = self.runs(form), self.job(job_id).task_id
        while runs.advance(task_id):
            pass
        runs.conclude(task_id)
        runs.close()


@pytest.fixture
def house(tmp_path: Path) -> Iterator[House]:
    for bucket in ("in", "out"):
        (tmp_path / "buckets" / bucket).mkdir(parents=True)
    database = open_database(f"sqlite:///{tmp_path / 'db'}")
    recorder = Recorder(Ledger(database, b"k" * 32, lambda: NOW))
    records = JobRecords(recorder, lambda collection: None, known_threshold=80)
    limits = JobLimits(open_jobs=20, kept_for=timedelta(days=7))
    jobs = Jobs(database, NoQueue(), Once(lambda: NOW), records, lambda: NOW, limits)
    yield House(tmp_path, database, jobs)
    database.close()


def test_every_line_is_done_and_duplicates_twice(house: House) -> None:
    house.put(5, "", 5, "x", *range(250))
    job_id = house.start()
    house.carry_out(job_id, Doubling())
    assert house.job(job_id).state == rows.SUCCEEDED
    assert house.results(job_id) == [10, 10, *(2 * number for number in range(250))]
    summary = house.outcome(job_id).summary
    assert summary == f"there/{job_id}/manifest-summary.json"
    tally = json.loads((house.folder / "buckets" / "out" / summary).read_text())
    assert (tally["lines"], tally["done"]) == (253, 252)
    (fault,) = tally["faults"]
    assert (fault["line"], fault["source"], fault["code"]) == (4, "x", "NO_NUMBER")
    assert house.outcome(job_id).model_version == "1.2"
    assert house.task(job_id).state == rows.DONE


def test_a_killed_worker_repeats_only_its_last_hundred(house: House) -> None:
    house.put(*range(350))
    job_id = house.start()

    def die(line: bytes) -> None:
        if line == b"230":
            raise Killed

    first = Doubling(before=die)
    with pytest.raises(Killed):
        house.carry_out(job_id, first)
    assert house.task(job_id).progress == pytest.approx(200 / 350)
    second = Doubling()
    house.carry_out(job_id, second)
    assert sorted(int(line) for line in second.seen) == list(range(200, 350))
    assert house.results(job_id) == [2 * number for number in range(350)]


def test_a_worker_that_was_overtaken_keeps_nothing(house: House) -> None:
    house.put(*range(150))
    job_id = house.start()
    task_id = house.job(job_id).task_id
    quick = house.runs(Doubling())
    quick.advance(task_id)
    slow = house.runs(
        Doubling(before=lambda line: quick.advance(task_id) if line == b"0" else None)
    )
    while slow.advance(task_id):
        pass
    slow.conclude(task_id)
    assert house.results(job_id) == [2 * number for number in range(150)]


def test_concluding_twice_changes_nothing(house: House) -> None:
    house.put(1, 2)
    job_id = house.start()
    house.carry_out(job_id, Doubling())
    before = house.job(job_id)
    house.carry_out(job_id, Doubling())
    assert house.job(job_id) == before


def test_a_store_that_is_away_is_waited_for(house: House) -> None:
    house.put(1)
    job_id = house.start()

    def away(line: bytes) -> None:
        raise StorageUnavailable("the store is away")

    runs, task_id = house.runs(Doubling(before=away)), house.job(job_id).task_id
    assert runs.advance(task_id)
    with pytest.raises(StorageUnavailable):
        runs.advance(task_id)
    house.carry_out(job_id, Doubling())
    assert house.results(job_id) == [2]


def replace(house: House) -> None:
    house.put(7, 8, 9)


def remove(house: House) -> None:
    (house.folder / "buckets" / "in" / "list").unlink()


def empty(house: House) -> None:
    house.put("")


@pytest.mark.parametrize(
    ("meddle", "failure", "said"),
    [
        (replace, BulkFailure.MANIFEST_INVALID, "replaced"),
        (remove, BulkFailure.MANIFEST_UNREADABLE, "in/list"),
        (empty, BulkFailure.MANIFEST_INVALID, "no line"),
    ],
)
def test_a_manifest_that_changes_ends_the_job(
    house: House, meddle: Callable[[House], None], failure: BulkFailure, said: str
) -> None:
    house.put(*range(250))
    job_id = house.start()
    runs, task_id = house.runs(Doubling()), house.job(job_id).task_id
    assert runs.advance(task_id)
    assert runs.advance(task_id)
    meddle(house)
    assert not runs.advance(task_id)
    runs.conclude(task_id)
    job = house.job(job_id)
    assert (job.state, house.outcome(job_id).failure) == (rows.FAILED, failure)
    assert said in (job.message or "")
    assert house.task(job_id).state == rows.DONE


def test_an_output_that_takes_nothing_ends_the_job_before_any_work(house: House) -> None:
    house.put(1, 2)
    job_id, form = house.start(output="nowhere"), Doubling()
    house.carry_out(job_id, form)
    assert house.outcome(job_id).failure is BulkFailure.OUTPUT_REFUSED
    assert form.seen == []


def test_a_cancelled_job_is_left(house: House) -> None:
    house.put(*range(250))
    job_id = house.start()
    runs, task_id = house.runs(Doubling()), house.job(job_id).task_id
    runs.advance(task_id)
    house.jobs.cancel(job_id)
    assert not runs.advance(task_id)
    runs.conclude(task_id)
    assert house.job(job_id).state == rows.FAILED
    assert house.task(job_id).state == rows.DONE


def test_an_abandoned_job_says_why(house: House) -> None:
    house.put(1)
    job_id = house.start()
    house.runs(Doubling()).abandon(house.job(job_id).task_id, "it ended the worker three times")
    assert house.job(job_id).message == "it ended the worker three times"
    assert house.outcome(job_id).failure is BulkFailure.BROKEN
