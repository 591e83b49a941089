"""A viewing: one decode of a video for all jobs that waited for it, chunk by chunk.

Each chunk ends in one transaction: what every job found, the state of every analysis, and where
to go on. A worker that is killed loses the chunk it was at and nothing else, and a chunk that was
finished is never repeated, not even by a worker that was taken for dead and comes back.
"""

from collections.abc import Callable, Iterable, Mapping
from contextlib import ExitStack
from dataclasses import dataclass
from datetime import datetime
from typing import Any, BinaryIO, Protocol

import msgspec

from vidimus.analyses.analysis import Analysis, Conclusion, Finding
from vidimus.analyses.watch import Chunks, OpenSheet, Watch, WatchState
from vidimus.engine.job_records import JobRecords
from vidimus.engine.jobs import Jobs, ObjectPlace
from vidimus.engine.video_facts import decode_facts, encode_facts
from vidimus.errors import StorageUnavailable, VidimusError
from vidimus.storage import findings as finding_rows
from vidimus.storage import jobs as rows
from vidimus.storage.database import Database, Transaction
from vidimus.storage.jobs import StoredJob, StoredTask
from vidimus.telemetry import get_logger
from vidimus.video.frames import Video, open_video
from vidimus.video.limits import VideoLimits
from vidimus.video.video_info import VideoInfo

_log = get_logger(__name__)

_LEAST_CHUNK_MS = 1000


class OpenObject(Protocol):
    """Opens an object of a bucket for reading anywhere in it."""

    def __call__(self, place: ObjectPlace) -> BinaryIO:
        """Return the open object; raises InvalidS3Object, VideoTooLarge, StorageUnavailable."""


MakeAnalysis = Callable[[StoredJob, VideoInfo], Analysis]


class Position(msgspec.Struct, frozen=True):
    """Where a viewing goes on: from which time and frame, and when each job needs its next one.

    `end_ms` is when the last frame ends; it is known once all of them were seen.
    """

    next_ms: int = 0
    next_number: int = 0
    due_ms: dict[str, int] = {}
    end_ms: int | None = None


@dataclass(slots=True)
class _Opened:
    """A viewing that is under way in this process."""

    task_id: str
    video: Video
    chunks: Chunks
    watch: Watch
    jobs: Mapping[str, StoredJob]
    position: str | None
    resources: ExitStack


@dataclass(frozen=True, slots=True)
class ViewingRooms:
    """What a viewing works with.

    `make_analysis` raises what keeps a job from being carried out. `chunk_ms` is how much of a
    video is done between two checkpoints; `threads` look at frames at once.
    """

    database: Database
    jobs: Jobs
    records: JobRecords
    open_object: OpenObject
    make_analysis: MakeAnalysis
    open_sheet: OpenSheet
    clock: Callable[[], datetime]
    limits: VideoLimits
    chunk_ms: int
    threads: int


class Viewings:
    """Carries out viewings, one at a time; every step may be asked for again after a kill."""

    def __init__(self, rooms: ViewingRooms) -> None:
        self._rooms = rooms
        self._opened: _Opened | None = None

    def advance(self, task_id: str) -> bool:
        """See the next chunk and keep what it brought; tells whether there is more to see."""
        task = self._begin(task_id)
        if task is None:
            return False
        try:
            opened = self._open(task)
            return False if opened is None else self._see_chunk(opened, self._chunk_ms(task))
        except Exception as trouble:
            # The frames of this chunk are consumed: asked again, it has to be opened anew.
            self.close()
            if isinstance(trouble, StorageUnavailable) or not isinstance(trouble, VidimusError):
                raise
            self.abandon(task_id, trouble.message)
            return False

    def conclude(self, task_id: str) -> None:
        """Finish every job: what is only known at the end is kept, and the ledger told."""
        jobs = self._running_jobs(task_id)
        position = self._position(task_id)
        if jobs and position.end_ms is not None:
            watch, refused = self._watch(jobs, position, _facts_of(jobs))
            conclusions = watch.finish(position.end_ms)
            failures = {**refused, **watch.failures}
            for job in jobs:
                self._finish(job, conclusions.get(job.job_id), failures.get(job.job_id))
        self._end_task(task_id)

    def abandon(self, task_id: str, reason: str) -> None:
        """End every job of a task as FAILED for that reason."""
        self.close()
        with self._rooms.database.writing() as tx:
            for job in rows.jobs_of_task(tx, task_id):
                if job.state in rows.OPEN:
                    self._rooms.jobs.fail(tx, job, reason)
        self._end_task(task_id)

    def close(self) -> None:
        """Let go of the video that is open, if one is."""
        if self._opened is not None:
            self._opened.resources.close()
            self._opened = None

    def _begin(self, task_id: str) -> StoredTask | None:
        """Take the task in work, so that nobody else joins it; None where all was seen."""
        with self._rooms.database.writing() as tx:
            task = rows.find_task(tx, task_id)
            if task is None or task.state == rows.DONE or _position_of(task).end_ms is not None:
                return None
            now = self._rooms.clock()
            started = task.started_at or now
            rows.change_task(tx, task_id, state=rows.RUNNING, started_at=started)
            for job in rows.jobs_of_task(tx, task_id):
                if job.state == rows.QUEUED:
                    rows.change_job(tx, job.key, state=rows.RUNNING, started_at=now)
            return rows.find_task(tx, task_id)

    def _open(self, task: StoredTask) -> _Opened | None:
        """Return the viewing as it is open, or open it where it goes on; None without any job."""
        jobs = self._running_jobs(task.task_id)
        if self._is_open(task):
            assert self._opened is not None  # noqa: S101 - it is the one that is open
            self._leave_out_cancelled(self._opened, jobs)
            return self._opened
        self.close()
        if not jobs:
            self._end_task(task.task_id)
            return None
        with ExitStack() as resources:
            self._opened = self._opened_anew(task, jobs, resources)
            self._opened.resources = resources.pop_all()
        return self._opened

    def _is_open(self, task: StoredTask) -> bool:
        """Say whether what is open stands where the task does: another worker may have gone on."""
        opened = self._opened
        if opened is None:
            return False
        return (opened.task_id, opened.position) == (task.task_id, task.position)

    def _opened_anew(
        self, task: StoredTask, jobs: tuple[StoredJob, ...], resources: ExitStack
    ) -> _Opened:
        position = _position_of(task)
        place = ObjectPlace(jobs[0].bucket, jobs[0].name, jobs[0].version)
        file = resources.enter_context(self._rooms.open_object(place))
        video = resources.enter_context(open_video(file, self._rooms.limits))
        self._tell_facts(jobs, encode_facts(video.info))
        watch, refused = self._watch(jobs, position, video.info)
        self._fail_jobs(refused, jobs)
        resources.enter_context(watch)
        frames = video.frames(start_ms=position.next_ms, first_number=position.next_number)
        by_id = {job.job_id: job for job in jobs}
        return _Opened(task.task_id, video, Chunks(frames), watch, by_id, task.position, resources)

    def _watch(
        self, jobs: Iterable[StoredJob], position: Position, info: VideoInfo
    ) -> tuple[Watch, dict[str, Exception]]:
        """Return a watch that goes on from a position, and why some jobs cannot be in it."""
        analyses: dict[str, Analysis] = {}
        refused: dict[str, Exception] = {}
        snapshots: dict[str, bytes] = {}
        with self._rooms.database.reading() as tx:
            states = {job.job_id: rows.snapshot_of_job(tx, job.key) for job in jobs}
        for job in jobs:
            try:
                analyses[job.job_id] = self._rooms.make_analysis(job, info)
            except StorageUnavailable:
                raise
            except Exception as trouble:  # noqa: BLE001 - one job must not end the others
                refused[job.job_id] = trouble
                continue
            if (state := states[job.job_id]) is not None:
                snapshots[job.job_id] = state
        watch = Watch(analyses, self._rooms.open_sheet, self._rooms.threads)
        watch.resume(WatchState(position.due_ms, snapshots))
        return watch, refused

    def _chunk_ms(self, task: StoredTask) -> int:
        """Return how much to see: less where a worker died before, so that it loses less again."""
        deaths = max(task.strikes - 1, 0)  # a quarter each time
        whole = self._rooms.chunk_ms
        return max(whole >> 2 * deaths, min(whole, _LEAST_CHUNK_MS))

    def _see_chunk(self, opened: _Opened, chunk_ms: int) -> bool:
        """See the frames up to the next checkpoint; tells whether there are any after it."""
        first = opened.chunks.next
        found: list[tuple[str, Finding]] = []
        if first is not None:
            end_ms = (first.timestamp_ms // chunk_ms + 1) * chunk_ms
            found.extend(opened.watch.see(opened.chunks.until(end_ms)))
        if not self._keep_chunk(opened, found):
            self.close()
            return True
        self._fail_jobs(opened.watch.failures, opened.jobs.values())
        more = opened.chunks.next is not None and bool(opened.watch.analyses)
        if not more:
            self.close()
        return more

    def _keep_chunk(self, opened: _Opened, found: list[tuple[str, Finding]]) -> bool:
        """Keep what a chunk brought; tells False where another worker was quicker."""
        state = opened.watch.state()
        position = self._position_after(opened, state)
        encoded = msgspec.json.encode(position).decode()
        with self._rooms.database.writing() as tx:
            task = rows.find_task(tx, opened.task_id)
            if task is None or task.position != opened.position:
                return False
            for job_id, snapshot in state.snapshots.items():
                key = opened.jobs[job_id].key
                mine = (_row(finding) for name, finding in found if name == job_id)
                finding_rows.add_findings(tx, key, mine)
                rows.change_job(tx, key, snapshot=snapshot)
            progress = _progress(opened, position)
            rows.change_task(tx, opened.task_id, position=encoded, progress=progress)
        opened.position = encoded
        return True

    def _position_after(self, opened: _Opened, state: WatchState) -> Position:
        following = opened.chunks.next
        if following is None:
            return Position(due_ms=state.due_ms, end_ms=self._end_of(opened))
        return Position(following.timestamp_ms, following.number, state.due_ms)

    def _end_of(self, opened: _Opened) -> int:
        last = opened.chunks.last
        return 0 if last is None else opened.video.end_after(last.timestamp_ms)

    def _finish(
        self, job: StoredJob, conclusion: Conclusion | None, trouble: Exception | None
    ) -> None:
        """Keep what a job concludes, in one transaction with its end and the ledger's row."""
        with self._rooms.database.writing() as tx:
            now = rows.find_job(tx, job.job_id)
            if now is None or now.state != rows.RUNNING:
                return
            if conclusion is None:
                self._rooms.jobs.fail(tx, job, _reason(trouble))
                return
            self._keep_conclusion(tx, job, conclusion)
            finished = self._rooms.clock()
            values = {"state": rows.SUCCEEDED, "finished_at": finished, "snapshot": None}
            rows.change_job(tx, job.key, **values)
            self._rooms.records.succeeded(tx, job, finished, conclusion.matched, conclusion.persons)

    def _keep_conclusion(self, tx: Transaction, job: StoredJob, conclusion: Conclusion) -> None:
        finding_rows.add_findings(tx, job.key, map(_row, conclusion.findings))
        finding_rows.drop_subjects(tx, job.key, conclusion.dropped)
        finding_rows.rename_subjects(tx, job.key, conclusion.renamed)
        finding_rows.put_subjects(tx, job.key, conclusion.subjects)

    def _leave_out_cancelled(self, opened: _Opened, running: tuple[StoredJob, ...]) -> None:
        still = {job.job_id for job in running}
        for job_id in opened.jobs:
            if job_id not in still:
                opened.watch.leave_out(job_id)

    def _fail_jobs(self, failures: Mapping[str, Exception], jobs: Iterable[StoredJob]) -> None:
        if not failures:
            return
        with self._rooms.database.writing() as tx:
            for job in jobs:
                now = rows.find_job(tx, job.job_id)
                if job.job_id in failures and now is not None and now.state in rows.OPEN:
                    self._rooms.jobs.fail(tx, job, _reason(failures[job.job_id]))

    def _tell_facts(self, jobs: Iterable[StoredJob], facts: str) -> None:
        with self._rooms.database.writing() as tx:
            for job in jobs:
                rows.change_job(tx, job.key, video=facts)

    def _running_jobs(self, task_id: str) -> tuple[StoredJob, ...]:
        with self._rooms.database.reading() as tx:
            jobs = rows.jobs_of_task(tx, task_id)
        return tuple(job for job in jobs if job.state == rows.RUNNING)

    def _position(self, task_id: str) -> Position:
        with self._rooms.database.reading() as tx:
            task = rows.find_task(tx, task_id)
        return Position() if task is None else _position_of(task)

    def _end_task(self, task_id: str) -> None:
        with self._rooms.database.writing() as tx:
            task = rows.find_task(tx, task_id)
            if task is not None and task.state != rows.DONE:
                now = self._rooms.clock()
                rows.change_task(tx, task_id, state=rows.DONE, finished_at=now, progress=1.0)


def _position_of(task: StoredTask) -> Position:
    return (
        Position() if task.position is None else msgspec.json.decode(task.position, type=Position)
    )


def _facts_of(jobs: tuple[StoredJob, ...]) -> VideoInfo:
    """Return what the video's headers said when it was opened."""
    facts = jobs[0].video
    assert facts is not None, "it was seen to its end, so it was opened"  # noqa: S101
    return decode_facts(facts)


def _progress(opened: _Opened, position: Position) -> float:
    duration = opened.video.info.duration_ms
    if position.end_ms is not None:
        return 1.0
    return min(1.0, position.next_ms / duration) if duration else 0.0


def _row(finding: Finding) -> tuple[str, int, str, bytes]:
    return finding.series, finding.timestamp_ms, finding.subject, finding.value


def _reason(trouble: Any) -> str:
    """Say why in words for the caller; what was not foreseen goes to the log in full."""
    if isinstance(trouble, VidimusError):
        return trouble.message
    _log.error("an analysis failed", exc_info=trouble)
    return f"The analysis failed unexpectedly ({type(trouble).__name__}); the log tells more."
