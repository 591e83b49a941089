"""Protobuf's two formats, read without a schema: as much as published networks need.

In the text, a field is a name and behind it a colon and a value, or a message in braces. In the
binary, it is an integer (its number times eight, plus its kind) and a value: an integer, four or
eight bytes, or a length and so many bytes, which may be a message again. Integers have seven bits a
byte, the lowest first; the eighth says that more follow.

Format facts: protobuf's guides "Text Format" and "Encoding".
"""

import re
from collections.abc import Iterator
from typing import Any

from vidimus.errors import ModelUnavailable

Message = dict[str, list[Any]]

# A comment, a quoted text, a mark, a word.
TOKEN = re.compile(r'#[^\n]*|"([^"\n]*)"|([{}:])|[^\s{}:"#]+')
CUT_SHORT = "protobuf that is cut short"


def read_text(text: str) -> Message:
    """Return each name with its values in order, texts and messages; numbers remain text.

    Raises ModelUnavailable when it is no such text or is cut short.
    """
    return _message((match for match in TOKEN.finditer(text) if match[0][0] != "#"), end="")


def _message(tokens: Iterator[re.Match[str]], end: str) -> Message:
    message: Message = {}
    for token in tokens:
        if token[0] == end:
            return message
        mark = _next(tokens)[0]
        if token[2] is not None or mark not in {"{", ":"}:
            raise ModelUnavailable(f"protobuf with {token[0]!r} where a name should stand")
        value = _message(tokens, "}") if mark == "{" else _plain(_next(tokens))
        message.setdefault(token[0], []).append(value)
    if end:
        raise ModelUnavailable(CUT_SHORT)
    return message


def _next(tokens: Iterator[re.Match[str]]) -> re.Match[str]:
    for token in tokens:
        return token
    raise ModelUnavailable(CUT_SHORT)


def _plain(token: re.Match[str]) -> str:
    return token[0] if token[1] is None else token[1]


def read_fields(data: memoryview) -> Iterator[tuple[int, Any]]:
    """Yield each field's number and value, an integer or bytes.

    Raises ModelUnavailable when it is no such binary or is cut short.
    """
    cursor = _Cursor(data)
    while cursor.at < len(data):
        tag = cursor.integer()
        yield tag >> 3, cursor.value(tag & 7)


def read_values(data: memoryview, number: int) -> list[Any]:
    """Return the values of the field `number`, in order."""
    return [value for found, value in read_fields(data) if found == number]


def read_integers(data: memoryview) -> Iterator[int]:
    """Yield integers that stand one behind the other ("packed")."""
    cursor = _Cursor(data)
    while cursor.at < len(data):
        yield cursor.integer()


class _Cursor:
    """Where reading has come to."""

    def __init__(self, data: memoryview) -> None:
        self.data = data
        self.at = 0

    def integer(self) -> int:
        value = shift = 0
        while True:
            (byte,) = self.take(1)
            value |= (byte & 0x7F) << shift
            shift += 7
            if byte < 0x80:
                return value

    def value(self, kind: int) -> Any:
        if kind == 0:
            return self.integer()
        if kind in {1, 5}:
            return self.take(8 if kind == 1 else 4)
        if kind == 2:
            return self.take(self.integer())
        raise ModelUnavailable(f"protobuf with a field of kind {kind}")

    def take(self, count: int) -> memoryview:
        self.at += count
        if self.at > len(self.data):
            raise ModelUnavailable(CUT_SHORT)
        return self.data[self.at - count : self.at]
