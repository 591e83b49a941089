"""Faces through boto3: detect, compare, index, list, search, delete."""

import io
import uuid
from collections.abc import Callable
from pathlib import Path
from typing import Any
from urllib.request import urlopen

import pytest
from botocore.exceptions import ClientError
from PIL import Image, ImageFilter

from tests.contract.conftest import LiveServer
from tests.contract.test_collections import code_of

Photo = Callable[[str], dict[str, bytes]]


def encoded(picture: Image.Image, kind: str = "JPEG") -> dict[str, bytes]:
    buffer = io.BytesIO()
    picture.save(buffer, kind)
    return {"Bytes": buffer.getvalue()}


@pytest.fixture(scope="session")
def nobody() -> dict[str, bytes]:
    """A picture without a face."""
    return encoded(Image.linear_gradient("L").resize((320, 240)).convert("RGB"))


@pytest.fixture(scope="session")
def trio(people: Path) -> dict[str, bytes]:
    """Three people side by side, of three sizes."""
    canvas = Image.new("RGB", (1000, 420), (90, 100, 110))
    for number, (name, side) in enumerate((("face_3", 400), ("face_7", 300), ("face_1", 220))):
        person = Image.open(people / f"{name}.jpg").convert("RGB").resize((side, side))
        canvas.paste(person, (10 + number * 330, 10))
    return encoded(canvas)


def test_default_description(rekognition: Any, photo: Photo) -> None:
    (face,) = rekognition.detect_faces(Image=photo("face_3"))["FaceDetails"]
    assert set(face) == {"BoundingBox", "Confidence", "Landmarks", "Pose", "Quality"}
    assert {mark["Type"] for mark in face["Landmarks"]} == {
        "eyeLeft",
        "eyeRight",
        "mouthLeft",
        "mouthRight",
        "nose",
    }
    assert face["Confidence"] > 90


def test_all_attributes(rekognition: Any, photo: Photo) -> None:
    answer = rekognition.detect_faces(Image=photo("face_3"), Attributes=["ALL", "DEFAULT"])
    (face,) = answer["FaceDetails"]
    places = {mark["Type"]: mark for mark in face["Landmarks"]}
    assert len(places) == 30
    assert places["eyeLeft"]["X"] < places["nose"]["X"] < places["eyeRight"]["X"]
    assert places["leftEyeBrowUp"]["Y"] < places["eyeLeft"]["Y"] < places["chinBottom"]["Y"]
    assert {"Smile", "MouthOpen", "EyesOpen"} <= set(face)
    assert not {"Eyeglasses", "Sunglasses", "Beard", "Mustache"} & set(face)


def test_single_attributes_add_to_the_default(rekognition: Any, photo: Photo) -> None:
    (face,) = rekognition.detect_faces(Image=photo("face_3"), Attributes=["SMILE"])["FaceDetails"]
    assert set(face) == {"BoundingBox", "Confidence", "Landmarks", "Pose", "Quality", "Smile"}


def test_largest_face_comes_first(rekognition: Any, trio: dict[str, bytes]) -> None:
    faces = rekognition.detect_faces(Image=trio)["FaceDetails"]
    areas = [face["BoundingBox"]["Width"] * face["BoundingBox"]["Height"] for face in faces]
    assert len(areas) == 3
    assert areas == sorted(areas, reverse=True)


def test_no_face_is_no_error_to_detect(rekognition: Any, nobody: dict[str, bytes]) -> None:
    assert rekognition.detect_faces(Image=nobody)["FaceDetails"] == []


def test_metrics_tell_of_faces_and_models(
    server: LiveServer, rekognition: Any, trio: dict[str, bytes]
) -> None:
    before = metrics_of(server)
    rekognition.detect_faces(Image=trio)
    after = metrics_of(server)
    assert after["vidimus_faces_detected_total"] - before["vidimus_faces_detected_total"] == 3
    assert after["vidimus_models_loaded"] >= 2


def metrics_of(server: LiveServer) -> dict[str, float]:
    with urlopen(f"{server.url}/metrics") as answer:
        rows = [line.rsplit(" ", 1) for line in answer.read().decode().splitlines()]
    return {name: float(value) for name, value in rows if not name.startswith("#")}


def test_compare_finds_the_same_person(
    rekognition: Any, photo: Photo, trio: dict[str, bytes]
) -> None:
    answer = rekognition.compare_faces(SourceImage=photo("face_7_0"), TargetImage=trio)
    (match,) = answer["FaceMatches"]
    assert match["Similarity"] >= 80
    assert 0.3 < match["Face"]["BoundingBox"]["Left"] < 0.65
    assert len(answer["UnmatchedFaces"]) == 2
    assert set(answer["SourceImageFace"]) == {"BoundingBox", "Confidence"}
    everyone = rekognition.compare_faces(
        SourceImage=photo("face_7_0"), TargetImage=trio, SimilarityThreshold=0
    )["FaceMatches"]
    found = [each["Similarity"] for each in everyone]
    assert len(found) == 3
    assert found == sorted(found, reverse=True)


def test_compare_needs_faces(rekognition: Any, photo: Photo, nobody: dict[str, bytes]) -> None:
    for pair, member in (
        ({"SourceImage": nobody, "TargetImage": photo("face_3")}, "SourceImage"),
        ({"SourceImage": photo("face_3"), "TargetImage": nobody}, "TargetImage"),
    ):
        with pytest.raises(ClientError) as raised:
            rekognition.compare_faces(**pair)
        assert code_of(raised) == "InvalidParameterException"
        assert member in raised.value.response["Error"]["Message"]


def test_index_list_search_delete(rekognition: Any, collection: str, photo: Photo) -> None:
    ids = {}
    for name in ("face_3", "face_3_0", "face_7", "face_1"):
        answer = rekognition.index_faces(
            CollectionId=collection, Image=photo(name), ExternalImageId=name
        )
        (record,) = answer["FaceRecords"]
        assert record["Face"]["ExternalImageId"] == name
        assert record["Face"]["IndexFacesModelVersion"] == answer["FaceModelVersion"]
        ids[name] = record["Face"]["FaceId"]
    listed = rekognition.list_faces(CollectionId=collection)
    assert [face["FaceId"] for face in listed["Faces"]] == list(ids.values())

    mates = rekognition.search_faces(CollectionId=collection, FaceId=ids["face_3"])
    assert [match["Face"]["FaceId"] for match in mates["FaceMatches"]] == [ids["face_3_0"]]

    found = rekognition.search_faces_by_image(CollectionId=collection, Image=photo("face_3_1"))
    assert {match["Face"]["FaceId"] for match in found["FaceMatches"]} == {
        ids["face_3"],
        ids["face_3_0"],
    }
    assert found["SearchedFaceConfidence"] > 90
    one = rekognition.search_faces_by_image(
        CollectionId=collection, Image=photo("face_3_1"), MaxFaces=1, FaceMatchThreshold=0
    )
    assert len(one["FaceMatches"]) == 1

    gone = str(uuid.uuid4())
    deleted = rekognition.delete_faces(CollectionId=collection, FaceIds=[ids["face_3"], gone])
    assert deleted["DeletedFaces"] == [ids["face_3"]]
    assert deleted["UnsuccessfulFaceDeletions"] == [{"FaceId": gone, "Reasons": ["FACE_NOT_FOUND"]}]
    again = rekognition.search_faces_by_image(CollectionId=collection, Image=photo("face_3_1"))
    assert [match["Face"]["FaceId"] for match in again["FaceMatches"]] == [ids["face_3_0"]]
    assert rekognition.describe_collection(CollectionId=collection)["FaceCount"] == 3


def test_the_same_picture_twice(rekognition: Any, collection: str, photo: Photo) -> None:
    def index(**more: str) -> dict[str, Any]:
        answer = rekognition.index_faces(CollectionId=collection, Image=photo("face_4"), **more)
        face: dict[str, Any] = answer["FaceRecords"][0]["Face"]
        return face

    assert index() == index()
    assert index(ExternalImageId="x")["FaceId"] == index(ExternalImageId="x")["FaceId"]
    assert len({index()["FaceId"], index(ExternalImageId="x")["FaceId"]}) == 2
    assert rekognition.describe_collection(CollectionId=collection)["FaceCount"] == 2


def test_face_ids_agree_between_collections(
    rekognition: Any, collection: str, photo: Photo
) -> None:
    rekognition.create_collection(CollectionId="twin")
    ids = [
        rekognition.index_faces(CollectionId=name, Image=photo("face_5"))["FaceRecords"][0]["Face"][
            "FaceId"
        ]
        for name in (collection, "twin")
    ]
    rekognition.delete_collection(CollectionId="twin")
    assert ids[0] == ids[1]


def test_max_faces_keeps_the_best(
    rekognition: Any, collection: str, trio: dict[str, bytes]
) -> None:
    answer = rekognition.index_faces(
        CollectionId=collection, Image=trio, MaxFaces=1, QualityFilter="NONE"
    )
    assert len(answer["FaceRecords"]) == 1
    assert [each["Reasons"] for each in answer["UnindexedFaces"]] == [["EXCEEDS_MAX_FACES"]] * 2
    assert rekognition.describe_collection(CollectionId=collection)["FaceCount"] == 1


def test_poor_faces_are_not_indexed(rekognition: Any, collection: str, people: Path) -> None:
    person = Image.open(people / "face_6.jpg").convert("RGB").resize((256, 256))
    blurred = encoded(person.filter(ImageFilter.GaussianBlur(6)))
    answer = rekognition.index_faces(CollectionId=collection, Image=blurred)
    assert answer["FaceRecords"] == []
    (poor,) = answer["UnindexedFaces"]
    assert "LOW_SHARPNESS" in poor["Reasons"]
    assert poor["FaceDetail"]["Quality"]["Sharpness"] < 10
    anyway = rekognition.index_faces(CollectionId=collection, Image=blurred, QualityFilter="NONE")
    assert len(anyway["FaceRecords"]) == 1


def test_a_picture_without_a_face(
    rekognition: Any, collection: str, nobody: dict[str, bytes]
) -> None:
    indexed = rekognition.index_faces(CollectionId=collection, Image=nobody)
    assert (indexed["FaceRecords"], indexed["UnindexedFaces"]) == ([], [])
    with pytest.raises(ClientError) as raised:
        rekognition.search_faces_by_image(CollectionId=collection, Image=nobody)
    assert code_of(raised) == "InvalidParameterException"
    users = rekognition.search_users_by_image(CollectionId=collection, Image=nobody)
    assert users["UserMatches"] == []
    assert "SearchedFace" not in users


def test_unknown_things(rekognition: Any, collection: str, photo: Photo) -> None:
    absent = str(uuid.uuid4())
    calls: tuple[Callable[[], object], ...] = (
        lambda: rekognition.search_faces(CollectionId=collection, FaceId=absent),
        lambda: rekognition.search_faces(CollectionId="absent", FaceId=absent),
        lambda: rekognition.index_faces(CollectionId="absent", Image=photo("face_3")),
        lambda: rekognition.search_faces_by_image(CollectionId="absent", Image=photo("face_3")),
        lambda: rekognition.list_faces(CollectionId="absent"),
        lambda: rekognition.list_faces(CollectionId=collection, UserId="absent"),
        lambda: rekognition.delete_faces(CollectionId="absent", FaceIds=[absent]),
        lambda: rekognition.delete_collection(CollectionId="absent"),
    )
    for call in calls:
        with pytest.raises(ClientError) as raised:
            call()
        assert code_of(raised) == "ResourceNotFoundException"


def test_list_faces_filters_and_pages(rekognition: Any, collection: str, photo: Photo) -> None:
    ids = [
        rekognition.index_faces(CollectionId=collection, Image=photo(f"face_{number}"))[
            "FaceRecords"
        ][0]["Face"]["FaceId"]
        for number in (7, 8, 9)
    ]
    pages = list(
        rekognition.get_paginator("list_faces").paginate(
            CollectionId=collection, PaginationConfig={"PageSize": 2}
        )
    )
    assert [len(page["Faces"]) for page in pages] == [2, 1]
    assert [face["FaceId"] for page in pages for face in page["Faces"]] == ids
    some = rekognition.list_faces(CollectionId=collection, FaceIds=[ids[2], str(uuid.uuid4())])
    assert [face["FaceId"] for face in some["Faces"]] == [ids[2]]
