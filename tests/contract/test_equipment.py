"""DetectProtectiveEquipment through boto3: persons, a summary, and what is refused."""

import io
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from botocore.exceptions import ClientError
from PIL import Image

from tests.contract.conftest import LiveServer
from tests.contract.test_collections import code_of
from vidimus.engine.engine import Engine
from vidimus.evaluation.painted_masks import Worn, paint_mask
from vidimus.imaging.decode import decode_picture
from vidimus.vision.face_nets import FaceNets
from vidimus.vision.face_sheet import FaceSheet

FACE_COVER, HAND_COVER = ["FACE_COVER"], ["HAND_COVER"]
SUMMARY = (
    "PersonsWithRequiredEquipment",
    "PersonsWithoutRequiredEquipment",
    "PersonsIndeterminate",
)


def encoded(pixels: Any, kind: str = "JPEG", **options: Any) -> bytes:
    buffer = io.BytesIO()
    Image.fromarray(np.asarray(pixels, np.uint8)).save(buffer, kind, **options)
    return buffer.getvalue()


def grey(width: int, height: int) -> bytes:
    return encoded(np.full((height, width, 3), 127))


def wish(required: list[str], least: float = 80) -> dict[str, Any]:
    return {"MinConfidence": least, "RequiredEquipmentTypes": required}


@pytest.fixture(scope="module")
def bare(people: Path) -> bytes:
    return (people / "face_1.jpg").read_bytes()


@pytest.fixture(scope="module")
def masked(engine: Engine, bare: bytes) -> bytes:
    """The same portrait with a mask painted over mouth and nose."""
    if engine.nets.mask_detector is None:
        pytest.skip("the standard pack is not installed")
    pixels = decode_picture(bare, max_pixels=10**8).pixels
    (face,) = engine.faces.detect_faces(pixels)
    meshes = FaceSheet(FaceNets(engine.models), pixels, face.points[None]).meshes
    assert meshes is not None
    return encoded(paint_mask(pixels, meshes.points[0], Worn.OVER_NOSE), quality=95)


def test_a_person_with_face_and_head(rekognition: Any, bare: bytes) -> None:
    answer = rekognition.detect_protective_equipment(Image={"Bytes": bare})
    (person,) = answer["Persons"]
    assert person["Id"] == 0
    assert person["Confidence"] > 90
    assert [part["Name"] for part in person["BodyParts"]] == ["FACE", "HEAD"]
    assert all(part["EquipmentDetections"] == [] for part in person["BodyParts"])
    assert all(0 <= person["BoundingBox"][side] <= 1 for side in ("Left", "Top", "Width", "Height"))
    assert answer["ProtectiveEquipmentModelVersion"].replace(".", "").isdigit()
    assert "Summary" not in answer


def test_a_mask_is_on_the_face_and_covers_it(rekognition: Any, masked: bytes) -> None:
    answer = rekognition.detect_protective_equipment(
        Image={"Bytes": masked}, SummarizationAttributes=wish(FACE_COVER)
    )
    (person,) = answer["Persons"]
    (cover,) = person["BodyParts"][0]["EquipmentDetections"]
    assert (person["BodyParts"][0]["Name"], cover["Type"]) == ("FACE", "FACE_COVER")
    assert cover["Confidence"] > 80
    assert cover["CoversBodyPart"]["Value"] is True
    assert [answer["Summary"][name] for name in SUMMARY] == [[0], [], []]


@pytest.mark.parametrize(
    ("required", "least", "expected"),
    [
        (FACE_COVER, 80, [[], [0], []]),
        (FACE_COVER, 0, [[], [0], []]),
        (FACE_COVER, 100, [[], [], [0]]),
        (HAND_COVER, 0, [[], [], [0]]),
        (["HEAD_COVER"], 0, [[], [], [0]]),
        (["FACE_COVER", "HAND_COVER", "HEAD_COVER"], 80, [[], [0], []]),
        ([], 80, [[0], [], []]),
    ],
)
def test_who_wears_no_mask_is_told_from_who_cannot_be_judged(
    rekognition: Any,
    engine: Engine,
    bare: bytes,
    required: list[str],
    least: float,
    expected: list[list[int]],
) -> None:
    if engine.nets.mask_detector is None:
        pytest.skip("the standard pack is not installed")
    summary = rekognition.detect_protective_equipment(
        Image={"Bytes": bare}, SummarizationAttributes=wish(required, least)
    )["Summary"]
    assert [summary[name] for name in SUMMARY] == expected


def test_nobody_is_an_empty_list(rekognition: Any) -> None:
    answer = rekognition.detect_protective_equipment(
        Image={"Bytes": grey(64, 64)}, SummarizationAttributes=wish(FACE_COVER)
    )
    assert answer["Persons"] == []
    assert [answer["Summary"][name] for name in SUMMARY] == [[], [], []]


@pytest.mark.parametrize(
    ("width", "height", "code"),
    [
        (63, 200, "InvalidParameterException"),
        (200, 63, "InvalidParameterException"),
        (4097, 80, "ImageTooLargeException"),
        (80, 4097, "ImageTooLargeException"),
    ],
)
def test_sides_have_limits(rekognition: Any, width: int, height: int, code: str) -> None:
    with pytest.raises(ClientError, match=str(max(width, height) if "Large" in code else 64)) as no:
        rekognition.detect_protective_equipment(Image={"Bytes": grey(width, height)})
    assert code_of(no) == code


def test_four_megabytes_may_be_sent_and_no_more(rekognition: Any) -> None:
    noise = np.random.default_rng(5).integers(0, 256, (1200, 1200, 3))
    data = encoded(noise, "PNG")
    assert 4 * 2**20 < len(data) < 5 * 2**20
    with pytest.raises(ClientError, match=str(4 * 2**20)) as refused:
        rekognition.detect_protective_equipment(Image={"Bytes": data})
    assert code_of(refused) == "ImageTooLargeException"
    assert rekognition.detect_faces(Image={"Bytes": data})["FaceDetails"] == []


@pytest.mark.parametrize(
    "attributes",
    [
        {},
        {"MinConfidence": 80},
        {"RequiredEquipmentTypes": FACE_COVER},
        wish(FACE_COVER, 101),
        wish(FACE_COVER, -1),
        wish(["FOOT_COVER"]),
    ],
)
def test_a_summary_needs_both_members_within_limits(
    rekognition: Any, attributes: dict[str, Any]
) -> None:
    with pytest.raises(ClientError) as refused:
        rekognition.detect_protective_equipment(
            Image={"Bytes": grey(80, 80)}, SummarizationAttributes=attributes
        )
    assert refused.value.response["ResponseMetadata"]["HTTPStatusCode"] == 400


def test_what_is_no_picture_is_refused(rekognition: Any, server: LiveServer) -> None:
    with pytest.raises(ClientError) as refused:
        rekognition.detect_protective_equipment(Image={"Bytes": b"no picture"})
    assert code_of(refused) == "InvalidImageFormatException"
    assert server.process.poll() is None
