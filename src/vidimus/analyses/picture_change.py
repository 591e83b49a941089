"""By how much a picture has changed: what was seen of one like it need not be seen again."""

import numpy as np
from numpy.typing import NDArray

Luma = NDArray[np.uint8]

STILL = 3.0
"""Levels of luma, of 255, by which the most changed block of an unchanged picture may differ."""
_BLOCK = 8


def is_still(one: Luma, other: Luma) -> bool:
    """Tell whether two pictures (h, w) of one size show the same in the same places."""
    return change(one, other) <= STILL


def change(one: Luma, other: Luma) -> float:
    """Return by how much the most changed block of two pictures differs, in levels of 255.

    What all of the picture has in common, as when the exposure is adapted, is left out.
    """
    difference = one.astype(np.int16) - other
    apart = np.abs(difference - int(np.median(difference)))
    rows, columns = (side // _BLOCK for side in apart.shape)
    if not rows or not columns:
        return float(apart.mean())
    blocks = apart[: rows * _BLOCK, : columns * _BLOCK]
    return float(blocks.reshape(rows, _BLOCK, columns, _BLOCK).mean(axis=(1, 3)).max())
