"""OpenVINO against onnxruntime, and OpenVINO's thread settings, on the installed networks.

For each network: the fastest of many single runs (one caller), and the most runs per second that
two callers at once got in any slice of time. Then what a row costs in batches, and what each
network costs to open, with and without the compiled-model cache, and in memory. onnxruntime stands
in the table where it is installed; it reads ONNX alone.

    .venv/bin/python benchmarks/runtime_engines.py [--rounds 10]
"""

import argparse
import datetime
import importlib.util
import os
import platform
import subprocess
import sys
import tempfile
import threading
import time
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import numpy as np

from vidimus.runtime.registry import ModelRegistry, open_registry
from vidimus.runtime.session import SessionOptions, open_engine
from vidimus.settings import read_settings

NETWORKS = {
    "yunet": (1, 480, 640),
    "centerface": (1, 480, 640),
    "omz-reid-0095": (1, 0, 0),
    "dlib-resnet": (1, 0, 0),
    "mediapipe-face-mesh": (1, 0, 0),
    "faceapi-age-gender": (1, 0, 0),
}
BATCHES = (1, 2, 4, 8, 16, 32)
SLICE_S = 0.2
Run = Callable[[], object]


def inputs_for(shapes: dict[str, Any], rows: int, height: int, width: int) -> dict[str, Any]:
    """Random pixels for every input; free sides take the height and the width."""
    random = np.random.default_rng(1)
    made = {}
    for name, shape in shapes.items():
        free = iter((height, width))
        sides = [rows] + [next(free) if side is None else side for side in shape[1:]]
        made[name] = random.random(sides, dtype=np.float32) * 255
    return made


def time_runs(run: Run, seconds: float) -> tuple[float, float]:
    """Return the fastest run in milliseconds, and the least processor time that one took."""
    run()
    best, least, end = float("inf"), float("inf"), time.perf_counter() + seconds
    while time.perf_counter() < end:
        start, worked = time.perf_counter(), time.process_time()
        run()
        best = min(best, time.perf_counter() - start)
        least = min(least, time.process_time() - worked)
    return best * 1e3, least * 1e3


def rate_of_two(run: Run, seconds: float) -> float:
    """Return runs per second of two callers at once."""
    counts = [0, 0]
    end = time.perf_counter() + seconds

    def call(caller: int) -> None:
        while time.perf_counter() < end:
            run()
            counts[caller] += 1

    callers = [threading.Thread(target=call, args=(caller,)) for caller in (0, 1)]
    for caller in callers:
        caller.start()
    for caller in callers:
        caller.join()
    return sum(counts) / seconds


def openvino_runs(path: Path, size: tuple[int, int, int]) -> Iterator[tuple[str, Run]]:
    """Yield OpenVINO with several settings of threads and streams."""
    from vidimus.runtime.openvino_engine import free_batch
    from vidimus.runtime.openvino_quiet import openvino

    core = openvino.Core()
    cores = len(os.sched_getaffinity(0))
    for streams, threads in dict.fromkeys([(1, 1), (1, cores), (cores, cores)]):
        model = core.read_model(str(path))
        free_batch(model)
        settings = {"INFERENCE_PRECISION_HINT": "f32", "ENABLE_CPU_PINNING": False}
        settings |= {"NUM_STREAMS": streams, "INFERENCE_NUM_THREADS": threads}
        compiled = core.compile_model(model, "CPU", settings)
        shapes = {
            str(index): [
                side.get_length() if side.is_static else None for side in port.partial_shape
            ]
            for index, port in enumerate(compiled.inputs)
        }
        arrays = list(inputs_for(shapes, *size).values())
        requests = threading.local()

        def run(compiled: Any = compiled, requests: Any = requests, arrays: Any = arrays) -> object:
            if not hasattr(requests, "mine"):
                requests.mine = compiled.create_infer_request()
            return requests.mine.infer(arrays, share_inputs=True, share_outputs=True)

        yield f"OpenVINO, {streams} stream(s), {threads} thread(s)", run


def onnxruntime_runs(path: Path, size: tuple[int, int, int]) -> Iterator[tuple[str, Run]]:
    """Yield onnxruntime with one thread and with one for each core."""
    if importlib.util.find_spec("onnxruntime") is None or path.suffix != ".onnx":
        return
    import onnxruntime

    from vidimus.runtime.onnxruntime_engine import OnnxRuntimeSession, open_onnx

    for threads in dict.fromkeys([1, len(os.sched_getaffinity(0))]):
        opened = open_onnx(onnxruntime, path, ["CPUExecutionProvider"], threads)
        session = OnnxRuntimeSession(opened)
        inputs = inputs_for(dict(session.inputs), *size)
        yield f"onnxruntime, {threads} thread(s)", lambda s=session, i=inputs: s.run(i)  # type: ignore[misc]


def compare_engines(registry: ModelRegistry, rounds: int) -> None:
    """Give every setting its turn in each round and keep its best: other work comes and goes."""
    print("\n| network | engine and settings | one caller, ms | its processor ms | two, runs/s |")
    print("|---|---|---:|---:|---:|")
    for name, size in NETWORKS.items():
        path = registry.path_of(registry.catalog.card(name))
        settings = [*openvino_runs(path, size), *onnxruntime_runs(path, size)]
        alone = [(float("inf"), float("inf"))] * len(settings)
        pairs = [0.0] * len(settings)
        for _ in range(rounds):
            for at, (_, run) in enumerate(settings):
                best, least = time_runs(run, SLICE_S)
                alone[at] = min(alone[at][0], best), min(alone[at][1], least)
                pairs[at] = max(pairs[at], rate_of_two(run, SLICE_S))
        for at, (label, _) in enumerate(settings):
            best, least = alone[at]
            print(f"| {name} | {label} | {best:.2f} | {least:.2f} | {pairs[at]:.0f} |", flush=True)


def compare_batches(registry: ModelRegistry, rounds: int) -> None:
    print("\n| network | " + " | ".join(f"{rows} rows" for rows in BATCHES) + " |")
    print("|---|" + "---:|" * len(BATCHES))
    for name in ("omz-reid-0095", "dlib-resnet", "mediapipe-face-mesh"):
        session = registry.session(name)
        best = dict.fromkeys(BATCHES, float("inf"))
        for _ in range(rounds):
            for rows in BATCHES:
                inputs = inputs_for(dict(session.inputs), rows, 0, 0)
                taken, _ = time_runs(lambda s=session, i=inputs: s.run(i), SLICE_S)  # type: ignore[misc]
                best[rows] = min(best[rows], taken / rows)
        cells = " | ".join(f"{best[rows]:.2f}" for rows in BATCHES)
        print(f"| {name}, ms a row | {cells} |", flush=True)


def compare_openings(registry: ModelRegistry) -> None:
    print("\n| network | compile, s | from the cache, s | memory, MB |")
    print("|---|---:|---:|---:|")
    for card in registry.catalog.cards:
        if not card.files or not registry.installed(card):
            continue
        path = registry.path_of(card)
        with tempfile.TemporaryDirectory() as folder:
            first, _ = open_in_a_process(path, folder)
            second, memory = open_in_a_process(path, folder)
        print(f"| {card.name} | {first:.2f} | {second:.2f} | {memory:.0f} |", flush=True)


def open_in_a_process(path: Path, cache: str) -> tuple[float, float]:
    """Open and run once in a new process; return the seconds and the megabytes it added."""
    done = subprocess.run(
        [sys.executable, __file__, "--open", str(path), cache],
        check=True,
        capture_output=True,
        text=True,
    )
    seconds, memory = done.stdout.split()
    return float(seconds), float(memory)


def open_once(path: Path, cache: Path) -> None:
    engine = open_engine(SessionOptions(cache=cache))
    before, start = resident_megabytes(), time.perf_counter()
    session = engine.open_session(path)
    session.run(inputs_for(dict(session.inputs), 1, 480, 640))
    print(time.perf_counter() - start, resident_megabytes() - before)


def resident_megabytes() -> float:
    pages = int(Path("/proc/self/statm").read_text().split()[1])
    return pages * os.sysconf("SC_PAGE_SIZE") / 1e6


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--rounds", type=int, default=10, help="turns that each figure gets")
    parser.add_argument("--only", choices=["engines", "batches", "openings"])
    parser.add_argument("--open", nargs=2, metavar=("NETWORK", "CACHE"), help=argparse.SUPPRESS)
    arguments = parser.parse_args()
    if arguments.open:
        open_once(*map(Path, arguments.open))
        return
    registry = open_registry(read_settings())
    print(f"{datetime.date.today()}, {platform.platform()}, {registry.engine_description},")
    print(f"{len(os.sched_getaffinity(0))} cores, load {os.getloadavg()[0]:.1f} at the start")
    if arguments.only in {None, "engines"}:
        compare_engines(registry, arguments.rounds)
    if arguments.only in {None, "batches"}:
        compare_batches(registry, arguments.rounds)
    if arguments.only in {None, "openings"}:
        compare_openings(registry)
    print(f"\nload {os.getloadavg()[0]:.1f} at the end")


if __name__ == "__main__":
    main()
