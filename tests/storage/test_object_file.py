"""Parts of a distant object are fetched once while they are near, and few are kept."""

import io

import pytest

from vidimus.storage.object_file import READ_AT_ONCE_BYTES, DistantParts, ObjectFile

SIZE = 9 * READ_AT_ONCE_BYTES + 5


class Store:
    """Counts what is fetched; the byte at a place is the number of its part."""

    def __init__(self) -> None:
        self.fetched: list[int] = []

    def read_part(self, start: int, end: int) -> bytes:
        number = start // READ_AT_ONCE_BYTES
        assert start == number * READ_AT_ONCE_BYTES
        self.fetched.append(number)
        return bytes([number]) * (end - start)


def test_what_is_read_on_is_fetched_once() -> None:
    store = Store()
    with ObjectFile(DistantParts(SIZE, store.read_part), SIZE, "one") as file:
        while file.read(1_000_000):
            pass
    assert store.fetched == list(range(10))


def test_two_places_by_turns_are_fetched_once() -> None:
    store = Store()
    with ObjectFile(DistantParts(SIZE, store.read_part), SIZE, "one") as file:
        for step in range(20):
            for part in (1, 7):
                file.seek(part * READ_AT_ONCE_BYTES + step * 100_000)
                assert file.read(10) == bytes([part]) * 10
    assert store.fetched == [1, 7]


def test_what_is_far_away_is_forgotten() -> None:
    store = Store()
    with ObjectFile(DistantParts(SIZE, store.read_part), SIZE, "one") as file:
        for part in (0, 1, 2, 3, 4, 0):
            file.seek(part * READ_AT_ONCE_BYTES)
            file.read(1)
    assert store.fetched == [0, 1, 2, 3, 4, 0]


def test_the_last_part_is_short_and_nothing_comes_after_it() -> None:
    store = Store()
    with ObjectFile(DistantParts(SIZE, store.read_part), SIZE, "one") as file:
        assert file.seek(-5, io.SEEK_END) == SIZE - 5
        assert file.read() == bytes([9]) * 5
        assert file.read() == b""
        assert file.size == SIZE


def test_no_place_lies_before_the_start() -> None:
    parts = DistantParts(SIZE, Store().read_part)
    with pytest.raises(ValueError, match="no place -1"):
        parts.seek(-1)
