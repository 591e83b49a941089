"""Pictures of every kind through boto3: an answer, or an error that says what is wrong."""

import io
import struct
import zlib
from collections.abc import Callable
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from botocore.exceptions import ClientError
from PIL import Image

from tests.contract.conftest import LiveServer
from tests.contract.test_collections import code_of


@pytest.fixture(scope="session")
def person(people: Path) -> Image.Image:
    return Image.open(people / "face_3.jpg").convert("RGB")


def saved(picture: Image.Image, kind: str, **options: Any) -> bytes:
    buffer = io.BytesIO()
    picture.save(buffer, kind, **options)
    return buffer.getvalue()


ANSWERED: dict[str, Callable[[Image.Image], bytes]] = {
    "jpeg": lambda person: saved(person, "JPEG"),
    "progressive": lambda person: saved(person, "JPEG", progressive=True),
    "cmyk": lambda person: saved(person.convert("CMYK"), "JPEG"),
    "grey": lambda person: saved(person.convert("L"), "JPEG"),
    "png": lambda person: saved(person, "PNG"),
    "palette": lambda person: saved(person.quantize(64), "PNG"),
    "alpha": lambda person: saved(person.convert("RGBA"), "PNG"),
    "sixteen-bit": lambda person: saved(
        Image.fromarray(np.asarray(person.convert("L")).astype(np.uint16) * 257), "PNG"
    ),
    "webp": lambda person: saved(person, "WEBP"),
    "avif": lambda person: saved(person, "AVIF"),
    "tiff": lambda person: saved(person, "TIFF"),
    "animated-png": lambda person: saved(
        person, "PNG", save_all=True, append_images=[person.rotate(90)]
    ),
}


@pytest.mark.parametrize("kind", ANSWERED)
def test_a_face_is_found_in(rekognition: Any, person: Image.Image, kind: str) -> None:
    data = ANSWERED[kind](person)
    assert len(rekognition.detect_faces(Image={"Bytes": data})["FaceDetails"]) == 1


def bomb(width: int, height: int) -> bytes:
    """A small PNG file that says it decodes to width x height pixels."""

    def chunk(kind: bytes, data: bytes) -> bytes:
        return (
            struct.pack(">I", len(data)) + kind + data + struct.pack(">I", zlib.crc32(kind + data))
        )

    header = struct.pack(">IIBBBBB", width, height, 8, 2, 0, 0, 0)
    data = zlib.compress(bytes(1000))
    return (
        b"\x89PNG\r\n\x1a\n" + chunk(b"IHDR", header) + chunk(b"IDAT", data) + chunk(b"IEND", b"")
    )


REFUSED: dict[str, Callable[[Image.Image], bytes]] = {
    "text": lambda person: b"this is no picture",
    "truncated": lambda person: saved(person, "JPEG")[:3000],
    "header-only": lambda person: saved(person, "PNG")[:40],
    "svg": lambda person: b'<svg xmlns="http://www.w3.org/2000/svg" width="9" height="9"/>',
    "pdf": lambda person: saved(person, "PDF"),
    "zeros": lambda person: bytes(4096),
}


@pytest.mark.parametrize("kind", REFUSED)
def test_is_refused_as_no_picture(rekognition: Any, person: Image.Image, kind: str) -> None:
    with pytest.raises(ClientError) as raised:
        rekognition.detect_faces(Image={"Bytes": REFUSED[kind](person)})
    assert code_of(raised) == "InvalidImageFormatException"


@pytest.mark.parametrize("size", [(60_000, 60_000), (2_000_000_000, 2)])
def test_decompression_bombs_are_refused(rekognition: Any, size: tuple[int, int]) -> None:
    with pytest.raises(ClientError) as raised:
        rekognition.detect_faces(Image={"Bytes": bomb(*size)})
    assert code_of(raised) in {"ImageTooLargeException", "InvalidImageFormatException"}


def test_exif_rotation_is_applied_to_jpeg_and_not_to_png(
    rekognition: Any, person: Image.Image
) -> None:
    exif = Image.Exif()
    exif[0x0112] = 6
    lying = person.rotate(90, expand=True)
    upright = rekognition.detect_faces(Image={"Bytes": saved(person, "JPEG")})["FaceDetails"]
    turned = rekognition.detect_faces(Image={"Bytes": saved(lying, "JPEG", exif=exif)})
    (face,) = turned["FaceDetails"]
    for side in ("Left", "Top", "Width", "Height"):
        assert face["BoundingBox"][side] == pytest.approx(upright[0]["BoundingBox"][side], abs=0.04)
    left = rekognition.detect_faces(Image={"Bytes": saved(lying, "PNG", exif=exif)})
    assert not left["FaceDetails"] or abs(left["FaceDetails"][0]["Pose"]["Roll"]) > 45


def test_small_pictures_are_refused(rekognition: Any, person: Image.Image) -> None:
    data = saved(person.resize((79, 200)), "JPEG")
    with pytest.raises(ClientError) as raised:
        rekognition.detect_faces(Image={"Bytes": data})
    assert code_of(raised) == "InvalidParameterException"
    assert "80" in raised.value.response["Error"]["Message"]


def test_exactly_one_source(rekognition: Any, person: Image.Image) -> None:
    both = {"Bytes": saved(person, "JPEG"), "S3Object": {"Bucket": "photos", "Name": "a.jpg"}}
    for image in ({}, both):
        with pytest.raises(ClientError) as raised:
            rekognition.detect_faces(Image=image)
        assert code_of(raised) == "InvalidParameterException"


@pytest.fixture(scope="session")
def bucket(server: LiveServer, person: Image.Image) -> Path:
    folder = server.home / "buckets" / "photos"
    (folder / "deep").mkdir(parents=True)
    (folder / "deep" / "face 1.jpg").write_bytes(saved(person, "JPEG"))
    (folder / "large.jpg").write_bytes(saved(person, "JPEG") + bytes(16 * 1024 * 1024))
    # Larger than may be sent as bytes, smaller than may lie in a bucket.
    (folder / "medium.jpg").write_bytes(saved(person, "JPEG") + bytes(8 * 1024 * 1024))
    (folder / "empty.jpg").write_bytes(b"")
    (server.home / "buckets" / "outside.jpg").write_bytes(saved(person, "JPEG"))
    return folder


@pytest.mark.parametrize("name", ["deep/face 1.jpg", "medium.jpg"])
def test_objects_are_read_from_buckets(rekognition: Any, bucket: Path, name: str) -> None:
    image = {"S3Object": {"Bucket": bucket.name, "Name": name}}
    assert len(rekognition.detect_faces(Image=image)["FaceDetails"]) == 1


@pytest.mark.parametrize(
    ("place", "code"),
    [
        ({"Bucket": "photos", "Name": "absent.jpg"}, "InvalidS3ObjectException"),
        ({"Bucket": "absent", "Name": "a.jpg"}, "InvalidS3ObjectException"),
        ({"Bucket": "photos", "Name": "../outside.jpg"}, "InvalidS3ObjectException"),
        ({"Bucket": "photos", "Name": "deep"}, "InvalidS3ObjectException"),
        ({"Bucket": "photos", "Name": "large.jpg"}, "ImageTooLargeException"),
        ({"Bucket": "photos", "Name": "empty.jpg"}, "InvalidImageFormatException"),
        ({"Bucket": "photos"}, "InvalidParameterException"),
        ({"Name": "a.jpg"}, "InvalidParameterException"),
    ],
)
def test_objects_that_cannot_be_read(
    rekognition: Any, bucket: Path, place: dict[str, str], code: str
) -> None:
    with pytest.raises(ClientError) as raised:
        rekognition.detect_faces(Image={"S3Object": place})
    assert code_of(raised) == code
