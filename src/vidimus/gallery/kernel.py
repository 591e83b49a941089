"""The one use of simsimd: products of one vector of bytes with many."""

import os
from types import ModuleType

import numpy as np
from numpy.typing import NDArray

_WAIT_POLICY = "OMP_WAIT_POLICY"
_EXACT_IN_FLOAT32 = 1_040
_ROWS_WORTH_A_THREAD = 16_384


def _import_simsimd() -> ModuleType:
    """Import simsimd so that its threads sleep while they wait.

    By default they spin, and on a busy machine a search then waits ten times longer, since the
    spinning keeps the very thread that is waited for from running. OpenMP reads the choice when
    its library is loaded; other libraries that bring their own are left to theirs.
    """
    before = os.environ.get(_WAIT_POLICY)
    os.environ.setdefault(_WAIT_POLICY, "passive")
    try:
        import simsimd
    finally:
        if before is None:
            del os.environ[_WAIT_POLICY]
    return simsimd


_simsimd = _import_simsimd()


def byte_products(
    vector: NDArray[np.int8], rows: NDArray[np.int8], threads: int
) -> NDArray[np.floating]:
    """Return the products of `vector` (d,) with `rows` (n, d), exactly, in a new array (n,).

    They are whole numbers: float32 holds them all up to 1,040 dimensions (1,040 * 127 * 127 is
    below 2**24), float64 above.
    """
    # Its `out` argument is left alone: simsimd 6.5.16 then gives up a reference to None on each
    # call, which ends the interpreter after some thousands.
    tensor = _simsimd.cdist(
        vector[np.newaxis],
        rows,
        metric="dot",
        out_dtype="f32" if len(vector) <= _EXACT_IN_FLOAT32 else "f64",
        threads=min(threads, 1 + len(rows) // _ROWS_WORTH_A_THREAD),
    )
    products: NDArray[np.floating] = np.asarray(tensor)
    return products.reshape(-1)
