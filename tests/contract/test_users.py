"""Users through boto3: identities that fuse several faces."""

import uuid
from collections.abc import Callable
from typing import Any

import pytest
from botocore.exceptions import ClientError

from tests.contract.test_collections import code_of

Photo = Callable[[str], dict[str, bytes]]


@pytest.fixture
def faces(rekognition: Any, collection: str, photo: Photo) -> dict[str, str]:
    """Face ids of two people, by the photograph's name."""
    names = ["face_3", "face_3_0", "face_3_1", "face_7", "face_7_0"]
    return {
        name: rekognition.index_faces(CollectionId=collection, Image=photo(name))["FaceRecords"][0][
            "Face"
        ]["FaceId"]
        for name in names
    }


def test_a_user_lives_and_dies(rekognition: Any, collection: str, faces: dict[str, str]) -> None:
    rekognition.create_user(CollectionId=collection, UserId="ada")
    assert rekognition.list_users(CollectionId=collection)["Users"] == [
        {"UserId": "ada", "UserStatus": "CREATED"}
    ]
    with pytest.raises(ClientError) as raised:
        rekognition.create_user(CollectionId=collection, UserId="ada")
    assert code_of(raised) == "ConflictException"

    ids = [faces["face_3"], faces["face_3_0"]]
    answer = rekognition.associate_faces(CollectionId=collection, UserId="ada", FaceIds=ids)
    assert [each["FaceId"] for each in answer["AssociatedFaces"]] == ids
    assert answer["UserStatus"] == "ACTIVE"
    listed = rekognition.list_faces(CollectionId=collection, UserId="ada")["Faces"]
    assert [face["FaceId"] for face in listed] == ids
    assert {face["UserId"] for face in listed} == {"ada"}
    assert rekognition.describe_collection(CollectionId=collection)["UserCount"] == 1

    refused = rekognition.delete_faces(CollectionId=collection, FaceIds=ids[:1])
    assert refused["UnsuccessfulFaceDeletions"] == [
        {"FaceId": ids[0], "UserId": "ada", "Reasons": ["ASSOCIATED_TO_AN_EXISTING_USER"]}
    ]
    rekognition.delete_user(CollectionId=collection, UserId="ada")
    assert rekognition.list_users(CollectionId=collection)["Users"] == []
    assert rekognition.describe_collection(CollectionId=collection)["FaceCount"] == 5
    assert rekognition.delete_faces(CollectionId=collection, FaceIds=ids)["DeletedFaces"] == ids


def test_association_rules(rekognition: Any, collection: str, faces: dict[str, str]) -> None:
    for user in ("ada", "bob"):
        rekognition.create_user(CollectionId=collection, UserId=user)
    rekognition.associate_faces(CollectionId=collection, UserId="ada", FaceIds=[faces["face_3"]])
    absent = str(uuid.uuid4())
    answer = rekognition.associate_faces(
        CollectionId=collection,
        UserId="ada",
        FaceIds=[faces["face_3"], faces["face_3_0"], faces["face_7"], absent],
    )
    assert [each["FaceId"] for each in answer["AssociatedFaces"]] == [faces["face_3_0"]]
    reasons = {each["FaceId"]: each for each in answer["UnsuccessfulFaceAssociations"]}
    assert reasons[absent]["Reasons"] == ["FACE_NOT_FOUND"]
    assert reasons[faces["face_7"]]["Reasons"] == ["LOW_MATCH_CONFIDENCE"]
    assert 0 <= reasons[faces["face_7"]]["Confidence"] < 75
    assert faces["face_3"] not in reasons

    other = rekognition.associate_faces(
        CollectionId=collection, UserId="bob", FaceIds=[faces["face_3"], faces["face_7"]]
    )
    assert [each["FaceId"] for each in other["AssociatedFaces"]] == [faces["face_7"]]
    assert other["UnsuccessfulFaceAssociations"][0]["Reasons"] == ["ASSOCIATED_TO_A_DIFFERENT_USER"]
    assert other["UnsuccessfulFaceAssociations"][0]["UserId"] == "ada"

    back = rekognition.disassociate_faces(
        CollectionId=collection,
        UserId="ada",
        FaceIds=[faces["face_3"], faces["face_7"], faces["face_3_1"], absent],
    )
    assert [each["FaceId"] for each in back["DisassociatedFaces"]] == [faces["face_3"]]
    reasons = {each["FaceId"]: each["Reasons"] for each in back["UnsuccessfulFaceDisassociations"]}
    assert reasons == {
        faces["face_7"]: ["ASSOCIATED_TO_A_DIFFERENT_USER"],
        absent: ["FACE_NOT_FOUND"],
    }
    assert back["UserStatus"] == "ACTIVE"


def test_searching_users(
    rekognition: Any, collection: str, faces: dict[str, str], photo: Photo
) -> None:
    for user, names in {"ada": ("face_3", "face_3_0"), "bob": ("face_7",)}.items():
        rekognition.create_user(CollectionId=collection, UserId=user)
        rekognition.associate_faces(
            CollectionId=collection, UserId=user, FaceIds=[faces[name] for name in names]
        )
    found = rekognition.search_users_by_image(CollectionId=collection, Image=photo("face_3_2"))
    assert [match["User"]["UserId"] for match in found["UserMatches"]] == ["ada"]
    assert found["SearchedFace"]["FaceDetail"]["Confidence"] > 90
    assert found["UnsearchedFaces"] == []

    by_face = rekognition.search_users(CollectionId=collection, FaceId=faces["face_7_0"])
    assert [match["User"]["UserId"] for match in by_face["UserMatches"]] == ["bob"]
    assert by_face["SearchedFace"] == {"FaceId": faces["face_7_0"]}

    by_user = rekognition.search_users(CollectionId=collection, UserId="ada", UserMatchThreshold=0)
    assert [match["User"]["UserId"] for match in by_user["UserMatches"]] == ["bob"]
    assert by_user["SearchedUser"] == {"UserId": "ada"}
    assert rekognition.search_users(CollectionId=collection, UserId="ada")["UserMatches"] == []


def test_one_probe_exactly(rekognition: Any, collection: str) -> None:
    for probes in ({}, {"UserId": "ada", "FaceId": str(uuid.uuid4())}):
        with pytest.raises(ClientError) as raised:
            rekognition.search_users(CollectionId=collection, **probes)
        assert code_of(raised) == "InvalidParameterException"


def test_unknown_users(rekognition: Any, collection: str, faces: dict[str, str]) -> None:
    ids = [faces["face_3"]]
    calls: tuple[Callable[[], object], ...] = (
        lambda: rekognition.delete_user(CollectionId=collection, UserId="absent"),
        lambda: rekognition.search_users(CollectionId=collection, UserId="absent"),
        lambda: rekognition.search_users(CollectionId=collection, FaceId=str(uuid.uuid4())),
        lambda: rekognition.create_user(CollectionId="absent", UserId="ada"),
        lambda: rekognition.list_users(CollectionId="absent"),
        lambda: rekognition.associate_faces(CollectionId=collection, UserId="absent", FaceIds=ids),
        lambda: rekognition.disassociate_faces(
            CollectionId=collection, UserId="absent", FaceIds=ids
        ),
    )
    for call in calls:
        with pytest.raises(ClientError) as raised:
            call()
        assert code_of(raised) == "ResourceNotFoundException"


def test_a_token_is_carried_out_once(
    rekognition: Any, collection: str, faces: dict[str, str]
) -> None:
    first = {"CollectionId": collection, "UserId": "ada", "ClientRequestToken": "token-1"}
    rekognition.create_user(**first)
    rekognition.create_user(**first)
    with pytest.raises(ClientError) as raised:
        rekognition.create_user(**{**first, "UserId": "bob"})
    assert code_of(raised) == "IdempotentParameterMismatchException"

    call = {
        "CollectionId": collection,
        "UserId": "ada",
        "FaceIds": [faces["face_3"]],
        "ClientRequestToken": "token-2",
    }
    once = rekognition.associate_faces(**call)
    rekognition.disassociate_faces(CollectionId=collection, UserId="ada", FaceIds=[faces["face_3"]])
    again = rekognition.associate_faces(**call)
    assert again["AssociatedFaces"] == once["AssociatedFaces"]
    assert rekognition.list_faces(CollectionId=collection, UserId="ada")["Faces"] == []


def test_at_most_a_hundred_faces(
    rekognition: Any, collection: str, faces: dict[str, str], photo: Photo
) -> None:
    rekognition.create_user(CollectionId=collection, UserId="ada")
    ids = [
        rekognition.index_faces(
            CollectionId=collection, Image=photo("face_3"), ExternalImageId=f"copy-{number}"
        )["FaceRecords"][0]["Face"]["FaceId"]
        for number in range(101)
    ]
    rekognition.associate_faces(CollectionId=collection, UserId="ada", FaceIds=ids[:100])
    with pytest.raises(ClientError) as raised:
        rekognition.associate_faces(CollectionId=collection, UserId="ada", FaceIds=ids[100:])
    assert code_of(raised) == "ServiceQuotaExceededException"


def test_users_come_in_pages(rekognition: Any, collection: str) -> None:
    names = [f"user-{number}" for number in range(5)]
    for name in names:
        rekognition.create_user(CollectionId=collection, UserId=name)
    pages = rekognition.get_paginator("list_users").paginate(
        CollectionId=collection, PaginationConfig={"PageSize": 2}
    )
    assert [user["UserId"] for page in pages for user in page["Users"]] == names
