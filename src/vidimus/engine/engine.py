"""The engine: every room of vidimus open and connected, for the server, the CLI and Python.

`open_engine` is the one place where rooms are chosen and handed to each other.
"""

import hashlib
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from pathlib import Path
from types import TracebackType
from typing import Self

import numpy as np
from numpy.typing import NDArray

from vidimus.accountability.access_keys import AccessKeys
from vidimus.accountability.key_file import read_or_create_key
from vidimus.accountability.ledger import Ledger
from vidimus.engine.comparison import Comparison
from vidimus.engine.enrollment import Enrollment
from vidimus.engine.identification import Identification
from vidimus.engine.job_records import JobRecords
from vidimus.engine.jobs import JobLimits, Jobs, ObjectPlace
from vidimus.engine.known_people import KnownPeople
from vidimus.engine.once import Once
from vidimus.engine.people_import import PeopleImport
from vidimus.engine.people_library import PeopleLibrary
from vidimus.engine.record import Recorder
from vidimus.engine.reviews import Reviews
from vidimus.engine.scales import SimilarityScales
from vidimus.engine.users import UserEnrollment
from vidimus.errors import ConfigurationError, ResourceNotFound, VideoTooLarge
from vidimus.gallery.gallery import Gallery
from vidimus.geometry import BoundingBox
from vidimus.imaging.decode import Picture, decode_picture
from vidimus.jobs.queue import JobQueue, open_queue
from vidimus.runtime.registry import ModelRegistry, open_registry
from vidimus.settings import Settings, read_settings
from vidimus.storage.database import Database, open_database
from vidimus.storage.object_file import ObjectFile
from vidimus.storage.objects import ObjectStore, open_objects
from vidimus.video.limits import VideoLimits
from vidimus.vision.face_types import Attribute, DetectedFace
from vidimus.vision.faces import FaceAnalyzer
from vidimus.vision.picture_nets import PictureNets
from vidimus.vision.picture_sheet import PictureSheet
from vidimus.wire.page_token import PageTokens


@dataclass(frozen=True, slots=True)
class Engine:
    """The open rooms.

    `model_version` is the face model that comparisons use and new collections are pinned to.
    """

    settings: Settings
    models: ModelRegistry
    faces: FaceAnalyzer
    nets: PictureNets
    database: Database
    objects: ObjectStore
    gallery: Gallery
    ledger: Ledger
    access_keys: AccessKeys
    page_tokens: PageTokens
    scales: SimilarityScales
    comparison: Comparison
    enrollment: Enrollment
    users: UserEnrollment
    identification: Identification
    reviews: Reviews
    people_library: PeopleLibrary
    people_import: PeopleImport
    known_people: KnownPeople
    queue: JobQueue
    job_records: JobRecords
    jobs: Jobs
    model_version: str

    def look_at(self, picture: Picture) -> PictureSheet:
        """Return an empty sheet for what the networks will say about the picture."""
        return self.open_sheet(picture.pixels)

    def open_sheet(self, pixels: NDArray[np.uint8]) -> PictureSheet:
        """Return an empty sheet for an RGB picture (h, w, 3)."""
        return PictureSheet(self.nets, self.faces, pixels)

    def open_video_object(self, place: ObjectPlace) -> ObjectFile:
        """Open a video in a bucket for reading anywhere in it; close it.

        Raises InvalidS3Object where there is none that can be read, and VideoTooLarge.
        """
        file = self.objects.open_object(place.bucket, place.name, place.version)
        try:
            self.video_limits.check_bytes(file.size)
        except VideoTooLarge:
            file.close()
            raise
        return file

    @property
    def video_limits(self) -> VideoLimits:
        """How large and how long videos may be."""
        settings = self.settings
        max_ms = int(settings.max_video_hours * 3_600_000)
        return VideoLimits(settings.max_video_bytes, max_ms, settings.max_video_pixels)

    def warm_up(self) -> None:
        """Open every network that requests may need, so that the first one does not wait."""
        blank = np.full((480, 640, 3), 127, dtype=np.uint8)
        points = [[280, 200], [360, 200], [320, 250], [290, 290], [350, 290]]
        box = BoundingBox(0.375, 0.25, 0.25, 0.5)
        face = DetectedFace(box, 100.0, np.array(points, dtype=np.float32))
        self.faces.detect_faces(blank)
        self.faces.describe_faces(blank, [face], frozenset(Attribute))
        self.faces.embed_faces(blank, [face], self.model_version)
        self.nets.open_all()

    def check_health(self) -> Mapping[str, object]:
        """Return facts of an engine that can serve; raises StorageUnavailable when it cannot."""
        page = self.gallery.list_collections(after_key=None, limit=1)
        return {"model_version": self.model_version, "empty": not page.items}

    def close(self) -> None:
        """Close the queue, the database and the object store."""
        self.queue.close()
        self.database.close()
        self.objects.close()

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        traceback: TracebackType | None,
    ) -> None:
        self.close()


@dataclass(frozen=True, slots=True)
class Records:
    """The rooms that hold state and need no network: enough to manage keys and read the ledger."""

    database: Database
    gallery: Gallery
    ledger: Ledger
    access_keys: AccessKeys
    page_tokens: PageTokens
    people_library: PeopleLibrary
    reviews: Reviews
    queue: JobQueue
    job_records: JobRecords
    jobs: Jobs

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        traceback: TracebackType | None,
    ) -> None:
        self.queue.close()
        self.database.close()


def open_records(settings: Settings) -> Records:
    """Open the database and what is kept in it; creates the home, its key and the tables.

    Use it in a `with` statement, which closes the database.
    """
    settings.home.mkdir(parents=True, exist_ok=True)
    key = read_or_create_key(settings.home / "secret.key")
    database = open_database(settings.database_url)
    gallery = Gallery(database, clock=_now, max_faces=settings.max_collection_faces)
    ledger = Ledger(database, _derive(key, "ledger"), _now)
    recorder = Recorder(ledger)
    queue = open_queue(settings)
    job_records = _job_records(settings, recorder, gallery)
    return Records(
        database=database,
        gallery=gallery,
        ledger=ledger,
        access_keys=AccessKeys(database, _derive(key, "access keys"), _now),
        page_tokens=PageTokens(_derive(key, "page tokens"), _now),
        people_library=PeopleLibrary(database, gallery, recorder, _now),
        reviews=Reviews(database, recorder, _now, settings.max_open_reviews),
        queue=queue,
        job_records=job_records,
        jobs=_jobs(settings, database, queue, job_records),
    )


def open_engine(
    settings: Settings | None = None,
    *,
    on_faces_detected: Callable[[int], None] | None = None,
) -> Engine:
    """Open every room; close the engine, or use it in a `with` statement.

    `on_faces_detected` hears how many faces each picture had. Raises ModelUnavailable when a face
    detector or embedder is missing or altered, and StorageUnavailable when the database cannot be
    opened.
    """
    settings = settings or read_settings()
    models = open_registry(settings)
    models.check()
    analyzer = FaceAnalyzer(models, on_faces_detected)
    version = embedder_version(settings, models)
    records = open_records(settings)
    gallery, library = records.gallery, records.people_library
    scales = SimilarityScales(settings.home / "calibrations")
    recorder = Recorder(records.ledger)
    return Engine(
        settings=settings,
        models=models,
        faces=analyzer,
        nets=PictureNets(models),
        database=records.database,
        objects=_objects(settings),
        gallery=gallery,
        ledger=records.ledger,
        access_keys=records.access_keys,
        page_tokens=records.page_tokens,
        scales=scales,
        comparison=Comparison(analyzer, scales, records.database, recorder, version),
        enrollment=Enrollment(analyzer, records.database, gallery, recorder),
        users=UserEnrollment(scales, records.database, gallery, recorder, Once(_now)),
        identification=Identification(analyzer, scales, records.database, gallery, recorder),
        reviews=records.reviews,
        people_library=library,
        people_import=PeopleImport(
            analyzer,
            scales,
            library,
            version,
            threshold=settings.known_people_threshold,
            max_pixels=settings.max_image_pixels,
            workers=settings.workers or settings.cores,
        ),
        known_people=KnownPeople(
            analyzer, scales, library, version, threshold=settings.known_people_threshold
        ),
        queue=records.queue,
        job_records=records.job_records,
        jobs=records.jobs,
        model_version=version,
    )


def _job_records(settings: Settings, recorder: Recorder, gallery: Gallery) -> JobRecords:
    def version_of(collection_id: str) -> str | None:
        try:
            return gallery.describe_collection(collection_id).embedder_version
        except ResourceNotFound:
            return None

    return JobRecords(recorder, version_of, known_threshold=settings.known_people_threshold)


def _jobs(settings: Settings, database: Database, queue: JobQueue, records: JobRecords) -> Jobs:
    limits = JobLimits(settings.max_open_jobs, timedelta(days=settings.job_results_days))
    return Jobs(database, queue, Once(_now), records, _now, limits)


def embedder_version(settings: Settings, models: ModelRegistry) -> str:
    """Return the version of the face embedder to use; raises ConfigurationError without one."""
    name = settings.face_embedder
    card = models.catalog.card(name) if name else models.card_for("face_embedder")
    if card is None or card.version is None:
        raise ConfigurationError(
            "no face embedder is installed: run `vidimus models pull --pack core`"
        )
    return card.version


def _objects(settings: Settings) -> ObjectStore:
    if not settings.objects:
        (settings.home / "buckets").mkdir(parents=True, exist_ok=True)
    return open_objects(settings.objects_url)


def _derive(key: bytes, purpose: str) -> bytes:
    """Give each purpose a key of its own, so that none of them tells another."""
    return hashlib.blake2b(purpose.encode(), key=key, digest_size=32).digest()


def _now() -> datetime:
    return datetime.now(UTC)


def read_picture(path: Path | str, *, max_pixels: int = 100_000_000) -> Picture:
    """Read a picture file; raises InvalidImageFormat or ImageTooLarge."""
    return decode_picture(Path(path).read_bytes(), max_pixels=max_pixels)
