"""Words for a request body that is not what its operation takes."""

import re
from typing import Final

from vidimus.wire.model import (
    BlobShape,
    BooleanShape,
    FloatShape,
    IntegerShape,
    ListShape,
    MapShape,
    Shape,
    StringShape,
    Structure,
    TimestampShape,
)

_EXPECTED: Final[dict[type[Shape], str]] = {
    Structure: "an object",
    ListShape: "a list",
    MapShape: "an object",
    StringShape: "a string",
    BlobShape: "a base64 string",
    IntegerShape: "a whole number",
    FloatShape: "a number",
    BooleanShape: "true or false",
    TimestampShape: "a number of seconds since 1970",
}
_GIVEN: Final = {
    "object": "an object",
    "array": "a list",
    "str": "a string",
    "int": "a number",
    "float": "a number",
    "bool": "true or false",
    "null": "null",
}
_PLACE: Final = re.compile(r" - at `\$\.?(?P<path>.*)`$")
_GOT: Final = re.compile(r", got `(?P<kind>\w+)`")
_STEP: Final = re.compile(r"\[[^\]]*\]|[^.\[]+")


def explain_decode_error(message: str, shape: Structure) -> str:
    """Say in our words what msgspec says, naming the member and what it has to be."""
    place = _PLACE.search(message)
    got = _GOT.search(message)
    if place is None and got is None:
        return f"The request body is not valid JSON: {message}."
    path = place["path"] if place else ""
    expected = _EXPECTED[type(_shape_at(shape, path))]
    return f"{path or 'The request body'}: expected {expected}, got {_given(message, got)}."


def _given(message: str, got: re.Match[str] | None) -> str:
    if got is not None:
        return _GIVEN.get(got["kind"], got["kind"])
    return "one out of range" if "out of range" in message else "a string that is not base64"


def _shape_at(shape: Shape, path: str) -> Shape:
    for step in _STEP.findall(path):
        match shape:
            case Structure():
                shape = shape.members[step]
            case ListShape():
                shape = shape.member
            case MapShape():
                shape = shape.value
            case _:
                break
    return shape
