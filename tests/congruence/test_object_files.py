"""A folder of buckets and an S3 server give objects as files, and take them, alike."""

import io
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import boto3
import pytest

from tests.videos import make_video, number_of
from vidimus.errors import InvalidS3Object, StorageUnavailable
from vidimus.storage.object_file import READ_AT_ONCE_BYTES
from vidimus.storage.objects import ObjectStore, open_objects
from vidimus.video.frames import open_video

LONG = bytes(range(256)) * (2 * READ_AT_ONCE_BYTES // 256) + b"the end"
Put = Callable[[str, bytes], object]


@pytest.fixture
def s3_client(s3_endpoint: str, monkeypatch: pytest.MonkeyPatch) -> Any:
    monkeypatch.setenv("AWS_ENDPOINT_URL_S3", s3_endpoint)
    monkeypatch.setenv("AWS_ACCESS_KEY_ID", "testing")
    monkeypatch.setenv("AWS_SECRET_ACCESS_KEY", "testing-secret")
    monkeypatch.setenv("AWS_REGION", "us-east-1")
    return boto3.client("s3", region_name="us-east-1")


@pytest.fixture(params=["folder", "s3"])
def store(request: pytest.FixtureRequest, tmp_path: Path) -> Iterator[ObjectStore]:
    """A store with the bucket `clips`."""
    if request.param == "folder":
        (tmp_path / "clips").mkdir()
        opened = open_objects(tmp_path.as_uri())
    else:
        request.getfixturevalue("s3_client").create_bucket(Bucket="clips")
        opened = open_objects("s3")
    yield opened
    opened.close()


def test_what_was_written_is_read_as_a_file(store: ObjectStore) -> None:
    store.write_object("clips", "2026/long", LONG)
    with store.open_object("clips", "2026/long", None) as file:
        assert file.size == len(LONG)
        assert file.readable()
        assert file.seekable()
        assert not file.writable()
        assert file.read() == LONG
        assert file.read(1) == b""
        assert file.tell() == file.size


@pytest.mark.parametrize("at", [0, 100, READ_AT_ONCE_BYTES - 3, READ_AT_ONCE_BYTES, len(LONG) - 7])
def test_any_place_is_sought(store: ObjectStore, at: int) -> None:
    store.write_object("clips", "long", LONG)
    with store.open_object("clips", "long", None) as file:
        assert file.seek(at - len(LONG), io.SEEK_END) == at
        assert file.read(7) == LONG[at : at + 7]
        file.seek(-7, io.SEEK_CUR)
        assert file.read(7) == LONG[at : at + 7]
        assert file.seek(at) == at
        assert file.read(7) == LONG[at : at + 7]


def test_a_video_is_read_where_it_lies(store: ObjectStore, tmp_path: Path) -> None:
    path = make_video(tmp_path / "a.mp4", 50, sound_from_ms=0)
    store.write_object("clips", "a.mp4", path.read_bytes())
    with store.open_object("clips", "a.mp4", None) as file, open_video(file) as video:
        assert [number_of(frame.pixels) for frame in video.frames()] == list(range(50))
        assert next(video.frames(1000, 25)).timestamp_ms == 1000


def test_beyond_the_end_is_nothing(store: ObjectStore) -> None:
    store.write_object("clips", "short", b"abc")
    with store.open_object("clips", "short", None) as file:
        file.seek(1000)
        assert file.read() == b""
        with pytest.raises((ValueError, OSError)):
            file.seek(-1)


def test_an_empty_object(store: ObjectStore) -> None:
    store.write_object("clips", "empty", b"")
    with store.open_object("clips", "empty", None) as file:
        assert (file.size, file.read()) == (0, b"")


def test_an_object_is_written_in_anothers_place(store: ObjectStore) -> None:
    store.write_object("clips", "a", b"one")
    with store.open_object("clips", "a", None) as file:
        first = file.identity
    with store.open_object("clips", "a", None) as file:
        assert file.identity == first
    store.write_object("clips", "a", b"two!")
    with store.open_object("clips", "a", None) as file:
        assert file.read() == b"two!"
        assert file.identity != first


@pytest.mark.parametrize(
    ("bucket", "name"),
    [
        ("clips", "missing"),
        ("clips", "folder"),
        ("clips", "../clips/a"),
        ("clips", ""),
        ("nobody", "a"),
        ("..", "clips/a"),
    ],
)
def test_what_is_no_object_cannot_be_opened(store: ObjectStore, bucket: str, name: str) -> None:
    store.write_object("clips", "folder/a", b"there")
    with pytest.raises(InvalidS3Object, match="Unable to get object metadata from S3"):
        store.open_object(bucket, name, None)


@pytest.mark.parametrize(
    ("bucket", "name"), [("nobody", "a"), ("clips", "../a"), ("clips", "a/"), ("..", "a")]
)
def test_nothing_is_written_outside_a_bucket(store: ObjectStore, bucket: str, name: str) -> None:
    with pytest.raises(InvalidS3Object, match="cannot be written"):
        store.write_object(bucket, name, b"x")


def test_an_object_that_is_replaced_while_it_is_read_is_not_mixed(s3_client: Any) -> None:
    s3_client.create_bucket(Bucket="moving")
    s3_client.put_object(Bucket="moving", Key="a", Body=LONG)
    with open_objects("s3").open_object("moving", "a", None) as file:
        assert file.read(10) == LONG[:10]
        s3_client.put_object(Bucket="moving", Key="a", Body=LONG[::-1])
        file.seek(READ_AT_ONCE_BYTES)
        with pytest.raises(InvalidS3Object, match="another object took its place"):
            file.read(10)


def test_an_object_that_goes_while_it_is_read(s3_client: Any) -> None:
    s3_client.create_bucket(Bucket="going")
    s3_client.put_object(Bucket="going", Key="a", Body=LONG)
    with open_objects("s3").open_object("going", "a", None) as file:
        s3_client.delete_object(Bucket="going", Key="a")
        with pytest.raises(InvalidS3Object, match="there is no such object"):
            file.read(10)


def test_a_version_is_opened(s3_client: Any) -> None:
    s3_client.create_bucket(Bucket="kept")
    s3_client.put_bucket_versioning(Bucket="kept", VersioningConfiguration={"Status": "Enabled"})
    first = s3_client.put_object(Bucket="kept", Key="a", Body=b"one")["VersionId"]
    s3_client.put_object(Bucket="kept", Key="a", Body=b"two")
    objects = open_objects("s3")
    with objects.open_object("kept", "a", first) as file:
        assert file.read() == b"one"
    with objects.open_object("kept", "a", None) as file:
        assert file.read() == b"two"


def test_a_store_that_is_away(monkeypatch: pytest.MonkeyPatch, s3_client: Any) -> None:
    monkeypatch.setenv("AWS_ENDPOINT_URL_S3", "http://127.0.0.1:9")
    objects = open_objects("s3")
    with pytest.raises(StorageUnavailable):
        objects.write_object("clips", "a", b"x")
    with pytest.raises(StorageUnavailable):
        objects.open_object("clips", "a", None)
