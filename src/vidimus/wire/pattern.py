"""Regular expressions of the service model, read as Java reads them.

Amazon checks values with Java's `Matcher.matches`, so the whole value has to match. Java's `\\d`,
`\\w` and `\\s` know ASCII only and its `.` stops at five line terminators; Python's do neither.
"""

from dataclasses import dataclass
from typing import Final

import regex

from vidimus.lazy import lazy

LONGEST_UNBOUNDED_VALUE: Final = 4096
"""Characters a value may have where the model gives a pattern and no maximum.

Some of those patterns need time that grows with the square of the length.
"""

_ASCII_CLASSES: Final = {"d": "0-9", "w": "a-zA-Z0-9_", "s": r" \t\n\x0b\f\r"}
_DOT: Final = r"[^\n\r\u0085\u2028\u2029]"
_PIECE: Final = regex.compile(r"\\.|.", regex.DOTALL)


@dataclass(frozen=True, eq=False)
class Pattern:
    """A pattern of the model; `text` is the model's own spelling."""

    text: str

    def matches(self, value: str) -> bool:
        """Say whether the whole value matches."""
        return self._compiled.fullmatch(value) is not None

    @lazy
    def _compiled(self) -> regex.Pattern[str]:
        # Compiled at first use: few of the 42 are met in a day, and a start should be quick.
        return regex.compile(translate(self.text), regex.V0)


def translate(java: str) -> str:
    """Rewrite a Java pattern for the `regex` package so that it accepts the same values."""
    out: list[str] = []
    in_set = False
    for piece in _PIECE.findall(java):
        out.append(_translate_piece(piece, in_set))
        if piece == "[":
            in_set = True
        elif piece == "]":
            in_set = False
    return "".join(out)


def _translate_piece(piece: str, in_set: bool) -> str:
    if piece == "." and not in_set:
        return _DOT
    letter = piece[1:]
    if piece[0] != "\\" or letter.lower() not in _ASCII_CLASSES:
        return piece
    members = _ASCII_CLASSES[letter.lower()]
    if letter.islower():
        return members if in_set else f"[{members}]"
    if in_set:
        raise ValueError(f"{piece} within a set cannot be translated")
    return f"[^{members}]"
