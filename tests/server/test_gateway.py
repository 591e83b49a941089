"""Requests through real clients: what reaches an operation, and what an error looks like."""

import http.client
import json
import threading
from collections.abc import Mapping
from concurrent.futures import ThreadPoolExecutor
from typing import Any

import httpx
import pytest
from botocore.awsrequest import AWSRequest
from botocore.credentials import Credentials
from botocore.exceptions import ClientError
from structlog.testing import capture_logs

from tests.server.conftest import (
    KEY,
    SECRET,
    BodyQueryAuth,
    RawReply,
    Running,
    Start,
    head,
    read_reply,
)
from vidimus import errors
from vidimus.engine.caller import Caller

PICTURE = b"\xff\xd8 not looked at by these operations"


def send(server: Running, body: bytes = b"{}", **headers: str | None) -> RawReply:
    """Send a signed ListCollections; headers given replace what was signed, None removes."""
    sent: dict[str, str | None] = {**server.signed(body), "Content-Length": str(len(body))}
    sent |= {name.replace("_", "-"): value for name, value in headers.items()}
    kept = {name: value for name, value in sent.items() if value is not None}
    with server.connect() as connection:
        connection.sendall(head(kept) + body)
        return read_reply(connection)


def code_of(call: Any, *args: object, **kwargs: object) -> tuple[str, int, str]:
    with pytest.raises(ClientError) as raised:
        call(*args, **kwargs)
    told = raised.value.response
    return (
        told["Error"]["Code"],
        told["ResponseMetadata"]["HTTPStatusCode"],
        told["Error"]["Message"],
    )


def test_parameters_and_caller_reach_the_operation(running: Running) -> None:
    seen: list[tuple[dict[str, object], Caller]] = []

    def detect(params: dict[str, object], caller: Caller) -> Mapping[str, object]:
        seen.append((params, caller))
        return {"FaceDetails": [], "OrientationCorrection": None}

    running.script.operations["DetectFaces"] = detect
    answer = running.client().detect_faces(Image={"Bytes": PICTURE}, Attributes=["ALL"])
    params, caller = seen[0]
    assert params == {"Image": {"Bytes": PICTURE}, "Attributes": ["ALL"]}
    assert caller.access_key_id == KEY
    assert caller.request_id == answer["ResponseMetadata"]["RequestId"]
    assert answer["FaceDetails"] == []
    assert "OrientationCorrection" not in answer


def test_headers_of_the_answer_are_sent(running: Running) -> None:
    running.script.headers["x-vidimus-ledger-receipt"] = "7:abcd"
    told = running.client().list_collections()["ResponseMetadata"]["HTTPHeaders"]
    assert told["x-vidimus-ledger-receipt"] == "7:abcd"
    assert told["content-type"] == "application/x-amz-json-1.1"


def test_an_error_has_every_spelling_that_sdks_look_for(running: Running) -> None:
    def fail(params: object, caller: object) -> Mapping[str, object]:
        raise errors.ResourceNotFound("The collection id: x does not exist")

    running.script.operations["ListCollections"] = fail
    reply = send(running)
    request_id = reply.headers["x-amzn-requestid"]
    assert reply.status == 400
    assert reply.headers["x-amzn-errortype"] == "ResourceNotFoundException"
    assert reply.headers["content-type"] == "application/x-amz-json-1.1"
    assert reply.json() == {
        "__type": "ResourceNotFoundException",
        "Code": "ResourceNotFoundException",
        "Message": "The collection id: x does not exist",
        "message": "The collection id: x does not exist",
        "Logref": request_id,
    }


def test_boto3_raises_the_modelled_exception(running: Running) -> None:
    def fail(params: object, caller: object) -> Mapping[str, object]:
        raise errors.ResourceNotFound("The collection id: x does not exist")

    running.script.operations["DescribeCollection"] = fail
    client = running.client()
    with pytest.raises(client.exceptions.ResourceNotFoundException, match="collection id: x"):
        client.describe_collection(CollectionId="x")


def test_an_operation_of_later_is_known_and_absent(running: Running) -> None:
    told = code_of(running.client().detect_labels, Image={"Bytes": PICTURE})
    assert told == (
        "UnknownOperationException",
        400,
        "DetectLabels is a Rekognition operation that vidimus does not implement yet.",
    )


@pytest.mark.parametrize(
    "target",
    [None, "", "RekognitionService.", "DynamoDB_20120810.ListTables", "RekognitionService.x y"],
)
def test_a_target_elsewhere_is_an_unknown_operation(running: Running, target: str | None) -> None:
    reply = send(running, X_Amz_Target=target)
    assert (reply.status, reply.json()["__type"]) == (400, "UnknownOperationException")


def test_a_stranger_does_not_learn_which_operations_exist(running: Running) -> None:
    codes = {
        send(running, Authorization=None, X_Amz_Target=f"RekognitionService.{name}").json()["Code"]
        for name in ("ListCollections", "DetectLabels", "MakeCoffee")
    }
    assert codes == {"MissingAuthenticationTokenException"}


def test_a_made_up_operation_is_unknown(running: Running) -> None:
    body = b"{}"
    headers = running.signed(body, **{"X-Amz-Target": "RekognitionService.MakeCoffee"})
    with running.connect() as connection:
        connection.sendall(head({**headers, "Content-Length": "2"}) + body)
        reply = read_reply(connection)
    assert reply.json()["__type"] == "UnknownOperationException"
    assert "MakeCoffee" in reply.json()["Message"]


@pytest.mark.parametrize("content_type", [None, "", "application/json", "text/plain", "a/b; c=d"])
def test_another_content_type_is_refused(running: Running, content_type: str | None) -> None:
    reply = send(running, Content_Type=content_type)
    assert (reply.status, reply.json()["__type"]) == (415, "UnsupportedMediaTypeException")


def test_a_charset_is_allowed(running: Running) -> None:
    body = b"{}"
    typed = {"Content-Type": "Application/X-Amz-Json-1.1; charset=UTF-8"}
    with running.connect() as connection:
        connection.sendall(head({**running.signed(body, **typed), "Content-Length": "2"}) + body)
        assert read_reply(connection).status == 200


@pytest.mark.parametrize("body", [b"{", b"[]", b"null", b"\xff\xfe", b'{"MaxResults": "one"}'])
def test_broken_json_is_a_serialization_error(running: Running, body: bytes) -> None:
    reply = send(running, body)
    assert (reply.status, reply.json()["__type"]) == (400, "SerializationException")


def test_an_empty_body_is_an_empty_object(running: Running) -> None:
    assert send(running, b"").status == 200


def test_constraints_are_checked(running: Running) -> None:
    code, status, message = code_of(running.client().list_collections, MaxResults=4097)
    assert (code, status) == ("InvalidParameterException", 400)
    assert "MaxResults" in message
    assert "4096" in message


def test_a_wrong_secret_is_told_as_aws_tells_it(running: Running) -> None:
    code, status, _ = code_of(running.client(secret="wrong").list_collections)
    assert (code, status) == ("InvalidSignatureException", 400)


def test_an_unknown_key_is_told_as_aws_tells_it(running: Running) -> None:
    code, status, _ = code_of(running.client(key="AKIANOBODY0000000000").list_collections)
    assert (code, status) == ("UnrecognizedClientException", 400)


def test_a_revoked_key_is_refused_at_once(running: Running) -> None:
    client = running.client()
    client.list_collections()
    del running.secrets[KEY]
    assert code_of(client.list_collections)[0] == "UnrecognizedClientException"


def test_a_presigned_url_serves_whoever_holds_it(running: Running) -> None:
    body, headers = b'{"MaxResults": 5}', {"Host": running.url.removeprefix("http://")}
    request = AWSRequest("POST", running.url + "/", headers=headers)
    credentials = Credentials(KEY, SECRET)
    BodyQueryAuth(credentials, "rekognition", "eu-west-1", body=body, expires=60).add_auth(request)
    headers["Content-Type"] = "application/x-amz-json-1.1"
    headers["X-Amz-Target"] = "RekognitionService.ListCollections"
    assert httpx.post(request.url, content=body, headers=headers).status_code == 200
    other = httpx.post(request.url, content=b"{}", headers=headers)
    assert other.json()["__type"] == "InvalidSignatureException"


def test_unsigned_requests_are_served_when_asked_for(start: Start) -> None:
    seen: list[str] = []

    def note(params: object, caller: Caller) -> Mapping[str, object]:
        seen.append(caller.access_key_id)
        return {}

    with start(allow_unauthenticated_requests_from_this_machine=True) as server:
        server.script.operations["ListCollections"] = note
        assert send(server, Authorization=None).status == 200
        assert send(server, Host="evil.example").json()["__type"] == "AccessDeniedException"
    assert seen == ["anonymous"]


@pytest.mark.parametrize(
    ("error", "code", "told"),
    [
        (ZeroDivisionError("secret detail"), "InternalServerError", "log"),
        (errors.ModelUnavailable("/secret/detail"), "InternalServerError", "log"),
        (errors.StorageUnavailable("The database is locked."), "InternalServerError", "locked"),
        (errors.Throttled("Slow down"), "ThrottlingException", "Slow down"),
    ],
)
def test_faults_of_our_own_are_500_and_tell_no_internals(
    running: Running, error: Exception, code: str, told: str
) -> None:
    def fail(params: object, caller: object) -> Mapping[str, object]:
        raise error

    running.script.operations["ListCollections"] = fail
    reply = send(running)
    assert (reply.status, reply.json()["__type"]) == (500, code)
    assert told in reply.json()["Message"]
    assert b"detail" not in reply.body


def test_an_answer_that_breaks_the_contract_is_found_in_tests(running: Running) -> None:
    running.script.operations["ListCollections"] = lambda params, caller: {"NoSuchMember": 1}
    assert send(running).status == 500


def test_two_hundred_parallel_requests(running: Running) -> None:
    running.script.operations["DescribeCollection"] = lambda params, caller: {"FaceCount": 3}
    client = running.client(max_pool_connections=200)

    def ask(number: int) -> int:
        told = client.describe_collection(CollectionId=f"c{number}")
        return int(told["FaceCount"])

    with ThreadPoolExecutor(200) as pool:
        assert list(pool.map(ask, range(200))) == [3] * 200
    line = 'vidimus_requests_total{code="OK",operation="DescribeCollection"}'
    assert running.metric(line) == 200
    assert running.metric("vidimus_requests_waiting") == 0


def test_more_than_may_wait_are_throttled(start: Start) -> None:
    gate, begun = threading.Event(), threading.Semaphore(0)

    def wait(params: object, caller: object) -> Mapping[str, object]:
        begun.release()
        gate.wait(20)
        return {}

    with start(workers=1, max_waiting_requests=2) as server:
        server.script.operations["ListCollections"] = wait
        with ThreadPoolExecutor(8) as pool:
            first = pool.submit(send, server)
            begun.acquire()
            others = [pool.submit(send, server) for _ in range(7)]
            throttled = [reply.result() for reply in others if _done_soon(reply)]
            gate.set()
            statuses = [first.result().status, *(reply.result().status for reply in others)]
    assert {reply.json()["__type"] for reply in throttled} == {"ThrottlingException"}
    assert (statuses.count(200), statuses.count(500)) == (3, 5)


def _done_soon(reply: Any) -> bool:
    try:
        return reply.result(timeout=1) is not None
    except TimeoutError:
        return False


def test_names_a_caller_makes_up_are_no_labels(running: Running) -> None:
    for name in ("MakeCoffee", "MakeTea"):
        send(running, X_Amz_Target=f"RekognitionService.{name}")
    text = running.metrics.render().decode()
    assert "Make" not in text
    line = 'vidimus_requests_total{code="InvalidSignatureException",operation="other"}'
    assert running.metric(line) == 2


def test_a_kept_alive_connection_serves_one_after_another(running: Running) -> None:
    connection = http.client.HTTPConnection(running.url.removeprefix("http://"), timeout=20)
    for _ in range(3):
        connection.request("POST", "/", b"{}", running.signed(b"{}"))
        assert json.loads(connection.getresponse().read()) == {}
    connection.close()


def test_every_request_is_logged_without_its_content(running: Running) -> None:
    running.script.operations["SearchFacesByImage"] = lambda params, caller: {}
    with capture_logs() as events:
        running.client().search_faces_by_image(CollectionId="suspects", Image={"Bytes": PICTURE})
    (event,) = [event for event in events if event["event"] == "request"]
    assert event["operation"] == "SearchFacesByImage"
    assert (event["access_key_id"], event["code"]) == (KEY, "OK")
    told = {"event", "log_level", "part", "operation", "access_key_id", "code", "ms", "request_id"}
    assert set(event) <= told
    assert "suspects" not in str(event)


def test_what_nobody_expected_is_logged_with_its_traceback(running: Running) -> None:
    running.script.operations["ListCollections"] = lambda params, caller: {"MaxResults": 1 // 0}
    with capture_logs() as events:
        reply = send(running)
    (event,) = [event for event in events if event["event"] == "unexpected"]
    assert isinstance(event["exc_info"], ZeroDivisionError)
    assert event["request_id"] == reply.headers["x-amzn-requestid"]
