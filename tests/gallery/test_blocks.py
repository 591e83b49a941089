import numpy as np
import pytest
from numpy.typing import NDArray

from vidimus.gallery.blocks import BLOCK_ROWS, Block

DIMENSIONS = 24


def block_of(rows: NDArray[np.float32], axis: NDArray[np.float64] | None = None) -> Block:
    block = Block(DIMENSIONS, len(rows))
    block.keep_codes_in(np.empty((BLOCK_ROWS, DIMENSIONS), np.int8))
    block.append(np.arange(len(rows), dtype=np.int64), rows, axis)
    return block


def codes_of(block: Block) -> NDArray[np.int8]:
    """Return the codes, which the block keeps in the array it was given."""
    codes: NDArray[np.int8] = block._codes[: block.count]
    return codes


def check_bounds(block: Block) -> None:
    """Hold every bound of the block against what float64 says."""
    rows, codes = block.rows.astype(np.float64), codes_of(block).astype(np.float64)
    coded = float(block.scale) * codes
    missed = np.linalg.norm(rows - block.center - coded, axis=1)
    assert missed.max() <= block.error
    assert np.linalg.norm(coded, axis=1).max() <= block.reach
    along = rows @ block.axis
    assert np.abs(along - block.along).max() <= block.along_error
    assert np.abs(along).max() <= block.along_reach


@pytest.mark.parametrize("scale", [1e-38, 1e-20, 1e-3, 1.0, 1e6, 1e15 / 8])
@pytest.mark.parametrize("offset", [0.0, 3.0])
def test_bounds_hold_at_every_scale(scale: float, offset: float) -> None:
    rng = np.random.default_rng(1)
    rows = (scale * (rng.standard_normal((5_000, DIMENSIONS)) + offset)).astype(np.float32)
    check_bounds(block_of(rows))


def test_bounds_hold_for_rows_unlike_those_fitted() -> None:
    rng = np.random.default_rng(2)
    rows = rng.standard_normal((1_000, DIMENSIONS)).astype(np.float32)
    block = block_of(rows)
    fine = block.error
    block.append(np.array([5_000]), 1e5 * rows[:1], None)
    check_bounds(block)
    assert block.error > 1e3 * fine


def test_a_block_that_changed_wholly_is_fitted_anew() -> None:
    rng = np.random.default_rng(3)
    rows = rng.standard_normal((100, DIMENSIONS)).astype(np.float32)
    block = block_of(1e6 * rows)
    for start in range(1_000, 1_400, 100):
        block.append(np.arange(start, start + 100), rows, None)
        block.drop(np.arange(100))
    check_bounds(block)
    assert block.count == 100
    assert block.error < 1


def test_an_axis_given_is_kept() -> None:
    axis = np.eye(1, DIMENSIONS)[0]
    rows = np.random.default_rng(4).standard_normal((50, DIMENSIONS)).astype(np.float32)
    block = block_of(rows, axis)
    np.testing.assert_array_equal(block.axis, axis)
    np.testing.assert_allclose(block.along, rows[:, 0], rtol=1e-6)
    check_bounds(block)


def test_dropping_keeps_rows_ids_and_codes_together() -> None:
    rows = np.random.default_rng(5).standard_normal((300, DIMENSIONS)).astype(np.float32)
    block = block_of(rows)
    block.drop(np.array([0, 7, 150, 298, 299]))
    assert block.count == 295
    assert sorted(block.ids.tolist()) == sorted(set(range(300)) - {0, 7, 150, 298, 299})
    np.testing.assert_array_equal(block.rows, rows[block.ids])
    check_bounds(block)
    ids, taken = block.take_last(5)
    np.testing.assert_array_equal(taken, rows[ids])
    assert block.count == 290
    block.drop(np.arange(290))
    assert block.count == 0
