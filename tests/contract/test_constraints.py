"""Every constraint of the model, broken once per operation, through real clients."""

import http.client
from typing import Any
from urllib.parse import urlsplit

import msgspec
import pytest
from botocore.auth import SigV4Auth
from botocore.awsrequest import AWSRequest
from botocore.credentials import Credentials
from botocore.exceptions import ClientError

from tests.contract.conftest import KEY_ID, REGION, SECRET, LiveServer
from tests.wire.violations import Violation, violations_of
from vidimus.operations import REGISTRY
from vidimus.wire.model import load_contract

OPERATIONS = sorted(REGISTRY)


def send(server: LiveServer, operation: str, body: bytes) -> tuple[int, dict[str, Any]]:
    """Send a body as it is, signed, and return the status and the answer."""
    headers = {
        "Content-Type": "application/x-amz-json-1.1",
        "X-Amz-Target": f"RekognitionService.{operation}",
    }
    request = AWSRequest("POST", f"{server.url}/", data=body, headers=headers)
    SigV4Auth(Credentials(KEY_ID, SECRET), "rekognition", REGION).add_auth(request)
    connection = http.client.HTTPConnection(urlsplit(server.url).netloc, timeout=60)
    connection.request("POST", "/", body, dict(request.headers.items()))
    response = connection.getresponse()
    answer = msgspec.json.decode(response.read())
    connection.close()
    return response.status, answer


@pytest.mark.parametrize("operation", OPERATIONS)
def test_every_constraint_is_named(server: LiveServer, operation: str) -> None:
    for violation in violations_of(load_contract().operations[operation]):
        status, answer = send(server, operation, violation.body)
        assert (status, answer["__type"]) == (400, violation.error), str(violation)
        assert violation.path.split("[")[0].split(".")[-1] in answer["Message"], str(violation)


@pytest.mark.parametrize("operation", OPERATIONS)
def test_boto3_meets_the_modelled_error(rekognition: Any, operation: str) -> None:
    method = getattr(rekognition, _snake(operation))
    for violation in violations_of(load_contract().operations[operation]):
        if violation.kind != "type":
            _expect(method, violation)


def _expect(method: Any, violation: Violation) -> None:
    with pytest.raises(ClientError) as raised:
        method(**violation.params)
    assert raised.value.response["Error"]["Code"] == violation.error, str(violation)
    assert raised.value.response["ResponseMetadata"]["RequestId"]


def _snake(name: str) -> str:
    return "".join(f"_{char.lower()}" if char.isupper() else char for char in name).lstrip("_")


@pytest.mark.parametrize("operation", sorted(set(load_contract().operations) - set(OPERATIONS)))
def test_operations_that_are_not_built_say_so(server: LiveServer, operation: str) -> None:
    status, answer = send(server, operation, b"{}")
    assert (status, answer["__type"]) == (400, "UnknownOperationException")
    assert "does not implement" in answer["Message"]
