"""The faces of a video: what is measured at each moment, and what once a track."""

from collections.abc import Sequence
from dataclasses import replace
from typing import Any, cast

import msgspec
import numpy as np
import pytest
from PIL import Image

from tests.analyses.actors import VERSION, Reader, crop, detail, face, scale_of, scene
from tests.analyses.test_face_search import show
from vidimus.analyses.analysis import Finding, View
from vidimus.analyses.face_look import SeenFace, faces_of
from vidimus.analyses.faces import OF_THE_MOMENT, OF_THE_PERSON, FaceDetection, FaceWish
from vidimus.engine.engine import Engine
from vidimus.video.frames import Frame
from vidimus.vision.face_types import Appearance, Attribute, DetectedFace, FaceDetail
from vidimus.vision.faces import FaceAnalyzer
from vidimus.vision.picture_sheet import PictureSheet


class Describer(Reader):
    """Says that a person is ten times as old as the number painted into the crop."""

    def __init__(self) -> None:
        super().__init__()
        self.described = 0

    def describe_faces(
        self, pixels: Any, faces: Sequence[DetectedFace], attributes: frozenset[Attribute]
    ) -> list[FaceDetail]:
        assert attributes == OF_THE_PERSON
        self.described += 1
        age = 10 * int(pixels[0, 0, 0])
        told = replace(
            detail(0.5), age_range=(age, age + 5), gender=Appearance("Female", 90.0 + age / 10)
        )
        return [told] * len(faces)


def detection(describer: Describer, *, all_attributes: bool) -> FaceDetection:
    analyzer = cast(FaceAnalyzer, describer)
    return FaceDetection(FaceWish(all_attributes), analyzer, scale_of, VERSION)


def details(findings: Sequence[Finding]) -> list[FaceDetail]:
    return [msgspec.json.decode(each.value, type=FaceDetail) for each in findings]


def with_worth(person: int, place: int, worth: float) -> SeenFace:
    return SeenFace(detail(0.5), crop(person, 200 * place, worth))


def test_the_default_set_needs_no_tracks() -> None:
    describer = Describer()
    analysis = detection(describer, all_attributes=False)
    findings = show(analysis, *[scene(face(1, 0.2), face(2, 0.8))] * 2)
    assert [each.timestamp_ms for each in findings] == [0, 0, 200, 200]
    assert details(findings)[:2] == [detail(0.2), detail(0.8)]
    assert describer.described == describer.embedded == 0
    assert analysis.finish(400).subjects == {}


def test_age_and_gender_are_measured_on_the_best_face_so_far() -> None:
    describer = Describer()
    analysis = detection(describer, all_attributes=True)
    worths = [0.5, 0.5, 0.6, 0.7, 0.2, 0.7]
    told = details(
        show(analysis, *[scene(with_worth(4, place, worth)) for place, worth in enumerate(worths)])
    )
    assert describer.described == 2
    assert {each.age_range for each in told} == {(40, 45)}
    assert {each.gender for each in told} == {Appearance("Female", 94.0)}


def test_two_people_are_not_told_each_others_age() -> None:
    analysis = detection(Describer(), all_attributes=True)
    told = details(show(analysis, *[scene(face(2, 0.2), face(4, 0.8))] * 2, scene(face(4, 0.8))))
    assert [each.age_range for each in told] == [(20, 25), (40, 45)] * 2 + [(40, 45)]


def test_a_face_always_too_poor_has_no_age() -> None:
    analysis = detection(Describer(), all_attributes=True)
    told = details(show(analysis, *[scene(face(2, 0.2, fit=False))] * 2))
    assert [each.age_range for each in told] == [None, None]


def test_a_killed_worker_goes_on_where_it_was() -> None:
    describer = Describer()
    first = detection(describer, all_attributes=True)
    second = detection(describer, all_attributes=True)
    show(first, *[scene(face(3, 0.5))] * 2)
    second.restore(first.snapshot())
    told = details(show(second, scene(face(3, 0.5, fit=False)), start_ms=400))
    assert told[0].age_range == (30, 35)
    assert describer.described == 1


def test_what_is_asked_for_is_what_a_video_can_have() -> None:
    assert not OF_THE_MOMENT & OF_THE_PERSON
    asked = OF_THE_MOMENT | OF_THE_PERSON
    assert set(Attribute) - asked == {Attribute.FACE_OCCLUDED, Attribute.EYE_DIRECTION}


class Still:
    """A frame that shows a picture."""

    def __init__(self, pixels: np.ndarray, timestamp_ms: int) -> None:
        self.pixels, self.timestamp_ms = pixels, timestamp_ms

    def small(self, width: int) -> np.ndarray:
        return self.pixels[:: self.pixels.shape[0] // 48, :: self.pixels.shape[1] // 64]


def view(engine: Engine, pixels: np.ndarray, timestamp_ms: int) -> View:
    frame = cast(Frame, Still(pixels, timestamp_ms))
    return View(frame, lambda seen: PictureSheet(engine.nets, engine.faces, seen))


@pytest.fixture
def portrait(people: Any) -> np.ndarray:
    canvas = np.full((480, 640, 3), 90, np.uint8)
    photograph = Image.open(people / "face_1.jpg").convert("RGB").resize((300, 300))
    canvas[100:400, 150:450] = np.asarray(photograph)
    return canvas


def test_a_frame_is_described_with_all_that_a_video_can_have(
    engine: Engine, portrait: np.ndarray
) -> None:
    analysis = FaceDetection(
        FaceWish(all_attributes=True), engine.faces, engine.scales.scale, engine.model_version
    )
    seen = analysis.look(view(engine, portrait, 200))
    (told,) = details(show(analysis, seen))
    assert len(told.landmarks) > 5
    assert told.mouth_open is not None
    assert (told.face_occluded, told.eye_direction) == (None, None)
    assert 150 / 640 < told.box.left < 450 / 640
    if any(
        each.answer is Attribute.AGE_RANGE and each.told for each in engine.faces.capabilities()
    ):
        assert told.age_range is not None


@pytest.mark.parametrize(
    ("timestamp_ms", "far"), [(0, True), (199, True), (200, False), (2040, True)]
)
def test_far_faces_are_looked_for_every_two_seconds(
    engine: Engine, portrait: np.ndarray, timestamp_ms: int, far: bool
) -> None:
    shown = view(engine, portrait, timestamp_ms)
    assert len(faces_of(shown)) == 1
    assert ("moving_and_far_faces" in vars(shown.sheet)) is far
