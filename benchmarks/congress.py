"""The experiment this project exists to pass: members of Congress searched in other photographs.

    .venv/bin/python benchmarks/congress.py --data FOLDER [--home HOME] [-o REPORT.md]
    .venv/bin/python benchmarks/congress.py --data FOLDER --calibrate   # bundled tables first

FOLDER holds members.csv, members/ and photos_2014/ (files named by bioguide id). Gallery: the
photographs of 2014; probes: the members of 2021. All pictures are embedded by both packs' networks,
with the points of both detectors. Needs both packs pulled into HOME.
"""

import argparse
import csv
import dataclasses
import platform
import subprocess
from collections.abc import Iterable
from concurrent.futures import ThreadPoolExecutor
from datetime import UTC, datetime
from pathlib import Path

import numpy as np
from rich.progress import track

import congress_tables as tables
from congress_tables import Run
from vidimus.evaluation.curve import draw_curve
from vidimus.evaluation.photographs import EmbeddedSet, Photograph
from vidimus.evaluation.tabulate import Apparatus, Outcome, Source, calibrate
from vidimus.gallery.similarity import SimilarityScale
from vidimus.imaging.decode import decode_picture
from vidimus.models.face_detector import FaceDetector, open_face_detector
from vidimus.models.face_embedder import FaceEmbedder, fuse_face_embedders, open_face_embedder
from vidimus.runtime.calibrations import load_calibration, save_calibration
from vidimus.runtime.catalog import ModelCard
from vidimus.runtime.registry import ModelRegistry, open_registry
from vidimus.settings import read_settings

ROOT = Path(__file__).resolve().parents[1]
BUNDLED = ROOT / "src" / "vidimus" / "runtime" / "calibrations"
IMAGES = ROOT / "docs" / "images"
EXCLUDED = ("members/R000575.jpg",)
WHY_EXCLUDED = (
    "members/R000575.jpg is labelled Mike Rogers of Alabama and shows Mike Rogers of Michigan "
    "(R000572); seen by eye, excluded by hand"
)
DETECTORS = ("centerface", "yunet")
EMBEDDERS = {"1.0": "dlib-resnet", "2.0": "omz-reid-0095", "3.0": "omz-dlib-fused"}
PACKS = {"core": ("centerface", "1.0"), "standard": ("yunet", "2.0"), "fused": ("yunet", "3.0")}


def read_congress(folder: Path) -> list[Photograph]:
    files = sorted(folder.glob("members/*.jpg")) + sorted(folder.glob("photos_2014/*.jpg"))
    found = [Photograph(path.stem, path, str(path.relative_to(folder))) for path in files]
    return [photograph for photograph in found if photograph.name not in EXCLUDED]


def read_groups(folder: Path) -> dict[str, tuple[str, str]]:
    with (folder / "members.csv").open(newline="", encoding="utf-8") as lines:
        return {row["bioguide"]: (row["gender"], row["ethnicity"]) for row in csv.DictReader(lines)}


def other_way(card: ModelCard) -> tuple[str, ModelCard]:
    """Return the card with the mirrored face averaged in, or not: what the catalog did not take."""
    mirror = not card.parameters["mirror"]
    label = f"{card.version} {'with' if mirror else 'without'} mirror"
    return label, dataclasses.replace(card, parameters={**card.parameters, "mirror": mirror})


def open_embedders(models: ModelRegistry) -> dict[str, FaceEmbedder]:
    cards = {version: models.catalog.card(name) for version, name in EMBEDDERS.items()}
    opened = {
        version: open_face_embedder(cards[version], models.session(cards[version].name))
        for version in ("1.0", "2.0")
    }
    opened["3.0"] = fuse_face_embedders(cards["3.0"], opened["2.0"], opened["1.0"])
    for version in ("1.0", "2.0"):
        label, card = other_way(cards[version])
        opened[label] = open_face_embedder(card, models.session(card.name))
    return opened


def embed_everything(
    photographs: list[Photograph],
    detectors: dict[str, FaceDetector],
    embedders: dict[str, FaceEmbedder],
    workers: int,
) -> dict[tuple[str, str], EmbeddedSet]:
    """Embed the largest face of each photograph, by every detector and embedder."""

    def embed(photograph: Photograph) -> dict[tuple[str, str], np.ndarray]:
        pixels = decode_picture(photograph.path.read_bytes(), max_pixels=10**8).pixels
        rows: dict[tuple[str, str], np.ndarray] = {}
        for name, detector in detectors.items():
            faces = detector.detect_faces(pixels)
            if len(faces):
                points = faces.points[[int(faces.sides.argmax())]]
                for version, embedder in embedders.items():
                    rows[name, version] = embedder.embed_faces(pixels, points)[0]
        return rows

    with ThreadPoolExecutor(workers) as pool:
        found = list(track(pool.map(embed, photographs), "embedding", total=len(photographs)))
    keys = [(detector, version) for detector in detectors for version in embedders]
    return {key: _as_set(photographs, [rows.get(key) for rows in found]) for key in keys}


def _as_set(photographs: list[Photograph], rows: list[np.ndarray | None]) -> EmbeddedSet:
    both = list(zip(photographs, rows, strict=True))
    kept = tuple(photograph for photograph, row in both if row is not None)
    skipped = tuple((each.name, "no face was found") for each, row in both if row is None)
    _, subjects = np.unique([photograph.subject for photograph in kept], return_inverse=True)
    embeddings = np.stack([row for row in rows if row is not None])
    return EmbeddedSet(kept, embeddings, subjects.astype(np.int64), skipped)


def file_digests(models: ModelRegistry, card: ModelCard) -> dict[str, str]:
    parts = [models.catalog.card(name) for name in card.needs] if not card.files else [card]
    return {file.name: file.sha256 for part in parts for file in part.files}


def calibrate_version(
    version: str, sets: dict[tuple[str, str], EmbeddedSet], models: ModelRegistry, pictures: int
) -> dict[str, Outcome]:
    """Calibrate one embedder with the points of each detector."""
    card = models.catalog.card(EMBEDDERS[version])
    outcomes: dict[str, Outcome] = {}
    for detector in DETECTORS:
        apparatus = Apparatus(version, card.name, file_digests(models, card), detector)
        source = Source(
            "US Congress: official portraits, 117th Congress (2021), and photographs of 2014",
            pictures,
            datetime.now(UTC).date(),
            EXCLUDED,
            (WHY_EXCLUDED, "all pairs of different people, within and between both sets"),
        )
        outcomes[detector] = calibrate(sets[detector, version], apparatus, source)
    return outcomes


def most_cautious(outcomes: dict[str, Outcome]) -> str:
    """Return the detector whose table asks the highest score for similarity 80."""
    return max(outcomes, key=lambda name: _score_at_80(outcomes[name]))


def _score_at_80(outcome: Outcome) -> float:
    return SimilarityScale.from_calibration(outcome.calibration.points).score_at(80)


def remake_tables(
    sets: dict[tuple[str, str], EmbeddedSet], models: ModelRegistry, pictures: int
) -> None:
    for version in EMBEDDERS:
        outcomes = calibrate_version(version, sets, models, pictures)
        chosen = most_cautious(outcomes)
        note = "score at similarity 80: " + ", ".join(
            f"{name} {_score_at_80(outcome):.4f}" for name, outcome in outcomes.items()
        )
        table = outcomes[chosen].calibration
        notes = (*table.provenance.notes, f"{note}; the higher table is kept")
        provenance = dataclasses.replace(table.provenance, notes=notes)
        table = dataclasses.replace(table, provenance=provenance)
        save_calibration(table, BUNDLED / f"{version}.json")
        IMAGES.mkdir(parents=True, exist_ok=True)
        (IMAGES / f"similarity-{version}.svg").write_text(draw_curve(table), encoding="utf-8")
        print(version, chosen, note, table.provenance.tail)
        for name, outcome in outcomes.items():
            for suspect in outcome.suspects:
                print("  look at", name, suspect)


def scale_of(version: str) -> SimilarityScale:
    calibration = load_calibration(version)
    if calibration is None:
        raise SystemExit(f"there is no calibration of {version}: run with --calibrate first")
    return SimilarityScale.from_calibration(calibration.points)


def machine() -> str:
    lines = subprocess.run(["lscpu"], capture_output=True, text=True, check=False).stdout
    names = [line.split(":")[1].strip() for line in lines.splitlines() if "Model name" in line]
    return f"{names[0] if names else platform.machine()}, {platform.system()}"


def report(
    sets: dict[tuple[str, str], EmbeddedSet], groups: dict[str, tuple[str, str]], engine: str
) -> Iterable[str]:
    runs = {
        label: Run(label, sets[detector, version], scale_of(version))
        for label, (detector, version) in PACKS.items()
    }
    others = [
        Run(f"{version}, {detector}", each, None)
        for (detector, version), each in sorted(sets.items(), key=lambda item: item[0][::-1])
    ]
    day = f"{datetime.now(UTC):%Y-%m-%d}"
    yield from tables.heading(runs["core"], day, machine(), engine, WHY_EXCLUDED)
    yield from tables.verification([*runs.values(), *others])
    yield from tables.identification(runs.values())
    yield from tables.by_group(runs.values(), groups)
    yield from tables.within_groups(runs.values(), groups)
    yield from tables.users(runs.values())


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--data", type=Path, default=ROOT.parent / "shared" / "data" / "congress")
    parser.add_argument("--home", type=Path)
    parser.add_argument("--calibrate", action="store_true", help="remake the bundled tables first")
    parser.add_argument("-o", "--output", type=Path)
    options = parser.parse_args()
    settings = read_settings(home=options.home) if options.home else read_settings()
    models = open_registry(settings)
    detectors = {
        name: open_face_detector(models.catalog.card(name), models.session(name))
        for name in DETECTORS
    }
    photographs = read_congress(options.data)
    embedders = open_embedders(models)
    sets = embed_everything(photographs, detectors, embedders, settings.cores)
    if options.calibrate:
        remake_tables(sets, models, len(photographs) + len(EXCLUDED))
    lines = report(sets, read_groups(options.data), models.engine_description)
    text = "\n".join(lines)
    print(text)
    if options.output:
        options.output.parent.mkdir(parents=True, exist_ok=True)
        options.output.write_text(text + "\n", encoding="utf-8")


if __name__ == "__main__":
    main()
