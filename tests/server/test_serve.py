"""Starting and stopping."""

import http.client
import signal
import socket
import subprocess
import sys
import textwrap
from pathlib import Path

import pytest

from vidimus.errors import ConfigurationError
from vidimus.server.serve import open_listener, url_of

SCRIPT = """
    import asyncio, sys
    from starlette.applications import Starlette
    from starlette.responses import PlainTextResponse
    from starlette.routing import Route
    from vidimus.server.serve import serve

    async def slow(request):
        print("begun", flush=True)
        await asyncio.sleep(1)
        return PlainTextResponse("finished")

    app = Starlette(routes=[Route("/", slow)])
    serve(app, "127.0.0.1", 0, lambda url: print(url, flush=True))
    print("closed", flush=True)
"""


@pytest.mark.parametrize("number", [signal.SIGTERM, signal.SIGINT])
def test_requests_in_work_finish_when_the_server_is_stopped(
    tmp_path: Path, number: signal.Signals
) -> None:
    script = tmp_path / "server.py"
    script.write_text(textwrap.dedent(SCRIPT))
    process = subprocess.Popen([sys.executable, script], stdout=subprocess.PIPE, text=True)
    assert process.stdout is not None
    with process, process.stdout as told:
        url = told.readline().strip()
        connection = http.client.HTTPConnection(url.removeprefix("http://"), timeout=20)
        connection.request("GET", "/")
        assert told.readline() == "begun\n"
        process.send_signal(number)
        assert connection.getresponse().read() == b"finished"
        connection.close()
        assert told.readline() == "closed\n"
    assert process.returncode == 0


def test_a_port_in_use_is_told() -> None:
    with open_listener("127.0.0.1", 0) as first:
        port = first.getsockname()[1]
        with pytest.raises(ConfigurationError, match=str(port)):
            open_listener("127.0.0.1", port)


def test_a_host_that_does_not_exist_is_told() -> None:
    with pytest.raises(ConfigurationError, match=r"no\.such\.host\.invalid"):
        open_listener("no.such.host.invalid", 0)


@pytest.mark.skipif(not socket.has_ipv6, reason="this machine has no IPv6")
def test_the_url_of_an_ipv6_address_has_brackets() -> None:
    try:
        listener = open_listener("::1", 0)
    except ConfigurationError:
        pytest.skip("this machine has no IPv6 loopback")
    with listener:
        assert url_of(listener).startswith("http://[::1]:")
