"""Galleries used by several threads, and by a process that dies."""

import os
import random
import signal
import subprocess
import sys
import threading
import time
from pathlib import Path

import pytest

from tests.gallery.enrolling import (
    create,
    embedding,
    enroll,
    face_id,
    found,
    new_face,
    open_gallery,
)
from vidimus.gallery.gallery import Gallery
from vidimus.storage.database import Database, open_database

ENROLL_UNTIL_KILLED = """
import sys
from tests.gallery.enrolling import create, face_id, new_face, open_gallery
from vidimus.storage.database import open_database

first = int(sys.argv[2])
database = open_database(sys.argv[1])
gallery = open_gallery(database)
for number in range(first, first + 100_000, 2):
    with database.writing() as tx:
        gallery.enroll(tx, "c", [new_face(number), new_face(number + 1)])
    print("+", number, flush=True)
    if number % 3 == 0:
        with database.writing() as tx:
            gallery.delete_faces(tx, "c", [face_id(number)])
        print("-", number, flush=True)
"""


def test_readers_see_every_acknowledged_change(database: Database, gallery: Gallery) -> None:
    create(database, gallery, "c", "ann")
    enroll(database, gallery, "c", [new_face(number) for number in range(50)])
    acknowledged: list[int] = list(range(50))
    trouble: list[str] = []
    stop = threading.Event()

    def read(seed: int) -> None:
        choice = random.Random(seed)
        while not stop.is_set():
            number = choice.choice(acknowledged[-20:])
            best = gallery.search_faces("c", embedding(number), limit=1, min_score=0.9999)
            if [candidate.face.face_id for candidate in best] != [face_id(number)]:
                trouble.append(f"{number}: {best}")

    def write(start: int) -> None:
        for number in range(start, start + 60):
            enroll(database, gallery, "c", [new_face(number)])
            acknowledged.append(number)

    readers = [threading.Thread(target=read, args=(seed,)) for seed in range(3)]
    writers = [threading.Thread(target=write, args=(start,)) for start in (1_000, 2_000)]
    for thread in [*readers, *writers]:
        thread.start()
    for thread in writers:
        thread.join()
    stop.set()
    for thread in readers:
        thread.join()
    assert trouble == []
    assert gallery.describe_collection("c").face_count == 170
    assert len(found(gallery, "c", embedding(1))) == 170


def test_a_deletion_beside_searches_never_empties_them(
    database: Database, gallery: Gallery
) -> None:
    """While the best match comes and goes, the second best is always there to be found."""
    create(database, gallery, "c")
    enroll(database, gallery, "c", [new_face(0, embedding(1, 3)), new_face(9)])
    best = new_face(1, embedding(1))
    stop = threading.Event()
    trouble: list[str] = []

    def read() -> None:
        while not stop.is_set():
            one = gallery.search_faces("c", embedding(1), limit=1, min_score=0.8)
            if [candidate.face.face_id for candidate in one] not in ([face_id(0)], [face_id(1)]):
                trouble.append(str(one))

    readers = [threading.Thread(target=read) for _ in range(2)]
    for thread in readers:
        thread.start()
    for _ in range(100):
        enroll(database, gallery, "c", [best])
        with database.writing() as tx:
            gallery.delete_faces(tx, "c", [best.face_id])
    stop.set()
    for thread in readers:
        thread.join()
    assert trouble == []


def run_until_killed(url: str, first: int, seconds: float) -> tuple[set[int], set[int]]:
    """Return the numbers whose enrollment, and whose deletion, was acknowledged."""
    checkout = Path(__file__).parents[2]
    process = subprocess.Popen(
        [sys.executable, "-c", ENROLL_UNTIL_KILLED, url, str(first)],
        stdout=subprocess.PIPE,
        cwd=checkout,
        env={**os.environ, "PYTHONPATH": f"{checkout / 'src'}:{checkout}"},
    )
    assert process.stdout is not None
    lines = [process.stdout.readline()]
    time.sleep(seconds)
    process.send_signal(signal.SIGKILL)
    lines += process.stdout.read().splitlines(keepends=True)
    process.wait()
    process.stdout.close()
    words = [line.split() for line in lines if line.endswith(b"\n")]
    enrolled = {int(number) for sign, number in words if sign == b"+"}
    return enrolled, {int(number) for sign, number in words if sign == b"-"}


@pytest.mark.slow
def test_nothing_acknowledged_is_lost_when_the_process_is_killed(
    url: str, database: Database, gallery: Gallery
) -> None:
    create(database, gallery, "c")
    choice = random.Random(5)
    for round_number in range(5):
        first = 1_000_000 * (round_number + 1)
        enrolled, deleted = run_until_killed(url, first, choice.uniform(0.02, 0.4))
        assert enrolled
        fresh = open_database(url)
        for one in (gallery, open_gallery(fresh)):
            present = set(found(one, "c", embedding(1)))
            last = max(enrolled)
            for number in enrolled:
                assert face_id(number + 1) in present
                # The last deletion may have been committed without its acknowledgement.
                if number not in deleted and number != last:
                    assert face_id(number) in present
            assert not present & {face_id(number) for number in deleted}
            assert one.describe_collection("c").face_count == len(present)
            best = one.search_faces("c", embedding(last + 1), limit=1, min_score=0.999)
            assert best[0].face.face_id == face_id(last + 1)
        fresh.close()
