"""The names AWS gives resources."""

import re

from vidimus.errors import ResourceNotFound
from vidimus.settings import Settings

# Not just any id after the slash: collections that vidimus keeps for itself have other characters.
COLLECTION_ARN = re.compile(
    r"(?:arn:)?aws[a-z-]*:rekognition:[a-z0-9-]*:\d*:collection/([a-zA-Z0-9_.\-]+)"
)


def collection_arn(settings: Settings, collection_id: str) -> str:
    """Return a collection's ARN in the region and account of the settings."""
    return f"arn:aws:rekognition:{settings.region}:{settings.account_id}:collection/{collection_id}"


def collection_of(settings: Settings, arn: str) -> str:
    """Return the collection that an ARN names, with or without its leading `arn:`.

    Raises ResourceNotFound for an ARN of another region, account or kind of resource.
    """
    match = COLLECTION_ARN.fullmatch(arn)
    if match is None or collection_arn(settings, match[1]).removeprefix("arn:") != arn.removeprefix(
        "arn:"
    ):
        raise ResourceNotFound(f"ResourceArn: there is no resource {arn}")
    return match[1]


def human_loop_arn(settings: Settings, loop_name: str) -> str:
    """Return the ARN of a review, as the service that runs such loops at Amazon would name it."""
    return f"arn:aws:sagemaker:{settings.region}:{settings.account_id}:human-loop/{loop_name}"
