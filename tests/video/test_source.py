"""What a demuxer reads from has a budget."""

import io
from pathlib import Path

import pytest

from vidimus.errors import UnreadableVideo
from vidimus.video.source import Source


def read_again(source: Source, times: int, size: int) -> None:
    for _ in range(times):
        source.seek(0)
        source.read(size)


def read_at_end(source: Source) -> None:
    for _ in range(1_000_000):
        source.read(1)


def test_it_reads_and_seeks_as_the_file_does() -> None:
    source = Source(io.BytesIO(b"0123456789"))
    assert source.size == 10
    assert source.read(4) == b"0123"
    assert source.tell() == 4
    assert source.seek(-2, io.SEEK_END) == 8
    assert source.read(4) == b"89"


def test_a_reader_that_runs_round_in_circles_is_stopped() -> None:
    source = Source(io.BytesIO(bytes(32 * 1024 * 1024)))
    with pytest.raises(UnreadableVideo, match="round in circles"):
        read_again(source, 1000, 32 * 1024 * 1024)
    assert isinstance(source.trouble, UnreadableVideo)


def test_each_pass_has_a_budget_of_its_own() -> None:
    source = Source(io.BytesIO(bytes(32 * 1024 * 1024)))
    for _ in range(3):
        source.begin()
        read_again(source, 20, 32 * 1024 * 1024)
    assert source.trouble is None


def test_a_reader_that_stays_at_the_end_is_stopped() -> None:
    source = Source(io.BytesIO(b"abc"))
    source.read(3)
    with pytest.raises(UnreadableVideo, match="round in circles"):
        read_at_end(source)


def test_a_path_is_opened_and_closed_here(tmp_path: Path) -> None:
    path = tmp_path / "a"
    path.write_bytes(b"abc")
    source = Source(path)
    assert source.read(10) == b"abc"
    source.let_go()
    with pytest.raises(ValueError, match="closed"):
        source.read(1)


def test_anothers_file_is_not_closed() -> None:
    file = io.BytesIO(b"abc")
    Source(file).let_go()
    assert not file.closed
