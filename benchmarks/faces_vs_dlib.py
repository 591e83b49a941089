"""Detect, align and embed three faces: vidimus against the `face_recognition` package.

Both work on the same 832x612 picture with one thread, by turns in one run. The peer runs as its
users run it (HOG detector with one upsampling, 68 points, dlib's network), in an environment of
its own:

    python3.11 -m venv peer
    peer/bin/pip install dlib-bin face_recognition_models "setuptools<80" numpy pillow click
    peer/bin/pip install --no-deps face_recognition
    .venv/bin/python benchmarks/faces_vs_dlib.py --peer-python peer/bin/python

The picture is composed of three photographs of `../shared/data/samples/people` (synthetic people,
MIT-0). The row over HTTP is the whole of IndexFaces. Prints a Markdown table.
"""

import argparse
import json
import os
import platform
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import replace
from datetime import UTC, datetime
from pathlib import Path
from typing import IO

os.environ.update(OMP_NUM_THREADS="1", OPENBLAS_NUM_THREADS="1")

import cv2
import numpy as np
from numpy.typing import NDArray

from live_server import Client, serving
from vidimus.imaging.decode import decode_picture
from vidimus.models.face_detector import FaceDetector, open_face_detector
from vidimus.models.face_embedder import FaceEmbedder, TemplateEmbedder
from vidimus.runtime.registry import ModelRegistry, open_registry
from vidimus.settings import default_home, read_settings
from vidimus.vision.faces import FaceAnalyzer

CHECKOUT = Path(__file__).resolve().parents[1]
WIDTH, HEIGHT = 832, 612
PEOPLE = (
    ("face_3.jpg", 360, (20, 40)),
    ("face_7.jpg", 300, (300, 280)),
    ("face_12.jpg", 330, (490, 30)),
)
PAIRS = (
    ("yunet", "omz-reid-0095"),
    ("yunet", "dlib-resnet"),
    ("centerface", "dlib-resnet"),
)
PEER = """
import sys, time, json, warnings
warnings.simplefilter("ignore")
import face_recognition
for line in sys.stdin:
    start = time.perf_counter()
    picture = face_recognition.load_image_file(line.strip())
    loaded = time.perf_counter()
    faces = face_recognition.face_locations(picture)
    embeddings = face_recognition.face_encodings(picture, faces, model="large")
    end = time.perf_counter()
    print(json.dumps([len(embeddings), loaded - start, end - loaded]), flush=True)
"""


def compose(people: Path) -> NDArray[np.uint8]:
    """Three people of different size side by side on grey."""
    picture = np.full((HEIGHT, WIDTH, 3), 96, np.uint8)
    for name, wanted, (left, top) in PEOPLE:
        pixels = decode_picture((people / name).read_bytes(), max_pixels=10**8).pixels
        side = min(wanted, HEIGHT - top, WIDTH - left)
        picture[top : top + side, left : left + side] = cv2.resize(
            pixels, (side, side), interpolation=cv2.INTER_AREA
        )
    return picture


Timed = tuple[int, float, float]
"""How many faces were embedded; the seconds for reading the file, and for all the rest."""


class Ours:
    """One detector and one embedder."""

    def __init__(self, detector: FaceDetector, embedder: FaceEmbedder) -> None:
        self._detector, self._embedder = detector, embedder

    def measure(self, path: Path) -> Timed:
        start = time.perf_counter()
        picture = decode_picture(path.read_bytes(), max_pixels=10**8)
        read = time.perf_counter()
        found = self._detector.detect_faces(picture.pixels)
        embeddings = self._embedder.embed_faces(picture.pixels, found.points)
        return len(embeddings), read - start, time.perf_counter() - read


class Library:
    """The faces of the library, as the operations use them."""

    def __init__(self, registry: ModelRegistry, version: str) -> None:
        self._analyzer, self._version = FaceAnalyzer(registry), version

    def measure(self, path: Path) -> Timed:
        start = time.perf_counter()
        picture = decode_picture(path.read_bytes(), max_pixels=10**8)
        read = time.perf_counter()
        faces = self._analyzer.detect_faces(picture.pixels)
        embeddings = self._analyzer.embed_faces(picture.pixels, faces, self._version)
        return len(embeddings), read - start, time.perf_counter() - read


class OverHttp:
    """IndexFaces of a server with one thread: signed, durable, described and recorded too."""

    def __init__(self, client: Client) -> None:
        self._client, self._number = client, 0
        client.call("CreateCollection", CollectionId="benchmark")

    def measure(self, path: Path) -> Timed:
        picture = path.read_bytes()
        self._number += 1
        start = time.perf_counter()
        answer = self._client.call(
            "IndexFaces",
            CollectionId="benchmark",
            Image={"Bytes": picture},
            ExternalImageId=str(self._number),
        )
        return len(answer["FaceRecords"]), 0.0, time.perf_counter() - start


def pipelines(registry: ModelRegistry) -> dict[str, Callable[[Path], Timed]]:
    """The library with its best networks, and each pair of a detector and an embedder."""
    made: dict[str, Callable[[Path], Timed]] = {}
    best = registry.card_for("face_embedder")
    if best is not None and best.version is not None:
        made[f"vidimus, {best.name}"] = Library(registry, best.version).measure
    for detector, embedder in PAIRS:
        cards = registry.catalog.card(detector), registry.catalog.card(embedder)
        if not all(registry.installed(card) for card in cards):
            continue
        finder = open_face_detector(cards[0], registry.session(detector))
        for mirror in (False, True):
            card = replace(cards[1], parameters={**cards[1].parameters, "mirror": mirror})
            name = f"{detector} and {embedder}, {'with' if mirror else 'without'} the mirrored face"
            made[name] = Ours(finder, TemplateEmbedder(card, registry.session(embedder))).measure
    return made


@contextmanager
def peer(python: str) -> Iterator[Callable[[Path], Timed]]:
    """Run face_recognition in its own interpreter; yields what measures one picture."""
    process = subprocess.Popen(
        [python, "-W", "ignore", "-c", PEER],
        stdin=subprocess.PIPE,
        stdout=subprocess.PIPE,
        text=True,
    )
    sent, answers = process.stdin, process.stdout
    assert sent is not None
    assert answers is not None

    def measure(path: Path) -> Timed:
        return _ask(sent, answers, path)

    try:
        yield measure
    finally:
        sent.close()
        process.wait(timeout=30)


def _ask(sent: IO[str], answers: IO[str], path: Path) -> Timed:
    sent.write(f"{path}\n")
    sent.flush()
    faces, reading, work = json.loads(answers.readline())
    return faces, reading, work


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument(
        "--peer-python", required=True, help="interpreter that has face_recognition"
    )
    parser.add_argument(
        "--people", type=Path, default=CHECKOUT.parent / "shared/data/samples/people"
    )
    parser.add_argument("--models", type=Path, default=default_home() / "models")
    parser.add_argument("--rounds", type=int, default=15)
    arguments = parser.parse_args()
    cv2.setNumThreads(1)
    with tempfile.TemporaryDirectory() as folder, peer(arguments.peer_python) as peer_measure:
        path = Path(folder) / "three.jpg"
        picture = compose(arguments.people)
        path.write_bytes(cv2.imencode(".jpg", picture[:, :, ::-1])[1].tobytes())
        settings = read_settings(home=folder, models=str(arguments.models), threads=1, workers=1)
        runners = {"face_recognition": peer_measure} | pipelines(open_registry(settings))
        one_thread = {"VIDIMUS_THREADS": "1", "VIDIMUS_WORKERS": "1"}
        with serving(Path(folder) / "server", arguments.models, **one_thread) as (url, _):
            runners["vidimus over HTTP: IndexFaces"] = OverHttp(Client(url)).measure
            measured = by_turns(runners, path, arguments.rounds)
    print_table(measured, arguments.rounds)


def by_turns(
    runners: dict[str, Callable[[Path], Timed]], path: Path, rounds: int
) -> dict[str, list[Timed]]:
    """Let every runner do the picture twice in each round.

    The second time counts, for what another one left in the caches would else be held against it;
    the first two rounds warm up.
    """
    measured: dict[str, list[Timed]] = {name: [] for name in runners}
    for turn in range(rounds + 2):
        for name, measure in runners.items():
            measure(path)
            answer = measure(path)
            if turn >= 2:
                measured[name].append(answer)
        print(f"round {turn + 1} of {rounds + 2}", end="\r", file=sys.stderr)
    return measured


def print_table(measured: dict[str, list[Timed]], rounds: int) -> None:
    """Print medians, and how many times faster than the peer each is."""
    medians = {
        name: 1000 * np.median([row[1:] for row in rows], axis=0) for name, rows in measured.items()
    }
    peer_total = medians["face_recognition"][1]
    print(f"{datetime.now(UTC):%Y-%m-%d}, {_processor()}, one thread, {rounds} rounds by turns\n")
    print("| pipeline | faces | read the file, ms | detect, align, embed, ms | times faster |")
    print("|---|---:|---:|---:|---:|")
    for name, (reading, work) in medians.items():
        faces = measured[name][0][0]
        print(f"| {name} | {faces} | {reading:.1f} | {work:.1f} | {peer_total / work:.1f} |")


def _processor() -> str:
    info = Path("/proc/cpuinfo")
    lines = info.read_text().splitlines() if info.exists() else []
    names = [line.split(":", 1)[1].strip() for line in lines if line.startswith("model name")]
    return f"{names[0]} ({len(names)} cores)" if names else platform.processor()


if __name__ == "__main__":
    main()
