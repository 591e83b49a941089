"""Trouble: many at once, clients that go, keys that are wrong, servers that are killed."""

import random
import resource
import shutil
import signal
import socket
import sqlite3
import subprocess
import sys
import threading
import time
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from typing import Any
from urllib.parse import urlsplit
from urllib.request import urlopen

import pytest
from botocore.exceptions import BotoCoreError, ClientError

from tests.contract.conftest import LiveServer, serving, start_server
from tests.contract.test_collections import code_of
from vidimus.runtime.catalog import load_catalog

Photo = Callable[[str], dict[str, bytes]]
KILLS = 50


def run_cli(home: Path, models: Path, *arguments: str) -> subprocess.CompletedProcess[str]:
    return subprocess.run(
        [sys.executable, "-m", "vidimus", *arguments, "--home", str(home)],
        env={"VIDIMUS_MODELS": str(models), "PATH": "/usr/bin:/bin", "HOME": str(home)},
        capture_output=True,
        text=True,
        check=False,
        timeout=120,
    )


@pytest.mark.parametrize(
    ("key_id", "secret", "code"),
    [
        ("AKIAVIDIMUSCONTRACT0", "wrong", "InvalidSignatureException"),
        ("AKIAUNKNOWNUNKNOWN00", "wrong", "UnrecognizedClientException"),
    ],
)
def test_wrong_keys(server: LiveServer, key_id: str, secret: str, code: str) -> None:
    with pytest.raises(ClientError) as raised:
        server.client(key_id, secret).list_collections()
    assert code_of(raised) == code


def test_keys_are_created_and_revoked_at_once(server: LiveServer, models_path: Path) -> None:
    made = run_cli(server.home, models_path, "keys", "create", "--label", "newsroom").stdout
    key = dict(line.split("=", 1) for line in made.splitlines() if "=" in line)
    client = server.client(key["AWS_ACCESS_KEY_ID"], key["AWS_SECRET_ACCESS_KEY"])
    client.list_collections()
    run_cli(server.home, models_path, "keys", "revoke", key["AWS_ACCESS_KEY_ID"])
    with pytest.raises(ClientError) as raised:
        client.list_collections()
    assert code_of(raised) == "UnrecognizedClientException"


def test_two_hundred_at_once(server: LiveServer, photo: Photo) -> None:
    client = server.client(max_pool_connections=200)
    image = photo("face_3")

    def ask(number: int) -> int:
        if number % 10:
            return len(client.list_collections()["CollectionIds"]) * 0 + 1
        return len(client.detect_faces(Image=image)["FaceDetails"])

    with ThreadPoolExecutor(200) as pool:
        assert list(pool.map(ask, range(200))) == [1] * 200


def test_a_client_that_goes_in_mid_upload(server: LiveServer, rekognition: Any) -> None:
    host, port = urlsplit(server.url).hostname, urlsplit(server.url).port
    assert host is not None
    assert port is not None
    for _ in range(20):
        with socket.create_connection((host, port)) as connection:
            connection.sendall(
                b"POST / HTTP/1.1\r\nHost: x\r\nContent-Type: application/x-amz-json-1.1\r\n"
                b"X-Amz-Target: RekognitionService.DetectFaces\r\nContent-Length: 900000\r\n\r\n{"
            )
    rekognition.list_collections()
    with urlopen(f"{server.url}/healthz") as answer:
        assert answer.status == 200


def test_a_locked_database_is_a_clear_error(server: LiveServer, rekognition: Any) -> None:
    with sqlite3.connect(server.home / "vidimus.db", isolation_level=None) as other:
        other.execute("BEGIN IMMEDIATE")
        with pytest.raises(ClientError) as raised:
            rekognition.create_collection(CollectionId="locked-out")
        other.execute("ROLLBACK")
    other.close()
    assert raised.value.response["ResponseMetadata"]["HTTPStatusCode"] == 500
    assert code_of(raised) == "InternalServerError"
    assert "locked-out" not in rekognition.list_collections()["CollectionIds"]
    rekognition.create_collection(CollectionId="locked-out")
    rekognition.delete_collection(CollectionId="locked-out")


def test_a_full_disk_is_a_clear_error(tmp_path: Path, models_path: Path, photo: Photo) -> None:
    """The server may not let a file grow, which a full disk does not let it either."""
    with serving(tmp_path / "home", models_path) as server:
        client = server.client()
        client.create_collection(CollectionId="full")
        kept = client.index_faces(CollectionId="full", Image=photo("face_1"))
        unlimited = resource.prlimit(server.process.pid, resource.RLIMIT_FSIZE)
        resource.prlimit(server.process.pid, resource.RLIMIT_FSIZE, (4096, unlimited[1]))
        for _ in range(3):
            with pytest.raises(ClientError) as raised:
                client.index_faces(CollectionId="full", Image=photo("face_2"))
            assert code_of(raised) == "InternalServerError"
        resource.prlimit(server.process.pid, resource.RLIMIT_FSIZE, unlimited)
        (face,) = client.list_faces(CollectionId="full")["Faces"]
        assert face["FaceId"] == kept["FaceRecords"][0]["Face"]["FaceId"]
        client.index_faces(CollectionId="full", Image=photo("face_2"))
        assert client.describe_collection(CollectionId="full")["FaceCount"] == 2
    assert run_cli(tmp_path / "home", models_path, "ledger", "verify").returncode == 0


def flip_a_bit(file: Path) -> None:
    data = bytearray(file.read_bytes())
    data[len(data) // 2] ^= 1
    file.write_bytes(data)


@pytest.mark.parametrize("change", [flip_a_bit, Path.unlink], ids=["altered", "missing"])
def test_a_wrong_model_keeps_the_server_from_starting(
    tmp_path: Path, models_path: Path, change: Callable[[Path], None]
) -> None:
    models = tmp_path / "models"
    shutil.copytree(models_path, models, ignore=shutil.ignore_patterns("compiled"))
    artefacts = [card.artefact for card in load_catalog().by_task("face_embedder")]
    file = next(models / name for name in artefacts if name and (models / name).exists())
    change(file)
    with pytest.raises(AssertionError, match="did not start") as raised:
        start_server(tmp_path / "home", models)
    assert file.name in str(raised.value)


@pytest.mark.timeout(900)
def test_every_acknowledged_face_survives_kills(
    tmp_path: Path, models_path: Path, people: Path
) -> None:
    """Kill the server fifty times while it indexes; nothing it acknowledged may be lost."""
    home = tmp_path / "home"
    chance = random.Random(7)
    pictures = [path.read_bytes() for path in sorted(people.glob("face_?.jpg"))]
    acknowledged: set[str] = set()
    for round_number in range(KILLS):
        server = start_server(home, models_path)
        acknowledged |= index_until_killed(server, pictures, round_number, chance.random())
    assert len(acknowledged) > KILLS
    with serving(home, models_path) as server:
        client = server.client()
        listed = client.get_paginator("list_faces").paginate(CollectionId="kills")
        found = {face["FaceId"] for page in listed for face in page["Faces"]}
        assert acknowledged <= found
        matches = client.search_faces_by_image(
            CollectionId="kills", Image={"Bytes": pictures[0]}, FaceMatchThreshold=99
        )["FaceMatches"]
        assert {match["Face"]["FaceId"] for match in matches} <= found
    assert run_cli(home, models_path, "ledger", "verify").stdout.startswith("clean")


def index_until_killed(
    server: LiveServer, pictures: list[bytes], round_number: int, delay_s: float
) -> set[str]:
    client = server.client()
    acknowledged: set[str] = set()
    if round_number == 0:
        client.create_collection(CollectionId="kills")

    def index(worker: int) -> None:
        for number in range(1000):
            try:
                answer = client.index_faces(
                    CollectionId="kills",
                    Image={"Bytes": pictures[(worker + number) % len(pictures)]},
                    ExternalImageId=f"{round_number}-{worker}-{number}",
                )
            except (BotoCoreError, ClientError):
                return
            # Killed between an answer's headers and its body, botocore reads an empty answer.
            records = answer.get("FaceRecords", [])
            acknowledged.update(record["Face"]["FaceId"] for record in records)

    threads = [threading.Thread(target=index, args=(worker,)) for worker in range(3)]
    for thread in threads:
        thread.start()
    time.sleep(0.1 + delay_s * 0.4)
    server.end(signal.SIGKILL)
    for thread in threads:
        thread.join()
    client.close()
    return acknowledged
