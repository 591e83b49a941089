"""Bodies of requests and responses: JSON on the wire, plain Python values inside.

A structure is a dict, a list a list, a blob `bytes`, a timestamp an aware datetime. Decoding
keeps the members the contract knows and drops nulls; constraints are `wire.validate`'s work.
"""

import math
from collections.abc import Callable, Mapping
from datetime import UTC, datetime
from functools import cache
from types import GenericAlias
from typing import Any, TypedDict, cast

import msgspec
import numpy as np

from vidimus.errors import SerializationError
from vidimus.wire.decode_trouble import explain_decode_error
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

_Finish = Callable[[Any, str], object]


def decode_request(contract: Contract, operation: str, body: bytes) -> dict[str, object]:
    """Read a request's JSON body; an empty one is an empty object.

    Nulls and unknown members are left out, the last of repeated members counts, whole numbers
    may be written as 5.0. Raises UnknownOperation, and SerializationError naming the member.
    """
    known = contract.operation(operation)
    if not body:
        return {}
    decoder = _decoder(known)
    try:
        if not body.isascii():
            # msgspec skips members it does not know without looking at their encoding.
            body.decode()
        raw = decoder.decode(body)
    except UnicodeDecodeError:
        raise SerializationError("The request body is not valid UTF-8.") from None
    except RecursionError:
        raise SerializationError("The request body is nested too deeply.") from None
    except msgspec.DecodeError as error:
        raise SerializationError(explain_decode_error(str(error), known.input)) from None
    return cast(dict[str, object], _finish(known.input, raw, ""))


@cache
def _decoder(operation: Operation) -> "msgspec.json.Decoder[dict[str, Any]]":
    # A pure function of an immutable operation: 75 decoders at most for one contract.
    return msgspec.json.Decoder(_wire_type(operation.input))


def _wire_type(shape: Shape) -> Any:
    """Return the type msgspec decodes the shape to; it decodes base64 three times faster."""
    match shape:
        case Structure():
            return _typed_dict(shape)
        case ListShape():
            return GenericAlias(list, (_wire_type(shape.member),))
        case MapShape():
            return GenericAlias(dict, (str, _wire_type(shape.value)))
        case _:
            return _SCALAR_TYPES[type(shape)]


_SCALAR_TYPES: Mapping[type[Shape], object] = {
    StringShape: str,
    BlobShape: bytes,
    IntegerShape: int | float,
    FloatShape: float,
    BooleanShape: bool,
    TimestampShape: float,
}


def _typed_dict(shape: Structure) -> Any:
    fields = {name: _wire_type(part) | None for name, part in shape.members.items()}
    # mypy only knows TypedDict written out; the fields are known when the contract is read.
    make = cast(Callable[..., Any], TypedDict)
    return make(shape.name, fields, total=False)


def _finish(shape: Shape, value: Any, path: str) -> object:
    """Turn what msgspec decoded into what the rest of the server works with."""
    match shape:
        case Structure():
            prefix = f"{path}." if path else ""
            return {
                name: _finish(shape.members[name], part, prefix + name)
                for name, part in value.items()
                if part is not None
            }
        case ListShape():
            return [_finish(shape.member, part, f"{path}[{n}]") for n, part in enumerate(value)]
        case MapShape():
            return {
                key: _finish(shape.value, part, f"{path}[{key}]") for key, part in value.items()
            }
        case IntegerShape():
            return _whole_number(shape, value, path)
        case TimestampShape():
            return _moment(value, path)
        case _:
            return cast(object, value)


def _whole_number(shape: IntegerShape, value: int | float, path: str) -> int:
    if int(value) != value:
        raise SerializationError(f"{path}: expected a whole number, got {value!r}.")
    limit = 1 << (shape.bits - 1)
    if not -limit <= value < limit:
        raise SerializationError(
            f"{path}: expected a whole number of {shape.bits} bits, got one out of range."
        )
    return int(value)


def _moment(value: float, path: str) -> datetime:
    try:
        return datetime.fromtimestamp(value, UTC)
    except (OverflowError, OSError, ValueError):
        raise SerializationError(f"{path}: {value!r} seconds is not a date.") from None


def encode_response(contract: Contract, operation: str, output: Mapping[str, object]) -> bytes:
    """Write an operation's output as a JSON body.

    Members that are None are left out at any depth; datetimes become seconds since 1970 to the
    millisecond, bytes base64, tuples lists, NumPy scalars plain numbers. Raises UnknownOperation,
    ValueError for a number that is not finite, TypeError for a value JSON has no form for.
    """
    contract.operation(operation)
    return msgspec.json.encode(_plain(output))


def _plain(value: Any) -> object:
    kind = type(value)
    if kind is dict:
        return {name: _plain(part) for name, part in value.items() if part is not None}
    if kind is float:
        if not math.isfinite(value):
            raise ValueError(f"{value!r} has no form in JSON")
        return cast(float, value)
    if kind is list or kind is tuple:
        return [_plain(part) for part in value]
    if kind is str or kind is int or kind is bool or kind is bytes:
        return cast(object, value)
    return _plain_of_rarer(value)


def _plain_of_rarer(value: Any) -> object:
    if isinstance(value, datetime):
        return _seconds(value)
    if isinstance(value, np.generic):
        return _plain(value.item())
    if isinstance(value, str):
        return str(value)
    if isinstance(value, Mapping):
        return _plain(dict(value))
    raise TypeError(f"{type(value).__name__} has no form in JSON")


def _seconds(moment: datetime) -> float:
    if moment.tzinfo is None:
        raise ValueError("a datetime without a time zone has no form on the wire")
    return round(moment.timestamp(), 3)
