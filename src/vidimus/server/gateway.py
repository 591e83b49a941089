"""`POST /`: the asynchronous part, which receives requests and hands them to worker threads."""

import asyncio
import re
import time
from collections.abc import Callable, Mapping
from concurrent.futures import ThreadPoolExecutor
from typing import Final
from uuid import uuid4

from starlette.types import Receive, Scope, Send

from vidimus.errors import Throttled, UnknownOperation, UnsupportedMediaType
from vidimus.server.body import ClientGoneError, read_body
from vidimus.server.canonical import SignedRequest
from vidimus.server.exchange import Call, failure_reply
from vidimus.server.replies import CONTENT_TYPE, Reply
from vidimus.telemetry import OTHER_OPERATION, Metrics, get_logger
from vidimus.wire.model import Contract

TARGET_PREFIX: Final = "RekognitionService."

_TARGET = re.compile(rf"{re.escape(TARGET_PREFIX)}([A-Za-z]{{1,100}})")
_log = get_logger("server")


class Gateway:
    """The ASGI endpoint of the API.

    `reply_to` runs in one of `workers` threads; when `max_waiting` requests wait beside those
    being worked on, further ones get Throttled.
    """

    def __init__(
        self,
        reply_to: Callable[[Call], Reply],
        contract: Contract,
        metrics: Metrics,
        *,
        workers: int,
        max_waiting: int,
        max_body_bytes: int,
    ) -> None:
        self._reply_to = reply_to
        self._operations = frozenset(contract.operations)
        self._metrics = metrics
        self._executor = ThreadPoolExecutor(workers, thread_name_prefix="request")
        self._most_at_once = workers + max_waiting
        self._at_once = 0
        self._max_body_bytes = max_body_bytes

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Answer one request, count it and log it."""
        start = time.perf_counter()
        request_id = str(uuid4())
        headers = {n.decode("latin-1"): v.decode("latin-1") for n, v in scope["headers"]}
        try:
            reply = await self._reply(scope, receive, headers, request_id)
        except ClientGoneError:
            self._metrics.client_gone()
            _log.debug("client gone", request_id=request_id)
            return
        seconds = time.perf_counter() - start
        try:
            await reply.send(send)
        finally:
            # After the answer is on its way: the caller need not wait for the counting.
            self._record(headers, reply, seconds)

    def close(self) -> None:
        """Let the requests in work finish, then stop the threads."""
        self._executor.shutdown()

    async def _reply(
        self, scope: Scope, receive: Receive, headers: Mapping[str, str], request_id: str
    ) -> Reply:
        try:
            body = await read_body(receive, headers, self._max_body_bytes)
            check_media_type(headers)
            call = Call(operation_named(headers), _as_received(scope, body), request_id)
            return await self._in_a_worker(call)
        except ClientGoneError:
            raise
        except Exception as error:  # noqa: BLE001 (the last resort: logged there)
            return failure_reply(error, request_id)

    async def _in_a_worker(self, call: Call) -> Reply:
        if self._at_once >= self._most_at_once:
            raise Throttled("Slow down: too many requests wait to be answered.")
        self._count(+1)
        try:
            loop = asyncio.get_running_loop()
            return await loop.run_in_executor(self._executor, self._reply_to, call)
        finally:
            self._count(-1)

    def _count(self, change: int) -> None:
        # Only the event loop's thread comes here.
        self._at_once += change
        self._metrics.requests_waiting(self._at_once)

    def _record(self, headers: Mapping[str, str], reply: Reply, seconds: float) -> None:
        operation = headers.get("x-amz-target", "").removeprefix(TARGET_PREFIX)
        label = operation if operation in self._operations else OTHER_OPERATION
        self._metrics.request_finished(label, reply.code, seconds)
        _log.info(
            "request",
            operation=label,
            access_key_id=reply.principal,
            code=reply.code,
            ms=round(seconds * 1000, 1),
            request_id=reply.request_id,
        )


def check_media_type(headers: Mapping[str, str]) -> None:
    """Raise UnsupportedMediaType unless the body is said to be AWS JSON 1.1."""
    media_type = headers.get("content-type", "").partition(";")[0].strip().lower()
    if media_type != CONTENT_TYPE:
        raise UnsupportedMediaType(f"The Content-Type must be {CONTENT_TYPE}.")


def operation_named(headers: Mapping[str, str]) -> str:
    """Return the operation that X-Amz-Target names; raises UnknownOperation."""
    match = _TARGET.fullmatch(headers.get("x-amz-target", ""))
    if match is None:
        raise UnknownOperation(f"The header X-Amz-Target must be {TARGET_PREFIX}<Operation>.")
    return match[1]


def _as_received(scope: Scope, body: bytes) -> SignedRequest:
    return SignedRequest(
        method=scope["method"],
        path=scope["raw_path"].decode("latin-1"),
        query=scope["query_string"].decode("latin-1"),
        headers=scope["headers"],
        body=body,
    )
