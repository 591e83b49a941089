"""From a request's bytes to a reply's bytes: the part that runs in a worker thread."""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Protocol

from vidimus.engine.caller import Caller
from vidimus.errors import UnknownOperation, VidimusError
from vidimus.server.auth import Verifier
from vidimus.server.canonical import SignedRequest
from vidimus.server.replies import Reply, error_reply
from vidimus.telemetry import get_logger
from vidimus.wire.codec import decode_request, encode_response
from vidimus.wire.model import Contract
from vidimus.wire.validate import check_output, validate_input

_log = get_logger("server")


class Answer(Protocol):
    """What an operation gives: its output members, and headers beside them."""

    @property
    def output(self) -> Mapping[str, object]:
        """The output's members; those that are None are left out."""
        ...

    @property
    def headers(self) -> Mapping[str, str]:
        """Headers to add to the reply (`x-vidimus-ledger-receipt`)."""
        ...


class Dispatcher(Protocol):
    """The operations behind the server."""

    @property
    def implemented(self) -> frozenset[str]:
        """Names of the operations that can be called."""
        ...

    def call(self, operation: str, params: dict[str, object], caller: Caller) -> Answer:
        """Run an operation on validated parameters; raises VidimusError."""
        ...


@dataclass(frozen=True, slots=True)
class Call:
    """A complete request for an operation, not yet authenticated."""

    operation: str
    request: SignedRequest
    request_id: str


class Exchange:
    """Authenticates, decodes, validates, runs and encodes one call after another.

    `max_image_bytes` bounds a picture sent as bytes;
    `check_answers` refuses an answer that breaks the contract (for tests: a caller is better
    served by an answer with a flaw than by none).
    """

    def __init__(
        self,
        dispatcher: Dispatcher,
        verifier: Verifier,
        contract: Contract,
        *,
        max_image_bytes: int,
        check_answers: bool = False,
    ) -> None:
        self._dispatcher = dispatcher
        self._verifier = verifier
        self._contract = contract
        self._max_image_bytes = max_image_bytes
        self._check_answers = check_answers

    def reply_to(self, call: Call) -> Reply:
        """Return the reply to a call; every exception becomes an error reply."""
        principal = ""
        try:
            principal = self._verifier.verify(call.request).access_key_id
            return self._answer(call, principal)
        except Exception as error:  # noqa: BLE001 (the last resort: logged there)
            return failure_reply(error, call.request_id, principal)

    def _answer(self, call: Call, principal: str) -> Reply:
        self._check_operation(call.operation)
        operation = self._contract.operations[call.operation]
        params = decode_request(self._contract, operation.name, call.request.body)
        validate_input(operation, params, max_image_bytes=self._max_image_bytes)
        caller = Caller(access_key_id=principal, request_id=call.request_id)
        answer = self._dispatcher.call(operation.name, params, caller)
        self._check_output(operation.name, answer.output)
        return Reply(
            body=encode_response(self._contract, operation.name, answer.output),
            request_id=call.request_id,
            principal=principal,
            headers=answer.headers,
        )

    def _check_operation(self, name: str) -> None:
        if name not in self._contract.operations:
            raise UnknownOperation(f"{name[:100]} is no operation of Amazon Rekognition.")
        if name not in self._dispatcher.implemented:
            raise UnknownOperation(
                f"{name} is a Rekognition operation that vidimus does not implement yet."
            )

    def _check_output(self, name: str, output: Mapping[str, object]) -> None:
        if not self._check_answers:
            return
        flaws = check_output(self._contract.operations[name], output)
        if flaws:
            raise VidimusError(f"{name} gave an answer that breaks the contract: {flaws}")


def failure_reply(error: Exception, request_id: str, principal: str = "") -> Reply:
    """Return the reply an exception becomes; what is no caller's fault is logged."""
    if not isinstance(error, VidimusError):
        _log.error("unexpected", request_id=request_id, exc_info=error)
        return error_reply(VidimusError(), request_id, principal)
    if error.status >= 500:
        _log.error("failed", request_id=request_id, code=error.code, reason=str(error))
    return error_reply(error, request_id, principal)
