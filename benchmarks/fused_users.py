"""Users, the fusion of several photographs, against single photographs.

    .venv/bin/python benchmarks/fused_users.py [--people FOLDER] [--home HOME] [-o REPORT.md]

FOLDER holds photographs named face_N.jpg and face_N_M.jpg, the same N being one person. Each
photograph in turn is a probe: against each single other photograph, and against users made of all
other photographs of each person (their mean embedding, so the score is the mean cosine).
"""

import argparse
from collections.abc import Iterator
from datetime import UTC, datetime
from pathlib import Path

import numpy as np
from numpy.typing import NDArray

from vidimus.evaluation.metrics import Proportion, share_at_or_above
from vidimus.evaluation.photographs import EmbeddedSet, Photograph, embed_photographs
from vidimus.gallery.similarity import SimilarityScale
from vidimus.runtime.calibrations import load_calibration
from vidimus.runtime.registry import open_registry
from vidimus.settings import read_settings
from vidimus.vision.faces import FaceAnalyzer

ROOT = Path(__file__).resolve().parents[1]
SIMILARITIES = (50, 60, 70, 80, 90, 99)

Scores = NDArray[np.float32]


def read_people(folder: Path) -> list[Photograph]:
    return [
        Photograph(path.stem.split("_")[1], path, path.name)
        for path in sorted(folder.glob("face_*.jpg"))
    ]


def single_scores(embedded: EmbeddedSet) -> tuple[Scores, Scores]:
    """Return the scores of mated and of impostor pairs of single photographs."""
    rows, columns = np.triu_indices(len(embedded.embeddings), 1)
    scores = (embedded.embeddings @ embedded.embeddings.T)[rows, columns]
    same = embedded.subjects[rows] == embedded.subjects[columns]
    return np.asarray(scores[same]), np.asarray(scores[~same])


def user_scores(embedded: EmbeddedSet) -> tuple[Scores, Scores]:
    """Return the scores of each probe with its own user and with the others'."""
    mated: list[float] = []
    impostor: list[float] = []
    for probe, subject in enumerate(embedded.subjects):
        for user in range(int(embedded.subjects.max()) + 1):
            faces = np.flatnonzero(embedded.subjects == user)
            faces = faces[faces != probe]
            mean = embedded.embeddings[faces].mean(axis=0)
            score = float(embedded.embeddings[probe] @ mean)
            (mated if user == subject else impostor).append(score)
    return np.array(mated, np.float32), np.array(impostor, np.float32)


def cell(value: Proportion) -> str:
    return f"{value.rate:.3f} ({value.count} of {value.trials})"


def report(version: str, embedded: EmbeddedSet) -> Iterator[str]:
    calibration = load_calibration(version)
    if calibration is None:
        raise SystemExit(f"{version} has no calibration")
    scale = SimilarityScale.from_calibration(calibration.points)
    kinds = (*single_scores(embedded), *user_scores(embedded))
    for similarity in SIMILARITIES:
        cells = [cell(share_at_or_above(kind, scale.score_at(similarity))) for kind in kinds]
        yield f"| {version} | {similarity} | {' | '.join(cells)} |"


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    folder = ROOT.parent / "shared" / "data" / "samples" / "people"
    parser.add_argument("--people", type=Path, default=folder)
    parser.add_argument("--home", type=Path)
    parser.add_argument("-o", "--output", type=Path)
    options = parser.parse_args()
    models = open_registry(read_settings(home=options.home) if options.home else read_settings())
    photographs = read_people(options.people)
    lines = [
        "# Users against single photographs",
        "",
        f"{datetime.now(UTC):%Y-%m-%d}. Made by `benchmarks/fused_users.py` on "
        f"{len(photographs)} photographs of {len({p.subject for p in photographs})} synthetic "
        "people. A user is the mean of the unit embeddings of a person's other photographs.",
        "",
        "| version | similarity | single: mates | single: strangers | user: mates "
        "| user: strangers |",
        "|---|---|---|---|---|---|",
    ]
    for version in ("1.0", "2.0", "3.0"):
        lines += report(version, embed_photographs(photographs, FaceAnalyzer(models), version))
    text = "\n".join(lines) + "\n"
    print(text)
    if options.output:
        options.output.write_text(text, encoding="utf-8")


if __name__ == "__main__":
    main()
