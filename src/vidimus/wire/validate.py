"""Check values against the contract: requests for their senders, responses for our tests."""

import math
from collections.abc import Iterator, Mapping
from datetime import datetime
from itertools import islice
from typing import Final

from vidimus.errors import ImageTooLarge, InvalidParameter
from vidimus.wire.constraints import Flaw, flaws_of
from vidimus.wire.model import (
    BlobShape,
    BooleanShape,
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

MOST_FLAWS_TOLD: Final = 50
"""Flaws one message lists; a request can hold millions, so the search ends there."""


def validate_input(
    operation: Operation, params: Mapping[str, object], *, max_image_bytes: int | None = None
) -> None:
    """Check decoded parameters against every constraint of the operation's input.

    `max_image_bytes` takes the place of the model's 5 MiB for pictures. Raises InvalidParameter
    with every flaw in one message (the first 50 of more); ImageTooLarge where the only flaws are
    pictures with too many bytes and the operation declares that error.
    """
    found = flaws_of(operation.input, params, max_image_bytes=max_image_bytes)
    flaws = list(islice(found, MOST_FLAWS_TOLD + 1))
    if not flaws:
        return
    if "ImageTooLargeException" in operation.errors and all(f.is_picture_size for f in flaws):
        raise ImageTooLarge(f"Image size is too large: {_listed(flaws)}")
    raise InvalidParameter(f"Request has invalid parameters, {_count(flaws)}: {_listed(flaws)}")


def _count(flaws: list[Flaw]) -> str:
    if len(flaws) > MOST_FLAWS_TOLD:
        return f"more than {MOST_FLAWS_TOLD} validation errors"
    return "1 validation error" if len(flaws) == 1 else f"{len(flaws)} validation errors"


def _listed(flaws: list[Flaw]) -> str:
    return "; ".join(str(flaw) for flaw in flaws[:MOST_FLAWS_TOLD])


def check_output(operation: Operation, output: Mapping[str, object]) -> list[str]:
    """List what is wrong with an output; an empty list means it follows the contract.

    Looks for unknown members, wrong types (NumPy scalars too: outputs hold plain values), numbers
    that are not finite, naive datetimes, missing members and every constraint of the model. A
    member that is None counts as absent; so does an empty list, since the shapes that outputs
    share with inputs (FaceIdList) have least lengths that are meant for the inputs.
    """
    wrong = list(_type_flaws(operation.output, output, ""))
    return wrong or [str(flaw) for flaw in flaws_of(operation.output, _what_is_there(output))]


def _what_is_there(value: object) -> object:
    if isinstance(value, Mapping):
        return {
            key: _what_is_there(part) for key, part in value.items() if part not in (None, [], ())
        }
    if isinstance(value, list | tuple):
        return [_what_is_there(part) for part in value]
    return value


def _type_flaws(shape: Shape, value: object, path: str) -> Iterator[str]:
    match shape:
        case Structure():
            yield from _structure_type_flaws(shape, value, path)
        case ListShape():
            if not isinstance(value, list | tuple):
                yield _mistyped(path, "a list", value)
                return
            for number, part in enumerate(value):
                yield from _type_flaws(shape.member, part, f"{path}[{number}]")
        case MapShape():
            if not isinstance(value, Mapping):
                yield _mistyped(path, "a mapping", value)
                return
            for key, part in value.items():
                yield from _type_flaws(shape.key, key, f"key of {path}")
                yield from _type_flaws(shape.value, part, f"{path}[{key!r}]")
        case _:
            yield from _scalar_type_flaws(shape, value, path)


def _structure_type_flaws(shape: Structure, value: object, path: str) -> Iterator[str]:
    if not isinstance(value, Mapping):
        yield _mistyped(path, f"a mapping ({shape.name})", value)
        return
    prefix = f"{path}." if path else ""
    for name, part in value.items():
        if name not in shape.members:
            yield f"{prefix}{name}: {shape.name} has no such member"
        elif part is not None:
            yield from _type_flaws(shape.members[name], part, f"{prefix}{name}")


def _scalar_type_flaws(shape: Shape, value: object, path: str) -> Iterator[str]:
    expected = _SCALARS[type(shape)]
    # Exact types: a bool is an int to Python, a float64 of NumPy a float.
    fits = type(value) in expected or (str in expected and isinstance(value, str))
    if not fits:
        yield _mistyped(path, " or ".join(kind.__name__ for kind in expected), value)
    elif isinstance(value, float) and not math.isfinite(value):
        yield f"{path}: {value!r} is not finite"
    elif isinstance(value, datetime) and value.tzinfo is None:
        yield f"{path}: the datetime has no time zone"
    elif isinstance(shape, IntegerShape) and isinstance(value, int):
        limit = 1 << (shape.bits - 1)
        if not -limit <= value < limit:
            yield f"{path}: {value} does not fit {shape.bits} bits"


_SCALARS: Final[Mapping[type[Shape], tuple[type, ...]]] = {
    StringShape: (str,),
    BlobShape: (bytes,),
    IntegerShape: (int,),
    FloatShape: (float, int),
    BooleanShape: (bool,),
    TimestampShape: (datetime,),
}


def _mistyped(path: str, expected: str, value: object) -> str:
    return f"{path or 'the output'}: expected {expected}, got {type(value).__name__}"
