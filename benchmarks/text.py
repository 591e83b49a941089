"""DetectText on three hundred drawn signs, beside Tesseract and the bare rapidocr library.

All three read the same pictures in one run; rapidocr, whose networks these are, runs by the same
engine (OpenVINO) with one thread, in an environment of its own:

    apt-get install tesseract-ocr fonts-dejavu fonts-liberation2 fonts-open-sans fonts-roboto
    python3.11 -m venv peer
    peer/bin/pip install rapidocr==3.10.0 openvino==2026.4.1
    .venv/bin/python benchmarks/text.py --peer-python peer/bin/python

`--calibrate` fits the law of confidences instead, on signs that are hard to read. `--sheet FILE`
draws some of the signs. Prints Markdown.
"""

import argparse
import json
import os
import subprocess
import tempfile
import time
from collections import Counter, defaultdict
from collections.abc import Iterable, Iterator, Sequence
from contextlib import contextmanager
from itertools import pairwise
from pathlib import Path
from typing import IO

os.environ.update(OMP_NUM_THREADS="1", OPENBLAS_NUM_THREADS="1", OMP_THREAD_LIMIT="1")

import cv2
import numpy as np
from numpy.typing import NDArray
from scipy.optimize import minimize

from live_server import machine
from signs import Sign, contact_sheet, draw_hard_signs, draw_signs
from vidimus.evaluation.text_accuracy import character_accuracy, word_accuracy
from vidimus.imaging.pyramid import Pyramid
from vidimus.models.confidence_law import ConfidenceLaw
from vidimus.runtime.registry import open_registry
from vidimus.settings import read_settings
from vidimus.vision.picture_nets import PictureNets
from vidimus.vision.text import TextReader, read_text
from vidimus.vision.text_types import TextLine

PEER = """
import sys, time, json
import cv2, numpy
cv2.setNumThreads(1)
from rapidocr import EngineType, RapidOCR
engine = EngineType.OPENVINO
reader = RapidOCR(params={
    "Det.engine_type": engine, "Cls.engine_type": engine, "Rec.engine_type": engine,
    "EngineConfig.openvino.inference_num_threads": 1,
    "Global.return_word_box": True, "Global.log_level": "error",
})
print("ready", flush=True)
for line in sys.stdin:
    picture = numpy.ascontiguousarray(numpy.load(line.strip())[..., ::-1])
    wall, cpu = time.perf_counter(), time.process_time()
    found = reader(picture)
    times = time.perf_counter() - wall, time.process_time() - cpu
    print(json.dumps([list(found.txts or ()), *times]), flush=True)
"""
BOUNDS = (0, 25, 50, 70, 80, 90, 95, 98, 100.1)
FITTED_ON, HELD_OUT = 5, 6
"""Seeds of hard signs."""

Read = tuple[list[str], float, float]
"""The lines; seconds by the clock and of the processor."""


class Ours:
    """The library as DetectText uses it, one thread."""

    def __init__(self) -> None:
        self.nets = PictureNets(open_registry(read_settings(threads=1, workers=1)))

    def lines(self, pixels: NDArray[np.uint8]) -> tuple[TextLine, ...]:
        return read_text(self.nets, Pyramid(pixels))

    def read(self, pixels: NDArray[np.uint8], path: Path) -> Read:
        wall, cpu = time.perf_counter(), time.process_time()
        lines = self.lines(pixels)
        times = time.perf_counter() - wall, time.process_time() - cpu
        return [line.text for line in lines], *times


class Bare:
    """rapidocr in a process of its own."""

    def __init__(self, asking: IO[str], answering: IO[str]) -> None:
        self._asking, self._answering = asking, answering
        answering.readline()

    def read(self, pixels: NDArray[np.uint8], path: Path) -> Read:
        self._asking.write(f"{path}\n")
        self._asking.flush()
        lines, wall, cpu = json.loads(self._answering.readline())
        return lines, wall, cpu


class Tesseract:
    """Debian's tesseract with English; `mode` is how it takes a page apart."""

    def __init__(self, mode: int) -> None:
        self._mode = str(mode)

    def read(self, pixels: NDArray[np.uint8], path: Path) -> Read:
        _, data = cv2.imencode(".png", cv2.cvtColor(pixels, cv2.COLOR_RGB2BGR))
        command = ["tesseract", "-", "-", "--psm", self._mode, "-l", "eng"]
        wall = time.perf_counter()
        said = subprocess.run(command, input=data.tobytes(), capture_output=True, check=True)
        lines = [line.strip() for line in said.stdout.decode().splitlines()]
        return [line for line in lines if line], time.perf_counter() - wall, 0.0


@contextmanager
def bare_reader(python: Path) -> Iterator[Bare]:
    with subprocess.Popen(
        [str(python), "-c", PEER],
        stdin=subprocess.PIPE,
        stdout=subprocess.PIPE,
        stderr=subprocess.DEVNULL,
        text=True,
    ) as process:
        assert process.stdin is not None
        assert process.stdout is not None
        yield Bare(process.stdin, process.stdout)
        process.stdin.close()


Reader = Ours | Bare | Tesseract


def read_all(
    readers: dict[str, Reader], signs: Sequence[Sign], rounds: int
) -> dict[str, list[Read]]:
    """Let the readers take turns at each sign; the fastest round counts."""
    read: dict[str, list[Read]] = defaultdict(list)
    with tempfile.TemporaryDirectory() as folder:
        path = Path(folder) / "sign.npy"
        for sign in signs:
            np.save(path, sign.pixels)
            for name, reader in readers.items():
                turns = 1 if isinstance(reader, Tesseract) else rounds
                seen = [reader.read(sign.pixels, path) for _ in range(turns)]
                read[name].append((seen[0][0], *np.min([each[1:] for each in seen], axis=0)))
    return dict(read)


def accuracy_table(signs: Sequence[Sign], read: dict[str, list[Read]]) -> Iterator[str]:
    """Give a row for each group and each size: characters and words by each reader."""
    names = list(read)
    yield f"| group | signs | {' | '.join(f'{name}: characters | words' for name in names)} |"
    yield f"|---|---:|{'---:|' * 2 * len(names)}"
    for group, members in _groups(signs).items():
        cells = []
        for name in names:
            pairs = [(signs[which].lines, read[name][which][0]) for which in members]
            for accuracy in (character_accuracy, word_accuracy):
                cells.append(f"{np.mean([accuracy(*pair) for pair in pairs]):.3f}")
        yield f"| {group} | {len(members)} | {' | '.join(cells)} |"


def _groups(signs: Sequence[Sign]) -> dict[str, list[int]]:
    members: dict[str, list[int]] = defaultdict(list)
    for which, sign in enumerate(signs):
        members[sign.group].append(which)
        if sign.group == "size":
            members[f"size, {sign.detail}"].append(which)
    return dict(members)


def time_table(read: dict[str, list[Read]]) -> Iterator[str]:
    yield "| reader | by the clock, ms a sign | of the processor, ms a sign |"
    yield "|---|---:|---:|"
    for name, seen in read.items():
        wall, cpu = (1000 * np.mean([each[part] for each in seen]) for part in (1, 2))
        yield f"| {name} | {wall:.0f} | {f'{cpu:.0f}' if cpu else ''} |"


def told_words(lines: Iterable[TextLine], sign: Sign) -> Iterator[tuple[float, bool]]:
    """Give the confidence of each word that was told, and whether the sign has it."""
    there = Counter(word for line in sign.lines for word in line.split())
    for line in lines:
        for word in line.words:
            right = there[word.text] > 0
            there[word.text] -= right
            yield word.confidence, right


def calibration_table(words: Sequence[tuple[float, bool]]) -> Iterator[str]:
    yield "| confidence | words | right, % |"
    yield "|---|---:|---:|"
    told, right = (np.array(column, float) for column in zip(*words, strict=True))
    for low, high in pairwise(BOUNDS):
        inside = (told >= low) & (told < high)
        if inside.any():
            share = 100 * right[inside].mean()
            yield f"| {low} to {min(high, 100)} | {inside.sum()} | {share:.0f} |"


def calibrate(nets: PictureNets) -> None:
    """Fit slope and offset of the log-odds by least surprise, on every word that is read."""
    detector, recognizer = nets.text_detector, nets.text_recognizer
    assert detector is not None
    assert recognizer is not None
    reader = TextReader(detector, recognizer, nets.text_direction, ConfidenceLaw(), 0.2)
    told = [
        each
        for sign in draw_hard_signs(FITTED_ON)
        for each in told_words(reader.read_text(Pyramid(sign.pixels)), sign)
    ]
    chances, right = (np.array(column, float) for column in zip(*told, strict=True))
    inner = (chances / 100).clip(1e-4, 1 - 1e-4)
    odds, signed = np.log(inner / (1 - inner)), 1 - 2 * right

    def surprise(law: NDArray[np.float64]) -> float:
        return float(np.logaddexp(0, (law[0] * odds + law[1]) * signed).mean())

    slope, offset = minimize(surprise, [1.0, 0.0]).x
    print(f"{len(told)} words, {100 * right.mean():.0f} % of them right")
    print(f"confidence_odds = [{slope:.2f}, {offset:.2f}]")


def report(python: Path, rounds: int) -> None:
    ours, signs = Ours(), list(draw_signs())
    with bare_reader(python) as bare:
        readers: dict[str, Reader] = {
            "vidimus": ours,
            "rapidocr": bare,
            "tesseract, page": Tesseract(3),
            "tesseract, sparse": Tesseract(11),
        }
        read = read_all(readers, signs, rounds)
    print(f"{machine()}, one thread each, {rounds} rounds by turns\n")
    print("\n".join(accuracy_table(signs, read)), end="\n\n")
    print("\n".join(time_table(read)), end="\n\n")
    hard = [
        each
        for sign in draw_hard_signs(HELD_OUT)
        for each in told_words(ours.lines(sign.pixels), sign)
    ]
    print("\n".join(calibration_table(hard)))


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--peer-python", type=Path)
    parser.add_argument("--rounds", type=int, default=2)
    parser.add_argument("--calibrate", action="store_true")
    parser.add_argument("--sheet", type=Path)
    options = parser.parse_args()
    cv2.setNumThreads(1)
    if options.sheet:
        sheet = contact_sheet(list(draw_signs())[::10])
        cv2.imwrite(str(options.sheet), cv2.cvtColor(sheet, cv2.COLOR_RGB2BGR))
    elif options.calibrate:
        calibrate(Ours().nets)
    elif options.peer_python:
        report(options.peer_python, options.rounds)
    else:
        parser.error("name --peer-python, --calibrate or --sheet")


if __name__ == "__main__":
    main()
