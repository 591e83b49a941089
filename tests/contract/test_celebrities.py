"""RecognizeCelebrities and GetCelebrityInfo, on a library imported while the server runs."""

import json
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pytest
from botocore.exceptions import ClientError

from tests.contract.conftest import LiveServer
from tests.contract.test_collections import code_of
from tests.contract.test_ledger import rows_of
from tests.contract.test_trouble import run_cli

Photo = Callable[[str], dict[str, bytes]]

PEOPLE = """name,photos,urls,gender,id
Ada Lovelace,face_3.jpg;face_3_0.jpg,www.example.org/ada;www.example.com/ada,female,ada1
Bob,face_7.jpg,,,bob2
"""


@pytest.fixture(scope="module")
def library(
    server: LiveServer, models_path: Path, people: Path, tmp_path_factory: pytest.TempPathFactory
) -> Iterator[None]:
    """Ada and Bob are known; nobody is after the tests of this file."""
    file = tmp_path_factory.mktemp("people") / "people.csv"
    file.write_text(PEOPLE, encoding="utf-8")
    run = ["celebrities", "import", str(people), str(file), "--json"]
    done = run_cli(server.home, models_path, *run)
    assert done.returncode == 0, done.stderr
    assert [each["outcome"] for each in json.loads(done.stdout)["people"]] == ["added", "added"]
    yield
    for person_id in ("ada1", "bob2"):
        run_cli(server.home, models_path, "celebrities", "remove", person_id)
        run_cli(server.home, models_path, "celebrities", "readmit", person_id)


def test_nobody_is_known_before_an_import(
    tmp_path: Path, server: LiveServer, rekognition: Any, photo: Photo
) -> None:
    answer = rekognition.recognize_celebrities(Image=photo("face_9"))
    assert answer["CelebrityFaces"] == []
    (face,) = answer["UnrecognizedFaces"]
    assert face["Confidence"] > 90


@pytest.mark.usefixtures("library")
def test_a_known_person_is_named(rekognition: Any, photo: Photo) -> None:
    answer = rekognition.recognize_celebrities(Image=photo("face_3_1"))
    (ada,) = answer["CelebrityFaces"]
    assert answer["UnrecognizedFaces"] == []
    assert (ada["Name"], ada["Id"]) == ("Ada Lovelace", "ada1")
    assert ada["Urls"] == ["www.example.org/ada", "www.example.com/ada"]
    assert ada["KnownGender"] == {"Type": "Female"}
    assert 80 <= ada["MatchConfidence"] <= 100
    assert "OrientationCorrection" not in answer
    assert_complete(ada["Face"])


def assert_complete(face: dict[str, Any]) -> None:
    """All of ComparedFace that the installed networks tell, of a named face or another."""
    assert {"BoundingBox", "Confidence", "Landmarks", "Pose", "Quality", "Smile"} <= set(face)
    kinds = {"eyeLeft", "eyeRight", "mouthLeft", "mouthRight", "nose"}
    assert {mark["Type"] for mark in face["Landmarks"]} == kinds
    assert isinstance(face["Smile"]["Value"], bool)
    if "Emotions" in face:
        assert sum(each["Confidence"] for each in face["Emotions"]) == pytest.approx(100, abs=0.1)


@pytest.mark.usefixtures("library")
def test_a_stranger_is_described_and_not_named(rekognition: Any, photo: Photo) -> None:
    answer = rekognition.recognize_celebrities(Image=photo("face_9"))
    assert answer["CelebrityFaces"] == []
    (face,) = answer["UnrecognizedFaces"]
    assert_complete(face)


@pytest.mark.usefixtures("library")
def test_what_is_known_of_a_person(rekognition: Any) -> None:
    ada = rekognition.get_celebrity_info(Id="ada1")
    assert (ada["Name"], ada["KnownGender"]) == ("Ada Lovelace", {"Type": "Female"})
    bob = rekognition.get_celebrity_info(Id="bob2")
    assert (bob["Name"], bob["Urls"], "KnownGender" in bob) == ("Bob", [], False)


@pytest.mark.parametrize("person_id", ["nobody9", "ADA1", ""])
@pytest.mark.usefixtures("library")
def test_who_is_not_known_is_not_found(rekognition: Any, person_id: str) -> None:
    with pytest.raises(ClientError) as raised:
        rekognition.get_celebrity_info(Id=person_id)
    assert code_of(raised) == "ResourceNotFoundException"


def test_an_id_of_other_characters_is_refused(rekognition: Any) -> None:
    with pytest.raises(ClientError) as raised:
        rekognition.get_celebrity_info(Id="ada-1")
    assert code_of(raised) == "InvalidParameterException"


@pytest.mark.usefixtures("library")
def test_the_look_is_on_record_with_a_receipt(
    server: LiveServer, rekognition: Any, photo: Photo, models_path: Path
) -> None:
    answer = rekognition.recognize_celebrities(Image=photo("face_3_1"))
    row = rows_of(server, models_path)[-1]
    headers = answer["ResponseMetadata"]["HTTPHeaders"]
    assert headers["x-vidimus-ledger-receipt"] == f"{row['sequence']}:{row['hash']}"
    entry = row["entry"]
    assert entry["operation"] == "RecognizeCelebrities"
    assert entry["request_id"] == answer["ResponseMetadata"]["RequestId"]
    assert [name for name, _ in entry["candidates"]] == ["ada1"]
    assert "Lovelace" not in json.dumps(rows_of(server, models_path))


@pytest.mark.usefixtures("library")
def test_no_other_operation_reaches_the_library(rekognition: Any, photo: Photo) -> None:
    hidden = "vidimus:known-people"
    listed = rekognition.get_paginator("list_collections").paginate()
    assert hidden not in [name for page in listed for name in page["CollectionIds"]]
    calls: tuple[Callable[[], object], ...] = (
        lambda: rekognition.describe_collection(CollectionId=hidden),
        lambda: rekognition.delete_collection(CollectionId=hidden),
        lambda: rekognition.create_collection(CollectionId=hidden),
        lambda: rekognition.list_faces(CollectionId=hidden),
        lambda: rekognition.list_users(CollectionId=hidden),
        lambda: rekognition.index_faces(CollectionId=hidden, Image=photo("face_9")),
        lambda: rekognition.search_faces_by_image(CollectionId=hidden, Image=photo("face_3")),
        lambda: rekognition.search_users_by_image(CollectionId=hidden, Image=photo("face_3")),
        lambda: rekognition.search_users(CollectionId=hidden, UserId="ada1"),
        lambda: rekognition.delete_user(CollectionId=hidden, UserId="ada1"),
        lambda: rekognition.associate_faces(CollectionId=hidden, UserId="ada1", FaceIds=["a"]),
    )
    for call in calls:
        with pytest.raises(ClientError) as raised:
            call()
        assert code_of(raised) == "InvalidParameterException"


@pytest.mark.usefixtures("library")
def test_the_library_has_no_tags(rekognition: Any) -> None:
    arn = "arn:aws:rekognition:us-east-1:000000000000:collection/vidimus:known-people"
    calls: tuple[Callable[[], object], ...] = (
        lambda: rekognition.list_tags_for_resource(ResourceArn=arn),
        lambda: rekognition.tag_resource(ResourceArn=arn, Tags={"a": "b"}),
        lambda: rekognition.untag_resource(ResourceArn=arn, TagKeys=["a"]),
    )
    for call in calls:
        with pytest.raises(ClientError) as raised:
            call()
        assert code_of(raised) == "ResourceNotFoundException"


@pytest.mark.parametrize(
    ("image", "code"),
    [
        ({}, "InvalidParameterException"),
        ({"Bytes": b"no picture"}, "InvalidImageFormatException"),
        ({"S3Object": {"Bucket": "absent", "Name": "a.jpg"}}, "InvalidS3ObjectException"),
    ],
)
def test_bad_pictures(rekognition: Any, image: dict[str, Any], code: str) -> None:
    with pytest.raises(ClientError) as raised:
        rekognition.recognize_celebrities(Image=image)
    assert code_of(raised) == code


def test_who_is_removed_is_named_no_more_at_once(
    server: LiveServer, rekognition: Any, photo: Photo, models_path: Path, library: None
) -> None:
    assert rekognition.recognize_celebrities(Image=photo("face_7_1"))["CelebrityFaces"]
    done = run_cli(server.home, models_path, "celebrities", "remove", "bob2")
    assert "receipt" in done.stdout
    assert rekognition.recognize_celebrities(Image=photo("face_7_1"))["CelebrityFaces"] == []
    with pytest.raises(ClientError) as raised:
        rekognition.get_celebrity_info(Id="bob2")
    assert code_of(raised) == "ResourceNotFoundException"
    row = rows_of(server, models_path)[-2]["entry"]
    assert (row["operation"], row["details"]["person_id"]) == ("RemoveKnownPerson", "bob2")
    assert row["actor"].startswith("local:")
