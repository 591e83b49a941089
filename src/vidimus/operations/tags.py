"""TagResource, UntagResource, ListTagsForResource: tags of collections."""

from vidimus.engine.caller import Caller
from vidimus.engine.engine import Engine
from vidimus.operations.arns import collection_of
from vidimus.operations.registry import Answer, operation
from vidimus.wire import shapes

PARTIAL = "collections only, until stream processors and custom labels are built"


@operation("TagResource", partial=PARTIAL)
def tag_resource(engine: Engine, request: shapes.TagResourceRequest, caller: Caller) -> Answer:
    """Add tags to a collection, or change their values; at most 200 in all."""
    collection_id = collection_of(engine.settings, request["ResourceArn"])
    with engine.database.writing() as tx:
        engine.gallery.tag_collection(tx, collection_id, request["Tags"])
    return Answer({})


@operation("UntagResource", partial=PARTIAL)
def untag_resource(engine: Engine, request: shapes.UntagResourceRequest, caller: Caller) -> Answer:
    """Remove tags from a collection; names it does not have are ignored."""
    collection_id = collection_of(engine.settings, request["ResourceArn"])
    with engine.database.writing() as tx:
        engine.gallery.untag_collection(tx, collection_id, request["TagKeys"])
    return Answer({})


@operation("ListTagsForResource", partial=PARTIAL)
def list_tags_for_resource(
    engine: Engine, request: shapes.ListTagsForResourceRequest, caller: Caller
) -> Answer:
    """List the tags of a collection."""
    collection_id = collection_of(engine.settings, request["ResourceArn"])
    return Answer({"Tags": dict(engine.gallery.tags_of_collection(collection_id))})
