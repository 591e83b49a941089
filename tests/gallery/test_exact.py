import threading
from collections.abc import Iterable

import numpy as np
import pytest
from hypothesis import example, given, settings
from hypothesis import strategies as st
from numpy.typing import NDArray

from vidimus.errors import VidimusError
from vidimus.gallery import blocks
from vidimus.gallery.exact import ExactIndex
from vidimus.gallery.index import VectorIndex

Rows = NDArray[np.float32]


def brute_force(
    held: dict[int, Rows], probe: Rows, limit: int, min_score: float
) -> list[tuple[int, float]]:
    scored = [
        (key, float(np.vecdot(row.astype(np.float64), probe.astype(np.float64))))
        for key, row in held.items()
    ]
    kept = [(key, score) for key, score in scored if score >= min_score]
    return sorted(kept, key=lambda pair: (-pair[1], pair[0]))[:limit]


def unit(rows: Rows) -> Rows:
    rows /= np.linalg.norm(rows, axis=-1, keepdims=True)
    return rows


def face_like(rng: np.random.Generator, count: int, dimensions: int = 128) -> Rows:
    center = unit(rng.standard_normal(dimensions).astype(np.float32))
    people = np.repeat(rng.standard_normal((count // 4 + 1, dimensions)), 4, axis=0)[:count]
    faces = people + 0.3 * rng.standard_normal((count, dimensions))
    return unit((2.3 * center + faces / np.sqrt(dimensions)).astype(np.float32))


def keys(values: Iterable[int]) -> NDArray[np.int64]:
    return np.array(list(values), dtype=np.int64)


def filled(rows: Rows, threads: int = 2) -> ExactIndex:
    index = ExactIndex(rows.shape[1], threads=threads)
    index.add(np.arange(len(rows), dtype=np.int64), rows)
    return index


@pytest.fixture
def small_blocks(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(blocks, "BLOCK_ROWS", 96)
    monkeypatch.setattr("vidimus.gallery.exact.BLOCK_ROWS", 96)


def test_empty_index_finds_nothing() -> None:
    index: VectorIndex = ExactIndex(4)
    assert index.search(np.ones(4, np.float32), 10, -1.0) == []
    assert len(index) == 0
    assert index.ids().tolist() == []


@pytest.mark.parametrize("limit", [1, 10, 300, 4096])
@pytest.mark.parametrize("count", [1, 63, 1_000, 70_000])
def test_equals_brute_force_on_face_like_data(count: int, limit: int) -> None:
    rng = np.random.default_rng(count)
    rows = face_like(rng, count)
    index = filled(rows)
    for probe in (rows[count // 2], unit(rng.standard_normal(128).astype(np.float32))):
        found = index.search(probe, limit, -1.0)
        assert found == brute_force(dict(enumerate(rows)), probe, limit, -1.0)


@pytest.mark.parametrize("dimensions", [1, 3, 512, 1_100])
def test_equals_brute_force_in_other_dimensions(dimensions: int) -> None:
    rng = np.random.default_rng(dimensions)
    rows = face_like(rng, 3_000, dimensions)
    found = filled(rows).search(rows[7], 20, -1.0)
    assert found == brute_force(dict(enumerate(rows)), rows[7], 20, -1.0)


def test_min_score_keeps_what_reaches_it() -> None:
    rows = face_like(np.random.default_rng(3), 5_000)
    everything = brute_force(dict(enumerate(rows)), rows[0], 5_000, -1.0)
    edge = everything[17][1]
    assert filled(rows).search(rows[0], 4096, edge) == everything[:18]


def test_equal_rows_tie_and_the_lower_id_comes_first() -> None:
    rows = np.tile(unit(np.random.default_rng(4).standard_normal((1, 128)).astype("f4")), (999, 1))
    index = ExactIndex(128)
    index.add(np.arange(999, 0, -1, dtype=np.int64), rows)
    assert [key for key, _ in index.search(rows[0], 5, -1.0)] == [1, 2, 3, 4, 5]


def test_one_outlier_of_another_scale_costs_no_mate() -> None:
    rows = face_like(np.random.default_rng(5), 4_000)
    rows[1234] *= 1e6
    found = filled(rows).search(rows[77], 10, -1e9)
    assert found == brute_force(dict(enumerate(rows)), rows[77], 10, -1e9)


def test_adding_an_id_again_puts_the_new_vector_in_its_place() -> None:
    rows = face_like(np.random.default_rng(6), 200)
    index = filled(rows)
    index.add(keys([50, 300]), rows[:2])
    assert len(index) == 201
    assert [key for key, _ in index.search(rows[0], 3, 0.9999)] == [0, 50]
    assert index.search(rows[1], 3, 0.9999)[-1][0] == 300


def test_removed_vectors_are_gone_and_unknown_ids_passed_over(small_blocks: None) -> None:
    rows = face_like(np.random.default_rng(7), 500)
    index = filled(rows)
    index.remove(keys([*range(0, 500, 3), 9_999, -4]))
    kept = {key: row for key, row in enumerate(rows) if key % 3}
    assert index.ids().tolist() == sorted(kept)
    assert index.search(rows[0], 4096, -1.0) == brute_force(kept, rows[0], 4096, -1.0)
    index.remove(index.ids())
    assert len(index) == 0
    assert index.search(rows[0], 10, -1.0) == []
    index.add(keys([5]), rows[5:6])
    assert [key for key, _ in index.search(rows[5], 10, -1.0)] == [5]


@pytest.mark.parametrize("bad", [np.nan, np.inf, -np.inf, 1e16])
def test_values_that_are_no_numbers_are_refused(bad: float) -> None:
    index = filled(np.ones((3, 8), np.float32))
    spoilt = np.ones((1, 8), np.float32)
    spoilt[0, 3] = bad
    with pytest.raises(VidimusError):
        index.add(keys([7]), spoilt)
    with pytest.raises(VidimusError):
        index.search(spoilt[0], 1, -1.0)
    assert len(index) == 3


def test_wrong_shapes_and_ids_given_twice_are_refused() -> None:
    index = ExactIndex(8)
    with pytest.raises(VidimusError):
        index.add(keys([1]), np.ones((1, 9), np.float32))
    with pytest.raises(VidimusError):
        index.add(keys([1, 2]), np.ones((1, 8), np.float32))
    with pytest.raises(VidimusError):
        index.add(keys([1, 1]), np.ones((2, 8), np.float32))
    with pytest.raises(VidimusError):
        index.search(np.ones(7, np.float32), 1, -1.0)
    assert index.search(np.ones(8, np.float32), 0, -1.0) == []


def test_zero_vectors_and_a_zero_probe_score_zero() -> None:
    rows = np.zeros((5, 8), np.float32)
    rows[4, 0] = 1e-30
    index = filled(rows)
    assert index.search(np.zeros(8, np.float32), 3, -1.0) == [(0, 0.0), (1, 0.0), (2, 0.0)]
    assert index.search(np.eye(1, 8, dtype=np.float32)[0], 2, -1.0)[0][0] == 4


def test_searches_beside_changes_see_whole_states() -> None:
    """A pair of rows enters and leaves as one; no search may see half of it."""
    rows = face_like(np.random.default_rng(8), 3_000)
    index = filled(rows)
    pair = np.tile(rows[:1], (2, 1))
    trouble: list[str] = []
    stop = threading.Event()

    def search() -> None:
        while not stop.is_set():
            found = {key for key, _ in index.search(rows[0], 3, 0.99999)}
            if found not in ({0}, {0, 8_001, 8_002}):
                trouble.append(str(found))

    threads = [threading.Thread(target=search) for _ in range(3)]
    for thread in threads:
        thread.start()
    for _ in range(200):
        index.add(keys([8_001, 8_002]), pair)
        index.remove(keys([8_001, 8_002]))
    stop.set()
    for thread in threads:
        thread.join()
    assert trouble == []


SCALES = st.sampled_from([0.0, 1e-40, 1e-30, 1e-6, 1.0, 1.0, 1.0, 3e3, 1e14])
STEPS = st.lists(
    st.tuples(
        st.sampled_from(["add", "add", "remove"]),
        st.integers(1, 150),
        SCALES,
        st.booleans(),
        st.floats(0, 3),
    ),
    min_size=1,
    max_size=6,
)


@settings(max_examples=200, deadline=None)
@example(
    steps=[
        ("add", 47, 1e-6, True, 1.0),
        ("add", 1, 0.0, False, 0.0),
        ("add", 94, 0.0, True, 0.0),
        ("add", 83, 1e-40, True, 1.0),
    ],
    seed=2817,
    limit=1,
)
@given(steps=STEPS, seed=st.integers(0, 2**32), limit=st.sampled_from([1, 3, 10, 400]))
def test_equals_brute_force_after_any_changes(
    steps: list[tuple[str, int, float, bool, float]], seed: int, limit: int
) -> None:
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(blocks, "BLOCK_ROWS", 96)
        patch.setattr("vidimus.gallery.exact.BLOCK_ROWS", 96)
        rng = np.random.default_rng(seed)
        index, held = ExactIndex(16, threads=2), dict[int, Rows]()
        for action, count, scale, duplicates, offset in steps:
            ids = np.unique(rng.integers(0, 400, count))
            if action == "remove":
                index.remove(ids)
                held = {key: row for key, row in held.items() if key not in ids}
                continue
            rows = ((rng.standard_normal((len(ids), 16)) + offset) * scale).astype(np.float32)
            if duplicates:
                rows[:] = rows[rng.integers(0, max(1, len(ids) // 8), len(ids))]
            index.add(ids, rows)
            held.update(zip(ids.tolist(), rows, strict=True))
        probes = [(rng.standard_normal(16) * 2.0).astype(np.float32), *list(held.values())[:2]]
        for probe in probes:
            assert index.search(probe, limit, -np.inf) == brute_force(held, probe, limit, -np.inf)
        assert len(index) == len(held)
        assert index.ids().tolist() == sorted(held)
