"""The constraints of the service model, applied to values of the right types."""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from itertools import islice
from typing import Final, cast

from vidimus.wire.model import (
    BlobShape,
    FloatShape,
    IntegerShape,
    ListShape,
    MapShape,
    Shape,
    StringShape,
    Structure,
)
from vidimus.wire.pattern import LONGEST_UNBOUNDED_VALUE

IMAGE_BLOB: Final = "ImageBlob"
"""The shape of a picture's bytes in every request that carries one."""

_LONGEST_QUOTE: Final = 64


@dataclass(frozen=True, slots=True)
class Flaw:
    """One broken constraint: where, which limit, and what was given instead."""

    path: str
    limit: str
    given: str
    is_picture_size: bool = False

    def __str__(self) -> str:
        return f"{self.path} {self.limit}" + (f", got {self.given}" if self.given else "")


def flaws_of(
    shape: Shape, value: object, path: str = "", *, max_image_bytes: int | None = None
) -> Iterator[Flaw]:
    """Yield every broken constraint within a value whose types fit the shape.

    Of a list or map that is too long, only as many entries are looked at as it may have.
    """
    match shape:
        case Structure():
            yield from _structure(shape, cast(Mapping[str, object], value), path, max_image_bytes)
        case ListShape():
            yield from _list(shape, cast(Sequence[object], value), path, max_image_bytes)
        case MapShape():
            yield from _map(shape, cast(Mapping[str, object], value), path, max_image_bytes)
        case BlobShape():
            yield from _blob(shape, cast(bytes, value), path, max_image_bytes)
        case StringShape():
            yield from _string(shape, cast(str, value), path)
        case IntegerShape() | FloatShape():
            yield from _number(shape, cast(float, value), path)


def _structure(
    shape: Structure, value: Mapping[str, object], path: str, max_image_bytes: int | None
) -> Iterator[Flaw]:
    prefix = f"{path}." if path else ""
    for name in shape.required:
        if name not in value:
            yield Flaw(prefix + name, "is required", "")
    for name, part in value.items():
        if name in shape.members:
            yield from flaws_of(
                shape.members[name], part, prefix + name, max_image_bytes=max_image_bytes
            )


def _list(
    shape: ListShape, value: Sequence[object], path: str, max_image_bytes: int | None
) -> Iterator[Flaw]:
    yield from _sized(shape, len(value), path)
    for number, part in enumerate(value[: shape.max]):
        yield from flaws_of(
            shape.member, part, f"{path}[{number}]", max_image_bytes=max_image_bytes
        )


def _map(
    shape: MapShape, value: Mapping[str, object], path: str, max_image_bytes: int | None
) -> Iterator[Flaw]:
    yield from _sized(shape, len(value), path)
    for key, part in islice(value.items(), shape.max):
        yield from _string(shape.key, key, f"{path} key")
        yield from flaws_of(
            shape.value, part, f"{path}[{_quote(key)}]", max_image_bytes=max_image_bytes
        )


def _sized(shape: ListShape | MapShape, size: int, path: str) -> Iterator[Flaw]:
    if shape.min is not None and size < shape.min:
        yield Flaw(path, f"must have at least {_several(shape.min, 'entry')}", str(size))
    if shape.max is not None and size > shape.max:
        yield Flaw(path, f"must have at most {_several(shape.max, 'entry')}", str(size))


def _blob(shape: BlobShape, value: bytes, path: str, max_image_bytes: int | None) -> Iterator[Flaw]:
    is_picture = shape.name == IMAGE_BLOB
    most = max_image_bytes if is_picture and max_image_bytes is not None else shape.max
    if shape.min is not None and len(value) < shape.min:
        yield Flaw(path, f"must have at least {_several(shape.min, 'byte')}", str(len(value)))
    if most is not None and len(value) > most:
        yield Flaw(path, f"must have at most {_several(most, 'byte')}", str(len(value)), is_picture)


def _number(shape: IntegerShape | FloatShape, value: float, path: str) -> Iterator[Flaw]:
    if shape.min is not None and value < shape.min:
        yield Flaw(path, f"must be at least {shape.min}", repr(value))
    if shape.max is not None and value > shape.max:
        yield Flaw(path, f"must be at most {shape.max}", repr(value))


def _string(shape: StringShape, value: str, path: str) -> Iterator[Flaw]:
    given = "another value" if shape.sensitive else _quote(value)
    size = len(value)
    most = shape.max
    if most is None and shape.pattern is not None:
        most = LONGEST_UNBOUNDED_VALUE
    if shape.min is not None and size < shape.min:
        yield Flaw(path, f"must have at least {_several(shape.min, 'character')}", str(size))
    if most is not None and size > most:
        # The pattern is not tried: on a value of any length it could take any time.
        yield Flaw(path, f"must have at most {_several(most, 'character')}", str(size))
    elif shape.pattern is not None and not shape.pattern.matches(value):
        yield Flaw(path, f"must match the pattern {shape.pattern.text}", given)
    if shape.enum and value not in shape.enum:
        yield Flaw(path, f"must be one of {', '.join(shape.enum)}", given)


def _several(count: int, unit: str) -> str:
    plural = "entries" if unit == "entry" else f"{unit}s"
    return f"{count} {unit if count == 1 else plural}"


def _quote(value: str) -> str:
    return repr(value if len(value) <= _LONGEST_QUOTE else value[:_LONGEST_QUOTE] + "…")
