"""What a process may take; each is tried in a process of its own, since it holds for good."""

import subprocess
import sys

import pytest

_TAKE = """
from vidimus.cli.process_memory import limit_memory
limit_memory({limit})
try:
    bytearray(3 << 30)
    print("taken")
except MemoryError:
    print("refused")
"""

_ARENAS = """
import ctypes
import re
import threading
from vidimus.cli.process_memory import share_arenas
if {shared}:
    share_arenas()
libc = ctypes.CDLL(None)
libc.malloc.restype = ctypes.c_void_p
done = threading.Barrier(9)
def take():
    libc.malloc(1000)
    done.wait(30)
threads = [threading.Thread(target=take) for _ in range(8)]
for each in threads:
    each.start()
done.wait(30)
libc.malloc_stats()
"""


def output_of(program: str) -> str:
    command = [sys.executable, "-c", program]
    done = subprocess.run(command, capture_output=True, text=True, check=True, timeout=60)
    return done.stdout + done.stderr


@pytest.mark.parametrize(("limit", "said"), [(2048, "refused"), (0, "taken")])
def test_no_more_memory_is_taken_than_may_be(limit: int, said: str) -> None:
    assert output_of(_TAKE.format(limit=limit)).strip() == said


@pytest.mark.skipif(sys.platform != "linux", reason="glibc alone has arenas")
def test_threads_share_two_arenas() -> None:
    assert output_of(_ARENAS.format(shared=True)).count("Arena ") == 2
    assert output_of(_ARENAS.format(shared=False)).count("Arena ") > 2
