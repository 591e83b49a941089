"""DetectLabels: accuracy against the bare detector, cost against the bare networks, and by eye.

    .venv/bin/python benchmarks/labels.py --shared ../shared [--rounds 5]

Average precision on data/coco50 by pycocotools: YOLOX as its authors publish it, against the
instances of the operation at MinConfidence 0. Time: the operation against its networks alone, run
on the very inputs that the operation gave them; and over HTTP. Labels of samples/things.
"""

import argparse
import contextlib
import io
import statistics
import tempfile
import time
from collections.abc import Callable, Iterator, Mapping
from concurrent.futures import ProcessPoolExecutor, ThreadPoolExecutor
from functools import cached_property
from pathlib import Path
from typing import Any

import cv2
import numpy as np
from pycocotools.coco import COCO
from pycocotools.cocoeval import COCOeval

from live_server import Client, encoded, machine, serving
from vidimus import Caller, open_engine, read_settings
from vidimus.engine.engine import Engine
from vidimus.imaging.decode import decode_picture
from vidimus.operations import EngineDispatcher
from vidimus.runtime.registry import ModelRegistry
from vidimus.runtime.session import ModelSession
from vidimus.vision.faces import FaceAnalyzer
from vidimus.vision.labels import detect_labels
from vidimus.vision.picture_nets import PictureNets
from vidimus.vision.picture_sheet import PictureSheet
from vidimus.vision.taxonomy import read_taxonomy

CLIENTS = 2
SIDE = 416
PUBLISHED_SCORE, PUBLISHED_OVERLAP = 0.01, 0.45

Found = list[dict[str, Any]]


class Replay:
    """A session that remembers what it was given, to be run again with nothing around it."""

    def __init__(self, session: ModelSession) -> None:
        self._session = session
        self.given: list[Mapping[str, Any]] = []

    @property
    def inputs(self) -> Mapping[str, Any]:
        return self._session.inputs

    @property
    def outputs(self) -> tuple[str, ...]:
        return self._session.outputs

    def run(self, inputs: Mapping[str, Any]) -> dict[str, Any]:
        self.given.append(inputs)
        return self._session.run(inputs)

    def again(self) -> None:
        for inputs in self.given:
            self._session.run(inputs)


class ReplayRegistry(ModelRegistry):
    """A registry whose sessions remember."""

    def session(self, name: str) -> Replay:
        if name not in self.replays:
            self.replays[name] = Replay(super().session(name))
        return self.replays[name]

    @cached_property
    def replays(self) -> dict[str, Replay]:
        return {}


# --- average precision


def bare_objects(session: ModelSession, pixels: np.ndarray) -> Iterator[tuple[int, float, Any]]:
    """Run YOLOX as its authors do: kind, score and (x, y, width, height) of each object."""
    scale = min(SIDE / pixels.shape[0], SIDE / pixels.shape[1])
    size = (int(pixels.shape[1] * scale), int(pixels.shape[0] * scale))
    canvas = np.full((SIDE, SIDE, 3), 114, np.uint8)
    canvas[: size[1], : size[0]] = cv2.resize(pixels, size, interpolation=cv2.INTER_LINEAR)
    tensor = np.ascontiguousarray(canvas[None, :, :, ::-1].transpose(0, 3, 1, 2), np.float32)
    (rows,) = session.run({next(iter(session.inputs)): tensor}).values()
    grids, strides = [], []
    for stride in (8, 16, 32):
        x, y = np.meshgrid(np.arange(SIDE // stride), np.arange(SIDE // stride))
        grids.append(np.stack([x, y], 2).reshape(-1, 2))
        strides.append(np.full((x.size, 1), stride))
    cells, steps = np.concatenate(grids), np.concatenate(strides)
    centers, spans = (rows[0, :, :2] + cells) * steps, np.exp(rows[0, :, 2:4]) * steps
    boxes = np.concatenate([centers - spans / 2, spans], 1) / scale
    for kind in range(80):
        scores = rows[0, :, 4] * rows[0, :, 5 + kind]
        for place in cv2.dnn.NMSBoxes(
            boxes.tolist(), scores.tolist(), PUBLISHED_SCORE, PUBLISHED_OVERLAP
        ):
            yield kind, float(scores[place]), boxes[place].tolist()


def operation_objects(
    answer: Mapping[str, Any], width: int, height: int
) -> Iterator[tuple[int, float, Any]]:
    """Read kind, confidence and (x, y, width, height) of each instance of an answer."""
    taxonomy = read_taxonomy()
    for label in answer["Labels"]:
        for instance in label["Instances"]:
            kind = taxonomy.object_of(label["Name"])
            assert kind is not None
            box = instance["BoundingBox"]
            left, top = box["Left"] * width, box["Top"] * height
            place = [left, top, box["Width"] * width, box["Height"] * height]
            yield kind, instance["Confidence"], place


def average_precision(coco: COCO, found: Found) -> tuple[float, float]:
    """Return AP over overlaps of .50 to .95, and at .50."""
    with contextlib.redirect_stdout(io.StringIO()):
        evaluation = COCOeval(coco, coco.loadRes(found), "bbox")
        evaluation.evaluate()
        evaluation.accumulate()
        evaluation.summarize()
    return float(evaluation.stats[0]), float(evaluation.stats[1])


def precision(engine: Engine, folder: Path) -> None:
    truth = folder / "instances_train2017.json"
    with contextlib.redirect_stdout(io.StringIO()):
        coco = COCO(str(truth))
    kinds = sorted(coco.getCatIds())
    session = engine.models.session("yolox-nano")
    bare: Found = []
    operation: Found = []
    for image in coco.loadImgs(coco.getImgIds()):
        data = (folder / "images" / image["file_name"]).read_bytes()
        pixels = decode_picture(data, max_pixels=10**8).pixels
        answer = call(engine, data, MinConfidence=0)
        for objects, found in (
            (bare_objects(session, pixels), bare),
            (operation_objects(answer, image["width"], image["height"]), operation),
        ):
            found.extend(
                {
                    "image_id": image["id"],
                    "category_id": kinds[kind],
                    "bbox": box,
                    "score": score,
                }
                for kind, score, box in objects
            )
    print("| on 50 pictures of COCO | AP | AP at overlap .5 |\n|---|---|---|")
    for name, found in (("YOLOX-nano bare", bare), ("DetectLabels' instances", operation)):
        whole, half = average_precision(coco, found)
        print(f"| {name} | {whole:.4f} | {half:.4f} |")


# --- time


def call(engine: Engine, data: bytes, **members: object) -> Mapping[str, Any]:
    request = {"Image": {"Bytes": data}, **members}
    return EngineDispatcher(engine).call("DetectLabels", request, Caller("benchmark")).output


def cost(work: Callable[[], object]) -> tuple[float, float]:
    """Return the milliseconds that the work takes by the clock, and of the processors' time."""
    start, busy = time.perf_counter(), time.process_time()
    work()
    return (time.perf_counter() - start) * 1000, (time.process_time() - busy) * 1000


def milliseconds(work: Callable[[], object]) -> float:
    return cost(work)[0]


def overhead(engine: Engine, pictures: list[bytes], rounds: int) -> None:
    """Compare labelling with running the same networks on the same inputs, picture by picture."""
    models = engine.models
    registry = ReplayRegistry(models.catalog, models.folder, models._open_engine)
    nets, analyzer = PictureNets(registry), FaceAnalyzer(registry)
    rows = []
    for data in pictures:
        picture = decode_picture(data, max_pixels=10**8)
        for replay in registry.replays.values():
            replay.given.clear()
        detect_labels(PictureSheet(nets, analyzer, picture.pixels))
        sessions = list(registry.replays.values())
        works: list[Callable[[], object]] = [
            lambda: [each.again() for each in sessions],  # noqa: B023
            lambda: detect_labels(engine.look_at(picture)),  # noqa: B023
            lambda: decode_picture(data, max_pixels=10**8),  # noqa: B023
            lambda: call(engine, data),  # noqa: B023
        ]
        costs = [[cost(work) for work in works] for _ in range(rounds)]
        # The fastest of some rounds is what the work takes when nothing else runs.
        rows.append(np.min(costs, axis=0))
    means = np.mean(rows, axis=0)
    print("| a picture, mean over 50 of COCO (each the fastest of some) | ms | of the networks |")
    print("|---|---|---|")
    names = (
        f"the networks alone ({', '.join(registry.replays)})",
        "labels from the decoded picture",
        "decoding the JPEG",
        "DetectLabels in process, from the bytes",
    )
    for name, (wall, processor) in zip(names, means, strict=True):
        shares = f"{wall / means[0, 0]:.2f} (processor time {processor / means[0, 1]:.2f})"
        print(f"| {name} | {wall:.1f} | {shares} |")


def over_http(url: str, pictures: list[bytes]) -> None:
    client = Client(url)
    for data in pictures:
        client.send("DetectLabels", encoded(Image={"Bytes": data}))


def throughput(models: str, pictures: list[bytes], repeat: int) -> None:
    """Print pictures a second, two callers at once, in process and over HTTP."""
    inside, outside = [], []
    for _ in range(repeat):
        with tempfile.TemporaryDirectory() as home:
            with open_engine(read_settings(home=Path(home) / "a", models=models)) as engine:
                inside.append(in_process(engine, pictures))
            with serving(Path(home) / "b", Path(models)) as (url, _):
                outside.append(served(url, pictures))
    share = statistics.median(out / own for own, out in zip(inside, outside, strict=True))
    print(f"| DetectLabels, {CLIENTS} callers | pictures a second |\n|---|---|")
    print(f"| in process | {statistics.median(inside):.1f} |")
    print(f"| over HTTP | {statistics.median(outside):.1f} |")
    rounds = ", ".join(f"{out:.1f} of {own:.1f}" for own, out in zip(inside, outside, strict=True))
    print(f"| over HTTP of in process | {share:.0%} (median of {rounds}) |")


def in_process(engine: Engine, pictures: list[bytes]) -> float:
    def work(_: int) -> None:
        for data in pictures:
            call(engine, data)

    with ThreadPoolExecutor(CLIENTS) as pool:
        list(pool.map(work, range(CLIENTS)))
        return CLIENTS * len(pictures) / milliseconds(lambda: list(pool.map(work, range(2)))) * 1000


def served(url: str, pictures: list[bytes]) -> float:
    with ProcessPoolExecutor(CLIENTS) as pool:
        parts = [url] * CLIENTS, [pictures] * CLIENTS
        list(pool.map(over_http, *parts))
        spent = milliseconds(lambda: list(pool.map(over_http, *parts)))
        return CLIENTS * len(pictures) / spent * 1000


# --- by eye


def table_of_things(engine: Engine, folder: Path) -> None:
    print("| picture | labels above 55 |\n|---|---|")
    for path in sorted(folder.glob("*.jpg")):
        labels = call(engine, path.read_bytes())["Labels"]
        print(f"| {path.stem} | {', '.join(map(in_words, labels))} |")


def in_words(label: Mapping[str, Any]) -> str:
    count = len(label["Instances"])
    return f"{label['Name']} {label['Confidence']:.0f}" + (f" ({count})" if count else "")


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--shared", type=Path, default=Path("../shared"))
    parser.add_argument("--rounds", type=int, default=5)
    parser.add_argument("--repeat", type=int, default=3)
    arguments = parser.parse_args()
    data = arguments.shared / "data"
    pictures = [path.read_bytes() for path in sorted((data / "coco50" / "images").glob("*.jpg"))]
    models = str(read_settings().models_path)
    print(f"{machine()}\n")
    with (
        tempfile.TemporaryDirectory() as home,
        open_engine(read_settings(home=Path(home), models=models)) as engine,
    ):
        precision(engine, data / "coco50")
        print()
        overhead(engine, pictures, arguments.rounds)
        print()
        table_of_things(engine, data / "samples" / "things")
    print()
    throughput(models, pictures, arguments.repeat)


if __name__ == "__main__":
    main()
