"""Bulk jobs: one operation on every picture that a manifest names, a hundred lines at a time.

Each hundred lines end in one transaction: what was found, and where to go on. What a line and the
files look like, and what is done with a picture, is the `BulkFormat`'s. Lines are carried out as
they stand, one that is there twice twice. A picture that cannot be looked at is told in the
summary; only what concerns the whole job, its manifest or its output say, ends it as FAILED.
"""

from collections.abc import Callable, Iterator, Sequence
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum
from typing import Protocol

import msgspec

from vidimus.analyses.analysis import MOMENTS
from vidimus.engine.bulk_manifest import Manifest, ManifestLine, read_manifest
from vidimus.engine.jobs import Jobs, ObjectPlace
from vidimus.errors import InvalidManifest, InvalidS3Object
from vidimus.storage import findings as finding_rows
from vidimus.storage import jobs as rows
from vidimus.storage.database import Database, Transaction
from vidimus.storage.jobs import StoredJob, StoredTask
from vidimus.storage.objects import ObjectStore

LINES_AT_ONCE = 100
"""So many lines are done between two checkpoints."""

FAULTS = "faults"
"""The series of what could not be done."""

_PAGE = 1000


class BulkWish(msgspec.Struct, frozen=True):
    """What is wanted of each picture, and where the results go; `name` and `key` are only kept."""

    min_confidence: float
    output_bucket: str
    output_prefix: str = ""
    name: str | None = None
    key: str | None = None


class BulkFailure(StrEnum):
    """Why a job as a whole came to nothing."""

    MANIFEST_UNREADABLE = "manifest unreadable"
    MANIFEST_INVALID = "manifest invalid"
    OUTPUT_REFUSED = "output refused"
    BROKEN = "broken"


class BulkOutcome(msgspec.Struct, frozen=True):
    """What came of a job: where its files are and which model answered, or why there are none."""

    results: str | None = None
    summary: str | None = None
    model_version: str | None = None
    failure: BulkFailure | None = None


class BulkFault(msgspec.Struct, frozen=True):
    """Why a line was not done: its number, the picture it names if it does, a code and words."""

    line: int
    source: str | None
    code: str
    message: str


class LineRefused(Exception):
    """A line cannot be done: the picture it names, if it names one, a code and words."""

    def __init__(self, source: str | None, code: str, message: str) -> None:
        super().__init__(message)
        self.source, self.code, self.message = source, code, message


@dataclass(frozen=True, slots=True)
class BulkTally:
    """How many lines there were, how many were done, and why the others were not."""

    lines: int
    done: int
    faults: tuple[BulkFault, ...]


class BulkFormat(Protocol):
    """One operation on many pictures, and what its files look like."""

    @property
    def model_version(self) -> str:
        """Which model answers."""

    def carry_out(self, line: bytes, wish: BulkWish) -> bytes:
        """Return the line of the results for a line of the manifest.

        Raises LineRefused for what is wrong with it or its picture, and StorageUnavailable.
        """

    def summary(self, tally: BulkTally) -> bytes:
        """Return the file that sums a job up."""


class BulkPosition(msgspec.Struct, frozen=True):
    """Which of the manifest's lines, from 0, comes next, of how many, and which file that was."""

    next_line: int
    lines: int
    identity: str


@dataclass(frozen=True, slots=True)
class BulkRooms:
    """What bulk jobs work with; `threads` pictures are looked at at once."""

    database: Database
    jobs: Jobs
    objects: ObjectStore
    clock: Callable[[], datetime]
    threads: int


class _Failed(Exception):
    """The job as a whole cannot be done."""

    def __init__(self, failure: BulkFailure, message: str) -> None:
        super().__init__(message)
        self.failure, self.message = failure, message


class BulkRuns:
    """Carries out bulk jobs; every step may be asked for again after a kill."""

    def __init__(self, rooms: BulkRooms, form: BulkFormat) -> None:
        self._rooms = rooms
        self._form = form

    def advance(self, task_id: str) -> bool:
        """Do the next hundred lines; tells whether there are more."""
        begun = self._begin(task_id)
        if begun is None:
            return False
        task, job = begun
        try:
            position = self._position(task, job)
            return position is None or self._do_lines(task, job, position)
        except _Failed as trouble:
            self._fail(job, trouble.failure, trouble.message)
            return False

    def conclude(self, task_id: str) -> None:
        """Write the files, if all was done, and end the job."""
        with self._rooms.database.reading() as tx:
            task, job = rows.find_task(tx, task_id), _job_of(tx, task_id)
        if task is not None and job is not None and job.state == rows.RUNNING:
            try:
                self._finish(job, _decoded(task))
            except _Failed as trouble:
                self._fail(job, trouble.failure, trouble.message)
        self._end_task(task_id)

    def abandon(self, task_id: str, reason: str) -> None:
        """End the job as FAILED for that reason."""
        with self._rooms.database.reading() as tx:
            job = _job_of(tx, task_id)
        if job is not None:
            self._fail(job, BulkFailure.BROKEN, reason)
        self._end_task(task_id)

    def close(self) -> None:
        """Do nothing: nothing stays open between two parts."""

    def _begin(self, task_id: str) -> tuple[StoredTask, StoredJob] | None:
        """Take the task in work; None where there is nothing left to do."""
        with self._rooms.database.writing() as tx:
            task, job = rows.find_task(tx, task_id), _job_of(tx, task_id)
            if task is None or job is None or job.state not in rows.OPEN or _is_done(task):
                return None
            if job.state == rows.QUEUED:
                now = self._rooms.clock()
                rows.change_task(tx, task_id, state=rows.RUNNING, started_at=now)
                rows.change_job(tx, job.key, state=rows.RUNNING, started_at=now)
            return task, job

    def _position(self, task: StoredTask, job: StoredJob) -> BulkPosition | None:
        """Return where to go on; None when it was just laid down, before the first line.

        Before that the results are written without any: a place that takes none ends the job
        before work is done for nothing.
        """
        known = _decoded(task)
        if known is not None:
            return known
        manifest = self._manifest(job)
        self._write(job, "results.jsonl", b"")
        self._keep(task, job, BulkPosition(0, len(manifest.lines), manifest.identity), [])
        return None

    def _do_lines(self, task: StoredTask, job: StoredJob, position: BulkPosition) -> bool:
        manifest = self._manifest(job)
        if manifest.identity != position.identity:
            said = "The manifest was replaced while the job was carried out"
            raise _Failed(BulkFailure.MANIFEST_INVALID, said)
        until = min(position.next_line + LINES_AT_ONCE, position.lines)
        found = self._look_at(manifest.lines[position.next_line : until], _wish_of(job))
        following = msgspec.structs.replace(position, next_line=until)
        kept = self._keep(task, job, following, found)
        return not kept or until < position.lines

    def _look_at(
        self, lines: Sequence[ManifestLine], wish: BulkWish
    ) -> list[tuple[str, int, str, bytes]]:
        with ThreadPoolExecutor(self._rooms.threads, thread_name_prefix="bulk") as pool:
            return list(pool.map(lambda line: self._look_at_one(line, wish), lines))

    def _look_at_one(self, line: ManifestLine, wish: BulkWish) -> tuple[str, int, str, bytes]:
        """Return what is kept of a line; its number stands where videos have the time."""
        try:
            return MOMENTS, line.number, "", self._form.carry_out(line.content, wish)
        except LineRefused as refused:
            fault = BulkFault(line.number, refused.source, refused.code, refused.message)
            return FAULTS, line.number, "", msgspec.json.encode(fault)

    def _keep(
        self,
        task: StoredTask,
        job: StoredJob,
        position: BulkPosition,
        found: list[tuple[str, int, str, bytes]],
    ) -> bool:
        """Keep what lines brought; tells False where another worker was quicker."""
        with self._rooms.database.writing() as tx:
            now = rows.find_task(tx, task.task_id)
            if now is None or now.position != task.position:
                return False
            finding_rows.add_findings(tx, job.key, found)
            encoded = msgspec.json.encode(position).decode()
            progress = position.next_line / position.lines
            rows.change_task(tx, task.task_id, position=encoded, progress=progress)
        return True

    def _finish(self, job: StoredJob, position: BulkPosition | None) -> None:
        if position is None or position.next_line < position.lines:
            return
        done = list(self._kept(job, MOMENTS))
        faults = (msgspec.json.decode(each, type=BulkFault) for each in self._kept(job, FAULTS))
        tally = BulkTally(position.lines, len(done), tuple(faults))
        outcome = BulkOutcome(
            results=self._write(job, "results.jsonl", b"".join(line + b"\n" for line in done)),
            summary=self._write(job, "manifest-summary.json", self._form.summary(tally)),
            model_version=self._form.model_version,
        )
        with self._rooms.database.writing() as tx:
            now = rows.find_job(tx, job.job_id)
            if now is not None and now.state == rows.RUNNING:
                rows.change_job(
                    tx,
                    job.key,
                    state=rows.SUCCEEDED,
                    finished_at=self._rooms.clock(),
                    outcome=msgspec.json.encode(outcome).decode(),
                )

    def _kept(self, job: StoredJob, series: str) -> Iterator[bytes]:
        """Give what was kept of a job's lines, in their order."""
        offset, full = 0, True
        while full:
            with self._rooms.database.reading() as tx:
                page = finding_rows.page_of_findings(
                    tx, job.key, series, by_subject=False, offset=offset, limit=_PAGE
                )
            yield from (each.value for each in page)
            offset, full = offset + _PAGE, len(page) == _PAGE

    def _manifest(self, job: StoredJob) -> Manifest:
        place = ObjectPlace(job.bucket, job.name, job.version)
        try:
            return read_manifest(self._rooms.objects, place)
        except InvalidS3Object as trouble:
            raise _Failed(BulkFailure.MANIFEST_UNREADABLE, trouble.message) from trouble
        except InvalidManifest as trouble:
            raise _Failed(BulkFailure.MANIFEST_INVALID, trouble.message) from trouble

    def _write(self, job: StoredJob, file: str, content: bytes) -> str:
        """Write a file of the results and return its name in the output's bucket."""
        wish = _wish_of(job)
        name = "/".join(part for part in (wish.output_prefix.strip("/"), job.job_id, file) if part)
        try:
            self._rooms.objects.write_object(wish.output_bucket, name, content)
        except InvalidS3Object as trouble:
            raise _Failed(BulkFailure.OUTPUT_REFUSED, trouble.message) from trouble
        return name

    def _fail(self, job: StoredJob, failure: BulkFailure, message: str) -> None:
        with self._rooms.database.writing() as tx:
            now = rows.find_job(tx, job.job_id)
            if now is not None and now.state in rows.OPEN:
                outcome = msgspec.json.encode(BulkOutcome(failure=failure)).decode()
                rows.change_job(tx, job.key, outcome=outcome)
                self._rooms.jobs.fail(tx, job, message)

    def _end_task(self, task_id: str) -> None:
        with self._rooms.database.writing() as tx:
            task = rows.find_task(tx, task_id)
            if task is not None and task.state != rows.DONE:
                now = self._rooms.clock()
                rows.change_task(tx, task_id, state=rows.DONE, finished_at=now, progress=1.0)


def _job_of(tx: Transaction, task_id: str) -> StoredJob | None:
    """Return the job of a task: a bulk task has one."""
    return next(iter(rows.jobs_of_task(tx, task_id)), None)


def _is_done(task: StoredTask) -> bool:
    position = _decoded(task)
    return position is not None and position.next_line >= position.lines


def _decoded(task: StoredTask) -> BulkPosition | None:
    position = task.position
    return None if position is None else msgspec.json.decode(position, type=BulkPosition)


def _wish_of(job: StoredJob) -> BulkWish:
    return msgspec.json.decode(job.wish, type=BulkWish)
