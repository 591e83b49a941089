"""CreateCollection, DescribeCollection, ListCollections, DeleteCollection."""

from vidimus.engine.caller import Caller
from vidimus.engine.engine import Engine
from vidimus.operations.arns import collection_arn
from vidimus.operations.paging import page_of, token_of
from vidimus.operations.registry import Answer, operation, recorded
from vidimus.wire import shapes

LIST_LIMIT = 4096


@operation("CreateCollection")
def create_collection(
    engine: Engine, request: shapes.CreateCollectionRequest, caller: Caller
) -> Answer:
    """Create an empty collection pinned to the newest face model."""
    collection, receipt = engine.enrollment.create_collection(
        request["CollectionId"],
        engine.model_version,
        request.get("Tags", {}),
        caller=caller,
    )
    output: shapes.CreateCollectionResponse = {
        "StatusCode": 200,
        # The API's own sample lacks the leading "arn:" here, and only here.
        "CollectionArn": collection_arn(engine.settings, collection.collection_id)[4:],
        "FaceModelVersion": collection.embedder_version,
    }
    return recorded(output, receipt)


@operation("DescribeCollection")
def describe_collection(
    engine: Engine, request: shapes.DescribeCollectionRequest, caller: Caller
) -> Answer:
    """Count the faces and users of a collection."""
    collection = engine.gallery.describe_collection(request["CollectionId"])
    output: shapes.DescribeCollectionResponse = {
        "FaceCount": collection.face_count,
        "FaceModelVersion": collection.embedder_version,
        "CollectionARN": collection_arn(engine.settings, collection.collection_id),
        "CreationTimestamp": collection.created_at,
        "UserCount": collection.user_count,
    }
    return Answer(output)


@operation("ListCollections")
def list_collections(
    engine: Engine, request: shapes.ListCollectionsRequest, caller: Caller
) -> Answer:
    """List the collections, oldest first."""
    page = engine.gallery.list_collections(
        after_key=page_of(engine, request.get("NextToken"), "ListCollections", ""),
        limit=request.get("MaxResults") or LIST_LIMIT,
    )
    output: shapes.ListCollectionsResponse = {
        "CollectionIds": [collection.collection_id for collection in page.items],
        "FaceModelVersions": [collection.embedder_version for collection in page.items],
        **token_of(engine, page, "ListCollections", ""),
    }
    return Answer(output)


@operation("DeleteCollection")
def delete_collection(
    engine: Engine, request: shapes.DeleteCollectionRequest, caller: Caller
) -> Answer:
    """Delete a collection with its faces, users and tags."""
    receipt = engine.enrollment.delete_collection(request["CollectionId"], caller=caller)
    return recorded({"StatusCode": 200}, receipt)
