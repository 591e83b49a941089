"""botocore's service model, where it is the one the contract was made from."""

import hashlib
import json
from typing import Any

import pytest
from botocore.exceptions import UnknownServiceError
from botocore.loaders import Loader
from botocore.model import ServiceModel

from vidimus.wire.model import load_contract


@pytest.fixture(scope="session")
def raw_model() -> dict[str, Any]:
    """The service model as JSON; skips when botocore has changed or dropped it."""
    try:
        model: dict[str, Any] = Loader().load_service_model("rekognition", "service-2")
    except UnknownServiceError:
        pytest.skip("the installed botocore no longer has the rekognition model")
    text = json.dumps(model, sort_keys=True, separators=(",", ":"))
    if hashlib.sha256(text.encode()).hexdigest() != load_contract().source_sha256:
        pytest.skip(
            "the installed botocore has another model than the contract was made from; "
            "run tools/generate_contract.py and look at what changed"
        )
    return model


@pytest.fixture(scope="session")
def service_model(raw_model: dict[str, Any]) -> ServiceModel:
    """The service model as botocore sees it."""
    return ServiceModel(raw_model)
