"""Rows of float32 vectors beside 8-bit codes of them, with proven bounds on what the codes miss.

A block holds each vector x as it is, and approximately as

    x = center + scale * c + e

where c are whole numbers in -127..127, one byte each, and e is what the codes miss. Beside them
it holds `along`, the product of x with `axis`, a direction that all blocks of an index share:
that of the first block's center. The codes of all blocks lie one after the other in an array of
the index, so that one call multiplies them all.

The block knows `reach`, at least the largest |scale * c|, `error`, at least the largest |e|, and
`along_error`, at least what any `along` is off by, all counted up for the rounding of the
float32 arithmetic they are measured with. `exact` turns them into bounds on scores.

Center and scale fit the block's own rows: faces of one embedder lie close together (strangers
of dlib's network have a mean cosine of .84), and around their own mean the same byte resolves
finer steps. They are fitted anew whenever three times as many rows were coded as the last fit
had seen, so a block's codes stay good while its content changes, at less than two codings per
row.
"""

from math import sqrt
from typing import TypeVar

import numpy as np
from numpy.typing import NDArray

BLOCK_ROWS = 65_536
_FIRST_ROWS = 64
_CHUNK_ROWS = 2_048
# A fit over a part of the block serves until this many times as many rows were coded by it.
_ROWS_PER_FITTED = 3
_CODE_MAX = 127
# Below this scale a float32 step would be subnormal and its reciprocal overflow.
_SMALLEST_SCALE = 1e-35
# Squares of components below 4e-23 vanish in float32; this much per component stands for them.
_VANISHED = 1e-21
# Twice what rounding to float32 can change a value by, as a share of it.
_ULP = 2.0**-23

Rows = NDArray[np.float32]
Ids = NDArray[np.int64]
Slots = NDArray[np.intp]
Codes = NDArray[np.int8]
Axis = NDArray[np.float64]
Value = TypeVar("Value", np.float32, np.int64, np.int8)


class Block:
    """At most `BLOCK_ROWS` vectors with their ids and codes; not thread-safe by itself."""

    __slots__ = (
        "_along",
        "_codes",
        "_fitted",
        "_ids",
        "_recoded",
        "_rows",
        "along_error",
        "along_reach",
        "axis",
        "center",
        "center_norm",
        "count",
        "error",
        "reach",
        "scale",
    )

    def __init__(self, dimensions: int, capacity: int) -> None:
        capacity = max(_FIRST_ROWS, min(capacity, BLOCK_ROWS))
        self._rows = np.empty((capacity, dimensions), np.float32)
        self._ids = np.empty(capacity, np.int64)
        self._along = np.empty(capacity, np.float32)
        self._codes = np.empty((0, dimensions), np.int8)
        self._fitted = 0
        self._recoded = 0
        self.count = 0
        self.center = np.zeros(dimensions, np.float64)
        self.center_norm = 0.0
        self.axis = self.center
        self.scale = np.float32(0)
        self.reach = self.error = self.along_reach = self.along_error = 0.0

    @property
    def rows(self) -> Rows:
        """The vectors (count, d)."""
        return self._rows[: self.count]

    @property
    def ids(self) -> Ids:
        """The ids (count,), in no order."""
        return self._ids[: self.count]

    @property
    def along(self) -> Rows:
        """The products of the vectors with `axis` (count,), each within `along_error`."""
        return self._along[: self.count]

    @property
    def room(self) -> int:
        """How many rows may still be appended."""
        return BLOCK_ROWS - self.count

    def keep_codes_in(self, place: Codes) -> None:
        """Keep the codes in `place` (at least count, d), which holds those made so far."""
        self._codes = place

    def append(self, ids: Ids, rows: Rows, axis: Axis | None) -> None:
        """Append at most `room` rows (n, d), for whose codes there must be a place.

        The block's axis becomes `axis`, or fits its own rows where that is None; it may only
        change while the block is its index's only one.
        """
        start, end = self.count, self.count + len(ids)
        self._grow(end)
        self._rows[start:end] = rows
        self._ids[start:end] = ids
        self.count = end
        self._recoded += len(ids)
        if self._recoded >= _ROWS_PER_FITTED * self._fitted:
            self._fit(axis)
            start = 0
        for low in range(start, end, _CHUNK_ROWS):
            self._code(slice(low, min(low + _CHUNK_ROWS, end)))

    def drop(self, slots: Slots) -> None:
        """Forget the rows at `slots`, ascending; the last rows move into their places."""
        kept = self.count - len(slots)
        split = int(np.searchsorted(slots, kept))
        holes, gone = slots[:split], slots[split:]
        movers = np.setdiff1d(np.arange(kept, self.count), gone, assume_unique=True)
        for column in (self._rows, self._codes, self._ids, self._along):
            column[holes] = column[movers]
        self.count = kept

    def take_last(self, count: int) -> tuple[Ids, Rows]:
        """Forget the last `count` rows and return them with their ids."""
        span = slice(self.count - count, self.count)
        self.count -= count
        return self._ids[span], self._rows[span]

    def _grow(self, needed: int) -> None:
        capacity = len(self._ids)
        if needed <= capacity:
            return
        capacity = min(BLOCK_ROWS, max(needed, 2 * capacity))
        self._rows = grown(self._rows, self.count, capacity)
        self._ids = grown(self._ids, self.count, capacity)
        self._along = grown(self._along, self.count, capacity)

    def _fit(self, axis: Axis | None) -> None:
        """Take center and scale from the rows held; every row must be coded after this."""
        rows = self.rows
        center = rows.mean(axis=0, dtype=np.float64).astype(np.float32)
        widest = max((rows.max(axis=0) - center).max(), (center - rows.min(axis=0)).max())
        scale = np.float32(widest / _CODE_MAX)
        self.scale = scale if scale > _SMALLEST_SCALE else np.float32(0)
        # Held in float64, as searches need them, but of values that float32 holds exactly.
        self.center = center.astype(np.float64)
        self.center_norm = float(np.linalg.norm(self.center))
        self.axis = self._own_axis() if axis is None else axis
        self.reach = self.error = self.along_reach = self.along_error = 0.0
        self._fitted, self._recoded = self.count, 0

    def _own_axis(self) -> Axis:
        if self.center_norm <= _SMALLEST_SCALE:
            return np.zeros_like(self.center)
        return (self.center / self.center_norm).astype(np.float32).astype(np.float64)

    def _code(self, span: slice) -> None:
        """Code the rows of `span` and widen the block's bounds to hold for them."""
        rows = self._rows[span]
        self._along[span] = rows @ self.axis.astype(np.float32)
        self._widen_along(_longest(rows), rows.shape[1])
        missed = rows - self.center.astype(np.float32)
        with np.errstate(over="ignore"):
            codes = missed * (np.float32(1) / self.scale if self.scale else np.float32(0))
        np.rint(codes, out=codes)
        np.clip(codes, -_CODE_MAX, _CODE_MAX, out=codes)
        self._codes[span] = codes
        longest_code = _longest(codes)
        codes *= self.scale
        missed -= codes
        # Each of the three float32 steps above is off by at most 2**-24 of its result.
        reach = float(self.scale) * longest_code * (1 + 1e-6)
        error = _longest(missed)
        error += 1e-6 * (reach + error) + _VANISHED * missed.shape[1]
        self.reach, self.error = max(self.reach, reach), max(self.error, error)

    def _widen_along(self, longest: float, dimensions: int) -> None:
        # |axis| is 1 but for rounding; a float32 sum of d products is off by d * 2**-24 of that.
        self.along_reach = max(self.along_reach, longest * (1 + 1e-6))
        self.along_error = self.along_reach * dimensions * _ULP + _VANISHED * dimensions


def grown(values: NDArray[Value], count: int, capacity: int) -> NDArray[Value]:
    """Return an array with room for `capacity` rows that begins with the first `count`."""
    # Memory that is not written to yet takes up none.
    larger = np.empty((capacity, *values.shape[1:]), values.dtype)
    larger[:count] = values[:count]
    return larger


def _longest(rows: Rows) -> float:
    """Return at least the largest Euclidean norm of the rows (n, d)."""
    squares = np.einsum("ij,ij->i", rows, rows)
    # The float32 sum of d squares is off by at most d * 2**-24 of itself.
    return sqrt(float(squares.max())) * (1 + int(rows.shape[1]) * _ULP)
