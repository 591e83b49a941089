import errno
import os
from pathlib import Path
from urllib.parse import quote

import pytest
from hypothesis import given
from hypothesis import strategies as st

from vidimus.errors import (
    ConfigurationError,
    ImageTooLarge,
    InvalidS3Object,
    StorageUnavailable,
)
from vidimus.storage.objects import ObjectStore, open_objects

PICTURE = b"a picture's bytes"


@pytest.fixture
def buckets(tmp_path: Path) -> Path:
    folder = tmp_path / "my buckets"
    (folder / "photos" / "2026").mkdir(parents=True)
    (folder / "photos" / "2026" / "a.jpg").write_bytes(PICTURE)
    (folder / "photos" / "empty").write_bytes(b"")
    (folder / "photos-old").mkdir()
    (folder / "photos-old" / "a.jpg").write_bytes(b"another bucket's")
    (folder / "loose.jpg").write_bytes(b"in no bucket")
    (tmp_path / "secret.jpg").write_bytes(b"outside")
    return folder


@pytest.fixture
def store(buckets: Path) -> ObjectStore:
    return open_objects(buckets.as_uri())


def read(store: ObjectStore, bucket: str, name: str, max_bytes: int = 100) -> bytes:
    return store.read_object(bucket, name, None, max_bytes)


def test_an_object_is_a_file_in_its_buckets_folder(store: ObjectStore) -> None:
    assert read(store, "photos", "2026/a.jpg") == PICTURE
    assert read(store, "photos", "empty") == b""


@pytest.mark.parametrize(
    "name",
    [
        "missing.jpg",
        "2026",
        "2026/a.jpg/",
        "2026/a.jpg/b",
        "",
        ".",
        "..",
        "/",
        "/2026/a.jpg",
        "//2026/a.jpg",
        "2026//a.jpg",
        "2026/./a.jpg",
        "2026/../2026/a.jpg",
        "../photos-old/a.jpg",
        "../../secret.jpg",
        "../loose.jpg",
        "nul\0name",
        "line\nbreak",
        "\ud800",
        "x" * 1025,
        "y" * 1000,
        "~/a.jpg",
        "2026\\a.jpg",
        "2026%2Fa.jpg",
    ],
)
def test_a_name_that_is_no_object(store: ObjectStore, name: str) -> None:
    with pytest.raises(InvalidS3Object, match="Unable to get object metadata from S3"):
        read(store, "photos", name)


@pytest.mark.parametrize(
    "bucket", ["nobody", "", ".", "..", "...", "photos/2026", "/", "/etc", "a\0b", "é", "x" * 300]
)
def test_a_bucket_that_is_none(store: ObjectStore, bucket: str) -> None:
    with pytest.raises(InvalidS3Object, match=r"no such|too long"):
        read(store, bucket, "a.jpg")


def test_an_absolute_name_does_not_leave_the_bucket(store: ObjectStore, tmp_path: Path) -> None:
    with pytest.raises(InvalidS3Object):
        read(store, "photos", str(tmp_path / "secret.jpg"))


def test_a_file_beside_the_buckets_is_in_none(store: ObjectStore) -> None:
    with pytest.raises(InvalidS3Object):
        read(store, "loose.jpg", "loose.jpg")


@pytest.mark.parametrize("target", ["../../secret.jpg", "../photos-old/a.jpg", "/etc/hostname"])
def test_a_link_out_of_its_bucket_is_refused(
    store: ObjectStore, buckets: Path, target: str
) -> None:
    (buckets / "photos" / "link.jpg").symlink_to(target)
    with pytest.raises(InvalidS3Object):
        read(store, "photos", "link.jpg")


def test_a_linked_folder_out_of_its_bucket_is_refused(store: ObjectStore, buckets: Path) -> None:
    (buckets / "photos" / "up").symlink_to("../photos-old")
    with pytest.raises(InvalidS3Object, match="outside its bucket"):
        read(store, "photos", "up/a.jpg")


def test_links_within_a_bucket_and_to_a_bucket_are_followed(
    store: ObjectStore, buckets: Path, tmp_path: Path
) -> None:
    (buckets / "photos" / "newest.jpg").symlink_to("2026/a.jpg")
    (buckets / "mounted").symlink_to(buckets / "photos-old")
    assert read(store, "photos", "newest.jpg") == PICTURE
    assert read(store, "mounted", "a.jpg") == b"another bucket's"


def test_a_link_to_itself_is_no_object(store: ObjectStore, buckets: Path) -> None:
    (buckets / "photos" / "loop").symlink_to("loop")
    with pytest.raises(InvalidS3Object):
        read(store, "photos", "loop")


def test_a_pipe_is_no_object_and_is_not_waited_for(store: ObjectStore, buckets: Path) -> None:
    os.mkfifo(buckets / "photos" / "pipe")
    with pytest.raises(InvalidS3Object, match="not a file"):
        read(store, "photos", "pipe")


@pytest.mark.skipif(os.geteuid() == 0, reason="the superuser may read every file")
def test_a_file_that_may_not_be_read(store: ObjectStore, buckets: Path) -> None:
    (buckets / "photos" / "2026" / "a.jpg").chmod(0)
    with pytest.raises(InvalidS3Object, match="Permission denied"):
        read(store, "photos", "2026/a.jpg")


@pytest.mark.parametrize("name", ["a b+c%2F~é#?&=.jpg", "100%.jpg", "q'\"<>|*^`{}[].jpg", "…"])
def test_names_with_odd_characters_are_taken_as_they_are(
    store: ObjectStore, buckets: Path, name: str
) -> None:
    (buckets / "photos" / name).write_bytes(b"odd")
    assert read(store, "photos", name) == b"odd"


def test_the_size_is_checked_before_anything_is_read(store: ObjectStore, buckets: Path) -> None:
    with (buckets / "photos" / "huge.jpg").open("wb") as stream:
        stream.truncate(1 << 40)
    assert read(store, "photos", "2026/a.jpg", len(PICTURE)) == PICTURE
    with pytest.raises(ImageTooLarge, match=f"{len(PICTURE)} bytes, at most 16"):
        read(store, "photos", "2026/a.jpg", len(PICTURE) - 1)
    with pytest.raises(ImageTooLarge):
        read(store, "photos", "huge.jpg")


def test_a_folder_keeps_no_versions(store: ObjectStore) -> None:
    with pytest.raises(InvalidS3Object, match="keeps no versions"):
        store.read_object("photos", "2026/a.jpg", "v1", 100)


@given(bucket=st.text(max_size=8), name=st.text(max_size=12))
def test_no_name_reads_outside_or_raises_anything_else(
    tmp_path_factory: pytest.TempPathFactory, bucket: str, name: str
) -> None:
    store = open_objects((tmp_path_factory.getbasetemp() / "none").as_uri())
    with pytest.raises(InvalidS3Object):
        read(store, bucket, name)


def test_the_folder_is_made_when_it_is_missing(tmp_path: Path) -> None:
    open_objects((tmp_path / "new" / "folder").as_uri()).close()
    assert (tmp_path / "new" / "folder").is_dir()
    open_objects(f"file://localhost{quote(str(tmp_path / 'a folder'))}").close()
    assert (tmp_path / "a folder").is_dir()


def test_a_folder_that_cannot_be_made(tmp_path: Path) -> None:
    (tmp_path / "occupied").write_text("")
    with pytest.raises(ConfigurationError, match="cannot be made"):
        open_objects((tmp_path / "occupied" / "folder").as_uri())


@pytest.mark.parametrize("url", ["", "s3://bucket", "/folder", "file://", "file://host/folder"])
def test_a_url_that_is_no_store(url: str) -> None:
    with pytest.raises(ConfigurationError):
        open_objects(url)


def test_a_link_out_of_the_bucket_is_not_written_through(store: ObjectStore, buckets: Path) -> None:
    (buckets / "photos" / "out").symlink_to(buckets.parent)
    with pytest.raises(InvalidS3Object, match="outside its bucket"):
        store.write_object("photos", "out/secret.jpg", b"mine")
    assert (buckets.parent / "secret.jpg").read_bytes() == b"outside"


def test_a_file_linked_into_the_bucket_is_replaced_and_not_followed(
    store: ObjectStore, buckets: Path
) -> None:
    (buckets / "photos" / "link").symlink_to(buckets.parent / "secret.jpg")
    store.write_object("photos", "link", b"mine")
    assert (buckets.parent / "secret.jpg").read_bytes() == b"outside"
    assert read(store, "photos", "link") == b"mine"


def test_a_full_disk_leaves_what_was_there(
    store: ObjectStore, buckets: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    def full(descriptor: int) -> None:
        raise OSError(errno.ENOSPC, "No space left on device")

    monkeypatch.setattr(os, "fsync", full)
    with pytest.raises(StorageUnavailable, match="full"):
        store.write_object("photos", "2026/a.jpg", b"new")
    assert [path.name for path in (buckets / "photos" / "2026").iterdir()] == ["a.jpg"]
    assert read(store, "photos", "2026/a.jpg") == PICTURE


def test_a_folder_in_the_objects_place(store: ObjectStore) -> None:
    with pytest.raises(InvalidS3Object, match="cannot be written"):
        store.write_object("photos", "2026", b"x")
    with pytest.raises(InvalidS3Object, match="cannot be written"):
        store.write_object("photos", "2026/a.jpg/b", b"x")
