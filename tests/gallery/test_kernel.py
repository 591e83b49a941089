import os
import subprocess
import sys
from pathlib import Path

import numpy as np
import pytest

from vidimus.gallery.kernel import byte_products


@pytest.mark.parametrize("threads", [1, 2])
@pytest.mark.parametrize("dimensions", [1, 128, 1_040, 1_041, 2_048])
def test_products_are_exact(dimensions: int, threads: int) -> None:
    rng = np.random.default_rng(dimensions)
    rows = rng.integers(-127, 128, (40_000 // dimensions + 20_000, dimensions), dtype=np.int8)
    rows[0], rows[1] = 127, -127
    for vector in (rows[5], np.full(dimensions, 127, np.int8), np.full(dimensions, -127, np.int8)):
        products = byte_products(vector, rows, threads)
        exact = rows.astype(np.float64) @ vector.astype(np.float64)
        np.testing.assert_array_equal(products.astype(np.float64), exact)


def test_products_may_be_changed_in_place() -> None:
    products = byte_products(np.ones(4, np.int8), np.ones((3, 4), np.int8), 2)
    products *= 2.0
    assert products.tolist() == [8, 8, 8]


def test_many_calls_keep_the_interpreter_whole() -> None:
    """With simsimd 6.5.16 `cdist(..., out=...)` loses one reference to None per call."""
    vector, rows = np.ones(4, np.int8), np.ones((3, 4), np.int8)
    before = sys.getrefcount(None)
    for _ in range(2_000):
        byte_products(vector, rows, 1)
    assert abs(sys.getrefcount(None) - before) < 500


@pytest.mark.parametrize("chosen", [None, "active"])
def test_other_libraries_threads_are_left_to_wait_as_they_like(chosen: str | None) -> None:
    code = "import os, vidimus.gallery.kernel; print(os.environ.get('OMP_WAIT_POLICY'))"
    environment = {key: text for key, text in os.environ.items() if key != "OMP_WAIT_POLICY"}
    if chosen is not None:
        environment["OMP_WAIT_POLICY"] = chosen
    environment["PYTHONPATH"] = str(Path(__file__).parents[2] / "src")
    told = subprocess.run(
        [sys.executable, "-c", code], env=environment, capture_output=True, text=True, check=True
    )
    assert told.stdout.strip() == str(chosen)
