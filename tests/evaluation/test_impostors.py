"""Every pair of different people, once."""

import numpy as np
import pytest
from numpy.typing import NDArray

from vidimus.evaluation.impostors import ImpostorPairs, compare_impostors


def unit_vectors(count: int, dimensions: int, seed: int = 0) -> NDArray[np.float32]:
    rows = np.random.default_rng(seed).normal(size=(count, dimensions))
    return np.asarray(rows / np.linalg.norm(rows, axis=1, keepdims=True), np.float32)


VECTORS = unit_vectors(1500, 8)
SUBJECTS = np.arange(1500) % 700


def brute(vectors: NDArray[np.float32], subjects: NDArray[np.int64]) -> NDArray[np.float32]:
    rows, columns = np.triu_indices(len(vectors), 1)
    scores = (vectors @ vectors.T)[rows, columns]
    return np.asarray(np.sort(scores[subjects[rows] != subjects[columns]]))


def test_all_pairs_are_compared_once() -> None:
    pairs = compare_impostors(VECTORS, SUBJECTS)
    assert pairs.total == len(pairs.scores)
    np.testing.assert_allclose(pairs.scores, brute(VECTORS, SUBJECTS), atol=1e-6)
    assert (pairs.first < pairs.second).all()
    assert (SUBJECTS[pairs.first] != SUBJECTS[pairs.second]).all()


def test_only_the_highest_are_kept_where_there_are_many() -> None:
    pairs = compare_impostors(VECTORS, SUBJECTS, keep=1000)
    expected = brute(VECTORS, SUBJECTS)
    assert pairs.total == len(expected)
    np.testing.assert_allclose(pairs.scores, expected[-1000:], atol=1e-6)


def test_progress_ends_at_the_last_picture() -> None:
    told: list[tuple[int, int]] = []
    compare_impostors(VECTORS, SUBJECTS, progress=lambda done, total: told.append((done, total)))
    assert told == [(1024, 1500), (1500, 1500)]


def test_weights_of_drawn_people() -> None:
    pairs = ImpostorPairs(
        scores=np.array([0.1, 0.2, 0.3], np.float32),
        first=np.array([0, 0, 1], np.int32),
        second=np.array([1, 2, 2], np.int32),
        subjects=np.array([0, 1, 2]),
        total=3,
    )
    drawn = np.array([2, 0, 1])
    assert pairs.weight(drawn).tolist() == [0, 2, 0]
    assert pairs.total_weight(drawn) == 2
    assert pairs.subject_count == 3


@pytest.mark.parametrize("seed", [1, 2])
def test_the_weight_of_all_pairs_is_the_sum_of_their_weights(seed: int) -> None:
    pairs = compare_impostors(VECTORS[:200], SUBJECTS[:200] % 60)
    drawn = np.bincount(np.random.default_rng(seed).integers(0, 60, 60), minlength=60)
    assert pairs.total_weight(drawn) == pairs.weight(drawn).sum()
