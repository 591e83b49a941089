"""People of a clip: faces, bodies and names that belong together share a lane."""

from collections.abc import Mapping
from fractions import Fraction
from pathlib import Path

import msgspec

from vidimus.analyses.analysis import Conclusion, Finding
from vidimus.analyses.celebrities import RecognizedPerson, SeenKnownPerson
from vidimus.analyses.seen_person import SeenPerson, subject_of
from vidimus.cli.clip import APPEARANCES, WatchedClip
from vidimus.cli.people_lanes import people_timeline
from vidimus.engine.job_kinds import JobKind
from vidimus.geometry import BoundingBox
from vidimus.storage.known_people import KnownPerson
from vidimus.video.video_info import VideoInfo
from vidimus.vision.face_types import FaceDetail, FaceQuality, Pose

INFO = VideoInfo("h264", "mov", 640, 480, Fraction(25), 60_000, None, None, 0, "yuv420p", ())
BODY = BoundingBox(0.2, 0.1, 0.3, 0.8)


def face(left: float, size: float = 0.1) -> FaceDetail:
    box = BoundingBox(left, 0.1, size, size)
    return FaceDetail(box, 99.0, (), Pose(0, 0, 0), FaceQuality(80, 80))


def seen(time: int, index: int, who: FaceDetail | None, body: BoundingBox | None = None) -> Finding:
    return Finding(time, subject_of(index), msgspec.json.encode(SeenPerson(body, who)))


def clip(
    found: Mapping[str, list[Finding]], concluded: Mapping[str, Conclusion] | None = None
) -> WatchedClip:
    return WatchedClip(
        path=Path("clip.mp4"),
        info=INFO,
        end_ms=60_000,
        frames=1500,
        skipped=0,
        findings={name: tuple(each) for name, each in found.items()},
        concluded=dict.fromkeys(found, Conclusion()) | (dict(concluded or {})),
        every_ms=dict.fromkeys(found, 200),
        failures={},
        stills=(),
    )


def every_200_ms(first: int, last: int) -> range:
    return range(first, last + 1, 200)


def test_a_person_who_comes_back_has_one_lane_with_two_spans() -> None:
    times = [*every_200_ms(0, 2000), *every_200_ms(30_000, 31_000)]
    (lane,) = people_timeline(clip({APPEARANCES: [seen(t, 3, face(0.1)) for t in times]})).lanes
    assert lane.name == "Person 1"
    assert [(span.start_ms, span.end_ms) for span in lane.spans] == [(0, 2200), (30_000, 31_200)]


def test_a_body_joins_the_person_whose_face_it_has() -> None:
    faces = [seen(t, 0, face(0.1)) for t in every_200_ms(1000, 2000)]
    bodies = [
        seen(t, 7, face(0.1) if 1000 <= t <= 2000 else None, BODY) for t in every_200_ms(0, 5000)
    ]
    timeline = people_timeline(clip({APPEARANCES: faces, JobKind.PERSON_TRACKING: bodies}))
    (lane,) = timeline.lanes
    assert [(span.start_ms, span.end_ms) for span in lane.spans] == [(0, 5200)]
    (course,) = timeline.courses
    assert course.box_at(3100) == BODY


def test_a_body_without_a_face_has_a_lane_that_says_so() -> None:
    bodies = [seen(t, 7, None, BODY) for t in every_200_ms(0, 1000)]
    (lane,) = people_timeline(clip({JobKind.PERSON_TRACKING: bodies})).lanes
    assert lane.notes == ("The face was not seen.",)


def test_who_is_seen_for_a_blink_has_no_lane() -> None:
    assert people_timeline(clip({APPEARANCES: [seen(0, 1, face(0.1))]})).lanes == ()
    assert people_timeline(clip({})).lanes == ()


def test_a_recognized_person_has_a_name() -> None:
    faces = [seen(t, 0, face(0.1)) for t in every_200_ms(0, 1000)]
    faces += [seen(t, 1, face(0.6)) for t in every_200_ms(0, 1000)]
    named = [
        Finding(t, "ada", msgspec.json.encode(SeenKnownPerson(face(0.6))))
        for t in every_200_ms(0, 1000)
    ]
    known = RecognizedPerson(KnownPerson("ada", "Ada", ("example.org/ada",), None), 97.0)
    concluded: dict[str, Conclusion] = {
        JobKind.CELEBRITY_RECOGNITION: Conclusion(subjects={"ada": msgspec.json.encode(known)})
    }
    lanes = people_timeline(
        clip({APPEARANCES: faces, JobKind.CELEBRITY_RECOGNITION: named}, concluded)
    ).lanes
    assert [lane.name for lane in lanes] == ["Person 1", "Ada"]
    assert "example.org/ada" in lanes[1].notes
    assert lanes[1].sight is not None
    assert lanes[1].sight.box == face(0.6).box


def test_the_picture_is_of_the_best_face() -> None:
    faces = [seen(t, 0, face(0.1, 0.05 if t else 0.3)) for t in every_200_ms(0, 1000)]
    (lane,) = people_timeline(clip({APPEARANCES: faces})).lanes
    assert lane.sight is not None
    assert lane.sight.timestamp_ms == 0
