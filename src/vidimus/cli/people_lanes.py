"""The people of a clip as lanes: bodies and faces of one person together, by name where known.

Three analyses tell of people. Appearances says which faces are one person's for the whole clip,
person tracking follows bodies, and the known people have names. A face that two of them saw at the
same time in the same place is the same, and joins what they say.
"""

from collections import Counter
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, field

import msgspec

from vidimus.analyses.analysis import Finding
from vidimus.analyses.celebrities import RecognizedPerson, SeenKnownPerson
from vidimus.analyses.seen_person import SeenPerson
from vidimus.cli.clip import APPEARANCES, WatchedClip
from vidimus.cli.timeline import Course, Kind, Lane, Sight, SpanMaker, Timeline, best_sight
from vidimus.engine.job_kinds import JobKind
from vidimus.geometry import BoundingBox
from vidimus.vision.face_types import FaceDetail
from vidimus.vision.quality_filter import face_worth

LEAST_MS = 600
"""Somebody without a name needs to be seen so long, from first to last, for a lane of their own."""

BRIDGED_MS = 2000
"""Who is out of sight for no longer, behind somebody say, did not leave."""

_HOLD_MS = 500
_EVERY_MS = 200

_Place = tuple[int, BoundingBox]


@dataclass(slots=True)
class _Somebody:
    """One person: when seen, and where by body and by face."""

    seen: dict[int, float | None] = field(default_factory=dict)
    bodies: dict[str, list[_Place]] = field(default_factory=dict)
    faces: list[_Place] = field(default_factory=list)
    sights: list[Sight] = field(default_factory=list)
    name: str = ""
    notes: tuple[str, ...] = ()


def people_timeline(clip: WatchedClip) -> Timeline:
    """Return a lane for each person in order of first sight, and the boxes of all."""
    people: dict[str, _Somebody] = {}
    owners: dict[_Place, str] = {}
    for finding, seen in _seen(clip, APPEARANCES):
        if seen.face is not None:
            owners[finding.timestamp_ms, seen.face.box] = finding.subject
            _add_face(people.setdefault(finding.subject, _Somebody()), finding, seen.face)
    _add_bodies(clip, people, owners)
    _add_names(clip, people, owners)
    shown = [each for each in people.values() if _is_worth_a_lane(each)]
    shown.sort(key=lambda each: min(each.seen))
    for number, somebody in enumerate((each for each in shown if not each.name), start=1):
        somebody.name = f"Person {number}"
    return Timeline(
        tuple(_lane(clip, each) for each in shown),
        tuple(course for each in shown for course in _courses(each)),
    )


def _seen(clip: WatchedClip, kind: str) -> Iterator[tuple[Finding, SeenPerson]]:
    for finding in clip.findings.get(kind, ()):
        yield finding, msgspec.json.decode(finding.value, type=SeenPerson)


def _add_face(somebody: _Somebody, finding: Finding, face: FaceDetail) -> None:
    time = finding.timestamp_ms
    somebody.seen[time] = face.confidence
    somebody.faces.append((time, face.box))
    somebody.sights.append(Sight(time, face.box, 1 + face_worth(face) * face.box.area))


def _add_bodies(
    clip: WatchedClip, people: dict[str, _Somebody], owners: Mapping[_Place, str]
) -> None:
    """Give each tracked body to the person whose face it mostly has, else to a new one."""
    tracks: dict[str, list[tuple[Finding, SeenPerson]]] = {}
    for finding, seen in _seen(clip, JobKind.PERSON_TRACKING):
        tracks.setdefault(finding.subject, []).append((finding, seen))
    for subject, track in tracks.items():
        faces = ((each.timestamp_ms, seen.face) for each, seen in track)
        owner = _most_often(
            owners.get((time, face.box)) for time, face in faces if face is not None
        )
        somebody = people.setdefault(owner or f"body {subject}", _Somebody())
        for finding, seen in track:
            _add_body(somebody, subject, finding, seen)


def _add_body(somebody: _Somebody, track: str, finding: Finding, seen: SeenPerson) -> None:
    if seen.box is None:
        return
    time = finding.timestamp_ms
    somebody.seen.setdefault(time, None)
    somebody.bodies.setdefault(track, []).append((time, seen.box))
    somebody.sights.append(Sight(time, seen.box, seen.box.area))


def _add_names(
    clip: WatchedClip, people: Mapping[str, _Somebody], owners: Mapping[_Place, str]
) -> None:
    """Name the people whose faces were recognized."""
    concluded = clip.concluded.get(JobKind.CELEBRITY_RECOGNITION)
    if concluded is None:
        return
    named: dict[str, list[str | None]] = {}
    for finding in clip.findings[JobKind.CELEBRITY_RECOGNITION]:
        face = msgspec.json.decode(finding.value, type=SeenKnownPerson).face
        owner = owners.get((finding.timestamp_ms, face.box))
        named.setdefault(finding.subject, []).append(owner)
    for person_id, faces in named.items():
        owner = _most_often(faces)
        if owner is not None and person_id in concluded.subjects:
            known = msgspec.json.decode(concluded.subjects[person_id], type=RecognizedPerson)
            people[owner].name = known.person.name
            people[owner].notes = (
                f"Recognized with a similarity of {known.confidence:.0f}.",
                *known.person.urls,
            )


def _most_often(names: Iterable[str | None]) -> str | None:
    counts = Counter(name for name in names if name is not None)
    return counts.most_common(1)[0][0] if counts else None


def _is_worth_a_lane(somebody: _Somebody) -> bool:
    if not somebody.seen:
        return False
    return bool(somebody.name) or max(somebody.seen) - min(somebody.seen) >= LEAST_MS


def _lane(clip: WatchedClip, somebody: _Somebody) -> Lane:
    maker = SpanMaker(_EVERY_MS, BRIDGED_MS)
    for time in sorted(somebody.seen):
        maker.add(time, somebody.seen[time])
    unseen = () if somebody.faces else ("The face was not seen.",)
    return Lane(
        Kind.PEOPLE,
        somebody.name,
        maker.spans(clip.end_ms),
        (*somebody.notes, *unseen),
        best_sight(somebody.sights),
    )


def _courses(somebody: _Somebody) -> Iterator[Course]:
    """Give a person's boxes: bodies where they are followed, faces where no body is."""
    for track in somebody.bodies.values():
        times, boxes = zip(*track, strict=True)
        yield Course(Kind.PEOPLE, somebody.name, times, boxes, _HOLD_MS)
    with_body = {time for track in somebody.bodies.values() for time, _ in track}
    faces = [place for place in somebody.faces if place[0] not in with_body]
    if faces:
        times, boxes = zip(*faces, strict=True)
        yield Course(Kind.PEOPLE, somebody.name, times, boxes, _HOLD_MS)
