"""What a gallery asks of an index over embeddings.

The rows of the database are the truth; an index is derived from them and can always be built
again. Every implementation may be called from many threads at once.
"""

from typing import Protocol

import numpy as np
from numpy.typing import NDArray

LARGEST_VALUE = 1e15
"""No embedding holds a value further from zero; products of such still fit float32."""


class VectorIndex(Protocol):
    """Vectors by id, searched by dot product; a change is seen by every search begun after it."""

    def __len__(self) -> int:
        """Return how many vectors the index holds."""

    def add(self, ids: NDArray[np.int64], vectors: NDArray[np.float32]) -> None:
        """Add `vectors` (n, d) under `ids` (n,), in place of any held under the same ids."""

    def remove(self, ids: NDArray[np.int64]) -> None:
        """Remove the vectors of `ids` (n,); an id that is not held is passed over."""

    def search(
        self, probe: NDArray[np.float32], limit: int, min_score: float
    ) -> list[tuple[int, float]]:
        """Return at most `limit` pairs (id, score >= `min_score`) for `probe` (d,).

        The score is the dot product; best first, ties by lower id.
        """

    def ids(self) -> NDArray[np.int64]:
        """Return the ids held, ascending."""
