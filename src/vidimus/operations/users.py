"""The operations on users: identities that fuse several faces of a collection."""

from collections.abc import Mapping
from typing import Any, cast

from vidimus.engine.caller import Caller
from vidimus.engine.engine import Engine
from vidimus.engine.identification import MAX_USERS, UserMatch
from vidimus.engine.once import RequestToken
from vidimus.errors import InvalidParameter
from vidimus.operations.face_words import face_detail, unsearched_reasons
from vidimus.operations.paging import page_of, token_of
from vidimus.operations.pictures import load_picture
from vidimus.operations.registry import Answer, operation, recorded
from vidimus.operations.request_token import request_token
from vidimus.vision.quality_filter import QualityLevel
from vidimus.wire import shapes

DEFAULT_ASSOCIATION_THRESHOLD = 75.0
DEFAULT_SEARCH_THRESHOLD = 80.0


@operation("CreateUser")
def create_user(engine: Engine, request: shapes.CreateUserRequest, caller: Caller) -> Answer:
    """Create a user without faces."""
    receipt = engine.users.create_user(
        request["CollectionId"], request["UserId"], token=_token(request, caller), caller=caller
    )
    return recorded({}, receipt)


@operation("DeleteUser")
def delete_user(engine: Engine, request: shapes.DeleteUserRequest, caller: Caller) -> Answer:
    """Delete a user; its faces stay in the collection."""
    receipt = engine.users.delete_user(
        request["CollectionId"], request["UserId"], token=_token(request, caller), caller=caller
    )
    return recorded({}, receipt)


@operation("ListUsers")
def list_users(engine: Engine, request: shapes.ListUsersRequest, caller: Caller) -> Answer:
    """List the users of a collection, oldest first."""
    collection_id = request["CollectionId"]
    page = engine.gallery.list_users(
        collection_id,
        after_key=page_of(engine, request.get("NextToken"), "ListUsers", collection_id),
        limit=request.get("MaxResults", MAX_USERS),
    )
    output: shapes.ListUsersResponse = {
        "Users": [{"UserId": user.user_id, "UserStatus": user.status} for user in page.items],
        **token_of(engine, page, "ListUsers", collection_id),
    }
    return Answer(output)


@operation("AssociateFaces")
def associate_faces(
    engine: Engine, request: shapes.AssociateFacesRequest, caller: Caller
) -> Answer:
    """Make faces part of a user."""
    outcome = engine.users.associate_faces(
        request["CollectionId"],
        request["UserId"],
        request["FaceIds"],
        threshold=request.get("UserMatchThreshold", DEFAULT_ASSOCIATION_THRESHOLD),
        token=_token(request, caller),
        caller=caller,
    )
    output: shapes.AssociateFacesResponse = {
        "AssociatedFaces": [{"FaceId": face_id} for face_id in outcome.face_ids],
        "UnsuccessfulFaceAssociations": [
            {
                "FaceId": failure.face_id,
                "Reasons": [cast(shapes.UnsuccessfulFaceAssociationReason, failure.reason)],
                **({"UserId": failure.user_id} if failure.user_id else {}),
                **({} if failure.similarity is None else {"Confidence": failure.similarity}),
            }
            for failure in outcome.refused
        ],
        "UserStatus": outcome.status,
    }
    return recorded(output, outcome.receipt)


@operation("DisassociateFaces")
def disassociate_faces(
    engine: Engine, request: shapes.DisassociateFacesRequest, caller: Caller
) -> Answer:
    """Take faces away from a user."""
    outcome = engine.users.disassociate_faces(
        request["CollectionId"],
        request["UserId"],
        request["FaceIds"],
        token=_token(request, caller),
        caller=caller,
    )
    output: shapes.DisassociateFacesResponse = {
        "DisassociatedFaces": [{"FaceId": face_id} for face_id in outcome.face_ids],
        "UnsuccessfulFaceDisassociations": [
            {
                "FaceId": failure.face_id,
                "Reasons": [cast(shapes.UnsuccessfulFaceDisassociationReason, failure.reason)],
                **({"UserId": failure.user_id} if failure.user_id else {}),
            }
            for failure in outcome.refused
        ],
        "UserStatus": outcome.status,
    }
    return recorded(output, outcome.receipt)


@operation("SearchUsers")
def search_users(engine: Engine, request: shapes.SearchUsersRequest, caller: Caller) -> Answer:
    """Search users like an enrolled user or an enrolled face."""
    user_id, face_id = request.get("UserId"), request.get("FaceId")
    if (user_id is None) == (face_id is None):
        raise InvalidParameter("UserId, FaceId: give exactly one of the two")
    search = engine.identification.search_users(
        request["CollectionId"],
        user_id=user_id,
        face_id=face_id,
        threshold=request.get("UserMatchThreshold", DEFAULT_SEARCH_THRESHOLD),
        limit=request.get("MaxUsers", MAX_USERS),
        caller=caller,
    )
    output: shapes.SearchUsersResponse = {
        "UserMatches": [_user_match(match) for match in search.matches],
        "FaceModelVersion": search.model_version,
    }
    if user_id is not None:
        output["SearchedUser"] = {"UserId": user_id}
    if face_id is not None:
        output["SearchedFace"] = {"FaceId": face_id}
    return recorded(output, search.receipt)


@operation("SearchUsersByImage")
def search_users_by_image(
    engine: Engine, request: shapes.SearchUsersByImageRequest, caller: Caller
) -> Answer:
    """Search users like the largest face of a picture; without one, the answer is empty."""
    engine.gallery.describe_collection(request["CollectionId"])
    search = engine.identification.search_users_by_image(
        request["CollectionId"],
        load_picture(engine, request["Image"]),
        threshold=request.get("UserMatchThreshold", DEFAULT_SEARCH_THRESHOLD),
        limit=request.get("MaxUsers", MAX_USERS),
        quality=QualityLevel(request.get("QualityFilter", "NONE")),
        caller=caller,
    )
    output: shapes.SearchUsersByImageResponse = {
        "UserMatches": [_user_match(match) for match in search.matches],
        "FaceModelVersion": search.model_version,
        "UnsearchedFaces": [
            {"FaceDetails": face_detail(each.detail), "Reasons": unsearched_reasons(each)}
            for each in search.unsearched
        ],
    }
    if search.probe is not None:
        output["SearchedFace"] = {"FaceDetail": face_detail(search.probe.detail)}
    return recorded(output, search.receipt)


def _user_match(match: UserMatch) -> shapes.UserMatch:
    user = match.user
    return {
        "Similarity": match.similarity,
        "User": {"UserId": user.user_id, "UserStatus": user.status},
    }


def _token(request: Mapping[str, Any], caller: Caller) -> RequestToken | None:
    """Return the request's token; it belongs to the caller's key and the collection."""
    return request_token(request, f"{caller.access_key_id} {request['CollectionId']}")
