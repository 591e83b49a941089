"""A worker beside a live server is killed in the middle of a video: nobody who asked can tell."""

import os
import signal
import sqlite3
from collections.abc import Iterator
from contextlib import closing
from pathlib import Path
from typing import Any

import pytest

from tests.contract.conftest import LiveServer, serving
from tests.contract.films import finished, make_people_film
from tests.jobs.processes import wait_until

pytestmark = pytest.mark.slow

FILM = {"S3Object": {"Bucket": "films", "Name": "long.mp4"}}


@pytest.fixture(scope="module")
def live(
    tmp_path_factory: pytest.TempPathFactory, models_path: Path, people: Path
) -> Iterator[LiveServer]:
    home = tmp_path_factory.mktemp("killed")
    bucket = home / "buckets" / "films"
    bucket.mkdir(parents=True)
    portraits = [people / f"face_{number}.jpg" for number in (1, 3, 7, 10)]
    make_people_film(bucket / "long.mp4", portraits * 4)
    with serving(home, models_path, VIDIMUS_VIDEO_CHUNK_S="1") as server:
        yield server


def rows(server: LiveServer, question: str) -> list[Any]:
    with closing(sqlite3.connect(server.home / "vidimus.db", timeout=30)) as connection:
        return connection.execute(question).fetchall()


def told(client: Any, job_id: str) -> dict[str, Any]:
    """What GetFaceDetection answers, without what differs from job to job."""
    answer = finished(client, "face_detection", job_id)
    return {key: answer[key] for key in ("JobStatus", "Faces", "VideoMetadata")}


def test_a_killed_worker_is_replaced_and_the_answer_is_the_same(live: LiveServer) -> None:
    client = live.client()
    undisturbed = told(client, client.start_face_detection(Video=FILM)["JobId"])
    job_id = client.start_face_detection(Video=FILM)["JobId"]
    in_work = f"SELECT 1 FROM task JOIN job USING (task_id) WHERE job_id = '{job_id}'"
    wait_until(lambda: rows(live, f"{in_work} AND position IS NOT NULL"))
    [[victim]] = rows(live, "SELECT pid FROM worker")
    os.kill(victim, signal.SIGKILL)
    assert told(client, job_id) == undisturbed
    assert undisturbed["JobStatus"] == "SUCCEEDED"
    assert undisturbed["Faces"]
    assert rows(live, "SELECT pid FROM worker") != [(victim,)]
