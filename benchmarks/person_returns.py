"""Six people come and go one by one in a real clip: is each one index, hidden for seconds or not?

    .venv/bin/python benchmarks/person_returns.py --shared ../shared [--pictures FOLDER]

In turn, everybody's boxes are left out for some seconds while they stand there. The truth was read
from the clip by eye: six persons, the first to come is 0.
"""

import argparse
import itertools
from collections.abc import Sequence
from dataclasses import replace
from pathlib import Path

import cv2
import msgspec
import numpy as np

from own_home import engine_on_own_home
from vidimus.analyses.analysis import Finding, Moment, View
from vidimus.analyses.face_look import EVERY_MS
from vidimus.analyses.person_look import SeenBodies
from vidimus.analyses.persons import PersonTracking, PersonWish
from vidimus.analyses.seen_person import SeenPerson
from vidimus.engine.engine import Engine
from vidimus.video.frames import open_video
from vidimus.vision.picture_nets import PictureNets

CLIP = Path("data/videos/one-by-one-person-detection.mp4")
COMES_S = (6, 23, 50, 74, 93, 123)
"""When each person comes into the frame, by eye; all stay for 12 seconds or more."""
HIDDEN_AFTER_S = 4
GAPS_S = (0, 1, 2, 3, 5, 7)


class NoEmbedder(PictureNets):
    """The installed networks without the one that knows persons again."""

    person_embedder = None


def looks_at(engine: Engine, clip: Path) -> list[tuple[Moment, SeenBodies]]:
    told = PersonTracking(PersonWish(), engine.nets, engine.faces)
    seen = []
    with open_video(clip) as video:
        due = 0
        for frame in video.frames():
            if frame.timestamp_ms >= due:
                due = (frame.timestamp_ms // EVERY_MS + 1) * EVERY_MS
                look = told.look(View(frame, engine.open_sheet))
                seen.append((Moment(frame.number, frame.timestamp_ms), look))
    return seen


def told_of(
    engine: Engine, nets: PictureNets, looks: Sequence[tuple[Moment, SeenBodies]], gap_s: float
) -> list[tuple[int, Finding]]:
    """Return the findings with their final index."""
    told = PersonTracking(PersonWish(), nets, engine.faces)
    found: list[Finding] = []
    for moment, seen in looks:
        seconds = moment.timestamp_ms / 1000
        hidden = any(0 <= seconds - comes - HIDDEN_AFTER_S < gap_s for comes in COMES_S)
        found += told.take(moment, replace(seen, bodies=()) if hidden else seen)
    end = told.finish(looks[-1][0].timestamp_ms)
    return [
        (int(end.renamed.get(each.subject, each.subject)), each)
        for each in found
        if each.subject not in end.dropped
    ]


def verdict(found: Sequence[tuple[int, Finding]]) -> tuple[int, int, float]:
    """Return how many persons were told, how many under one index, and the share told right."""
    ends = [*COMES_S[1:], 10**6]
    spans = list(zip(COMES_S, ends, strict=True))
    ids = [
        [index for index, each in found if start <= each.timestamp_ms / 1000 + 0.5 < end]
        for start, end in spans
    ]
    right = sum(each.count(which) for which, each in enumerate(ids))
    whole = sum(len(set(each)) == 1 for each in ids)
    return len({index for index, _ in found}), whole, right / max(sum(map(len, ids)), 1)


def draw(clip: Path, found: Sequence[tuple[int, Finding]], folder: Path) -> None:
    """Write frames with boxes and indices, to be looked at."""
    folder.mkdir(parents=True, exist_ok=True)
    by_time = {
        time: list(group) for time, group in itertools.groupby(found, lambda e: e[1].timestamp_ms)
    }
    with open_video(clip) as video:
        for frame in video.frames():
            if frame.timestamp_ms in by_time and frame.timestamp_ms % 3000 < EVERY_MS:
                picture = np.ascontiguousarray(frame.pixels[..., ::-1])
                for index, finding in by_time[frame.timestamp_ms]:
                    outline(picture, index, msgspec.json.decode(finding.value, type=SeenPerson))
                cv2.imwrite(str(folder / f"{frame.timestamp_ms:07d}.png"), picture)


def outline(picture: np.ndarray, index: int, seen: SeenPerson) -> None:
    places = [(seen.box, (0, 200, 0)), (seen.face and seen.face.box, (0, 0, 255))]
    for box, colour in places:
        if box is not None:
            corners = box.to_pixels(picture.shape[1], picture.shape[0]).astype(int).tolist()
            cv2.rectangle(picture, corners[:2], corners[2:], colour, 2)
    if seen.box is not None:
        x, y = seen.box.left * picture.shape[1], seen.box.top * picture.shape[0]
        cv2.putText(picture, str(index), (int(x) + 6, int(y) + 60), 0, 2, (0, 200, 0), 4)


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--shared", type=Path, required=True)
    parser.add_argument("--pictures", type=Path)
    chosen = parser.parse_args()
    clip = chosen.shared / CLIP
    with engine_on_own_home() as engine:
        looks = looks_at(engine, clip)
        print("| known again by | hidden | persons told | under one index | right |")
        print("|---|---|---|---|---|")
        for name, nets in (("looks", engine.nets), ("place", NoEmbedder(engine.models))):
            for gap_s in GAPS_S:
                persons, whole, right = verdict(told_of(engine, nets, looks, gap_s))
                print(f"| {name} | {gap_s} s | {persons} | {whole} of 6 | {right:.1%} |")
        if chosen.pictures:
            draw(clip, told_of(engine, engine.nets, looks, 5), chosen.pictures)


if __name__ == "__main__":
    main()
