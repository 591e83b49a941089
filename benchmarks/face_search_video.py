"""People of a collection found in a made video, against detecting and embedding every frame.

    .venv/bin/python tools/make_face_video.py PEOPLE faces.mp4
    .venv/bin/python benchmarks/face_search_video.py PEOPLE faces.mp4 [-o REPORT.md] [--draw FOLDER]

PEOPLE holds portraits named face_N.jpg and face_N_M.jpg; the video shows eight of these people by
photographs of the second kind, and the truth lies beside it. One photograph of the first kind of
each person is enrolled. Every-frame work is done by the same networks, the same decoder and as many
threads: each frame's faces are found, embedded and searched one by one, described not at all. It is
done twice, with frames looked at as photographs and with frames scanned as our search scans them.
FOLDER gets a picture of each second with boxes, indices and names, to be looked at.
"""

import argparse
import json
import os
import tempfile
import time
from collections.abc import Callable, Iterator, Sequence
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from datetime import UTC, datetime
from functools import partial
from pathlib import Path
from typing import TypeVar

import cv2
import msgspec
import numpy as np
from numpy.typing import NDArray

from vidimus.analyses.face_search import FaceSearch, FaceSearchWish, PersonMatches
from vidimus.analyses.faces import FaceDetection, FaceWish
from vidimus.analyses.seen_person import SeenPerson
from vidimus.analyses.watch import Watch
from vidimus.engine.engine import Engine, open_engine, read_picture
from vidimus.geometry import BoundingBox
from vidimus.settings import Settings, read_settings
from vidimus.video.frames import Frame, open_video
from vidimus.vision.face_types import DetectedFace

KNOWN, STRANGERS = "people", "strangers"
SHOWN = 8
THRESHOLD = 80.0
SIMILARITIES = (50, 60, 70, 80)
_AHEAD = 4
_CLEAR = 0.75
"""Whose face shows so much, neither cut off nor covered, is missed if it is not told."""

_LEAST_MS = 400
"""A stretch shorter than two looks is no appearance."""

Told = TypeVar("Told")
Detect = Callable[[NDArray[np.uint8]], list[DetectedFace]]


@dataclass(frozen=True, slots=True)
class Face:
    """A face of one moment: where it is, the person it was named as, and the similarity.

    `stranger` is its similarity to whom it is most like of those who are not shown.
    """

    timestamp_ms: int
    box: BoundingBox
    name: int | None = None
    similarity: float = 0.0
    index: str = ""
    stranger: float = 0.0


@dataclass(frozen=True, slots=True)
class Presence:
    """Where a person really is in one frame, and how much of the face can be seen."""

    person: int
    box: NDArray[np.float64]
    visible: float


@dataclass(frozen=True, slots=True)
class Truth:
    """Who is where in each frame of a video of `rate` frames a second."""

    rate: int
    frames: tuple[tuple[Presence, ...], ...]

    def at(self, timestamp_ms: int) -> tuple[Presence, ...]:
        return self.frames[round(timestamp_ms * self.rate / 1000)]

    def whose(self, face: Face) -> int | None:
        """Return who a face really is; of people in front of each other, the front one."""
        box = face.box.to_pixels(640, 480)
        there = [each for each in self.at(face.timestamp_ms) if overlap(each.box, box) > 0.3]
        return max(there, key=lambda each: overlap(each.box, box)).person if there else None

    def appearances(self) -> list[tuple[int, int, int]]:
        """Return person, first and last millisecond of each stretch that shows three quarters."""
        found: list[tuple[int, int, int]] = []
        last: dict[int, tuple[int, int]] = {}
        for number, frame in enumerate((*self.frames, ())):
            seen = {each.person for each in frame if each.visible >= _CLEAR}
            for person in set(last) - seen:
                found.append((person, *last.pop(person)))
            now = number * 1000 // self.rate
            for person in seen:
                last[person] = (last.get(person, (now, now))[0], now)
        long = [each for each in found if each[2] - each[1] >= _LEAST_MS]
        return sorted(long, key=lambda each: each[1])


def read_truth(path: Path) -> Truth:
    """Read the truth; what a nearer face covers is not visible."""
    read = json.loads(path.read_text())
    frames = []
    for row in read["frames"]:
        boxes = [np.array(each["box"]) for each in row]
        shares = [
            min([each["visible"], *(1 - covered(box, front) for front in boxes[place + 1 :])])
            for place, (each, box) in enumerate(zip(row, boxes, strict=True))
        ]
        frames.append(
            tuple(
                Presence(each["person"], box, share)
                for each, box, share in zip(row, boxes, shares, strict=True)
            )
        )
    return Truth(read["rate"], tuple(frames))


def covered(box: NDArray[np.float64], front: NDArray[np.float64]) -> float:
    shared = np.minimum(box[2:], front[2:]) - np.maximum(box[:2], front[:2])
    return float(np.prod(np.maximum(shared, 0)) / np.prod(box[2:] - box[:2]))


def overlap(one: NDArray[np.float64], other: NDArray[np.floating]) -> float:
    shared = np.minimum(one[2:], other[2:]) - np.maximum(one[:2], other[:2])
    inside = float(np.prod(np.maximum(shared, 0)))
    union = np.prod(one[2:] - one[:2]) + np.prod(other[2:] - other[:2]) - inside
    return inside / float(union)


def enroll(engine: Engine, people: Path) -> None:
    """Enroll one photograph of everybody, and those who are not shown once more by themselves."""
    for collection in (KNOWN, STRANGERS):
        engine.enrollment.create_collection(collection, engine.model_version)
    for person in range(1, 16):
        picture = read_picture(people / f"face_{person}.jpg")
        engine.enrollment.index_faces(KNOWN, picture, external_image_id=str(person))
        if person > SHOWN:
            engine.enrollment.index_faces(STRANGERS, picture, external_image_id=str(person))


def search_tracks(engine: Engine, video: Path, collection: str, threshold: float) -> list[Face]:
    """Search a video as a job does; every face that was followed, named or not."""
    wish = FaceSearchWish(collection, threshold)
    search = FaceSearch(wish, engine.faces, engine.gallery, engine.scales.scale)
    found = []
    with (
        open_video(video) as opened,
        Watch({"search": search}, engine.open_sheet) as watch,
    ):
        found = [finding for _, finding in watch.see(opened.frames())]
        if watch.failures:
            raise watch.failures["search"]
        conclusion = watch.finish(opened.info.duration_ms)["search"]
    matches = {
        subject: msgspec.json.decode(value, type=PersonMatches).matches[0]
        for subject, value in conclusion.subjects.items()
    }
    faces = []
    for finding in found:
        if finding.subject in conclusion.dropped:
            continue
        subject = conclusion.renamed.get(finding.subject, finding.subject)
        seen = msgspec.json.decode(finding.value, type=SeenPerson)
        assert seen.face is not None
        best = matches.get(subject)
        name = None if best is None else int(best.face.external_image_id or 0)
        similarity = 0.0 if best is None else best.similarity
        faces.append(Face(finding.timestamp_ms, seen.face.box, name, similarity, subject))
    return faces


def describe(engine: Engine, video: Path, *, all_attributes: bool) -> int:
    """Describe the faces of a video as a job does; returns how many were told."""
    version = engine.model_version
    wish = FaceWish(all_attributes)
    analysis = FaceDetection(wish, engine.faces, engine.scales.scale, version)
    with (
        open_video(video) as opened,
        Watch({"faces": analysis}, engine.open_sheet) as watch,
    ):
        return sum(1 for _ in watch.see(opened.frames()))


def search_every_frame(engine: Engine, video: Path, detect: Detect) -> list[Face]:
    """Find, embed and search each face of each frame by itself."""

    def look(frame: Frame) -> list[Face]:
        faces = detect(frame.pixels)
        rows = engine.faces.embed_faces(frame.pixels, faces, engine.model_version)
        return [
            name_alone(engine, frame.timestamp_ms, face.box, row)
            for face, row in zip(faces, rows, strict=True)
        ]

    with open_video(video) as opened, ThreadPoolExecutor(2) as pool:
        return [face for faces in in_order(pool, look, opened.frames()) for face in faces]


def in_order(
    pool: ThreadPoolExecutor, look: Callable[[Frame], list[Face]], frames: Iterator[Frame]
) -> Iterator[list[Face]]:
    """Look at a few frames ahead, as a watch does."""
    under_way = []
    for frame in frames:
        under_way.append(pool.submit(look, frame))
        if len(under_way) > _AHEAD:
            yield under_way.pop(0).result()
    for each in under_way:
        yield each.result()


def name_alone(engine: Engine, now: int, box: BoundingBox, row: NDArray[np.float32]) -> Face:
    known = likest(engine, KNOWN, row, THRESHOLD)
    stranger = likest(engine, STRANGERS, row, SIMILARITIES[0])
    name, similarity = known or (None, 0.0)
    return Face(now, box, name, similarity, stranger=stranger[1] if stranger else 0.0)


def likest(
    engine: Engine, collection: str, row: NDArray[np.float32], threshold: float
) -> tuple[int, float] | None:
    scale = engine.scales.scale(engine.model_version)
    least = scale.score_at(threshold)
    for best in engine.gallery.search_faces(collection, row, limit=1, min_score=least):
        return int(best.face.external_image_id or 0), scale.similarity(best.score)
    return None


@dataclass(frozen=True, slots=True)
class Score:
    """How a search did against the truth: clear faces at each moment, and what was said of them."""

    clear: int
    right: int
    wrong: int
    unnamed: int

    def __str__(self) -> str:
        return f"{self.right} of {self.clear} ({self.right / self.clear:.1%})"


def score(truth: Truth, faces: Sequence[Face]) -> Score:
    """Count, over moments five a second, who is clearly seen and what was said of them."""
    moments = [face for face in faces if face.timestamp_ms % 200 == 0]
    told = {(face.timestamp_ms, truth.whose(face)): face.name for face in moments}
    clear = [
        (now, each.person)
        for now in range(0, len(truth.frames) * 1000 // truth.rate, 200)
        for each in truth.at(now)
        if each.visible >= _CLEAR
    ]
    right = sum(told.get(each) == each[1] for each in clear)
    wrong = sum(1 for (_, who), name in told.items() if name is not None and name != who)
    unnamed = sum(each in told and told[each] is None for each in clear)
    return Score(len(clear), right, wrong, unnamed)


def edges(
    truth: Truth, faces: Sequence[Face], named: bool
) -> dict[tuple[int, int], tuple[int, int]]:
    """Return first and last millisecond of each appearance as found, by person and true start."""
    seen: dict[int, list[int]] = {}
    for face in faces:
        person = face.name if named else truth.whose(face)
        if person is not None and truth.whose(face) == person:
            seen.setdefault(person, []).append(face.timestamp_ms)
    found = {}
    for person, first, last in truth.appearances():
        times = [each for each in seen.get(person, []) if first - 600 <= each <= last + 600]
        if times:
            found[person, first] = (min(times), max(times))
    return found


def worst(
    one: dict[tuple[int, int], tuple[int, int]], other: dict[tuple[int, int], tuple[int, int]]
) -> list[int]:
    """Return how far the edges of common appearances are apart, in milliseconds, rising."""
    both = one.keys() & other.keys()
    return sorted(abs(one[key][end] - other[key][end]) for key in both for end in (0, 1))


@dataclass(frozen=True, slots=True)
class Cost:
    """What work took, in seconds: by the clock, and of all cores together."""

    clock: float
    cores: float


def timed(work: Callable[[], Told], rounds: int) -> tuple[Told, Cost]:
    """Return what `work` gives, and its cost: the least of some rounds, for others work here."""
    costs = []
    for _ in range(rounds):
        began, used = time.perf_counter(), time.process_time()
        result = work()
        costs.append(Cost(time.perf_counter() - began, time.process_time() - used))
    return result, Cost(min(each.clock for each in costs), min(each.cores for each in costs))


def indices(truth: Truth, faces: Sequence[Face]) -> dict[int, set[str]]:
    """Return which indices each true person got."""
    found: dict[int, set[str]] = {}
    for face in faces:
        person = truth.whose(face)
        if person is not None:
            found.setdefault(person, set()).add(face.index)
    return found


def report(engine: Engine, video: Path, rounds: int) -> Iterator[str]:
    """Measure, and give the report's lines."""
    truth = read_truth(video.with_suffix(".json"))
    seconds = len(truth.frames) / truth.rate
    search_tracks(engine, video, KNOWN, THRESHOLD)
    ours, our_time = timed(partial(search_tracks, engine, video, KNOWN, THRESHOLD), rounds)
    analyzer = engine.faces
    detectors: dict[str, Detect] = {
        "every frame, scanned": analyzer.scan_for_faces,
        "every frame, as a photograph": analyzer.detect_faces,
    }
    yield (
        "| | clock | real time | ours is faster | cores' time | ours needs less "
        "| named rightly | wrong names | people |"
    )
    yield "|---|---|---|---|---|---|---|---|---|"
    yield row("tracks, 5 frames a second", our_time, seconds, our_time, truth, ours)
    runs = {}
    for name, detect in detectors.items():
        work = partial(search_every_frame, engine, video, detect)
        runs[name], taken = timed(work, 1)
        yield row(name, taken, seconds, our_time, truth, runs[name])
    yield ""
    yield from timeline(truth, ours, runs["every frame, as a photograph"])
    yield from strangers(engine, video, runs["every frame, scanned"])
    for wanted in (False, True):
        count, taken = timed(partial(describe, engine, video, all_attributes=wanted), 1)
        kind = "all attributes" if wanted else "the default set"
        yield (
            f"- Face detection, {kind}: {taken.clock:.2f} s, {seconds / taken.clock:.1f} times "
            f"real time, {taken.cores:.2f} s of the cores; {count} faces told."
        )


def row(
    name: str, taken: Cost, seconds: float, ours: Cost, truth: Truth, faces: Sequence[Face]
) -> str:
    scored = score(truth, faces)
    people = sorted({face.name for face in faces if face.name is not None})
    return (
        f"| {name} | {taken.clock:.2f} s | {seconds / taken.clock:.1f} x "
        f"| {taken.clock / ours.clock:.1f} x | {taken.cores:.2f} s "
        f"| {taken.cores / ours.cores:.1f} x | {scored} | {scored.wrong} "
        f"| {len(people)} ({', '.join(map(str, people))}) |"
    )


def timeline(truth: Truth, ours: Sequence[Face], every: Sequence[Face]) -> Iterator[str]:
    """Compare when people come and go."""
    true_edges = {(who, first): (first, last) for who, first, last in truth.appearances()}
    found = edges(truth, ours, named=True)
    for name, other in (
        ("every frame's faces", edges(truth, every, named=False)),
        ("the truth (three quarters of the face to be seen)", true_edges),
    ):
        apart = worst(found, other)
        within = sum(each <= 200 for each in apart)
        yield (
            f"- Coming and going of {len(found)} of {len(true_edges)} appearances against {name}: "
            f"{within} of {len(apart)} within 200 ms, median {int(np.median(apart))} ms, "
            f"worst {apart[-1]} ms."
        )
    shared = indices(truth, ours)
    yield (
        f"- Indices: {sum(len(each) for each in shared.values())} for {len(shared)} people; "
        f"{len(set().union(*shared.values()))} different ones."
    )


def strangers(engine: Engine, video: Path, every: Sequence[Face]) -> Iterator[str]:
    """Search people who are not enrolled: every name is wrong."""
    people: dict[str, float] = {}
    for face in search_tracks(engine, video, STRANGERS, SIMILARITIES[0]):
        people[face.index] = face.similarity
    for similarity in SIMILARITIES:
        wrong = sum(each >= similarity for each in people.values())
        faces = sum(face.stranger >= similarity for face in every)
        yield (
            f"- Nobody of the video enrolled, at {similarity}: {wrong} of {len(people)} people "
            f"matched; of every frame's faces {faces} of {len(every)}."
        )


def draw(video: Path, faces: Sequence[Face], folder: Path) -> None:
    """Draw what was found on a frame of each second."""
    folder.mkdir(parents=True, exist_ok=True)
    with open_video(video) as opened:
        for frame in opened.frames():
            if frame.timestamp_ms % 1000:
                continue
            picture = cv2.cvtColor(frame.pixels, cv2.COLOR_RGB2BGR)
            for face in faces:
                if face.timestamp_ms == frame.timestamp_ms:
                    x1, y1, x2, y2 = face.box.to_pixels(frame.width, frame.height).astype(int)
                    cv2.rectangle(picture, (x1, y1), (x2, y2), (80, 255, 80), 2)
                    who = "nobody known" if face.name is None else f"person {face.name}"
                    told = f"#{int(face.index)} {who} {face.similarity:.0f}"
                    cv2.putText(picture, told, (x1, max(y1 - 6, 12)), 0, 0.5, (80, 255, 80), 2)
            cv2.imwrite(str(folder / f"{frame.timestamp_ms // 1000:02}.png"), picture)


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("people", type=Path)
    parser.add_argument("video", type=Path)
    parser.add_argument("-o", "--output", type=Path)
    parser.add_argument("--draw", type=Path)
    parser.add_argument("--rounds", type=int, default=3)
    options = parser.parse_args()
    models = str(read_settings().models_path)
    with (
        tempfile.TemporaryDirectory() as home,
        open_engine(Settings(home=Path(home), models=models)) as engine,
    ):
        enroll(engine, options.people)
        if options.draw:
            draw(
                options.video, search_tracks(engine, options.video, KNOWN, THRESHOLD), options.draw
            )
        lines = [
            f"{datetime.now(UTC):%Y-%m-%d}, face model {engine.model_version}, "
            f"{len(os.sched_getaffinity(0))} cores, load {os.getloadavg()[0]:.1f}.",
            "",
            *report(engine, options.video, options.rounds),
        ]
    text = "\n".join(lines) + "\n"
    print(text)
    if options.output:
        options.output.write_text(text, encoding="utf-8")


if __name__ == "__main__":
    main()
