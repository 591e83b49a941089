"""DetectProtectiveEquipment: persons and hands of COCO pictures, and covers on bare faces.

    .venv/bin/python benchmarks/equipment.py --shared ../shared [-o REPORT.md]

Persons are measured with all networks and with the core pack's alone. COCO marks wrists, not hands:
a hand is found where the middle of its box is within a fifth of the person's size (the root of the
marked area) of the wrist. Masks are painted, because no photograph of a masked face is at hand.
"""

import argparse
import json
import statistics
import time
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray

from live_server import machine
from vidimus import read_picture, read_settings
from vidimus.evaluation.painted_masks import COLOURS, Worn, paint_mask
from vidimus.imaging.decode import Pixels
from vidimus.runtime.catalog import Catalog, load_catalog
from vidimus.runtime.registry import ModelRegistry
from vidimus.runtime.session import SessionOptions, open_engine
from vidimus.vision.equipment import detect_equipment
from vidimus.vision.equipment_types import EquipmentKind, EquippedPerson, PartKind
from vidimus.vision.face_nets import FaceNets
from vidimus.vision.face_sheet import FaceSheet
from vidimus.vision.faces import FaceAnalyzer
from vidimus.vision.picture_nets import PictureNets
from vidimus.vision.picture_sheet import PictureSheet

BARE = {
    "Congress 2021": "congress/members/*.jpg",
    "Congress 2014": "congress/photos_2014/*.jpg",
    "people": "samples/people/*.jpg",
}
PAINTED = "congress/members/*.jpg"
WRISTS = {PartKind.LEFT_HAND: 9, PartKind.RIGHT_HAND: 10}
OTHER = {PartKind.LEFT_HAND: PartKind.RIGHT_HAND, PartKind.RIGHT_HAND: PartKind.LEFT_HAND}
NOSE = 0
TALL = 100
"""Pixels; Amazon asks for persons of 100 pixels in a picture of 800 x 1300."""
NEAR = 0.2
SURE = 80


class Looker:
    """Looks at pictures with the networks of one pack, or with all."""

    def __init__(self, pack: str | None) -> None:
        cards = tuple(card for card in load_catalog().cards if pack is None or card.pack == pack)
        settings = read_settings()
        self.registry = ModelRegistry(
            Catalog(cards), settings.models_path, lambda: open_engine(SessionOptions(threads=1))
        )
        self.nets, self.analyzer = PictureNets(self.registry), FaceAnalyzer(self.registry)

    def look_at(self, pixels: Pixels) -> PictureSheet:
        return PictureSheet(self.nets, self.analyzer, pixels)


@dataclass
class Count:
    """What of the persons of a data set was found."""

    persons: int = 0
    found: int = 0
    tall: int = 0
    tall_found: int = 0
    wrong: int = 0
    faces: int = 0
    faces_found: int = 0
    wrists: int = 0
    wrists_found: int = 0
    wrists_swapped: int = 0
    unmarked: int = 0
    unmarked_told: int = 0
    milliseconds: list[tuple[int, float]] = field(default_factory=list)

    def add_parts(self, person: EquippedPerson, truth: Any, pixels: Pixels) -> None:
        """Count face and hands of a person that was found."""
        points = np.array(truth["keypoints"], float).reshape(-1, 3)
        reach = NEAR * truth["area"] ** 0.5
        middles = {
            part.part.kind: middle(part.part.box.to_pixels(pixels.shape[1], pixels.shape[0]))
            for part in person.parts
        }
        if points[NOSE, 2] == 2:
            self.faces += 1
            self.faces_found += PartKind.FACE in middles
        for kind, wrist in WRISTS.items():
            away = {
                which: np.linalg.norm(place - points[wrist, :2]) for which, place in middles.items()
            }
            if points[wrist, 2] == 2:
                self.wrists += 1
                here = away.get(kind, np.inf) <= reach
                self.wrists_found += here
                self.wrists_swapped += not here and away.get(OTHER[kind], np.inf) <= reach
            elif points[wrist, 2] == 0 and truth["num_keypoints"]:
                self.unmarked += 1
                self.unmarked_told += kind in middles


def middle(box: NDArray[np.floating]) -> NDArray[np.floating]:
    return (box[:2] + box[2:]) / 2


def overlap(one: NDArray[np.floating], other: NDArray[np.floating]) -> tuple[float, float]:
    """Intersection over union, and the share of `one` that lies in `other`."""
    low, high = np.maximum(one[:2], other[:2]), np.minimum(one[2:], other[2:])
    shared = float(np.prod(np.maximum(high - low, 0)))
    own, theirs = (float(np.prod(box[2:] - box[:2])) for box in (one, other))
    return shared / max(own + theirs - shared, 1e-9), shared / max(own, 1e-9)


def pictures_of_coco(shared: Path) -> Iterator[tuple[Pixels, list[Any]]]:
    folder = shared / "data" / "coco50"
    truth = json.loads((folder / "person_keypoints_train2017.json").read_text())
    for image in truth["images"]:
        marks = [each for each in truth["annotations"] if each["image_id"] == image["id"]]
        yield read_picture(folder / "images" / image["file_name"]).pixels, marks


def corners(mark: Any) -> NDArray[np.floating]:
    x, y, width, height = mark["bbox"]
    return np.array([x, y, x + width, y + height])


def count_persons(looker: Looker, shared: Path) -> Count:
    count = Count()
    for pixels, marks in pictures_of_coco(shared):
        start = time.perf_counter()
        persons = detect_equipment(looker.look_at(pixels))
        count.milliseconds.append((len(persons), 1000 * (time.perf_counter() - start)))
        match_persons(count, pixels, persons, marks)
    return count


def match_persons(
    count: Count, pixels: Pixels, persons: tuple[EquippedPerson, ...], marks: list[Any]
) -> None:
    """Match the surest first; what lies in a crowd that COCO did not mark singly is not counted."""
    open_marks = [mark for mark in marks if not mark["iscrowd"]]
    crowds = [corners(mark) for mark in marks if mark["iscrowd"]]
    count.persons += len(open_marks)
    count.tall += sum(mark["bbox"][3] >= TALL for mark in open_marks)
    for person in sorted(persons, key=lambda each: -each.confidence):
        box = person.box.to_pixels(pixels.shape[1], pixels.shape[0])
        best = max(open_marks, key=lambda mark: overlap(box, corners(mark))[0], default=None)
        if best is not None and overlap(box, corners(best))[0] >= 0.5:
            open_marks.remove(best)
            count.found += 1
            count.tall_found += best["bbox"][3] >= TALL
            count.add_parts(person, best, pixels)
        elif not any(overlap(box, crowd)[1] >= 0.5 for crowd in crowds):
            count.wrong += 1


def persons_report(looker: Looker, core: Looker, shared: Path) -> list[str]:
    counts = {
        "all networks": count_persons(looker, shared),
        "core pack": count_persons(core, shared),
    }
    rows: dict[str, Callable[[Count], str]] = {
        "persons found (intersection over union .5)": lambda c: share(c.found, c.persons),
        f"persons of {TALL} pixels and more": lambda c: share(c.tall_found, c.tall),
        "answers that are persons": lambda c: share(c.found, c.found + c.wrong),
        "faces with a visible nose, of those": lambda c: share(c.faces_found, c.faces),
        "hands by visible wrists, of those": lambda c: share(c.wrists_found, c.wrists),
        "found, but as the other hand": lambda c: share(c.wrists_swapped, c.wrists),
        "hands told where others are marked, not this": lambda c: share(
            c.unmarked_told, c.unmarked
        ),
        "one person, ms": lambda c: milliseconds(c, 1, 1),
        "five persons and more, ms": lambda c: milliseconds(c, 5, 15),
    }
    lines = ["## Persons and hands: 50 pictures of COCO", "", f"| | {' | '.join(counts)} |"]
    lines.append("|---|---|---|")
    for name, tell in rows.items():
        lines.append(f"| {name} | {' | '.join(tell(count) for count in counts.values())} |")
    return lines


def share(part: int, whole: int) -> str:
    return f"{part} of {whole} ({100 * part / max(whole, 1):.0f} %)"


def milliseconds(count: Count, fewest: int, most: int) -> str:
    times = [each for persons, each in count.milliseconds if fewest <= persons <= most]
    return f"{statistics.median(times):.0f}" if times else "-"


def bare_report(looker: Looker, shared: Path) -> list[str]:
    lines = ["", "## Bare faces and heads, nearly all", ""]
    lines += ["| | pictures | with a person | with a face | face covers | head covers | hands |"]
    lines += ["|---|---|---|---|---|---|---|"]
    named = []
    for group, pattern in BARE.items():
        counts = dict.fromkeys(("persons", "FACE", "FACE_COVER", "HEAD_COVER", "hands"), 0)
        paths = sorted((shared / "data").glob(pattern))
        for path in paths:
            persons = detect_equipment(looker.look_at(read_picture(path).pixels))
            parts = [part for person in persons for part in person.parts]
            counts["persons"] += bool(persons)
            counts["FACE"] += any(part.part.kind is PartKind.FACE for part in parts)
            counts["hands"] += sum(part.part.kind in WRISTS for part in parts)
            for worn in (each for part in parts for each in part.equipment):
                counts[worn.kind] += 1
                named.append(f"{path.stem} ({worn.kind} {worn.confidence:.0f})")
        lines.append(f"| {group} | {len(paths)} | {' | '.join(map(str, counts.values()))} |")
    return [*lines, "", f"Covers told: {', '.join(named) or 'none'}."]


def painted_report(looker: Looker, shared: Path) -> list[str]:
    nets = FaceNets(looker.registry)
    told = {worn: [0, 0, 0] for worn in Worn}
    for number, path in enumerate(sorted((shared / "data").glob(PAINTED))[::2]):
        pixels = read_picture(path).pixels
        faces = looker.analyzer.detect_faces(pixels, limit=1)
        meshes = FaceSheet(nets, pixels, np.stack([faces[0].points])).meshes if faces else None
        if meshes is None:
            continue
        for worn, counts in told.items():
            colour = COLOURS[number % len(COLOURS)]
            persons = detect_equipment(
                looker.look_at(paint_mask(pixels, meshes.points[0], worn, colour))
            )
            covers = [
                each
                for person in persons
                for part in person.parts
                for each in part.equipment
                if each.kind is EquipmentKind.FACE_COVER
            ]
            counts[0] += 1
            counts[1] += bool(covers)
            counts[2] += any(each.confidence >= SURE for each in covers)
    lines = [
        "",
        "## Masks painted on every other portrait of Congress 2021, four colours in turn",
        "",
    ]
    lines += [
        "| worn | portraits | FACE_COVER told | with 80 and more |",
        "|---|---|---|---|",
    ]
    for worn, (portraits, seen, sure) in told.items():
        lines.append(
            f"| {worn} | {portraits} | {share(seen, portraits)} | {share(sure, portraits)} |"
        )
    return lines


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--shared", type=Path, required=True)
    parser.add_argument("-o", "--output", type=Path)
    options = parser.parse_args()
    looker, core = Looker(None), Looker("core")
    lines = [
        "# Protective equipment",
        "",
        "    .venv/bin/python benchmarks/equipment.py --shared ../shared",
        "",
        f"{machine()}. [What it means](../explanation/equipment.md).",
        "",
        *persons_report(looker, core, options.shared),
        *bare_report(looker, options.shared),
        *painted_report(looker, options.shared),
    ]
    report = "\n".join(lines) + "\n"
    if options.output:
        options.output.write_text(report)
    print(report)


if __name__ == "__main__":
    main()
