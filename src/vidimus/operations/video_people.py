"""Faces and people in stored videos: found, followed, searched in a collection, named."""

from vidimus.analyses.celebrities import CelebrityWish, RecognizedPerson, SeenKnownPerson
from vidimus.analyses.face_search import FaceSearchWish, PersonMatches
from vidimus.analyses.faces import FaceWish
from vidimus.analyses.persons import PersonWish
from vidimus.analyses.seen_person import SeenPerson
from vidimus.engine.caller import Caller
from vidimus.engine.engine import Engine
from vidimus.engine.job_kinds import JobKind
from vidimus.operations import celebrities, faces
from vidimus.operations.registry import Answer, operation
from vidimus.operations.video_jobs import read_job, start_job
from vidimus.operations.video_words import (
    celebrity_detail,
    face_matches,
    person,
    video_face,
)
from vidimus.vision.face_types import FaceDetail
from vidimus.wire import shapes

NO_BODIES = "people are found by their faces: no BoundingBox of the body"


@operation("StartFaceDetection", partial=faces.UNTOLD)
def start_face_detection(
    engine: Engine, request: shapes.StartFaceDetectionRequest, caller: Caller
) -> Answer:
    """Have the faces of a video found and described."""
    wish = FaceWish(all_attributes=request.get("FaceAttributes") == "ALL")
    return start_job(engine, JobKind.FACE_DETECTION, request, caller, lambda: wish)


@operation("GetFaceDetection", partial=faces.UNTOLD)
def get_face_detection(
    engine: Engine, request: shapes.GetFaceDetectionRequest, caller: Caller
) -> Answer:
    """Tell the faces of a video by time."""
    reading = read_job(engine, JobKind.FACE_DETECTION, request)
    output: shapes.GetFaceDetectionResponse = {
        **reading.head,
        "Faces": [
            {"Timestamp": each.timestamp_ms, "Face": video_face(each.value)}
            for each in reading.results(FaceDetail)
        ],
    }
    return Answer(output)


@operation("StartFaceSearch", partial=NO_BODIES)
def start_face_search(
    engine: Engine, request: shapes.StartFaceSearchRequest, caller: Caller
) -> Answer:
    """Have the people of a video searched in a collection."""

    def wish() -> FaceSearchWish:
        engine.gallery.describe_collection(request["CollectionId"])
        threshold = request.get("FaceMatchThreshold", faces.DEFAULT_SIMILARITY)
        return FaceSearchWish(request["CollectionId"], threshold)

    return start_job(engine, JobKind.FACE_SEARCH, request, caller, wish)


@operation("GetFaceSearch", partial=NO_BODIES)
def get_face_search(engine: Engine, request: shapes.GetFaceSearchRequest, caller: Caller) -> Answer:
    """Tell who of the collection is seen when, by time or by person."""
    by_index = request.get("SortBy") == "INDEX"
    reading = read_job(engine, JobKind.FACE_SEARCH, request, by_subject=by_index)
    output: shapes.GetFaceSearchResponse = {
        **reading.head,
        "Persons": [
            {
                "Timestamp": each.timestamp_ms,
                "Person": person(each.subject, each.value),
                "FaceMatches": face_matches(reading.about(each.subject, PersonMatches)),
            }
            for each in reading.results(SeenPerson)
        ],
    }
    return Answer(output)


@operation("StartPersonTracking")
def start_person_tracking(
    engine: Engine, request: shapes.StartPersonTrackingRequest, caller: Caller
) -> Answer:
    """Have the people of a video followed."""
    return start_job(engine, JobKind.PERSON_TRACKING, request, caller, PersonWish)


@operation("GetPersonTracking")
def get_person_tracking(
    engine: Engine, request: shapes.GetPersonTrackingRequest, caller: Caller
) -> Answer:
    """Tell where each person is, by time or by person."""
    by_index = request.get("SortBy") == "INDEX"
    reading = read_job(engine, JobKind.PERSON_TRACKING, request, by_subject=by_index)
    output: shapes.GetPersonTrackingResponse = {
        **reading.head,
        "Persons": [
            {"Timestamp": each.timestamp_ms, "Person": person(each.subject, each.value)}
            for each in reading.results(SeenPerson)
        ],
    }
    return Answer(output)


@operation("StartCelebrityRecognition", partial=celebrities.PARTIAL)
def start_celebrity_recognition(
    engine: Engine, request: shapes.StartCelebrityRecognitionRequest, caller: Caller
) -> Answer:
    """Have the known people of a video named."""
    wish = CelebrityWish(engine.settings.known_people_threshold)
    return start_job(engine, JobKind.CELEBRITY_RECOGNITION, request, caller, lambda: wish)


@operation("GetCelebrityRecognition", partial=celebrities.PARTIAL)
def get_celebrity_recognition(
    engine: Engine, request: shapes.GetCelebrityRecognitionRequest, caller: Caller
) -> Answer:
    """Tell which known person is seen when, by time or by the person's id."""
    by_id = request.get("SortBy") == "ID"
    reading = read_job(engine, JobKind.CELEBRITY_RECOGNITION, request, by_subject=by_id)
    output: shapes.GetCelebrityRecognitionResponse = {
        **reading.head,
        "Celebrities": [
            {"Timestamp": each.timestamp_ms, "Celebrity": celebrity_detail(each.value, known)}
            for each in reading.results(SeenKnownPerson)
            if (known := reading.about(each.subject, RecognizedPerson)) is not None
        ],
    }
    return Answer(output)
