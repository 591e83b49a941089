import os
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import pytest

from vidimus.accountability.key_file import read_or_create_key
from vidimus.errors import ConfigurationError


def test_a_key_is_made_once(tmp_path: Path) -> None:
    path = tmp_path / "home" / "secret.key"
    key = read_or_create_key(path)
    assert len(key) == 32
    assert read_or_create_key(path) == key
    assert read_or_create_key(tmp_path / "other.key") != key
    assert [found.name for found in path.parent.iterdir()] == ["secret.key"]


def test_a_key_is_for_its_owner_alone(tmp_path: Path) -> None:
    before = os.umask(0)
    try:
        read_or_create_key(tmp_path / "secret.key")
    finally:
        os.umask(before)
    assert (tmp_path / "secret.key").stat().st_mode & 0o777 == 0o600


def test_many_at_once_get_the_same_key(tmp_path: Path) -> None:
    for number in range(20):
        path = tmp_path / f"{number}.key"
        with ThreadPoolExecutor(8) as pool:
            keys = set(pool.map(read_or_create_key, [path] * 8))
        assert len(keys) == 1
    assert len(list(tmp_path.iterdir())) == 20


def test_a_key_that_others_may_read_is_refused(tmp_path: Path) -> None:
    path = tmp_path / "secret.key"
    read_or_create_key(path)
    path.chmod(0o640)
    with pytest.raises(ConfigurationError, match=r"mode 0640.*chmod 600"):
        read_or_create_key(path)


@pytest.mark.parametrize("content", ["", "00" * 31, "00" * 33, "zz" * 32, "é" * 32, "00" * 5000])
def test_a_file_that_holds_no_key(tmp_path: Path, content: str) -> None:
    path = tmp_path / "secret.key"
    path.touch(mode=0o600)
    path.write_text(content)
    with pytest.raises(ConfigurationError, match="64 hexadecimal digits"):
        read_or_create_key(path)
    assert path.read_text() == content


def test_a_key_copied_by_hand_may_lack_its_line_break(tmp_path: Path) -> None:
    path = tmp_path / "secret.key"
    path.touch(mode=0o600)
    path.write_text("0f" * 32)
    assert read_or_create_key(path) == b"\x0f" * 32


def test_a_place_where_no_file_can_be(tmp_path: Path) -> None:
    (tmp_path / "occupied").write_text("")
    with pytest.raises(ConfigurationError, match="cannot be used"):
        read_or_create_key(tmp_path / "occupied" / "secret.key")
    with pytest.raises(ConfigurationError, match="cannot be used"):
        read_or_create_key(tmp_path)
