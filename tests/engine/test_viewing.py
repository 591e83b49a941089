"""A viewing is carried out in chunks, survives kills, and parts the fates of its jobs."""

import io
from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any, BinaryIO

import msgspec
import pytest

from tests.analyses.counting import Counting, no_sheet
from tests.videos import make_video, number_of
from vidimus.accountability.ledger import Ledger
from vidimus.analyses.analysis import Analysis, Conclusion, Finding, Moment, View
from vidimus.engine.job_kinds import JobKind
from vidimus.engine.job_records import JobRecords
from vidimus.engine.jobs import JobLimits, JobOrder, Jobs, ObjectPlace
from vidimus.engine.once import Once
from vidimus.engine.record import Recorder
from vidimus.engine.video_facts import decode_facts
from vidimus.engine.viewing import ViewingRooms, Viewings
from vidimus.errors import InvalidS3Object, ResourceNotFound, StorageUnavailable
from vidimus.storage import findings
from vidimus.storage import jobs as rows
from vidimus.storage.database import Database, open_database
from vidimus.storage.jobs import StoredJob
from vidimus.video.limits import VideoLimits
from vidimus.video.video_info import VideoInfo

FRAMES = 60


class Killed(BaseException):
    """The worker's process is gone."""


class Reading(Counting):
    """Counts, and checks that each frame is the one that its number says."""

    def look(self, view: View) -> int:
        assert number_of(view.frame.pixels) == view.frame.number
        return super().look(view)


@dataclass
class Wish:
    collection_id: str = "people"
    threshold: float = 80.0


@dataclass
class House:
    """A database and a folder of videos; `analyses` makes the analysis of a kind."""

    database: Database
    ledger: Ledger
    folder: Path
    analyses: dict[str, Callable[[], Analysis]] = field(default_factory=dict)
    moment: datetime = datetime(2026, 11, 24, tzinfo=UTC)
    trouble: list[Exception] = field(default_factory=list)

    def submit(self, *kinds: JobKind, name: str = "clip.mp4") -> list[str]:
        return [self.jobs.submit(JobOrder(each, ObjectPlace("b", name), Wish())) for each in kinds]

    def clock(self) -> datetime:
        self.moment += timedelta(seconds=1)
        return self.moment

    @property
    def records(self) -> JobRecords:
        return JobRecords(Recorder(self.ledger), lambda collection_id: "1.0", known_threshold=91)

    @property
    def jobs(self) -> Jobs:
        limits = JobLimits(20, timedelta(days=7))
        return Jobs(self.database, _Nowhere(), Once(self.clock), self.records, self.clock, limits)

    def open_object(self, place: ObjectPlace) -> BinaryIO:
        if self.trouble:
            raise self.trouble.pop()
        try:
            return io.BytesIO((self.folder / place.name).read_bytes())
        except FileNotFoundError:
            raise InvalidS3Object(f"{place.url}: there is no such object") from None

    def make(self, job: StoredJob, info: VideoInfo) -> Analysis:
        return self.analyses.get(job.kind, Reading)()

    def viewings(self, chunk_ms: int = 1000) -> Viewings:
        return Viewings(
            ViewingRooms(
                database=self.database,
                jobs=self.jobs,
                records=self.records,
                open_object=self.open_object,
                make_analysis=self.make,
                open_sheet=no_sheet,
                clock=self.clock,
                limits=VideoLimits(),
                chunk_ms=chunk_ms,
                threads=2,
            )
        )

    def carry_out(self, job_id: str, kills: int = 0) -> int:
        """Do what a worker does, anew after each kill; returns how many chunks were done."""
        task_id = self.jobs.describe(job_id).task_id
        chunks = 0
        viewings = self.viewings()
        while True:
            try:
                more = viewings.advance(task_id)
                chunks += 1
                if more:
                    continue
                viewings.conclude(task_id)
                return chunks
            except Killed:
                kills -= 1
                assert kills >= 0
                viewings.close()
                viewings = self.viewings()

    def found(self, job_id: str) -> list[int]:
        page = self.jobs.read_findings(
            self.jobs.describe(job_id), "moments", by_subject=False, offset=0, limit=10_000
        )
        return [msgspec.json.decode(each.value) for each in page.items]


class _Nowhere:
    def submit(self, task_id: str) -> None:
        """Nobody works here but the test."""


@pytest.fixture(scope="module")
def clips(tmp_path_factory: pytest.TempPathFactory) -> Path:
    folder = tmp_path_factory.mktemp("clips")
    make_video(folder / "clip.mp4", FRAMES, rate=20)
    (folder / "text.mp4").write_text("this is no video")
    return folder


@pytest.fixture
def house(tmp_path: Path, clips: Path) -> Iterator[House]:
    database = open_database(f"sqlite:///{tmp_path / 'house.db'}")
    yield House(database, Ledger(database, b"k" * 32, lambda: datetime.now(UTC)), clips)
    database.close()


def test_a_viewing_finds_everything_once_and_concludes(house: House) -> None:
    (job_id,) = house.submit(JobKind.LABEL_DETECTION)
    assert house.carry_out(job_id) == 3
    job = house.jobs.describe(job_id)
    assert (job.state, job.message) == ("SUCCEEDED", None)
    assert job.started_at is not None
    assert job.finished_at is not None
    assert house.found(job_id) == list(range(FRAMES))
    assert house.jobs.progress(job) == 1.0
    with house.database.reading() as tx:
        assert rows.snapshot_of_job(tx, job.key) is None
        assert findings.read_subjects(tx, job.key, ["end"]) == {"end": b"3000"}
    assert job.video is not None
    assert decode_facts(job.video).frame_rate == 20


def test_jobs_on_one_video_share_its_decoding(house: House) -> None:
    ids = house.submit(JobKind.LABEL_DETECTION, JobKind.TEXT_DETECTION)
    house.carry_out(ids[0])
    assert [house.jobs.describe(each).state for each in ids] == ["SUCCEEDED"] * 2
    assert house.found(ids[1]) == house.found(ids[0])


@pytest.mark.parametrize("killed_at", [0, 7, 20, 33, 59])
def test_a_killed_worker_loses_its_chunk_and_nothing_else(house: House, killed_at: int) -> None:
    looked: list[int] = []

    def count(number: int) -> None:
        looked.append(number)
        if number == killed_at and looked.count(number) == 1:
            raise Killed

    house.analyses["LabelDetection"] = lambda: Reading(trouble=count)
    (job_id,) = house.submit(JobKind.LABEL_DETECTION)
    house.carry_out(job_id, kills=1)
    assert house.found(job_id) == list(range(FRAMES))
    begun_at = killed_at // 20 * 20
    again = {number for number in looked if looked.count(number) > 1}
    assert again <= set(range(begun_at, begun_at + 20))


def test_a_chunk_that_failed_by_a_fault_of_ours_is_seen_from_its_beginning(
    house: House, monkeypatch: pytest.MonkeyPatch
) -> None:
    (job_id,) = house.submit(JobKind.LABEL_DETECTION)
    task_id = house.jobs.describe(job_id).task_id
    viewings = house.viewings()
    with monkeypatch.context() as patch:
        patch.setattr(findings, "add_findings", lambda *_: 1 // 0)
        with pytest.raises(ZeroDivisionError):
            viewings.advance(task_id)
    while viewings.advance(task_id):
        pass
    viewings.conclude(task_id)
    assert house.found(job_id) == list(range(FRAMES))


def test_where_workers_died_smaller_steps_are_taken(house: House) -> None:
    (job_id,) = house.submit(JobKind.LABEL_DETECTION)
    task_id = house.jobs.describe(job_id).task_id
    viewings = house.viewings(chunk_ms=16_000)
    with house.database.writing() as tx:
        rows.change_task(tx, task_id, strikes=3)
    assert viewings.advance(task_id)
    assert house.found(job_id) == list(range(20)), "a second, a sixteenth of a chunk"
    with house.database.writing() as tx:
        rows.change_task(tx, task_id, strikes=1)
    assert not viewings.advance(task_id)
    assert house.found(job_id) == list(range(FRAMES))


def test_a_kill_before_the_end_is_written_down_repeats_no_chunk(house: House) -> None:
    class DiesAtLast(Reading):
        deaths = 0

        def finish(self, end_ms: int) -> Conclusion:
            if not DiesAtLast.deaths:
                DiesAtLast.deaths += 1
                raise Killed
            return super().finish(end_ms)

    house.analyses["FaceSearch"] = DiesAtLast
    (job_id,) = house.submit(JobKind.FACE_SEARCH)
    assert house.carry_out(job_id, kills=1) == 4
    assert house.found(job_id) == list(range(FRAMES))
    assert house.jobs.describe(job_id).state == "SUCCEEDED"
    acts = [row.entry.operation for row in house.ledger.tail(10)]
    assert sorted(acts) == ["FinishFaceSearch", "StartFaceSearch"]


def test_a_worker_taken_for_dead_adds_nothing_when_it_comes_back(house: House) -> None:
    (job_id,) = house.submit(JobKind.LABEL_DETECTION)
    task_id = house.jobs.describe(job_id).task_id
    slept: list[int] = []

    def sleep(number: int) -> None:
        if number == 30 and not slept:
            slept.append(number)
            assert house.viewings().advance(task_id)  # Another worker does the same chunk.

    house.analyses["LabelDetection"] = lambda: Reading(trouble=sleep)
    sleeper = house.viewings()
    assert sleeper.advance(task_id)
    assert sleeper.advance(task_id), "there is more to do, though not what it did"
    assert slept
    house.carry_out(job_id)
    assert house.found(job_id) == list(range(FRAMES))


def test_what_fails_one_job_leaves_the_others(house: House) -> None:
    def deleted(number: int) -> None:
        if number == 30:
            raise ResourceNotFound("CollectionId: there is no collection people any more")

    def bug(number: int) -> None:
        if number == 30:
            raise ZeroDivisionError

    def never() -> Analysis:
        raise ResourceNotFound("CollectionId: there is no collection people")

    house.analyses = {
        "FaceSearch": lambda: Reading(trouble=deleted),
        "TextDetection": lambda: Reading(trouble=bug),
        "PersonTracking": never,
    }
    kinds = [JobKind.FACE_SEARCH, JobKind.TEXT_DETECTION, JobKind.PERSON_TRACKING]
    ids = house.submit(*kinds, JobKind.LABEL_DETECTION)
    house.carry_out(ids[0])
    jobs = [house.jobs.describe(each) for each in ids]
    assert [job.state for job in jobs] == ["FAILED", "FAILED", "FAILED", "SUCCEEDED"]
    assert jobs[0].message == "CollectionId: there is no collection people any more"
    assert "ZeroDivisionError" in (jobs[1].message or "")
    assert house.found(ids[0]) == []
    assert house.found(ids[3]) == list(range(FRAMES))
    details = house.ledger.tail(1)[0].entry.details
    assert details["state"] == "FAILED"


@pytest.mark.parametrize(
    ("name", "says"), [("gone.mp4", "there is no such object"), ("text.mp4", "video")]
)
def test_what_cannot_be_opened_fails_its_jobs_with_the_reason(
    house: House, name: str, says: str
) -> None:
    ids = house.submit(JobKind.LABEL_DETECTION, JobKind.FACE_SEARCH, name=name)
    house.carry_out(ids[0])
    for job_id in ids:
        job = house.jobs.describe(job_id)
        assert job.state == "FAILED"
        assert says in (job.message or "")


def test_a_store_that_is_away_is_asked_again_later(house: House) -> None:
    (job_id,) = house.submit(JobKind.LABEL_DETECTION)
    house.trouble.append(StorageUnavailable("the store cannot be reached"))
    task_id = house.jobs.describe(job_id).task_id
    viewings = house.viewings()
    with pytest.raises(StorageUnavailable):
        viewings.advance(task_id)
    assert house.jobs.describe(job_id).state == "IN_PROGRESS"
    house.carry_out(job_id)
    assert house.jobs.describe(job_id).state == "SUCCEEDED"


@pytest.mark.parametrize("stage", ["made", "looks"])
def test_a_job_waits_for_a_storage_that_its_analysis_needs(house: House, stage: str) -> None:
    away = [StorageUnavailable("gone for lunch")]

    def ask(number: int = 31) -> None:
        if number > 30 and away:
            raise away.pop()

    def make() -> Analysis:
        if stage == "made":
            ask()
        return Reading(trouble=ask)

    house.analyses[JobKind.FACE_SEARCH] = make
    (job_id,) = house.submit(JobKind.FACE_SEARCH)
    with pytest.raises(StorageUnavailable):
        house.carry_out(job_id)
    assert house.jobs.describe(job_id).state == rows.RUNNING
    house.carry_out(job_id)
    assert house.jobs.describe(job_id).state == rows.SUCCEEDED
    assert house.found(job_id) == list(range(FRAMES))


def test_a_job_cancelled_in_the_middle_is_left_alone(house: House) -> None:
    ids = house.submit(JobKind.LABEL_DETECTION, JobKind.FACE_SEARCH)
    task_id = house.jobs.describe(ids[0]).task_id
    viewings = house.viewings()
    assert viewings.advance(task_id)
    house.jobs.cancel(ids[1])
    while viewings.advance(task_id):
        pass
    viewings.conclude(task_id)
    assert [house.jobs.describe(each).state for each in ids] == ["SUCCEEDED", "FAILED"]
    assert house.found(ids[1]) == []


def test_a_task_whose_jobs_are_all_cancelled_is_done(house: House) -> None:
    (job_id,) = house.submit(JobKind.LABEL_DETECTION)
    house.jobs.cancel(job_id)
    house.carry_out(job_id)
    with house.database.reading() as tx:
        assert rows.list_open_tasks(tx) == ()


def test_a_task_that_is_given_up_says_why(house: House) -> None:
    ids = house.submit(JobKind.LABEL_DETECTION, JobKind.TEXT_DETECTION)
    task_id = house.jobs.describe(ids[0]).task_id
    viewings = house.viewings()
    assert viewings.advance(task_id)
    viewings.abandon(task_id, "it ended the worker three times")
    assert not viewings.advance(task_id)
    viewings.conclude(task_id)
    for job_id in ids:
        job = house.jobs.describe(job_id)
        assert (job.state, job.message) == ("FAILED", "it ended the worker three times")


def test_what_is_concluded_is_kept_with_the_jobs_end(house: House) -> None:
    class Naming(Reading):
        def take(self, moment: Moment, seen: Any) -> Iterable[Finding]:
            yield Finding(moment.timestamp_ms, f"{moment.number % 3}", b"0")

        def finish(self, end_ms: int) -> Conclusion:
            return Conclusion(
                findings=(Finding(end_ms, "last", b"9"),),
                subjects={"ada": b"{}"},
                renamed={"0": "ada"},
                dropped=frozenset("1"),
                matched=(("face", 97.5),),
                persons=1,
            )

    house.analyses["FaceSearch"] = Naming
    (job_id,) = house.submit(JobKind.FACE_SEARCH)
    house.carry_out(job_id)
    page = house.jobs.read_findings(
        house.jobs.describe(job_id), "moments", by_subject=True, offset=0, limit=100
    )
    subjects = [each.subject for each in page.items]
    assert subjects == ["2"] * 20 + ["ada"] * 20 + ["last"]
    entry = house.ledger.tail(1)[0].entry
    assert (entry.operation, entry.threshold) == ("FinishFaceSearch", 80.0)
    assert (entry.candidates, entry.candidate_count) == ((("face", 97.5),), 1)
