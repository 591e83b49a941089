"""The Rekognition API as data: operations, their shapes, their constraints and their errors.

Read from `contract.json`, which `tools/generate_contract.py` makes from botocore's model.
"""

from collections.abc import Mapping
from dataclasses import dataclass, field
from functools import cache
from importlib.resources import files
from types import MappingProxyType
from typing import Any

import msgspec

from vidimus.errors import UnknownOperation
from vidimus.wire.pattern import Pattern


@dataclass(frozen=True, slots=True, eq=False)
class Structure:
    """An object with named members; members it does not know are ignored."""

    name: str
    members: "Mapping[str, Shape]"
    required: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True, eq=False)
class ListShape:
    """A list; `min` and `max` bound its length."""

    name: str
    member: "Shape"
    min: int | None = None
    max: int | None = None


@dataclass(frozen=True, slots=True, eq=False)
class MapShape:
    """An object with free keys; `min` and `max` bound how many."""

    name: str
    key: "StringShape"
    value: "Shape"
    min: int | None = None
    max: int | None = None


@dataclass(frozen=True, slots=True, eq=False)
class StringShape:
    """A string; `min` and `max` bound its length in code points, `enum` lists what it may be."""

    name: str
    min: int | None = None
    max: int | None = None
    pattern: Pattern | None = None
    enum: tuple[str, ...] = ()
    sensitive: bool = False


@dataclass(frozen=True, slots=True, eq=False)
class BlobShape:
    """Bytes, base64 on the wire; `min` and `max` bound their number before encoding."""

    name: str
    min: int | None = None
    max: int | None = None
    sensitive: bool = False


@dataclass(frozen=True, slots=True, eq=False)
class IntegerShape:
    """A whole number of 32 or 64 bits, at least `min` and at most `max`."""

    name: str
    bits: int
    min: int | None = None
    max: int | None = None


@dataclass(frozen=True, slots=True, eq=False)
class FloatShape:
    """A finite number, at least `min` and at most `max`."""

    name: str
    min: float | None = None
    max: float | None = None


@dataclass(frozen=True, slots=True, eq=False)
class BooleanShape:
    """True or false."""

    name: str


@dataclass(frozen=True, slots=True, eq=False)
class TimestampShape:
    """A moment: an aware datetime here, a number of seconds since 1970 on the wire."""

    name: str


Shape = (
    Structure
    | ListShape
    | MapShape
    | StringShape
    | BlobShape
    | IntegerShape
    | FloatShape
    | BooleanShape
    | TimestampShape
)


@dataclass(frozen=True, slots=True, eq=False)
class Operation:
    """One operation: what it takes, what it gives, and the codes of the errors it declares."""

    name: str
    input: Structure
    output: Structure
    errors: tuple[str, ...]


@dataclass(frozen=True, slots=True, eq=False)
class ErrorShape:
    """An error of the model; `server_fault` ones are answered with status 500, others with 400."""

    name: str
    server_fault: bool
    members: Mapping[str, Shape]


@dataclass(frozen=True, slots=True, eq=False)
class Contract:
    """The whole API, read-only; `source_sha256` is the digest of the model it was made from."""

    api_version: str
    json_version: str
    signing_name: str
    target_prefix: str
    source_sha256: str
    operations: Mapping[str, Operation]
    errors: Mapping[str, ErrorShape]
    shapes: Mapping[str, Shape] = field(repr=False)

    def operation(self, name: str) -> Operation:
        """Return the operation of that name; raises UnknownOperation."""
        try:
            return self.operations[name]
        except KeyError:
            raise UnknownOperation(f"The operation {name[:100]!r} does not exist.") from None


@cache
def load_contract() -> Contract:
    """Return the contract of this package, read once; it cannot be changed."""
    return parse_contract(files("vidimus.wire").joinpath("contract.json").read_bytes())


def parse_contract(text: bytes) -> Contract:
    """Build a contract from the text that `tools/generate_contract.py` writes."""
    raw: dict[str, Any] = msgspec.json.decode(text)
    reader = _Reader(raw["shapes"])
    return Contract(
        api_version=raw["api_version"],
        json_version=raw["json_version"],
        signing_name=raw["signing_name"],
        target_prefix=raw["target_prefix"],
        source_sha256=raw["source_sha256"],
        operations=MappingProxyType(
            {name: reader.operation(name, row) for name, row in raw["operations"].items()}
        ),
        errors=MappingProxyType(
            {
                name: ErrorShape(name, row["server_fault"], reader.members(row["members"]))
                for name, row in raw["errors"].items()
            }
        ),
        shapes=MappingProxyType({name: reader.shape(name) for name in raw["shapes"]}),
    )


class _Reader:
    """Builds each shape once, parts before wholes; no shape of the contract contains itself."""

    def __init__(self, rows: Mapping[str, dict[str, Any]]) -> None:
        self._rows = rows
        self._built: dict[str, Shape] = {}

    def operation(self, name: str, row: Mapping[str, Any]) -> Operation:
        return Operation(
            name,
            self._structure(row["input"]),
            self._structure(row["output"]),
            tuple(row["errors"]),
        )

    def members(self, names: Mapping[str, str]) -> Mapping[str, Shape]:
        return MappingProxyType({member: self.shape(name) for member, name in names.items()})

    def shape(self, name: str) -> Shape:
        if name not in self._built:
            self._built[name] = self._build(name, self._rows[name])
        return self._built[name]

    def _structure(self, name: str) -> Structure:
        shape = self.shape(name)
        if not isinstance(shape, Structure):
            raise TypeError(f"{name} is not a structure")
        return shape

    def _build(self, name: str, row: Mapping[str, Any]) -> Shape:
        match row["type"]:
            case "structure":
                return Structure(name, self.members(row["members"]), tuple(row.get("required", ())))
            case "list":
                return ListShape(name, self.shape(row["member"]), *_bounds(row))
            case "map":
                return self._map(name, row)
            case _:
                return _scalar(name, row)

    def _map(self, name: str, row: Mapping[str, Any]) -> MapShape:
        key = self.shape(row["key"])
        if not isinstance(key, StringShape):
            raise TypeError(f"the keys of {name} are not strings")
        return MapShape(name, key, self.shape(row["value"]), *_bounds(row))


def _bounds(row: Mapping[str, Any]) -> tuple[Any, Any]:
    return row.get("min"), row.get("max")


def _scalar(name: str, row: Mapping[str, Any]) -> Shape:
    scalars: dict[str, Shape] = {
        "string": _string(name, row),
        "blob": BlobShape(name, *_bounds(row), sensitive=row.get("sensitive", False)),
        "integer": IntegerShape(name, 32, *_bounds(row)),
        "long": IntegerShape(name, 64, *_bounds(row)),
        "float": FloatShape(name, *_bounds(row)),
        "boolean": BooleanShape(name),
        "timestamp": TimestampShape(name),
    }
    return scalars[row["type"]]


def _string(name: str, row: Mapping[str, Any]) -> StringShape:
    pattern = row.get("pattern")
    return StringShape(
        name,
        *_bounds(row),
        pattern=None if pattern is None else Pattern(pattern),
        enum=tuple(row.get("enum", ())),
        sensitive=row.get("sensitive", False),
    )
