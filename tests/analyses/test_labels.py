"""Labels of a video, from pictures whose networks have spoken and from a real one."""

import json
from collections.abc import Iterator, Sequence
from pathlib import Path

import msgspec
import numpy as np
import pytest

from tests.vision.seen import Object, seen
from vidimus.analyses.analysis import MOMENTS, SEGMENTS, Finding, Moment, View
from vidimus.analyses.label_looks import Pace
from vidimus.analyses.labels import LabelDetection, LabelSegment, LabelWish
from vidimus.analyses.watch import Watch
from vidimus.engine.engine import Engine
from vidimus.imaging.decode import decode_picture
from vidimus.video.frames import Frame, frame_of
from vidimus.vision.label_types import LabelChoice, PictureLabel
from vidimus.vision.picture_sheet import PictureSheet

CAR = (2, 0.9, (20.0, 10.0, 120.0, 60.0))
DOG = (16, 0.9, (20.0, 10.0, 120.0, 60.0))


def view_of(frame: Frame, *objects: Object) -> View:
    """A view of a frame in which these objects were seen."""
    return View(frame, lambda _: seen(*objects))


def shown(at: int, *objects: Object) -> View:
    """A frame at tenths of a second; it differs a little from all others."""
    pixels = np.full((100, 200, 3), 120, np.uint8)
    pixels[20:40, 20:40] = 60 + at * 37 % 90
    return view_of(frame_of(at, at * 100, pixels), *objects)


def takes(labels: LabelDetection, views: Sequence[View]) -> list[Finding]:
    found: list[Finding] = []
    for view in views:
        moment = Moment(view.frame.number, view.frame.timestamp_ms)
        found += labels.take(moment, labels.look(view))
    return found


def views(last: int, first: int = 0) -> list[View]:
    return [shown(at, *([CAR] if 21 <= at < 41 else [])) for at in range(first, last)]


def segments(findings: Sequence[Finding]) -> list[tuple[str, int, int]]:
    found = [
        msgspec.json.decode(each.value, type=LabelSegment)
        for each in findings
        if each.series == SEGMENTS
    ]
    return sorted((each.label.name, each.start_ms, each.end_ms) for each in found)


def test_moments_and_segments() -> None:
    labels = LabelDetection(LabelWish())
    found = takes(labels, views(70))
    found += labels.finish(7000).findings
    assert segments(found) == [(name, 2050, 4050) for name in ("Car", "Transportation", "Vehicle")]
    cars = [each for each in found if each.series == MOMENTS and each.subject == "Car"]
    assert [each.timestamp_ms for each in cars] == [2100, 2200, 2400, 2800, 3200, 3600, 4000]
    value = msgspec.json.decode(cars[0].value, type=PictureLabel)
    assert (value.name, len(value.instances)) == ("Car", 1)
    assert "Vehicle" in value.parents


def test_segments_are_sure_as_their_surest_moment_and_have_no_instances() -> None:
    labels = LabelDetection(LabelWish())
    takes(labels, [shown(at, (2, 0.6 + at / 100, CAR[2])) for at in range(20)])
    (value,) = [
        msgspec.json.decode(each.value, type=LabelSegment).label
        for each in labels.finish(2000).findings
        if each.series == SEGMENTS and each.subject == "Car"
    ]
    assert value.instances == ()
    assert 70 < value.confidence < 80


@pytest.mark.parametrize("cut", [13, 26, 30, 44])
def test_a_worker_that_goes_on_finds_the_same(cut: int) -> None:
    first, second = LabelDetection(LabelWish()), LabelDetection(LabelWish())
    found = takes(first, views(cut))
    second.restore(first.snapshot())
    for labels in (first, second):
        rest = takes(labels, views(70, cut))
        rest += labels.finish(7000).findings
        assert segments([*found, *rest]) == [
            (name, 2050, 4050) for name in ("Car", "Transportation", "Vehicle")
        ]
        assert len({(each.timestamp_ms, each.subject, each.series) for each in found + rest}) == (
            len(found) + len(rest)
        )


def test_a_snapshot_is_small() -> None:
    labels = LabelDetection(LabelWish())
    takes(labels, views(38))
    assert len(labels.snapshot()) < 100_000


def test_a_cut_ends_what_is_known_of_the_picture() -> None:
    labels = LabelDetection(LabelWish())
    generator = np.random.default_rng(3)
    dark, bright = (generator.integers(0, 90, (10, 20, 3)) + add for add in (0, 160))
    big = [np.kron(each, np.ones((10, 10, 1))).astype(np.uint8) for each in (dark, bright)]
    frames = [frame_of(at, at * 100, big[at >= 13]) for at in range(30)]
    shows = [CAR if at < 13 else DOG for at in range(30)]
    found = takes(labels, [view_of(*each) for each in zip(frames, shows, strict=True)])
    found += labels.finish(3000).findings
    named = {name: (start, end) for name, start, end in segments(found)}
    assert named["Car"] == (0, 1300)
    assert named["Dog"] == (1300, 3000)


def test_only_what_is_wanted_is_told() -> None:
    choice = LabelChoice(min_confidence=50, included_labels=frozenset({"Car"}))
    labels = LabelDetection(LabelWish(choice))
    takes(labels, [shown(at, CAR, DOG) for at in range(10)])
    assert {each.subject for each in labels.finish(1000).findings} == {"Car"}


def test_every_frame_where_that_is_wanted() -> None:
    labels = LabelDetection(LabelWish(), Pace(every_ms=0))
    assert labels.sampling.every_ms == 0
    found = takes(labels, [shown(at, CAR) for at in range(10)])
    found += labels.finish(1000).findings
    assert len({each.timestamp_ms for each in found if each.series == MOMENTS}) == 10


def test_no_frames_no_labels() -> None:
    labels = LabelDetection(LabelWish())
    labels.restore(labels.snapshot())
    assert labels.finish(0).findings == ()


def test_large_frames_are_not_kept() -> None:
    pixels = np.zeros((1080, 1920, 3), np.uint8)
    view = View(frame_of(0, 0, pixels), _sheet)
    assert LabelDetection(LabelWish()).look(view).sheet.pixels.shape == (540, 960, 3)


def _sheet(pixels: np.ndarray) -> PictureSheet:
    given = seen()
    return PictureSheet(given.nets, given.analyzer, pixels)


def test_a_photograph_shown_for_two_seconds(engine: Engine, shared: Path) -> None:
    photo = shared / "data" / "samples" / "things" / "pets.jpg"
    pixels = decode_picture(photo.read_bytes(), max_pixels=10**8).pixels

    def frames() -> Iterator[Frame]:
        for at in range(20):
            yield frame_of(at, at * 100, pixels)

    def open_sheet(given: np.ndarray) -> PictureSheet:
        return PictureSheet(engine.nets, engine.faces, given)

    with Watch({"labels": LabelDetection(LabelWish())}, open_sheet) as watch:
        found = [finding for _, finding in watch.see(frames())]
        found += watch.finish(2000)["labels"].findings
    assert watch.failures == {}
    named = {name: (start, end) for name, start, end in segments(found)}
    assert named["Dog"] == (0, 2000)
    dog = next(each for each in found if each.subject == "Dog" and each.series == MOMENTS)
    assert len(json.loads(dog.value)["instances"]) == 2
