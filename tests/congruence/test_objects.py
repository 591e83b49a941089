"""A folder of buckets and an S3 server give the same answers."""

import socket
import threading
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import boto3
import pytest
from moto.core import set_initial_no_auth_action_count

from vidimus.errors import ImageTooLarge, InvalidS3Object, StorageUnavailable
from vidimus.storage.objects import ObjectStore, open_objects

NAMES = [
    "a.jpg",
    "folder/b.jpg",
    "a b+c%2F~é#?&=.jpg",
    "100%.jpg",
    "a\\b",
    "q'\"<>|*^`{}[].jpg",
    "x:y;z,@!$().jpg",
    "日本語.png",
    ".hidden",
    "....",
    "n" * 200,
]
Put = Callable[[str, bytes], object]


@pytest.fixture
def s3_client(s3_endpoint: str, monkeypatch: pytest.MonkeyPatch) -> Any:
    monkeypatch.setenv("AWS_ENDPOINT_URL_S3", s3_endpoint)
    monkeypatch.setenv("AWS_ACCESS_KEY_ID", "testing")
    monkeypatch.setenv("AWS_SECRET_ACCESS_KEY", "testing-secret")
    monkeypatch.setenv("AWS_REGION", "us-east-1")
    return boto3.client("s3", region_name="us-east-1")


@pytest.fixture(params=["folder", "s3"])
def store(request: pytest.FixtureRequest, tmp_path: Path) -> Iterator[tuple[ObjectStore, Put]]:
    """A store with the bucket `photos`, and a way to put objects there."""
    if request.param == "folder":
        opened, put = open_objects(tmp_path.as_uri()), folder_put(tmp_path / "photos")
    else:
        client = request.getfixturevalue("s3_client")
        client.create_bucket(Bucket="photos")
        opened, put = open_objects("s3"), s3_put(client)
    yield opened, put
    opened.close()


def folder_put(folder: Path) -> Put:
    folder.mkdir()

    def put(name: str, content: bytes) -> None:
        (folder / name).parent.mkdir(exist_ok=True)
        (folder / name).write_bytes(content)

    return put


def s3_put(client: Any) -> Put:
    return lambda name, content: client.put_object(Bucket="photos", Key=name, Body=content)


@pytest.mark.parametrize("name", NAMES)
def test_every_name_is_read_as_it_was_put(store: tuple[ObjectStore, Put], name: str) -> None:
    objects, put = store
    put(name, name.encode())
    assert objects.read_object("photos", name, None, 1000) == name.encode()


@pytest.mark.parametrize(
    ("bucket", "name"),
    [
        ("photos", "missing"),
        ("photos", "folder"),
        ("photos", ""),
        ("photos", "/a.jpg"),
        ("photos", "a.jpg/"),
        ("photos", "folder//b.jpg"),
        ("photos", "folder/./b.jpg"),
        ("photos", "../photos/a.jpg"),
        ("photos", "tab\there"),
        ("photos", "nul\0"),
        ("photos", "\ud800"),
        ("nobody", "a.jpg"),
        ("photos/folder", "b.jpg"),
        ("a/../photos", "a.jpg"),
        ("..", "photos/a.jpg"),
        ("a b", "a.jpg"),
        ("photos?x", "a.jpg"),
        ("", "a.jpg"),
        ("é", "a.jpg"),
    ],
)
def test_what_is_no_object(store: tuple[ObjectStore, Put], bucket: str, name: str) -> None:
    objects, put = store
    put("a.jpg", b"there")
    put("folder/b.jpg", b"there")
    with pytest.raises(InvalidS3Object, match="Unable to get object metadata from S3"):
        objects.read_object(bucket, name, None, 1000)


def test_the_size_limit_is_the_last_size_that_is_read(store: tuple[ObjectStore, Put]) -> None:
    objects, put = store
    put("a.jpg", b"x" * 1000)
    assert objects.read_object("photos", "a.jpg", None, 1000) == b"x" * 1000
    with pytest.raises(ImageTooLarge, match="1000 bytes, at most 999"):
        objects.read_object("photos", "a.jpg", None, 999)


def test_an_unknown_version(store: tuple[ObjectStore, Put]) -> None:
    objects, put = store
    put("a.jpg", b"there")
    with pytest.raises(InvalidS3Object):
        objects.read_object("photos", "a.jpg", "no-such version&x=1", 1000)


def test_versions_of_an_s3_object(s3_client: Any) -> None:
    s3_client.create_bucket(Bucket="versioned")
    s3_client.put_bucket_versioning(
        Bucket="versioned", VersioningConfiguration={"Status": "Enabled"}
    )
    first = s3_client.put_object(Bucket="versioned", Key="a", Body=b"one")["VersionId"]
    s3_client.put_object(Bucket="versioned", Key="a", Body=b"two")
    objects = open_objects("s3")
    assert objects.read_object("versioned", "a", first, 10) == b"one"
    assert objects.read_object("versioned", "a", None, 10) == b"two"


def test_more_buckets_than_are_kept_connected(s3_client: Any) -> None:
    objects = open_objects("s3")
    for number in range(70):
        with pytest.raises(InvalidS3Object, match="no such object"):
            objects.read_object(f"nobody-{number}", "a", None, 10)


def test_credentials_that_may_not_read(s3_client: Any) -> None:
    s3_client.create_bucket(Bucket="guarded")
    s3_client.put_object(Bucket="guarded", Key="a", Body=b"one")

    @set_initial_no_auth_action_count(0)  # From now on moto asks whose the key is: nobody's.
    def read() -> None:
        with pytest.raises(InvalidS3Object, match="does not let vidimus read it"):
            open_objects("s3").read_object("guarded", "a", None, 10)

    read()


def test_a_store_that_is_not_there(s3_client: Any, monkeypatch: pytest.MonkeyPatch) -> None:
    with socket.create_server(("127.0.0.1", 0)) as free:
        port = free.getsockname()[1]
    monkeypatch.setenv("AWS_ENDPOINT_URL_S3", f"http://127.0.0.1:{port}")
    with pytest.raises(StorageUnavailable, match="cannot be reached"):
        open_objects("s3").read_object("photos", "a.jpg", None, 10)


@pytest.mark.parametrize(
    ("reply", "error"),
    [
        (b"HTTP/1.1 503 Slow Down\r\nContent-Length: 0\r\n\r\n", StorageUnavailable),
        (b"HTTP/1.1 400 Bad Request\r\nContent-Length: 0\r\n\r\n", InvalidS3Object),
        (b"HTTP/1.1 301 Moved\r\nContent-Length: 0\r\n\r\n", InvalidS3Object),
        (b"HTTP/1.1 200 OK\r\nContent-Length: 9\r\nLast-Modified: Mon, 23 Feb 2026 01:02:03 GMT"
         b"\r\nETag: \"e\"\r\nConnection: close\r\n\r\ncut", StorageUnavailable),
        (b"HTTP/1.1 200 OK\r\nContent-Length: 99999999999\r\nLast-Modified: Mon, 23 Feb 2026 "
         b"01:02:03 GMT\r\nETag: \"e\"\r\nConnection: close\r\n\r\n", ImageTooLarge),
        (b"this is not HTTP\r\n\r\n", StorageUnavailable),
    ],
)  # fmt: skip
def test_a_store_that_answers_amiss(
    s3_client: Any, monkeypatch: pytest.MonkeyPatch, reply: bytes, error: type[Exception]
) -> None:
    with socket.create_server(("127.0.0.1", 0)) as server:
        port = server.getsockname()[1]
        threading.Thread(target=answer, args=(server, reply), daemon=True).start()
        monkeypatch.setenv("AWS_ENDPOINT_URL_S3", f"http://127.0.0.1:{port}")
        with pytest.raises(error):
            open_objects("s3").read_object("photos", "a.jpg", None, 10)


def answer(server: socket.socket, reply: bytes) -> None:
    """Give every request the same bytes, until the server socket closes."""
    while True:
        try:
            connection, _ = server.accept()
        except OSError:
            return
        with connection:
            connection.recv(65536)
            connection.sendall(reply)
