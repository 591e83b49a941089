"""Protobuf's text and its binary, read without a schema."""

import contextlib

import pytest
from hypothesis import given
from hypothesis import strategies as st

from tests.runtime.conftest import field, integer
from vidimus.errors import ModelUnavailable
from vidimus.runtime.convert.protobuf import read_fields, read_integers, read_text, read_values

TEXT = """
input: "data"  # a comment { that
dim: 1
dim: 260
layer {
  name: "one#two"
  param { pad: 1 }
}
layer { name: "" }
"""


def test_text_gives_each_name_its_values() -> None:
    assert read_text(TEXT) == {
        "input": ["data"],
        "dim": ["1", "260"],
        "layer": [{"name": ["one#two"], "param": [{"pad": ["1"]}]}, {"name": [""]}],
    }
    assert read_text("") == {}


@pytest.mark.parametrize(
    ("text", "says"),
    [
        ("layer { name: 1", "cut short"),
        ("layer", "cut short"),
        ("name:", "cut short"),
        ("layer name: 1", "'layer' where a name"),
        ("} a: 1", "'}' where a name"),
        ('"name": 1 : 2', "':' where a name"),
    ],
)
def test_what_is_no_such_text_is_refused(text: str, says: str) -> None:
    with pytest.raises(ModelUnavailable, match=says):
        read_text(text)


@given(st.lists(st.integers(0, 2**63 - 1)))
def test_packed_integers_come_back(numbers: list[int]) -> None:
    data = b"".join(integer(number) for number in numbers)
    assert list(read_integers(memoryview(data))) == numbers


@given(
    st.lists(
        st.tuples(st.integers(1, 500), st.integers(0, 2**40) | st.binary(max_size=200)), max_size=8
    )
)
def test_fields_come_back(fields: list[tuple[int, int | bytes]]) -> None:
    data = memoryview(b"".join(field(number, value) for number, value in fields))
    assert list(read_fields(data)) == fields
    assert read_values(data, 7) == [value for number, value in fields if number == 7]


def test_fields_of_four_and_eight_bytes_are_passed() -> None:
    data = integer(3 << 3 | 5) + b"abcd" + integer(4 << 3 | 1) + b"abcdefgh" + field(5, 6)
    assert list(read_fields(memoryview(data))) == [(3, b"abcd"), (4, b"abcdefgh"), (5, 6)]


@pytest.mark.parametrize(
    ("data", "says"),
    [
        (b"\x80", "cut short"),
        (integer(1 << 3 | 2) + integer(5) + b"four", "cut short"),
        (integer(1 << 3 | 5) + b"abc", "cut short"),
        (integer(1 << 3 | 3), "a field of kind 3"),
    ],
)
def test_what_is_no_such_binary_is_refused(data: bytes, says: str) -> None:
    with pytest.raises(ModelUnavailable, match=says):
        list(read_fields(memoryview(data)))


@given(st.binary(max_size=60))
def test_any_bytes_are_read_or_refused(data: bytes) -> None:
    with contextlib.suppress(ModelUnavailable):
        list(read_fields(memoryview(data)))
