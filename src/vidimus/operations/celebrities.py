"""RecognizeCelebrities and GetCelebrityInfo: the people of the operator's own library."""

from typing import cast

from vidimus.engine.caller import Caller
from vidimus.engine.engine import Engine
from vidimus.engine.known_people import NamedFace, Recognition
from vidimus.operations.face_words import described_face
from vidimus.operations.pictures import load_picture
from vidimus.operations.registry import Answer, operation, recorded
from vidimus.storage.known_people import KnownPerson
from vidimus.wire import shapes

PARTIAL = "knows whom you import (`vidimus celebrities import`), nobody else"


@operation("RecognizeCelebrities", partial=PARTIAL)
def recognize_celebrities(
    engine: Engine, request: shapes.RecognizeCelebritiesRequest, caller: Caller
) -> Answer:
    """Name the known people among the 64 largest faces of a picture."""
    picture = load_picture(engine, request["Image"])
    faces = engine.look_at(picture).faces
    recognition = engine.known_people.recognize(picture, faces, caller=caller)
    return recorded(recognition_words(recognition), recognition.receipt)


@operation("GetCelebrityInfo", partial=PARTIAL)
def get_celebrity_info(
    engine: Engine, request: shapes.GetCelebrityInfoRequest, caller: Caller
) -> Answer:
    """Tell what the library says about a person."""
    person = engine.people_library.describe_person(request["Id"])
    output: shapes.GetCelebrityInfoResponse = {"Name": person.name, "Urls": list(person.urls)}
    if (gender := known_gender(person)) is not None:
        output["KnownGender"] = gender
    return Answer(output)


def recognition_words(recognition: Recognition) -> shapes.RecognizeCelebritiesResponse:
    """Return who was recognized, and the other faces, in the API's words."""
    return {
        "CelebrityFaces": [celebrity(each) for each in recognition.named],
        "UnrecognizedFaces": [described_face(detail) for detail in recognition.unnamed],
    }


def celebrity(named: NamedFace) -> shapes.Celebrity:
    """Return a named face in the API's words."""
    person = named.person
    words: shapes.Celebrity = {
        "Urls": list(person.urls),
        "Name": person.name,
        "Id": person.person_id,
        "Face": described_face(named.detail),
        "MatchConfidence": named.similarity,
    }
    if (gender := known_gender(person)) is not None:
        words["KnownGender"] = gender
    return words


def known_gender(person: KnownPerson) -> shapes.KnownGender | None:
    """Return the gender that the source stated; None where it stated none."""
    if person.gender is None:
        return None
    return {"Type": cast(shapes.KnownGenderType, person.gender)}
