"""From a process start to a searchable gallery of 1,000,000 faces, and the memory it takes.

    .venv/bin/python benchmarks/gallery_start.py [--faces 1000000] [--folder FOLDER]

Fills a SQLite database by raw inserts, then opens it in a fresh process for each round. "Start
to searchable" counts from the call that opens the database to the answer of the first search;
extra memory is the growth of the process's largest resident set (VmHWM) over what it was with
everything imported and nothing opened. Prints Markdown.
"""

import argparse
import os
import platform
import sqlite3
import subprocess
import sys
import tempfile
import time
from collections.abc import Iterator
from datetime import UTC, datetime
from pathlib import Path
from uuid import UUID

import numpy as np

sys.path.insert(0, str(Path(__file__).parent.parent / "src"))

from vidimus.gallery.gallery import Gallery
from vidimus.storage.database import open_database

DIMENSIONS = 128
COLLECTION = "benchmark"


def now() -> datetime:
    """Return the time in UTC."""
    return datetime.now(UTC)


def fill(path: Path, faces: int) -> None:
    """Make a database with one collection of `faces` random unit embeddings."""
    database = open_database(f"sqlite:///{path}")
    with database.writing() as tx:
        key = Gallery(database, clock=now).create_collection(tx, COLLECTION, "1.0", {}).key
    database.close()
    connection = sqlite3.connect(path)
    columns = (
        "collection_key, face_id, image_id, external_image_id, left, top, width, height, "
        "confidence, embedding, embedder_version, created_at"
    )
    with connection:
        connection.executemany(
            f"INSERT INTO face ({columns}) VALUES (?, ?, ?, ?, .1, .2, .3, .4, 99.5, ?, '1.0', 0)",
            rows(key, faces),
        )
        connection.execute("UPDATE collection SET face_count = ?, revision = 1", (faces,))
    connection.close()


def rows(key: int, faces: int) -> Iterator[tuple[int, str, str, str, bytes]]:
    """Yield the columns of each face that differ."""
    rng = np.random.default_rng(0)
    center = rng.standard_normal(DIMENSIONS).astype(np.float32)
    center *= np.float32(2.3) / np.linalg.norm(center)
    for start in range(0, faces, 10_000):
        count = min(10_000, faces - start)
        part = rng.standard_normal((count, DIMENSIONS), dtype=np.float32) / np.float32(11.3)
        part += center
        part /= np.linalg.norm(part, axis=1, keepdims=True)
        for place in range(count):
            number = start + place
            face_id = str(UUID(int=number))
            yield key, face_id, face_id, f"photo-{number}", part[place].tobytes()


def peak_kib() -> int:
    """Return the largest resident set this process has had, in KiB."""
    status = Path("/proc/self/status").read_text()
    return int(status.split("VmHWM:")[1].split()[0])


def open_and_search(path: Path) -> None:
    """Open, search once, and print seconds to the answer, of a second search, KiB of growth."""
    probe = np.full(DIMENSIONS, DIMENSIONS**-0.5, np.float32)
    before = peak_kib()
    begun = time.perf_counter()
    gallery = Gallery(open_database(f"sqlite:///{path}"), clock=now)
    gallery.search_faces(COLLECTION, probe, limit=10, min_score=-1.0)
    searchable = time.perf_counter() - begun
    begun = time.perf_counter()
    gallery.search_faces(COLLECTION, probe, limit=10, min_score=-1.0)
    print(searchable, time.perf_counter() - begun, peak_kib() - before)


def machine() -> str:
    """Describe the machine in words."""
    model = platform.processor() or platform.machine()
    for line in Path("/proc/cpuinfo").read_text().splitlines():
        if line.startswith("model name"):
            model = line.split(":", 1)[1].strip()
            break
    return f"{model}, {len(os.sched_getaffinity(0))} cores, load {os.getloadavg()[0]:.2f}"


def main() -> None:
    """Fill, measure in fresh processes, and print a table."""
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--faces", type=int, default=1_000_000)
    parser.add_argument("--rounds", type=int, default=3)
    parser.add_argument("--folder", type=Path, help="keeps the database here for another run")
    parser.add_argument("--open", type=Path, help=argparse.SUPPRESS)
    options = parser.parse_args()
    if options.open:
        open_and_search(options.open)
        return
    with tempfile.TemporaryDirectory() as scratch:
        path = (options.folder or Path(scratch)) / f"{options.faces}.db"
        if not path.exists():
            fill(path, options.faces)
        print(f"{now():%Y-%m-%d}, {machine()}, {options.faces:,} faces x {DIMENSIONS}.\n")
        print("| round | start to searchable, s | search, ms | extra memory, MiB | x raw floats |")
        print("|---:|---:|---:|---:|---:|")
        for number in range(1, options.rounds + 1):
            command = [sys.executable, __file__, "--open", str(path)]
            told = subprocess.run(command, check=True, capture_output=True, text=True).stdout
            start, search, kib = (float(word) for word in told.split())
            times_raw = kib * 1024 / (options.faces * DIMENSIONS * 4)
            print(
                f"| {number} | {start:.2f} | {search * 1e3:.1f} | {kib / 1024:.0f} "
                f"| {times_raw:.2f} |",
                flush=True,
            )


if __name__ == "__main__":
    main()
