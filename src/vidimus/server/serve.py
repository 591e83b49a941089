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
_START_WITHIN_S: Final = 30
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


@contextmanager
def serving(app: ASGIApp, host: str = "127.0.0.1", port: int = 0) -> Iterator[str]:
    """Serve in a thread as long as the context lasts; gives the URL.

    At its end the requests in work finish. Raises ConfigurationError as `serve` does.
    """
    listener = open_listener(host, port)
    started = threading.Event()
    server = _Server(_config(app), started.set)
    thread = threading.Thread(target=server.run, args=([listener],), name="server")
    thread.start()
    try:
        if not started.wait(_START_WITHIN_S):
            raise ConfigurationError("The server did not start; the log tells why.")
        yield url_of(listener)
    finally:
        server.should_exit = True
        thread.join()
        listener.close()


def open_listener(host: str, port: int) -> socket.socket:
    """Return a socket that listens on the address; raises ConfigurationError."""
    try:
        family, *_, address = socket.getaddrinfo(host, port, type=socket.SOCK_STREAM)[0]
        return socket.create_server(address[:2], family=family, backlog=_BACKLOG)
    except OSError as error:
        raise ConfigurationError(f"Cannot listen on {host} port {port}: {error}.") from error


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
