"""The server's routes: the API on `POST /`, and what operators and browsers need beside it."""

from collections.abc import AsyncIterator, Awaitable, Callable, Mapping
from contextlib import AbstractAsyncContextManager, asynccontextmanager
from importlib.metadata import PackageNotFoundError, version
from typing import Final

from starlette.applications import Starlette
from starlette.concurrency import run_in_threadpool
from starlette.exceptions import HTTPException
from starlette.middleware.cors import CORSMiddleware
from starlette.requests import Request
from starlette.responses import JSONResponse, PlainTextResponse, Response
from starlette.routing import Route
from starlette.types import ASGIApp, Receive, Scope, Send

from vidimus.errors import UnknownOperation, VidimusError
from vidimus.server.auth import Verifier
from vidimus.server.exchange import Dispatcher, Exchange
from vidimus.server.gateway import Gateway
from vidimus.server.replies import public_message
from vidimus.settings import Settings
from vidimus.telemetry import Metrics
from vidimus.wire.model import Contract

HealthCheck = Callable[[], Mapping[str, object]]
"""Returns facts to show; raises VidimusError when requests can't be served."""

_EXPOSED_HEADERS: Final = ("x-amzn-requestid", "x-amzn-errortype", "x-vidimus-ledger-receipt")
_METHODS: Final = {"/": "GET, HEAD, OPTIONS, POST"}


def create_app(
    dispatcher: Dispatcher,
    verifier: Verifier,
    settings: Settings,
    contract: Contract,
    metrics: Metrics,
    *,
    check_health: HealthCheck = dict,
    check_answers: bool = False,
) -> ASGIApp:
    """Return the ASGI application.

    `check_health` is asked by `GET /healthz`, in a thread; `check_answers` refuses answers that
    break the contract, for tests. The app owns a thread pool that its lifespan's end stops.
    """
    exchange = Exchange(
        dispatcher,
        verifier,
        contract,
        max_image_bytes=settings.max_image_bytes,
        check_answers=check_answers,
    )
    gateway = Gateway(
        exchange.reply_to,
        contract,
        metrics,
        workers=settings.workers or settings.cores,
        max_waiting=settings.max_waiting_requests,
        max_body_bytes=settings.max_body_bytes,
    )
    pages = Starlette(
        routes=[
            Route("/", _welcome, methods=["GET"]),
            Route("/healthz", _health_route(check_health), methods=["GET"]),
            Route("/metrics", _metrics_route(metrics), methods=["GET"]),
        ],
        exception_handlers={404: _no_such_page, 405: _no_such_method},
        lifespan=_closing(gateway),
    )
    pages.router.redirect_slashes = False
    return _cross_origin(settings, _Front(gateway, pages))


class _Front:
    """Hands the API's requests straight to the gateway, and all others to the pages' router."""

    def __init__(self, gateway: Gateway, pages: Starlette) -> None:
        self._gateway = gateway
        self._pages = pages

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        is_call = scope["type"] == "http" and scope["method"] == "POST" and scope["path"] == "/"
        await (self._gateway if is_call else self._pages)(scope, receive, send)


def _closing(gateway: Gateway) -> Callable[[Starlette], AbstractAsyncContextManager[None]]:
    @asynccontextmanager
    async def lifespan(_: Starlette) -> AsyncIterator[None]:
        yield
        gateway.close()

    return lifespan


def _cross_origin(settings: Settings, app: ASGIApp) -> ASGIApp:
    origins = [name.strip() for name in settings.cors_origins.split(",") if name.strip()]
    if settings.allow_unauthenticated_requests_from_this_machine:
        # Any web page the user looks at could otherwise read the galleries.
        origins = [name for name in origins if name != "*"]
    if not origins:
        return app
    return CORSMiddleware(
        app,
        allow_origins=origins,
        allow_methods=["GET", "POST"],
        allow_headers=["*"],
        expose_headers=_EXPOSED_HEADERS,
    )


async def _welcome(_: Request) -> Response:
    return PlainTextResponse(
        f"vidimus {_version()}: the Amazon Rekognition API on your own machine.\n"
        "Point an AWS SDK here with endpoint_url; requests are POST / signed with a vidimus "
        "access key (vidimus keys create).\n"
        "State: GET /healthz. Metrics: GET /metrics. Documentation: the folder docs/ of vidimus.\n"
    )


def _health_route(check_health: HealthCheck) -> Callable[[Request], Awaitable[Response]]:
    async def health(_: Request) -> Response:
        try:
            facts = await run_in_threadpool(check_health)
        except VidimusError as error:
            state = {"status": "unavailable", "reason": public_message(error)}
            return JSONResponse(state, status_code=503)
        return JSONResponse({"status": "ok", "version": _version(), **facts})

    return health


def _metrics_route(metrics: Metrics) -> Callable[[Request], Awaitable[Response]]:
    async def show(_: Request) -> Response:
        return Response(metrics.render(), headers={"content-type": metrics.content_type})

    return show


async def _no_such_page(request: Request, _: Exception) -> Response:
    return _plain_error(404, f"There is nothing at {request.url.path[:100]}; the API is POST /.")


async def _no_such_method(request: Request, error: Exception) -> Response:
    allowed = error.headers if isinstance(error, HTTPException) else None
    path = request.url.path
    headers = {"Allow": _METHODS[path]} if path in _METHODS else allowed
    return _plain_error(405, f"{request.method} is not a method of {path}.", headers)


def _plain_error(status: int, message: str, headers: Mapping[str, str] | None = None) -> Response:
    code = UnknownOperation.code
    return JSONResponse(
        {"__type": code, "Code": code, "Message": message, "message": message},
        status_code=status,
        headers={"x-amzn-errortype": code, **(headers or {})},
    )


def _version() -> str:
    try:
        return version("vidimus")
    except PackageNotFoundError:
        return "(source)"
