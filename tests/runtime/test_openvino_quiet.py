"""OpenVINO as vidimus imports it."""

import subprocess
import sys

import pytest

TWO_THREADS = """
import threading
from vidimus.runtime.openvino_quiet import openvino

barrier = threading.Barrier(2)

def look_up():
    barrier.wait()
    openvino.Type.f32.to_dtype()

threads = [threading.Thread(target=look_up) for _ in range(2)]
for thread in threads:
    thread.start()
for thread in threads:
    thread.join()
"""


@pytest.mark.parametrize("attempt", range(3))
def test_two_threads_may_be_the_first_to_use_it(attempt: int) -> None:
    subprocess.run([sys.executable, "-c", TWO_THREADS], check=True, timeout=60)
