"""Valid inputs made from the contract, and inputs that break each of its constraints once.

Used by the unit tests here and, through real clients, by the contract tests.
"""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from functools import cache
from typing import Literal

import msgspec

from vidimus.wire.model import (
    BlobShape,
    BooleanShape,
    Contract,
    FloatShape,
    IntegerShape,
    ListShape,
    MapShape,
    Operation,
    Shape,
    StringShape,
    Structure,
    TimestampShape,
)

Kind = Literal["required", "type", "min", "max", "pattern", "enum"]

UUID = "01234567-89ab-cdef-0123-456789abcdef"
PROJECT = "arn:aws:rekognition:us-east-1:000000000000:project/name"
SAMPLES = (
    "abc",
    "0123456789abcdefghij",
    UUID,
    "1.0.0",
    "1",
    "{}",
    f"{PROJECT}/1577836800000",
    f"{PROJECT}/version/name/1577836800000",
    f"{PROJECT}/dataset/train/1577836800000",
    "arn:aws:rekognition:us-east-1:000000000000:streamprocessor/name",
    "arn:aws:kinesis:us-east-1:000000000000:stream/name",
    "arn:aws:kinesisvideo:us-east-1:000000000000:stream/name/1",
    "arn:aws:iam::000000000000:role/name",
    "arn:aws:sns:us-east-1:000000000000:name",
)
UNMATCHED = (" ", "\n", "!", "一")
WRONG_TYPES: Mapping[type[Shape], object] = {
    Structure: ["a list"],
    ListShape: {"an": "object"},
    MapShape: ["a list"],
    StringShape: 5,
    BlobShape: "not base64",
    IntegerShape: "5",
    FloatShape: "5",
    BooleanShape: "true",
    TimestampShape: "yesterday",
}


@dataclass(frozen=True, slots=True)
class Violation:
    """An input that breaks one constraint, of the member at `path`, and the error it deserves."""

    operation: str
    params: dict[str, object]
    path: str
    kind: Kind
    error: str

    @property
    def body(self) -> bytes:
        """The input as JSON, blobs in base64, for clients that send what they are given."""
        return msgspec.json.encode(self.params)

    def __str__(self) -> str:
        return f"{self.operation}-{self.path}-{self.kind}"


@dataclass(frozen=True, slots=True)
class _Broken:
    path: str
    kind: Kind
    value: object
    shape: Shape


def minimal_input(operation: Operation) -> dict[str, object]:
    """Make the smallest input that satisfies every constraint of the model."""
    return _minimal_structure(operation.input)


def violations(contract: Contract) -> Iterator[Violation]:
    """Yield every violation of every operation."""
    for operation in contract.operations.values():
        yield from violations_of(operation)


def violations_of(operation: Operation) -> Iterator[Violation]:
    """Yield inputs that each break one constraint of the operation's input, nested ones too."""
    for broken in _breaks_of_structure(operation.input, ""):
        assert isinstance(broken.value, dict)
        error = _deserved(operation, broken)
        yield Violation(operation.name, broken.value, broken.path, broken.kind, error)


def _deserved(operation: Operation, broken: _Broken) -> str:
    if broken.kind == "type":
        return "SerializationException"
    is_picture = broken.shape.name == "ImageBlob" and broken.kind == "max"
    if is_picture and "ImageTooLargeException" in operation.errors:
        return "ImageTooLargeException"
    return "InvalidParameterException"


def minimal_value(shape: Shape) -> object:
    """Make a small value that satisfies the shape."""
    match shape:
        case Structure():
            return _minimal_structure(shape)
        case ListShape():
            return [minimal_value(shape.member)] * max(shape.min or 0, 1)
        case MapShape():
            return {sample(shape.key): minimal_value(shape.value)}
        case _:
            return _minimal_scalar(shape)


def _minimal_scalar(shape: Shape) -> object:
    match shape:
        case StringShape():
            return sample(shape)
        case BlobShape():
            return bytes(max(shape.min or 0, 1))
        case IntegerShape():
            return shape.min if shape.min is not None else 1
        case FloatShape():
            return float(shape.min if shape.min is not None else 1)
        case BooleanShape():
            return True
        case _:
            raise LookupError("no input of this API takes a timestamp")


def _minimal_structure(shape: Structure) -> dict[str, object]:
    return {name: minimal_value(shape.members[name]) for name in shape.required}


def sample(shape: StringShape) -> str:
    """Find a string that satisfies the shape; raises LookupError when no candidate does."""
    if shape.enum:
        return shape.enum[0]
    for candidate in SAMPLES:
        if _fits(shape, candidate):
            return candidate
    raise LookupError(f"add a sample for {shape.name}: {shape.pattern}")


def _fits(shape: StringShape, value: str) -> bool:
    if not (shape.min or 0) <= len(value) <= (shape.max or len(value)):
        return False
    return shape.pattern is None or shape.pattern.matches(value)


def _breaks(shape: Shape, path: str) -> Iterator[_Broken]:
    yield _Broken(path, "type", WRONG_TYPES[type(shape)], shape)
    match shape:
        case Structure():
            yield from _breaks_of_structure(shape, path)
        case ListShape():
            yield from _breaks_of_list(shape, path)
        case MapShape():
            yield from _breaks_of_map(shape, path)
        case StringShape():
            yield from _breaks_of_string(shape, path)
        case BlobShape():
            yield from _breaks_of_blob(shape, path)
        case IntegerShape() | FloatShape():
            yield from _breaks_of_number(shape, path)


def _breaks_of_number(shape: IntegerShape | FloatShape, path: str) -> Iterator[_Broken]:
    if shape.min is not None:
        yield _Broken(path, "min", shape.min - 1, shape)
    if shape.max is not None:
        yield _Broken(path, "max", shape.max + 1, shape)


def _breaks_of_blob(shape: BlobShape, path: str) -> Iterator[_Broken]:
    if shape.min:
        yield _Broken(path, "min", _zeros(shape.min - 1), shape)
    if shape.max is not None:
        yield _Broken(path, "max", _zeros(shape.max + 1), shape)


@cache
def _zeros(size: int) -> bytes:
    return bytes(size)


def _breaks_of_structure(shape: Structure, path: str) -> Iterator[_Broken]:
    whole = _minimal_structure(shape)
    prefix = f"{path}." if path else ""
    for name in shape.required:
        rest = {other: value for other, value in whole.items() if other != name}
        yield _Broken(prefix + name, "required", rest, shape.members[name])
    for name, part in shape.members.items():
        for broken in _breaks(part, prefix + name):
            value = whole | {name: broken.value}
            yield _Broken(broken.path, broken.kind, value, broken.shape)


def _breaks_of_list(shape: ListShape, path: str) -> Iterator[_Broken]:
    item = minimal_value(shape.member)
    if shape.min:
        yield _Broken(path, "min", [item] * (shape.min - 1), shape)
    if shape.max is not None:
        yield _Broken(path, "max", [item] * (shape.max + 1), shape)
    others = [item] * ((shape.min or 1) - 1)
    for broken in _breaks(shape.member, f"{path}[{len(others)}]"):
        yield _Broken(broken.path, broken.kind, [*others, broken.value], broken.shape)


def _breaks_of_map(shape: MapShape, path: str) -> Iterator[_Broken]:
    key, value = sample(shape.key), minimal_value(shape.value)
    if shape.max is not None:
        many = {f"{key}{number}": value for number in range(shape.max + 1)}
        yield _Broken(path, "max", many, shape)
    for broken in _breaks_of_string(shape.key, f"{path} key"):
        yield _Broken(broken.path, broken.kind, {broken.value: value}, broken.shape)
    for broken in _breaks(shape.value, f"{path}[{key!r}]"):
        yield _Broken(broken.path, broken.kind, {key: broken.value}, broken.shape)


def _breaks_of_string(shape: StringShape, path: str) -> Iterator[_Broken]:
    if shape.min:
        yield _Broken(path, "min", "a" * (shape.min - 1), shape)
    if shape.max is not None:
        yield _Broken(path, "max", "a" * (shape.max + 1), shape)
    if shape.pattern is not None:
        size = max(shape.min or 0, 1)
        bad = next(c * size for c in UNMATCHED if not shape.pattern.matches(c * size))
        yield _Broken(path, "pattern", bad, shape)
    if shape.enum:
        yield _Broken(path, "enum", "NOT_ONE", shape)
