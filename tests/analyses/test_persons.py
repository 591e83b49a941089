"""Persons of a real clip, in which six people come and go one by one."""

from collections.abc import Iterable, Iterator
from itertools import takewhile
from pathlib import Path

import msgspec
import numpy as np
import pytest
from numpy.typing import NDArray

from vidimus.analyses.analysis import Conclusion, Finding, Moment, View
from vidimus.analyses.person_look import SeenBodies, SeenBody
from vidimus.analyses.persons import PersonTracking, PersonWish
from vidimus.analyses.seen_person import SeenPerson, subject_of
from vidimus.engine.engine import Engine
from vidimus.video.frames import Frame, frame_of, open_video

Pixels = NDArray[np.uint8]

FIRST_LEAVES, NOBODY_IS_THERE, SECOND_IS_THERE, SECOND_LEAVES = 17_500, 21_000, 25_500, 43_000
"""Milliseconds of the clip; nobody is there from about 19,800 to 22,600."""


@pytest.fixture(scope="session")
def clip(shared: Path) -> Path:
    path = shared / "data" / "videos" / "one-by-one-person-detection.mp4"
    if not path.is_file():
        pytest.skip("the clip is not in the shared folder")
    return path


def part_of(clip: Path, start_ms: int, end_ms: int) -> Iterator[Frame]:
    """Give five frames a second of a part of a clip."""
    with open_video(clip) as video:
        frames = video.frames(start_ms, 0)
        for frame in takewhile(lambda each: each.timestamp_ms < end_ms, frames):
            if frame.timestamp_ms % 200 == 0:
                yield frame


def tracking(engine: Engine) -> PersonTracking:
    return PersonTracking(PersonWish(), engine.nets, engine.faces)


def shown(engine: Engine, told: PersonTracking, frames: Iterable[Frame]) -> list[Finding]:
    found: list[Finding] = []
    for frame in frames:
        seen = told.look(View(frame, engine.open_sheet))
        found += told.take(Moment(frame.number, frame.timestamp_ms), seen)
    return found


def subjects(found: Iterable[Finding], concluded: Conclusion) -> dict[str, list[int]]:
    """Return when each person was seen, by final subject."""
    times: dict[str, list[int]] = {}
    for finding in found:
        if finding.subject not in concluded.dropped:
            final = concluded.renamed.get(finding.subject, finding.subject)
            times.setdefault(final, []).append(finding.timestamp_ms)
    return times


def test_one_leaves_and_another_comes_three_seconds_later(engine: Engine, clip: Path) -> None:
    told = tracking(engine)
    found = shown(engine, told, part_of(clip, FIRST_LEAVES, SECOND_IS_THERE))
    times = subjects(found, told.finish(SECOND_IS_THERE))
    assert list(times) == [subject_of(0), subject_of(1)]
    assert times[subject_of(0)][-1] < NOBODY_IS_THERE < times[subject_of(1)][0]
    seen = msgspec.json.decode(found[0].value, type=SeenPerson)
    assert seen.box is not None
    assert 0.3 < seen.box.left < 0.6
    assert seen.box.height > 0.7


def test_who_is_hidden_for_eight_seconds_keeps_the_index(engine: Engine, clip: Path) -> None:
    (empty,) = part_of(clip, NOBODY_IS_THERE, NOBODY_IS_THERE + 200)

    def with_a_gap() -> Iterator[Frame]:
        for frame in part_of(clip, SECOND_IS_THERE, SECOND_IS_THERE + 14_000):
            hidden = 3000 <= frame.timestamp_ms - SECOND_IS_THERE < 11_000
            pixels = empty.pixels if hidden else frame.pixels
            yield frame_of(frame.number, frame.timestamp_ms, pixels)

    told = tracking(engine)
    found = shown(engine, told, with_a_gap())
    assert len({each.subject for each in found}) == 2
    assert list(subjects(found, told.finish(50_000))) == [subject_of(0)]


def test_a_restored_analysis_goes_on_as_if_nothing_had_happened(engine: Engine, clip: Path) -> None:
    frames = [
        frame_of(each.number, each.timestamp_ms, each.pixels)
        for each in part_of(clip, SECOND_LEAVES, SECOND_LEAVES + 2400)
    ]
    whole, broken, later = (tracking(engine) for _ in range(3))
    expected = shown(engine, whole, frames)
    first = shown(engine, broken, frames[:5])
    later.restore(broken.snapshot())
    assert first + shown(engine, later, frames[5:]) == expected
    assert later.snapshot() == whole.snapshot()
    assert later.finish(45_400) == whole.finish(45_400)


def test_a_cut_ends_the_tracks(engine: Engine) -> None:
    told = tracking(engine)
    box = np.array([100, 100, 180, 300], np.float32)
    dice = np.random.default_rng(1)
    found: list[Finding] = []
    for scene in range(2):
        small = np.repeat(dice.integers(0, 256, (6, 1, 3), dtype=np.uint8), 64, 1).repeat(6, 0)
        for look in range(5):
            timestamp = 1000 * scene + 200 * look
            seen = SeenBodies((SeenBody(box, 0.9),), small, 640, 360)
            found += told.take(Moment(timestamp // 40, timestamp), seen)
    assert [each.subject for each in found] == [subject_of(0)] * 5 + [subject_of(1)] * 5
    assert told.finish(2000) == Conclusion()
