"""Faces and people of videos in the API's words."""

from collections.abc import Iterator
from dataclasses import replace
from typing import Any

import msgspec
import pytest

from tests.operations.video_place import VIDEO, Place, Told
from vidimus.analyses.celebrities import CelebrityWish, RecognizedPerson, SeenKnownPerson
from vidimus.analyses.face_search import FaceSearchWish, FoundFace, PersonMatches
from vidimus.analyses.faces import FaceWish
from vidimus.analyses.seen_person import SeenPerson, subject_of
from vidimus.geometry import BoundingBox, Point
from vidimus.storage.enrolled import EnrolledFace
from vidimus.storage.known_people import KnownPerson
from vidimus.vision.face_types import (
    Appearance,
    EyeDirection,
    FaceDetail,
    FaceQuality,
    Judgement,
    Landmark,
    Pose,
)

BODY = BoundingBox(0.1, 0.1, 0.3, 0.8)
BODY_WORDS = {"Left": 0.1, "Top": 0.1, "Width": 0.3, "Height": 0.8}
FACE = FaceDetail(
    box=BoundingBox(0.2, 0.1, 0.1, 0.2),
    confidence=99.0,
    landmarks=(Landmark("eye_left", Point(0.22, 0.15)), Landmark("nose", Point(0.25, 0.2))),
    pose=Pose(1.0, -2.0, 3.0),
    quality=FaceQuality(60.0, 70.0),
)
EVERYTHING = replace(
    FACE,
    age_range=(20, 28),
    gender=Appearance("Female", 90.0),
    emotions=(Appearance("HAPPY", 80.0), Appearance("CALM", 20.0)),
    smile=Judgement(True, 80.0),
    face_occluded=Judgement(False, 99.0),
    eye_direction=EyeDirection(1.0, 2.0, 90.0),
)
ENROLLED = EnrolledFace(
    key=1,
    face_id="0a0b0c0d-0000-4000-8000-000000000000",
    image_id="0a0b0c0d-0000-4000-8000-000000000001",
    external_image_id="ada",
    box=BODY,
    confidence=98.0,
    embedder_version="1.0",
    user_id="Ada",
)
PERSON = KnownPerson("Q7259", "Ada Lovelace", ("www.wikidata.org/wiki/Q7259",), "Female")


@pytest.fixture(autouse=True)
def _no_open_jobs(place: Place) -> Iterator[None]:
    yield
    for job in place.engine.jobs.list(limit=1000):
        place.engine.jobs.cancel(job.job_id)


def start(place: Place, kind: str, **params: object) -> str:
    return str(place.call(f"Start{kind}", Video=VIDEO, **params)["JobId"])


def wish(place: Place, kind: str, of: type[Any], **params: object) -> Any:
    """What a worker reads of a job."""
    return msgspec.json.decode(place.job(start(place, kind, **params)).wish, type=of)


def test_faces_without_what_is_never_told_of_videos(place: Place) -> None:
    job_id = start(place, "FaceDetection", FaceAttributes="ALL")
    place.succeed(job_id, [Told(0, "", FACE), Told(200, "", EVERYTHING)])
    first, second = place.call("GetFaceDetection", JobId=job_id)["Faces"]
    assert first["Timestamp"] == 0
    assert set(first["Face"]) == {"BoundingBox", "Confidence", "Landmarks", "Pose", "Quality"}
    assert first["Face"]["Pose"] == {"Roll": 1.0, "Yaw": -2.0, "Pitch": 3.0}
    assert second["Face"]["AgeRange"] == {"Low": 20, "High": 28}
    assert second["Face"]["Emotions"][0] == {"Type": "HAPPY", "Confidence": 80.0}
    assert not {"FaceOccluded", "EyeDirection"} & set(second["Face"])


def test_which_attributes_are_wanted(place: Place) -> None:
    assert wish(place, "FaceDetection", FaceWish) == FaceWish(False)
    assert wish(place, "FaceDetection", FaceWish, FaceAttributes="DEFAULT") == FaceWish(False)
    assert wish(place, "FaceDetection", FaceWish, FaceAttributes="ALL") == FaceWish(True)


def test_who_of_a_collection_is_seen_when(place: Place) -> None:
    place.call("CreateCollection", CollectionId="people")
    job_id = start(place, "FaceSearch", CollectionId="people")
    told = [
        Told(0, subject_of(1), SeenPerson(BODY, FACE)),
        Told(0, subject_of(0), SeenPerson(None, FACE)),
        Told(200, subject_of(0), SeenPerson(None, FACE)),
    ]
    matches = PersonMatches((FoundFace(97.5, ENROLLED),))
    place.succeed(job_id, told, {subject_of(0): matches})
    by_time = place.call("GetFaceSearch", JobId=job_id)["Persons"]
    assert [(each["Timestamp"], each["Person"]["Index"]) for each in by_time] == [
        (0, 1),
        (0, 0),
        (200, 0),
    ]
    by_index = place.call("GetFaceSearch", JobId=job_id, SortBy="INDEX")["Persons"]
    assert [each["Person"]["Index"] for each in by_index] == [0, 0, 1]
    for each in by_index[:2]:
        (match,) = each["FaceMatches"]
        assert match["Similarity"] == 97.5
        assert match["Face"]["FaceId"] == ENROLLED.face_id
        assert match["Face"]["UserId"] == "Ada"
        assert "BoundingBox" not in each["Person"]
    assert by_index[2]["FaceMatches"] == []
    assert by_index[2]["Person"]["BoundingBox"] == BODY_WORDS


def test_who_is_searched_where(place: Place) -> None:
    place.call("CreateCollection", CollectionId="others")
    wanted = wish(place, "FaceSearch", FaceSearchWish, CollectionId="others")
    assert wanted == FaceSearchWish("others", 80.0)
    wanted = wish(place, "FaceSearch", FaceSearchWish, CollectionId="others", FaceMatchThreshold=0)
    assert wanted == FaceSearchWish("others", 0)


def test_where_people_are(place: Place) -> None:
    job_id = start(place, "PersonTracking")
    told = [
        Told(0, subject_of(2), SeenPerson(BODY, None)),
        Told(0, subject_of(10), SeenPerson(BODY, FACE)),
        Told(200, subject_of(2), SeenPerson(BODY, FACE)),
    ]
    place.succeed(job_id, told)
    by_time = place.call("GetPersonTracking", JobId=job_id)["Persons"]
    assert by_time[0] == {"Timestamp": 0, "Person": {"Index": 2, "BoundingBox": BODY_WORDS}}
    assert by_time[1]["Person"]["Face"]["Confidence"] == 99.0
    by_index = place.call("GetPersonTracking", JobId=job_id, SortBy="INDEX")["Persons"]
    assert [(each["Person"]["Index"], each["Timestamp"]) for each in by_index] == [
        (2, 0),
        (2, 200),
        (10, 0),
    ]


def test_known_people_are_named(place: Place) -> None:
    job_id = start(place, "CelebrityRecognition")
    nameless = replace(PERSON, person_id="A1", gender=None, urls=())
    told = [
        Told(0, "Q7259", SeenKnownPerson(FACE, BODY)),
        Told(0, "A1", SeenKnownPerson(FACE)),
        Told(200, "Q7259", SeenKnownPerson(FACE)),
    ]
    known = {
        "Q7259": RecognizedPerson(PERSON, 96.0),
        "A1": RecognizedPerson(nameless, 91.0),
    }
    place.succeed(job_id, told, known)
    by_time = place.call("GetCelebrityRecognition", JobId=job_id)["Celebrities"]
    assert [each["Celebrity"]["Id"] for each in by_time] == ["Q7259", "A1", "Q7259"]
    ada = by_time[0]["Celebrity"]
    assert ada["Name"] == "Ada Lovelace"
    assert ada["Urls"] == ["www.wikidata.org/wiki/Q7259"]
    assert ada["KnownGender"] == {"Type": "Female"}
    assert ada["Confidence"] == 96.0
    assert ada["BoundingBox"] == BODY_WORDS
    assert ada["Face"]["Quality"] == {"Brightness": 60.0, "Sharpness": 70.0}
    assert not {"KnownGender", "BoundingBox"} & set(by_time[1]["Celebrity"])
    by_id = place.call("GetCelebrityRecognition", JobId=job_id, SortBy="ID")["Celebrities"]
    assert [each["Celebrity"]["Id"] for each in by_id] == ["A1", "Q7259", "Q7259"]


def test_known_people_are_named_from_the_operators_similarity_on(place: Place) -> None:
    wanted = wish(place, "CelebrityRecognition", CelebrityWish)
    assert wanted.threshold == place.engine.settings.known_people_threshold
