"""DetectModerationLabels on ordinary pictures: what is flagged, and in whose photographs.

    .venv/bin/python benchmarks/moderation.py --shared ../shared [--home HOME] [-o REPORT.md]

Everything in these folders is ordinary; whatever is flagged at 50 is listed by name, to be looked
at. Crops of the everyday pictures are pictures too, and stranger ones: each is cut out 20 times at
random. HOME may hold NudeNet, which then takes part.
"""

import argparse
import csv
import statistics
import time
from collections import defaultdict
from collections.abc import Callable, Iterator
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from pathlib import Path

import cv2
import numpy as np

from live_server import machine
from vidimus import open_engine, read_picture, read_settings
from vidimus.engine.engine import Engine
from vidimus.imaging.decode import Pixels
from vidimus.vision.moderation import detect_moderation_labels
from vidimus.vision.moderation_types import Moderation
from vidimus.vision.picture_sheet import PictureSheet

GROUPS = {
    "coco50": "coco50/images/*",
    "things": "samples/things/*.jpg",
    "conditions": "samples/conditions/*.jp*g",
    "people": "samples/people/*.jpg",
    "Congress 2021": "congress/members/*.jpg",
    "Congress 2014": "congress/photos_2014/*.jpg",
}
CROPPED = ("coco50", "things", "conditions")
CROPS = 20
SEED = 7


@dataclass(frozen=True)
class Answer:
    name: str
    found: Moderation
    chance: float
    """What the five-class network alone thinks of porn and hentai, 0..1."""


def moderate(engine: Engine, name: str, pixels: Pixels) -> Answer:
    sheet = PictureSheet(engine.nets, engine.faces, pixels)
    found = detect_moderation_labels(sheet)
    classes = sheet.moderation_classes
    chances = classes.chances if classes else {}
    return Answer(name, found, chances.get("porn", 0) + chances.get("hentai", 0))


def crops_of(pixels: Pixels, random: np.random.Generator) -> Iterator[Pixels]:
    height, width = pixels.shape[:2]
    for share in random.uniform(0.35, 0.95, CROPS):
        tall, wide = (min(side, max(80, int(side * share))) for side in (height, width))
        top, left = random.integers(height - tall + 1), random.integers(width - wide + 1)
        yield np.ascontiguousarray(pixels[top : top + tall, left : left + wide])


def comic(pixels: Pixels) -> Pixels:
    grey = cv2.medianBlur(cv2.cvtColor(pixels, cv2.COLOR_RGB2GRAY), 5)
    kind = cv2.ADAPTIVE_THRESH_MEAN_C
    lines = cv2.adaptiveThreshold(grey, 255, kind, cv2.THRESH_BINARY, 9, 6)
    return (cv2.pyrMeanShiftFiltering(pixels, 20, 40) // 48 * 48 + 24) * (lines[..., None] > 0)


DRAWN: dict[str, Callable[[Pixels], Pixels]] = {
    "flat colours within black lines": comic,
    "watercolour": lambda pixels: cv2.stylization(pixels, sigma_s=100, sigma_r=0.4),
    "pencil": lambda pixels: cv2.pencilSketch(pixels, sigma_s=60, sigma_r=0.07)[1],
}


def within(pixels: Pixels, longest: int) -> Pixels:
    scale = min(1.0, longest / max(pixels.shape[:2]))
    return cv2.resize(pixels, None, fx=scale, fy=scale, interpolation=cv2.INTER_AREA)


def everything(engine: Engine, data: Path) -> dict[str, list[Answer]]:
    """Answer for every picture, for crops of the everyday ones, and for drawings made of them."""
    answers: dict[str, list[Answer]] = defaultdict(list)

    def look(group: str, path: Path) -> list[tuple[str, Answer]]:
        pixels = read_picture(path).pixels
        random = np.random.default_rng([SEED, *path.name.encode()])
        rows = [(group, moderate(engine, path.name, pixels))]
        if group in CROPPED:
            for number, crop in enumerate(crops_of(pixels, random)):
                answer = moderate(engine, f"{path.name}, crop {number}", crop)
                rows.append((f"crops of {group}", answer))
        if group == "things":
            small = within(pixels, 500)
            for kind, draw in DRAWN.items():
                rows.append((kind, moderate(engine, path.name, draw(small))))
        return rows

    with ThreadPoolExecutor(2) as pool:
        work = [
            pool.submit(look, group, path)
            for group, pattern in GROUPS.items()
            for path in sorted(data.glob(pattern))
        ]
        for each in work:
            for group, answer in each.result():
                answers[group].append(answer)
    return answers


def flagged_table(answers: dict[str, list[Answer]]) -> Iterator[str]:
    yield (
        "| pictures | of them | with a label at 50 | Illustrated at 50 "
        "| porn or hentai at .5 by the five-class network alone |"
    )
    yield "|---|---:|---:|---:|---:|"
    for group, rows in answers.items():
        labelled = sum(bool(row.found.labels) for row in rows)
        drawn = sum(bool(row.found.content_types) for row in rows)
        bare = sum(row.chance >= 0.5 for row in rows)
        yield f"| {group} | {len(rows)} | {labelled} | {drawn} | {bare} |"


def flagged_list(answers: dict[str, list[Answer]]) -> Iterator[str]:
    for group, rows in answers.items():
        if group in DRAWN:
            continue
        for row in rows:
            for said in (row.found.labels, row.found.content_types):
                if said:
                    words = ", ".join(f"{each.name} {each.confidence:.0f}" for each in said)
                    yield f"- {group}, {row.name}: {words}"


def bias_table(data: Path, members: list[Answer]) -> Iterator[str]:
    with (data / "congress" / "members.csv").open(newline="", encoding="utf-8") as lines:
        people = {row["bioguide"]: row for row in csv.DictReader(lines)}
    groups: dict[str, list[float]] = defaultdict(list)
    for answer in members:
        person = people[Path(answer.name).stem]
        for group in (person["gender"], f"{person['ethnicity']}, {person['gender']}"):
            groups[group].append(answer.chance)
    yield (
        "| members of Congress, 2021 | portraits | mean chance of porn or hentai "
        "| above .2 | highest |"
    )
    yield "|---|---:|---:|---:|---:|"
    for group, chances in sorted(groups.items()):
        above = sum(chance > 0.2 for chance in chances)
        mean = statistics.fmean(chances)
        yield f"| {group} | {len(chances)} | {mean:.3f} | {above} | {max(chances):.2f} |"


def milliseconds(engine: Engine, path: Path, rounds: int = 15) -> float:
    pixels = read_picture(path).pixels
    took = []
    for _ in range(rounds):
        start = time.perf_counter()
        moderate(engine, "", pixels)
        took.append(1000 * (time.perf_counter() - start))
    return statistics.median(took[3:])


def report(engine: Engine, data: Path) -> Iterator[str]:
    answers = everything(engine, data)
    version = next(iter(answers["coco50"])).found.model_version
    yield f"{machine()}; ModerationModelVersion {version}\n"
    yield from flagged_table(answers)
    yield "\nEverything that was flagged at 50:\n"
    yield from flagged_list(answers)
    yield ""
    yield from bias_table(data, answers["Congress 2021"])
    ordinary = milliseconds(engine, data / "samples" / "things" / "pets.jpg")
    suspicious = milliseconds(engine, data / "samples" / "people" / "face_7_0.jpg")
    yield f"\nOne picture: {ordinary:.1f} ms; one that is looked at again: {suspicious:.1f} ms."


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--shared", type=Path, required=True)
    parser.add_argument("--home", type=Path)
    parser.add_argument("-o", "--output", type=Path)
    given = parser.parse_args()
    settings = read_settings(home=given.home) if given.home else read_settings()
    with open_engine(settings) as engine:
        text = "\n".join(report(engine, given.shared / "data"))
    print(text)
    if given.output:
        given.output.write_text(text + "\n", encoding="utf-8")


if __name__ == "__main__":
    main()
