"""Exact top-10 of one probe among N x 128 embeddings, beside faiss and numpy, in one run.

    .venv/bin/python benchmarks/exact_search.py [--sizes 10000,100000,1000000,4000000]

faiss is a peer of this benchmark only, kept out of vidimus's own environment:

    .venv/bin/python -m pip install --no-deps --target FOLDER faiss-cpu
    PYTHONPATH=FOLDER .venv/bin/python benchmarks/exact_search.py

Two kinds of data, both of unit length, four faces of each person (mean cosine .96), with a
spectrum that falls as real embeddings' does and looks in no particular direction:

    dlib-like   strangers have a mean cosine of .84
    zero-mean   strangers have a mean cosine of 0

Half of the probes are further faces of people enrolled, half are of strangers. Prints Markdown.
"""

import argparse
import importlib.util
import os
import platform
import sys
import time
from collections.abc import Callable, Iterator
from datetime import UTC, datetime
from pathlib import Path
from statistics import median
from typing import Any

import numpy as np
from numpy.typing import NDArray

sys.path.insert(0, str(Path(__file__).parent.parent / "src"))

from vidimus.gallery.exact import ExactIndex

DIMENSIONS = 128
LIMIT = 10
FACES_EACH = 4
MATE_COSINE = 0.96
PROBES = 40

Rows = NDArray[np.float32]
Search = Callable[[Rows], NDArray[np.int64]]


def people(rng: np.random.Generator, count: int, each: int, stranger_cosine: float) -> Rows:
    """Return (count, 128) unit vectors, `each` in a row of the same person."""
    world = np.random.default_rng(1)
    turn = np.linalg.qr(world.standard_normal((DIMENSIONS, DIMENSIONS)))[0].astype(np.float32)
    spectrum = np.arange(1, DIMENSIONS + 1, dtype=np.float32) ** -0.5
    shape = (spectrum / np.linalg.norm(spectrum))[:, np.newaxis] * turn
    center = world.standard_normal(DIMENSIONS).astype(np.float32)
    center *= np.float32(np.sqrt(stranger_cosine)) / np.linalg.norm(center)
    of_person = np.float32(np.sqrt(MATE_COSINE - stranger_cosine))
    of_face = np.float32(np.sqrt(1 - MATE_COSINE))
    rows = np.empty((count, DIMENSIONS), np.float32)
    for start in range(0, count, 65_536):
        part = rows[start : start + 65_536]
        persons = rng.standard_normal((-(-len(part) // each), DIMENSIONS), dtype=np.float32)
        faces = rng.standard_normal(part.shape, dtype=np.float32)
        mixed = of_person * np.repeat(persons, each, axis=0)[: len(part)] + of_face * faces
        part[:] = mixed @ shape + center
        part /= np.linalg.norm(part, axis=1, keepdims=True)
    return rows


def probes_for(rows: Rows, stranger_cosine: float) -> Rows:
    """Return probes (PROBES, 128): further faces of enrolled people, then strangers."""
    rng = np.random.default_rng(7)
    mates = rows[rng.choice(len(rows), PROBES // 2, replace=False)].astype(np.float32)
    noise = rng.standard_normal(mates.shape).astype(np.float32)
    mates += noise / np.linalg.norm(noise, axis=1, keepdims=True) * np.float32(0.15)
    mates /= np.linalg.norm(mates, axis=1, keepdims=True)
    return np.concatenate([mates, people(rng, PROBES - len(mates), 1, stranger_cosine)])


def engines(rows: Rows, threads: int) -> Iterator[tuple[str, Callable[[], Search]]]:
    """Yield each engine's name and what builds its search; one at a time, to save memory."""
    dimensions = rows.shape[1]

    def vidimus() -> Search:
        index = ExactIndex(dimensions, threads=threads)
        index.add(np.arange(len(rows), dtype=np.int64), rows)
        return lambda probe: np.array([key for key, _ in index.search(probe, LIMIT, -1.0)])

    def numpy() -> Search:
        def search(probe: Rows) -> NDArray[np.int64]:
            scores = rows @ probe
            best = np.argpartition(scores, -LIMIT)[-LIMIT:]
            return best[np.argsort(-scores[best])]

        return search

    def with_faiss(make: Callable[[Any], Any]) -> Callable[[], Search]:
        def build() -> Search:
            faiss = importlib.import_module("faiss")
            index = make(faiss)
            index.train(rows[:100_000])
            index.add(rows)
            return lambda probe: np.asarray(index.search(probe[np.newaxis], LIMIT)[1][0])

        return build

    if importlib.util.find_spec("faiss"):
        yield "faiss IndexFlatIP", with_faiss(lambda faiss: faiss.IndexFlatIP(dimensions))
        yield (
            "faiss QT_8bit",
            with_faiss(
                lambda faiss: faiss.IndexScalarQuantizer(
                    dimensions, faiss.ScalarQuantizer.QT_8bit, faiss.METRIC_INNER_PRODUCT
                )
            ),
        )
    else:
        print("faiss is not installed; see the top of this file.", file=sys.stderr)
    yield "vidimus", vidimus
    yield "numpy", numpy


def measure(search: Search, probes: Rows, rounds: int) -> tuple[list[float], list[set[int]]]:
    """Return each probe's best time of `rounds` in ms, and the ids found."""
    found = [set(search(probe).tolist()) for probe in probes]
    best = [float("inf")] * len(probes)
    for _ in range(rounds):
        for place, probe in enumerate(probes):
            begun = time.perf_counter()
            search(probe)
            best[place] = min(best[place], (time.perf_counter() - begun) * 1e3)
    return best, found


def agreement(found: list[set[int]], truth: list[set[int]]) -> str:
    """Say for how many probes the same ids came back."""
    same = sum(a == b for a, b in zip(found, truth, strict=True))
    return f"{same}/{len(truth)}"


def truth_for(rows: Rows, probes: Rows) -> list[set[int]]:
    """Return the ids of the ten best by float64 products; no two are equal in this data."""
    ids = np.empty((0, len(probes)), np.int64)
    scores = np.empty((0, len(probes)))
    for start in range(0, len(rows), 65_536):
        products = rows[start : start + 65_536].astype(np.float64) @ probes.T.astype(np.float64)
        best = np.argpartition(products, -LIMIT, axis=0)[-LIMIT:]
        ids = np.concatenate([ids, start + best])
        scores = np.concatenate([scores, np.take_along_axis(products, best, axis=0)])
    best = np.argpartition(scores, -LIMIT, axis=0)[-LIMIT:]
    return [set(column.tolist()) for column in np.take_along_axis(ids, best, axis=0).T]


def machine() -> str:
    """Describe the machine in words."""
    model = platform.processor() or platform.machine()
    for line in Path("/proc/cpuinfo").read_text().splitlines():
        if line.startswith("model name"):
            model = line.split(":", 1)[1].strip()
            break
    return f"{model}, {len(os.sched_getaffinity(0))} cores, load {os.getloadavg()[0]:.2f}"


def main() -> None:
    """Measure and print one table per kind of data."""
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--sizes", default="10000,100000,1000000,4000000")
    parser.add_argument("--rounds", type=int, default=5)
    parser.add_argument("--threads", type=int, default=len(os.sched_getaffinity(0)))
    options = parser.parse_args()
    print(f"{datetime.now(UTC):%Y-%m-%d}, {machine()}, numpy {np.__version__}.")
    print(f"Milliseconds per probe (median of {PROBES}, best of {options.rounds} each).")
    for kind, stranger_cosine in (("dlib-like", 0.84), ("zero-mean", 0.0)):
        print(f"\n{kind}:\n")
        print("| faces | engine | ms | of IndexFlatIP | growth | same ten ids |")
        print("|---:|---|---:|---:|---:|---:|")
        before: dict[str, float] = {}
        for size in map(int, options.sizes.split(",")):
            rows = people(np.random.default_rng(size), size, FACES_EACH, stranger_cosine)
            probes = probes_for(rows, stranger_cosine)
            truth = truth_for(rows, probes)
            flat = float("nan")
            for name, build in engines(rows, options.threads):
                times, found = measure(build(), probes, options.rounds)
                taken = median(times)
                flat = taken if name == "faiss IndexFlatIP" else flat
                growth = f"{taken / before[name]:.1f}x" if name in before else ""
                before[name] = taken
                print(
                    f"| {size:,} | {name} | {taken:.2f} | {taken / flat:.3f} | {growth} "
                    f"| {agreement(found, truth)} |",
                    flush=True,
                )


if __name__ == "__main__":
    main()
