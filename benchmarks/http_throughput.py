"""DetectFaces over HTTP against the same pipeline in process, and IndexFaces per second.

.venv/bin/python benchmarks/http_throughput.py --shared ../shared
"""

import argparse
import io
import statistics
import tempfile
import time
from collections.abc import Callable
from concurrent.futures import ProcessPoolExecutor, ThreadPoolExecutor
from pathlib import Path

from PIL import Image

from live_server import Client, encoded, machine, serving
from vidimus import Caller, open_engine, read_settings
from vidimus.engine.engine import Engine
from vidimus.operations import EngineDispatcher

CLIENTS = 2


def three_faces(people: Path) -> bytes:
    """Three people side by side in a picture of 832x612, as JPEG."""
    canvas = Image.new("RGB", (832, 612), (96, 104, 112))
    for number in range(3):
        person = Image.open(people / f"face_{number + 1}.jpg").convert("RGB").resize((260, 260))
        canvas.paste(person, (12 + number * 274, 60 + number * 120))
    buffer = io.BytesIO()
    canvas.save(buffer, "JPEG", quality=92)
    return buffer.getvalue()


def in_process(engine: Engine, data: bytes) -> Callable[[], object]:
    dispatcher = EngineDispatcher(engine)
    caller = Caller("benchmark")
    return lambda: dispatcher.call("DetectFaces", {"Image": {"Bytes": data}}, caller)


def over_http(url: str, data: bytes, count: int) -> list[float]:
    """Return the seconds of each of `count` requests of one client."""
    client, body = Client(url), encoded(Image={"Bytes": data})
    client.send("DetectFaces", body)
    seconds = []
    for _ in range(count):
        start = time.perf_counter()
        client.send("DetectFaces", body)
        seconds.append(time.perf_counter() - start)
    return seconds


def in_process_seconds(call: Callable[[], object], count: int) -> list[float]:
    seconds = []
    for _ in range(count):
        start = time.perf_counter()
        call()
        seconds.append(time.perf_counter() - start)
    return seconds


def throughput_in_process(call: Callable[[], object], count: int) -> float:
    with ThreadPoolExecutor(CLIENTS) as pool:
        start = time.perf_counter()
        list(pool.map(lambda _: call(), range(count * CLIENTS)))
        return count * CLIENTS / (time.perf_counter() - start)


def throughput_over_http(url: str, data: bytes, count: int) -> float:
    with ProcessPoolExecutor(CLIENTS) as pool:
        list(pool.map(over_http, [url] * CLIENTS, [data] * CLIENTS, [2] * CLIENTS))
        start = time.perf_counter()
        list(pool.map(over_http, [url] * CLIENTS, [data] * CLIENTS, [count - 1] * CLIENTS))
        return count * CLIENTS / (time.perf_counter() - start)


def index_some(url: str, pictures: list[bytes], part: int) -> int:
    client = Client(url)
    indexed = 0
    for number, picture in enumerate(pictures):
        answer = client.call(
            "IndexFaces",
            CollectionId="benchmark",
            Image={"Bytes": picture},
            ExternalImageId=f"{part}-{number}",
        )
        indexed += len(answer["FaceRecords"])
    return indexed


def indexing_per_second(url: str, portraits: list[bytes], count: int) -> tuple[float, int]:
    Client(url).call("CreateCollection", CollectionId="benchmark")
    parts = [(portraits * (count // len(portraits) + 1))[:count] for _ in range(CLIENTS)]
    with ProcessPoolExecutor(CLIENTS) as pool:
        list(pool.map(index_some, [url] * CLIENTS, [portraits[:2]] * CLIENTS, [90, 91]))
        start = time.perf_counter()
        indexed = sum(pool.map(index_some, [url] * CLIENTS, parts, range(CLIENTS)))
        return count * CLIENTS / (time.perf_counter() - start), indexed


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--shared", type=Path, default=Path("../shared"))
    parser.add_argument("--rounds", type=int, default=60)
    parser.add_argument("--repeat", type=int, default=3)
    arguments = parser.parse_args()
    data = three_faces(arguments.shared / "data" / "samples" / "people")
    members = sorted((arguments.shared / "data" / "congress" / "members").glob("*.jpg"))
    portraits = [path.read_bytes() for path in members[:150]]
    settings = read_settings()
    rows = []
    for _ in range(arguments.repeat):
        with tempfile.TemporaryDirectory() as home:
            local = read_settings(home=Path(home) / "local", models=str(settings.models_path))
            with open_engine(local) as engine:
                engine.warm_up()
                call = in_process(engine, data)
                call()
                alone = statistics.median(in_process_seconds(call, arguments.rounds))
                rate = throughput_in_process(call, arguments.rounds)
            with serving(Path(home) / "server", settings.models_path) as (url, _):
                served = statistics.median(over_http(url, data, arguments.rounds))
                served_rate = throughput_over_http(url, data, arguments.rounds)
                indexing, indexed = indexing_per_second(url, portraits, 150)
        rows.append((alone, served, rate, served_rate, indexing, indexed))
    report(rows)


def report(rows: list[tuple[float, float, float, float, float, int]]) -> None:
    alone, served, rate, served_rate, indexing, indexed = (
        statistics.median(column) for column in zip(*rows, strict=True)
    )
    overhead = statistics.median((row[1] - row[0]) * 1000 for row in rows)
    share = statistics.median(row[3] / row[2] for row in rows)
    print(f"{machine()}; medians of {len(rows)} runs, clients on the same cores\n")
    print("| what | in process | over HTTP | ratio or difference |")
    print("|---|---|---|---|")
    print(
        f"| DetectFaces p50, one client | {alone * 1000:.1f} ms | {served * 1000:.1f} ms | "
        f"+{overhead:.1f} ms |"
    )
    print(f"| DetectFaces, {CLIENTS} clients | {rate:.1f}/s | {served_rate:.1f}/s | {share:.0%} |")
    print(f"| IndexFaces, {CLIENTS} clients, durable | | {indexing:.1f}/s | {indexed:.0f} faces |")


if __name__ == "__main__":
    main()
