"""DetectFaces, CompareFaces, and the operations on the faces of a collection."""

from typing import cast

from vidimus.engine.caller import Caller
from vidimus.engine.engine import Engine
from vidimus.operations.face_words import (
    bounding_box,
    compared_face,
    enrolled_face,
    face_detail,
    requested_attributes,
)
from vidimus.operations.paging import page_of, token_of
from vidimus.operations.pictures import load_picture
from vidimus.operations.registry import Answer, operation, recorded
from vidimus.vision.quality_filter import QualityLevel
from vidimus.wire import shapes

UNTOLD = "no freely licensed net tells Eyeglasses, Sunglasses, Beard or Mustache: left out"
DEFAULT_SIMILARITY = 80.0
LIST_FACES_LIMIT = 4096


@operation("DetectFaces", partial=UNTOLD)
def detect_faces(engine: Engine, request: shapes.DetectFacesRequest, caller: Caller) -> Answer:
    """Describe the 100 largest faces of a picture; a picture without one has an empty list."""
    picture = load_picture(engine, request["Image"])
    faces = engine.faces.detect_faces(picture.pixels)
    attributes = requested_attributes(request.get("Attributes"))
    details = engine.faces.describe_faces(picture.pixels, faces, attributes)
    return Answer({"FaceDetails": [face_detail(detail) for detail in details]})


@operation("CompareFaces")
def compare_faces(engine: Engine, request: shapes.CompareFacesRequest, caller: Caller) -> Answer:
    """Compare the largest face of one picture with the faces of another."""
    outcome = engine.comparison.compare_faces(
        load_picture(engine, request["SourceImage"], "SourceImage"),
        load_picture(engine, request["TargetImage"], "TargetImage"),
        threshold=request.get("SimilarityThreshold", DEFAULT_SIMILARITY),
        quality=QualityLevel(request.get("QualityFilter", "NONE")),
        caller=caller,
    )
    output: shapes.CompareFacesResponse = {
        "SourceImageFace": {
            "BoundingBox": bounding_box(outcome.source.box),
            "Confidence": outcome.source.confidence,
        },
        "FaceMatches": [
            {"Similarity": match.similarity, "Face": compared_face(match.face)}
            for match in outcome.matches
        ],
        "UnmatchedFaces": [compared_face(other.face) for other in outcome.unmatched],
    }
    return recorded(output, outcome.receipt)


@operation("IndexFaces", partial=UNTOLD)
def index_faces(engine: Engine, request: shapes.IndexFacesRequest, caller: Caller) -> Answer:
    """Enroll the faces of a picture in a collection."""
    engine.gallery.describe_collection(request["CollectionId"])
    outcome = engine.enrollment.index_faces(
        request["CollectionId"],
        load_picture(engine, request["Image"]),
        external_image_id=request.get("ExternalImageId"),
        max_faces=request.get("MaxFaces"),
        quality=QualityLevel(request.get("QualityFilter", "AUTO")),
        attributes=requested_attributes(request.get("DetectionAttributes")),
        caller=caller,
    )
    output: shapes.IndexFacesResponse = {
        "FaceRecords": [
            {"Face": enrolled_face(each.face), "FaceDetail": face_detail(each.portrait.detail)}
            for each in outcome.indexed
        ],
        "FaceModelVersion": outcome.model_version,
        "UnindexedFaces": [
            {
                "Reasons": cast(list[shapes.Reason], [*each.reasons]),
                "FaceDetail": face_detail(each.portrait.detail),
            }
            for each in outcome.unindexed
        ],
    }
    return recorded(output, outcome.receipt)


@operation("ListFaces")
def list_faces(engine: Engine, request: shapes.ListFacesRequest, caller: Caller) -> Answer:
    """List the faces of a collection, oldest first."""
    collection_id = request["CollectionId"]
    collection = engine.gallery.describe_collection(collection_id)
    page = engine.gallery.list_faces(
        collection_id,
        user_id=request.get("UserId"),
        face_ids=request.get("FaceIds"),
        after_key=page_of(engine, request.get("NextToken"), "ListFaces", collection_id),
        limit=request.get("MaxResults") or LIST_FACES_LIMIT,
    )
    output: shapes.ListFacesResponse = {
        "Faces": [enrolled_face(face) for face in page.items],
        "FaceModelVersion": collection.embedder_version,
        **token_of(engine, page, "ListFaces", collection_id),
    }
    return Answer(output)


@operation("DeleteFaces")
def delete_faces(engine: Engine, request: shapes.DeleteFacesRequest, caller: Caller) -> Answer:
    """Delete faces of a collection; those of a user are refused."""
    outcome, receipt = engine.enrollment.delete_faces(
        request["CollectionId"], request["FaceIds"], caller=caller
    )
    output: shapes.DeleteFacesResponse = {
        "DeletedFaces": list(outcome.deleted),
        "UnsuccessfulFaceDeletions": [
            {
                "FaceId": failure.face_id,
                "Reasons": [cast(shapes.UnsuccessfulFaceDeletionReason, failure.reason)],
                **({"UserId": failure.user_id} if failure.user_id else {}),
            }
            for failure in outcome.failures
        ],
    }
    return recorded(output, receipt)


@operation("SearchFaces")
def search_faces(engine: Engine, request: shapes.SearchFacesRequest, caller: Caller) -> Answer:
    """Search the mates of an enrolled face in its collection."""
    search = engine.identification.search_faces(
        request["CollectionId"],
        request["FaceId"],
        threshold=request.get("FaceMatchThreshold", DEFAULT_SIMILARITY),
        limit=request.get("MaxFaces", LIST_FACES_LIMIT),
        caller=caller,
    )
    output: shapes.SearchFacesResponse = {
        "SearchedFaceId": request["FaceId"],
        "FaceMatches": [
            {"Similarity": match.similarity, "Face": enrolled_face(match.face)}
            for match in search.matches
        ],
        "FaceModelVersion": search.model_version,
    }
    return recorded(output, search.receipt)


@operation("SearchFacesByImage")
def search_faces_by_image(
    engine: Engine, request: shapes.SearchFacesByImageRequest, caller: Caller
) -> Answer:
    """Search the mates of the largest face of a picture."""
    engine.gallery.describe_collection(request["CollectionId"])
    search = engine.identification.search_faces_by_image(
        request["CollectionId"],
        load_picture(engine, request["Image"]),
        threshold=request.get("FaceMatchThreshold", DEFAULT_SIMILARITY),
        limit=request.get("MaxFaces", LIST_FACES_LIMIT),
        quality=QualityLevel(request.get("QualityFilter", "NONE")),
        caller=caller,
    )
    output: shapes.SearchFacesByImageResponse = {
        "FaceMatches": [
            {"Similarity": match.similarity, "Face": enrolled_face(match.face)}
            for match in search.matches
        ],
        "FaceModelVersion": search.model_version,
    }
    if search.probe is not None:
        output["SearchedFaceBoundingBox"] = bounding_box(search.probe.detail.box)
        output["SearchedFaceConfidence"] = search.probe.detail.confidence
    return recorded(output, search.receipt)
