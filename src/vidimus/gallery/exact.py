"""Exact search over many vectors: a cheap first look at 8-bit codes, true scores for the rest.

Why no mate is ever missed. For a probe q and a row x of a block (see `blocks`),

    x = m + s c + e        m center, s scale, c codes, |e| <= error, |s c| <= reach
    q = a v + p            v the block's axis, a chosen so that p is short
    p = t u + f            t scale, u whole numbers of one byte, f computed

so that the true score is

    q.x = a (v.x) + p.m + s t (u.c) + f.(s c) + p.e

The first three terms are known, once the integer products u.c are; v.x is kept with each row.
By Cauchy-Schwarz the last two lie within |f| reach + |p| error of zero. With what rounding can
add, that is the `radius`: estimate -/+ radius bounds the true score from both sides. (Products
u.c are whole numbers below 2**24, and so exact in float32, up to 1,040 dimensions; above that
float64 holds them.)

Now take the k rows with the best estimates, of which some may be passed over, and score them
from their floats: the worst of those scores is a threshold that at least k rows reach. A row
whose upper bound lies below it is not among the k best, nor does it tie with them. All others
are scored from their floats, in float64, and sorted. If the bounds are loose (an outlier
stretches its block's scale), more rows are scored: the answer stays the same, it takes longer.
"""

from dataclasses import dataclass
from math import inf, sqrt

import numpy as np
from numpy.typing import NDArray

from vidimus.errors import VidimusError
from vidimus.gallery.blocks import BLOCK_ROWS, Block, Ids, Rows, Slots, grown
from vidimus.gallery.index import LARGEST_VALUE
from vidimus.gallery.kernel import byte_products
from vidimus.gallery.shared_lock import SharedLock

_LARGEST_GROUP = 64
_GROUPS_PER_RESULT = 4
_RERANK_ROWS = 8_192
# An estimate takes five roundings to float32, 2**-24 each, and is compared with a rounded cut.
_ROUNDING = 2.0**-21
# Near zero float32 rounds to multiples of 1.4e-45 instead.
_SMALLEST_RADIUS = 1e-40

Scores = NDArray[np.float64]


@dataclass(frozen=True, slots=True)
class _Probe:
    """A probe q = slope * axis + step * codes + (a part of length `miss`).

    `rest` is what the axis leaves of it, of length `rest_norm`.
    """

    values: Scores
    norm: float
    slope: float
    rest: Scores
    rest_norm: float
    step: float
    codes: NDArray[np.int8]
    miss: float

    @classmethod
    def of(cls, values: Scores, axis: Scores) -> "_Probe":
        """Part `values` (d,) along `axis` (d,), which is of unit length or zero."""
        slope = float(values @ axis) / (float(axis @ axis) or 1.0)
        rest = values - slope * axis
        step = float(np.abs(rest).max(initial=0.0)) / 127
        codes = np.rint(rest / step) if step else np.zeros_like(rest)
        miss = _norm(rest - step * codes)
        return cls(
            values, _norm(values), slope, rest, _norm(rest), step, codes.astype(np.int8), miss
        )


@dataclass(frozen=True, slots=True)
class _Estimate:
    """A block's rows in the light of a probe: each scores within base + value -/+ radius.

    `best_slots` are about the best `limit` rows, at most one of each group, and `best_scores`
    their estimated scores.
    """

    block: Block
    values: NDArray[np.floating]
    base: float
    radius: float
    best_slots: Slots
    best_scores: Scores

    @classmethod
    def of(
        cls, block: Block, probe: _Probe, products: NDArray[np.floating], limit: int
    ) -> "_Estimate":
        """Estimate the score of every row of `block`; `products` are overwritten."""
        slope = abs(probe.slope)
        radius = probe.miss * block.reach + probe.rest_norm * block.error
        radius += slope * block.along_error
        extent = (probe.rest_norm + probe.miss) * block.reach + slope * block.along_reach
        extent += probe.norm * block.center_norm
        radius += _ROUNDING * (radius + extent) + _SMALLEST_RADIUS
        products *= probe.step * float(block.scale)
        products += block.along * products.dtype.type(probe.slope)
        base, best = float(probe.rest @ block.center), _best_slots(products, limit)
        scores = base + products[best].astype(np.float64)
        return cls(block, products, base, radius, best, scores)

    def reaching(self, threshold: float) -> Slots:
        """Return the slots of all rows that may score `threshold` or more."""
        return np.flatnonzero(self.values >= threshold - self.radius - self.base)


class ExactIndex:
    """A `VectorIndex` that returns what a brute-force search would; see the module's text.

    Vectors need not have unit length. Memory is about 1.28 times the floats at 128 dimensions.
    """

    def __init__(self, dimensions: int, threads: int = 1) -> None:
        """Make an empty index of `dimensions`, whose searches use at most `threads` threads."""
        self._dimensions = dimensions
        self._threads = threads
        self._blocks: list[Block] = []
        self._highest_id = -(2**63)
        self._lock = SharedLock()
        self._codes = np.empty((0, dimensions), np.int8)

    def __len__(self) -> int:
        """Return how many vectors the index holds."""
        with self._lock.reading():
            return sum(block.count for block in self._blocks)

    def ids(self) -> Ids:
        """Return the ids held, ascending."""
        with self._lock.reading():
            held = [block.ids for block in self._blocks]
            return np.sort(np.concatenate(held)) if held else np.empty(0, np.int64)

    def add(self, ids: Ids, vectors: Rows) -> None:
        """Add `vectors` (n, d) under `ids` (n,), in place of any held under the same ids.

        Raises VidimusError for shapes that do not fit, an id given twice and values that are
        not finite or exceed 1e15.
        """
        self._check(vectors, (len(ids), self._dimensions))
        if len(ids) == 0:
            return
        ascending = bool(np.all(ids[1:] > ids[:-1]))
        if not ascending and len(np.unique(ids)) != len(ids):
            raise VidimusError("An id was given twice in one addition to an index.")
        with self._lock.writing():
            if int(ids.min()) <= self._highest_id:
                self._remove(ids)
            self._append(ids, vectors)
            self._highest_id = max(self._highest_id, int(ids.max()))

    def remove(self, ids: Ids) -> None:
        """Remove the vectors of `ids` (n,); an id that is not held is passed over."""
        with self._lock.writing():
            self._remove(ids)

    def search(self, probe: Rows, limit: int, min_score: float) -> list[tuple[int, float]]:
        """Return at most `limit` pairs (id, score >= `min_score`) for `probe` (d,).

        Best first, ties by lower id. Raises VidimusError for a probe of another size or one
        that is not finite.
        """
        self._check(probe, (self._dimensions,))
        if limit <= 0:
            return []
        with self._lock.reading():
            ids, scores = self._best(probe.astype(np.float64), limit, min_score)
        return list(zip(ids.tolist(), scores.tolist(), strict=True))

    def _check(self, vectors: Rows, shape: tuple[int, ...]) -> None:
        if vectors.shape != shape:
            raise VidimusError(f"The index holds {self._dimensions} values, not {vectors.shape}.")
        if vectors.size and not float(np.abs(vectors).max()) <= LARGEST_VALUE:
            raise VidimusError("An embedding holds a value that is not finite or is past 1e15.")

    def _append(self, ids: Ids, vectors: Rows) -> None:
        self._make_room(sum(block.count for block in self._blocks) + len(ids))
        start = 0
        while start < len(ids):
            if not self._blocks or not self._blocks[-1].room:
                self._open_block(len(ids) - start)
            end = start + self._blocks[-1].room
            self._blocks[-1].append(ids[start:end], vectors[start:end], self._axis())
            start = end

    def _open_block(self, rows: int) -> None:
        # Only the first block begins small: behind it there will be others.
        block = Block(self._dimensions, BLOCK_ROWS if self._blocks else rows)
        block.keep_codes_in(self._codes[len(self._blocks) * BLOCK_ROWS :][:BLOCK_ROWS])
        self._blocks.append(block)

    def _axis(self) -> Scores | None:
        """Return the axis that all blocks share; None while the only one may choose it."""
        return self._blocks[0].axis if len(self._blocks) > 1 else None

    def _make_room(self, rows: int) -> None:
        """Have room for the codes of `rows` rows in all."""
        if rows <= len(self._codes):
            return
        count = sum(block.count for block in self._blocks)
        self._codes = grown(self._codes, count, max(rows, 2 * len(self._codes)))
        for place, block in enumerate(self._blocks):
            block.keep_codes_in(self._codes[place * BLOCK_ROWS :][:BLOCK_ROWS])

    def _remove(self, ids: Ids) -> None:
        wanted = np.unique(ids)
        for block in self._blocks:
            slots = np.flatnonzero(_among(block.ids, wanted))
            if len(slots):
                block.drop(slots)
        self._fill_up()

    def _fill_up(self) -> None:
        """Move rows from the last block forward until only the last one has room."""
        for block in self._blocks[:]:
            while block.room and block is not self._blocks[-1]:
                last = self._blocks[-1]
                count = min(block.room, last.count)
                if count:
                    block.append(*last.take_last(count), self._axis())
                if not last.count:
                    self._blocks.pop()
            if block is self._blocks[-1]:
                break
        if self._blocks and not self._blocks[-1].count:
            self._blocks.pop()

    def _best(self, values: Scores, limit: int, min_score: float) -> tuple[Ids, Scores]:
        if not self._blocks:
            return np.empty(0, np.int64), np.empty(0)
        estimates = self._estimate(_Probe.of(values, self._blocks[0].axis), limit)
        threshold = max(min_score, _reached(estimates, values, limit))
        ids, scores = np.empty(0, np.int64), np.empty(0)
        for estimate in estimates:
            slots = estimate.reaching(threshold)
            for start in range(0, len(slots), _RERANK_ROWS):
                part = slots[start : start + _RERANK_ROWS]
                exact = _scores(estimate.block, part, values)
                ids = np.concatenate([ids, estimate.block.ids[part][exact >= min_score]])
                scores = np.concatenate([scores, exact[exact >= min_score]])
                order = np.lexsort((ids, -scores))[:limit]
                ids, scores = ids[order], scores[order]
        return ids, scores

    def _estimate(self, probe: _Probe, limit: int) -> list[_Estimate]:
        count = sum(block.count for block in self._blocks)
        products = byte_products(probe.codes, self._codes[:count], self._threads)
        return [
            _Estimate.of(block, probe, products[place * BLOCK_ROWS :][: block.count], limit)
            for place, block in enumerate(self._blocks)
        ]


def _scores(block: Block, slots: Slots, probe: Scores) -> Scores:
    """Return the true scores of the rows at `slots`; equal rows get equal scores."""
    return np.asarray(np.vecdot(block.rows[slots].astype(np.float64), probe))


def _norm(vector: Scores) -> float:
    return sqrt(float(vector @ vector))


def _best_slots(values: NDArray[np.floating], limit: int) -> Slots:
    """Return the places of the largest values of `limit` groups, those of the largest ones."""
    group = max(1, min(_LARGEST_GROUP, len(values) // (_GROUPS_PER_RESULT * limit)))
    width = len(values) // group
    grid = values[: width * group].reshape(group, width)
    columns = _largest(grid.max(axis=0), limit)
    slots: Slots = grid[:, columns].argmax(axis=0) * width + columns
    return slots


def _reached(estimates: list[_Estimate], probe: Scores, limit: int) -> float:
    """Return a score that at least `limit` rows reach, close to the best such."""
    found = [estimate.best_scores for estimate in estimates]
    if sum(map(len, found)) < limit:
        return -inf
    cut = float(np.partition(np.concatenate(found), -limit)[-limit])
    scored = [
        _scores(estimate.block, estimate.best_slots[estimate.best_scores >= cut], probe)
        for estimate in estimates
    ]
    return float(np.partition(np.concatenate(scored), -limit)[-limit])


def _among(held: Ids, wanted: Ids) -> NDArray[np.bool_]:
    """Tell which of `held` are in the ascending `wanted`."""
    if len(wanted) == 0:
        return np.zeros(len(held), np.bool_)
    places = np.searchsorted(wanted, held)
    return np.asarray(wanted[np.minimum(places, len(wanted) - 1)] == held)


def _largest(values: NDArray[np.floating], limit: int) -> Slots:
    """Return the places of the `limit` largest of `values`, in no order."""
    if len(values) <= limit:
        return np.arange(len(values))
    return np.argpartition(values, -limit)[-limit:]
