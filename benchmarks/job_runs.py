"""What the benchmarks of jobs share: a made video, a home with jobs on copies of it, waiting."""

import hashlib
import os
import time
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

import av
import cv2
import numpy as np
from numpy.typing import NDArray

from vidimus.analyses.analysis import MOMENTS, SEGMENTS
from vidimus.analyses.face_search import FaceSearchWish
from vidimus.analyses.segments import SegmentWish
from vidimus.engine.engine import Records, open_engine, read_picture
from vidimus.engine.job_kinds import JobKind
from vidimus.engine.jobs import JobOrder, ObjectPlace
from vidimus.settings import Settings, read_settings
from vidimus.storage.jobs import OPEN, StoredJob
from vidimus.storage.workers import StoredWorker, list_workers

BUCKET = "clips"
COLLECTION = "people"
RATE = 1
SIZE = (320, 240)
SCENE_S = 6
WISHES = {
    JobKind.SEGMENT_DETECTION: SegmentWish(),
    JobKind.FACE_SEARCH: FaceSearchWish(COLLECTION, 80.0),
}

Pixels = NDArray[np.uint8]


def make_clip(path: Path, people: list[Path], minutes: float) -> None:
    """Write a video of people who drift through the picture, a hard cut every six seconds."""
    portraits = [cv2.resize(read_picture(each).pixels, (240, 240)) for each in people]
    generator = np.random.default_rng(4)
    with av.open(path, "w") as container:
        stream = container.add_stream("libx264", rate=RATE, options={"preset": "ultrafast"})
        stream.width, stream.height, stream.pix_fmt = *SIZE, "yuv420p"
        for pixels in _frames(portraits, generator, int(minutes * 60 * RATE)):
            container.mux(stream.encode(av.VideoFrame.from_ndarray(pixels, format="rgb24")))
        container.mux(stream.encode(None))


def _frames(
    portraits: list[Pixels], generator: np.random.Generator, count: int
) -> Iterator[Pixels]:
    scene = SCENE_S * RATE
    for number in range(count):
        if number % scene == 0:
            wall = np.full((SIZE[1], SIZE[0], 3), generator.integers(40, 220, 3), np.uint8)
        pixels = wall.copy()
        left = 10 + (number % scene) * 8
        pixels[:, left : left + 240] = portraits[number // scene % len(portraits)]
        yield pixels


@dataclass(frozen=True)
class Home:
    """A home of its own with a clip in its bucket, and the settings that workers get."""

    settings: Settings

    def environment(self) -> dict[str, str]:
        return {"VIDIMUS_MODELS": str(self.settings.models_path), "VIDIMUS_LOG_LEVEL": "error"}

    def copy_clip(self, clip: Path, name: str) -> None:
        folder = self.settings.home / "buckets" / BUCKET
        folder.mkdir(parents=True, exist_ok=True)
        os.link(clip, folder / name)


def make_home(folder: Path, people: list[Path]) -> Home:
    """Make a home whose collection knows half of the people."""
    settings = Settings(home=folder, models=str(read_settings().models_path), max_open_jobs=10_000)
    with open_engine(settings) as engine:
        engine.enrollment.create_collection(COLLECTION, engine.model_version)
        for each in people[::2]:
            engine.enrollment.index_faces(COLLECTION, read_picture(each))
    home = Home(settings)
    os.environ.update(home.environment())
    return home


def submit(records: Records, kind: JobKind, name: str) -> str:
    return records.jobs.submit(JobOrder(kind, ObjectPlace(BUCKET, name), WISHES[kind]))


def wait_for_jobs(records: Records, ids: list[str]) -> list[StoredJob]:
    """Return the jobs when all of them have ended."""
    while True:
        jobs = [records.jobs.describe(each) for each in ids]
        if all(job.state not in OPEN for job in jobs):
            return jobs
        time.sleep(0.2)


def living_workers(records: Records) -> tuple[StoredWorker, ...]:
    with records.database.reading() as tx:
        return list_workers(tx)


@dataclass(frozen=True)
class Results:
    """What a job found: what says whether a result is missing or there twice, and a digest."""

    results: tuple[tuple[str, int, str], ...]
    digest: str


def results_of(records: Records, job: StoredJob) -> Results:
    found: list[tuple[str, int, str]] = []
    hashed = hashlib.sha256()
    for series in (MOMENTS, SEGMENTS):
        offset: int | None = 0
        while offset is not None:
            page = records.jobs.read_findings(
                job, series, by_subject=False, offset=offset, limit=1000
            )
            found += [(series, each.timestamp_ms, each.subject) for each in page.items]
            for each in page.items:
                hashed.update(each.value + b"\0")
            offset = page.next_offset
    return Results(tuple(sorted(found)), hashed.hexdigest())


def machine() -> str:
    """Say how many cores there are and how busy they were with other work."""
    cores = len(os.sched_getaffinity(0))
    return f"{cores} cores, load average {os.getloadavg()[0]:.1f} at the end"


def portraits_of(shared: Path, count: int) -> list[Path]:
    """Return one photograph each of so many people."""
    folder = shared / "data" / "samples" / "people"
    return sorted(folder.glob("face_*_0.jpg"))[:count]
