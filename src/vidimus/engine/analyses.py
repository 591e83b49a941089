"""From a job's kind and wish to the analysis that carries it out."""

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any, BinaryIO

import msgspec

from vidimus.analyses.analysis import Analysis
from vidimus.analyses.celebrities import Celebrities, CelebrityWish
from vidimus.analyses.face_search import FaceSearch, FaceSearchWish
from vidimus.analyses.faces import FaceDetection, FaceWish
from vidimus.analyses.labels import LabelDetection, LabelWish
from vidimus.analyses.moderation import ModerationDetection, ModerationWish
from vidimus.analyses.persons import PersonTracking, PersonWish
from vidimus.analyses.segments import SegmentDetection, SegmentWish
from vidimus.analyses.text import TextDetection, TextWish
from vidimus.engine.engine import Engine
from vidimus.engine.job_kinds import JobKind
from vidimus.engine.jobs import ObjectPlace
from vidimus.storage.jobs import StoredJob
from vidimus.video.audio import Soundtrack
from vidimus.video.video_info import VideoInfo


@dataclass(frozen=True, slots=True)
class Footage:
    """The video that an analysis is made for: its headers, and how it is opened once more."""

    info: VideoInfo
    open_source: Callable[[], BinaryIO]


@dataclass(frozen=True, slots=True)
class Recipe:
    """What a wish of a kind looks like, and how an analysis is made of it.

    `make` raises what keeps the job from being carried out: ResourceNotFound for a collection that
    is gone, ModelUnavailable where a network is needed that is not installed.
    """

    wish: type[Any]
    make: Callable[[Engine, Any, Footage], Analysis]


class Analyses:
    """Makes the analyses of an engine."""

    def __init__(self, engine: Engine) -> None:
        self._engine = engine

    def make(self, job: StoredJob, info: VideoInfo) -> Analysis:
        """Return a new analysis of such a video for a job; raises what its recipe raises."""
        recipe = RECIPES[JobKind(job.kind)]
        place = ObjectPlace(job.bucket, job.name, job.version)
        footage = Footage(info, lambda: self._engine.open_video_object(place))
        return recipe.make(self._engine, msgspec.json.decode(job.wish, type=recipe.wish), footage)


def _faces(engine: Engine, wish: FaceWish, footage: Footage) -> Analysis:
    return FaceDetection(wish, engine.faces, engine.scales.scale, engine.model_version)


def _face_search(engine: Engine, wish: FaceSearchWish, footage: Footage) -> Analysis:
    return FaceSearch(wish, engine.faces, engine.gallery, engine.scales.scale)


def _celebrities(engine: Engine, wish: CelebrityWish, footage: Footage) -> Analysis:
    library, scale_of = engine.people_library, engine.scales.scale
    return Celebrities(wish, engine.faces, library, scale_of, engine.model_version)


RECIPES: dict[JobKind, Recipe] = {
    JobKind.FACE_DETECTION: Recipe(FaceWish, _faces),
    JobKind.FACE_SEARCH: Recipe(FaceSearchWish, _face_search),
    JobKind.CELEBRITY_RECOGNITION: Recipe(CelebrityWish, _celebrities),
    JobKind.LABEL_DETECTION: Recipe(LabelWish, lambda engine, wish, footage: LabelDetection(wish)),
    JobKind.CONTENT_MODERATION: Recipe(
        ModerationWish, lambda engine, wish, footage: ModerationDetection(wish)
    ),
    JobKind.PERSON_TRACKING: Recipe(
        PersonWish, lambda engine, wish, footage: PersonTracking(wish, engine.nets, engine.faces)
    ),
    JobKind.TEXT_DETECTION: Recipe(TextWish, lambda engine, wish, footage: TextDetection(wish)),
    JobKind.SEGMENT_DETECTION: Recipe(
        SegmentWish,
        lambda engine, wish, footage: SegmentDetection(
            wish, footage.info, Soundtrack(footage.open_source)
        ),
    ),
}
"""How each kind of job on a video is carried out."""
