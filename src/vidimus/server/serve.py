"""Running the application: one process, one event loop, and a graceful end."""

import asyncio
import signal
import socket
import threading
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from types import FrameType
from typing import Final

import uvicorn
from starlette.types import ASGIApp

from vidimus.errors import ConfigurationError
from vidimus.server.protocol import BoundedHttpProtocol

FINISH_WITHIN_S: Final = 60
"""How long requests in work may take to finish after SIGTERM, in seconds."""

KEEP_ALIVE_S: Final = 75
_BACKLOG: Final = 1024
_STOPPING_SIGNALS: Final = (signal.SIGINT, signal.SIGTERM)


def serve(app: ASGIApp, host: str, port: int, on_started: Callable[[str], None]) -> None:
    """Serve until SIGTERM or SIGINT, then let the requests in work finish.

    `port` 0 lets the system choose; `on_started` is given the actual URL once requests will be
    served. Raises ConfigurationError when the address cannot be listened on.
    """
    listener = open_listener(host, port)
    server = _Server(_config(app), lambda: on_started(url_of(listener)))
    try:
        with _signals_that_only_stop_the_server():
            server.run(sockets=[listener])
    finally:
        listener.close()


def open_listener(host: str, port: int) -> socket.socket:
    """Return a socket that listens on the address; raises ConfigurationError."""
    try:
        family, kind, number, _, address = socket.getaddrinfo(
            host, port, type=socket.SOCK_STREAM, flags=socket.AI_PASSIVE
        )[0]
        listener = socket.socket(family, kind, number)
        listener.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        listener.bind(address)
        listener.listen(_BACKLOG)
    except OSError as error:
        raise ConfigurationError(f"Cannot listen on {host} port {port}: {error}.") from error
    return listener


def url_of(listener: socket.socket) -> str:
    """Return the URL under which the socket is reached."""
    host, port = listener.getsockname()[:2]
    return f"http://[{host}]:{port}" if ":" in host else f"http://{host}:{port}"


@contextmanager
def _signals_that_only_stop_the_server() -> Iterator[None]:
    # When it is done uvicorn raises the signal again, which would end the process before the
    # caller has closed its database.
    if threading.current_thread() is not threading.main_thread():
        yield
        return
    before = {number: signal.signal(number, _ignore) for number in _STOPPING_SIGNALS}
    try:
        yield
    finally:
        for number, handler in before.items():
            signal.signal(number, handler)


def _ignore(_number: int, _frame: FrameType | None) -> None:
    """Do nothing: uvicorn has acted on the signal."""


def _config(app: ASGIApp) -> uvicorn.Config:
    return uvicorn.Config(
        app,
        http=BoundedHttpProtocol,
        ws="none",
        lifespan="on",
        log_config=None,
        access_log=False,
        proxy_headers=False,
        server_header=False,
        headers=[("server", "vidimus")],
        backlog=_BACKLOG,
        timeout_keep_alive=KEEP_ALIVE_S,
        timeout_graceful_shutdown=FINISH_WITHIN_S,
    )


class _Server(uvicorn.Server):
    """Uvicorn's server, which also says when it has started."""

    def __init__(self, config: uvicorn.Config, on_started: Callable[[], None]) -> None:
        super().__init__(config)
        self._on_started = on_started

    async def startup(self, sockets: list[socket.socket] | None = None) -> None:
        await super().startup(sockets)
        if self.started:
            # It may print or open files, which is no work for the event loop.
            await asyncio.to_thread(self._on_started)
