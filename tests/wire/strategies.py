"""Hypothesis strategies for values of the contract's shapes, by type alone."""

from collections.abc import Mapping
from datetime import UTC, datetime

from hypothesis import strategies as st
from hypothesis.strategies import SearchStrategy

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


def values_of(shape: Shape) -> SearchStrategy[object]:
    """Draw values whose types fit the shape; constraints may be broken."""
    match shape:
        case Structure():
            return structures_of(shape)
        case ListShape():
            return st.lists(values_of(shape.member), max_size=2)
        case MapShape():
            return st.dictionaries(st.text(), values_of(shape.value), max_size=2)
        case _:
            return scalars_of(shape)


def scalars_of(shape: Shape) -> SearchStrategy[object]:
    """Draw a value of a shape that has no parts."""
    match shape:
        case StringShape():
            return st.sampled_from(shape.enum) if shape.enum else st.text(max_size=20)
        case IntegerShape():
            half = 1 << (shape.bits - 1)
            return st.integers(-half, half - 1)
        case _:
            return OTHER_SCALARS[type(shape)]


def structures_of(shape: Structure) -> SearchStrategy[dict[str, object]]:
    """Draw dicts with any of the structure's members."""
    parts = {name: values_of(part) for name, part in shape.members.items()}
    return st.fixed_dictionaries({}, optional=parts)


def moments() -> SearchStrategy[datetime]:
    """Draw aware datetimes of whole milliseconds between 1970 and 2100."""
    last = 4_102_444_800_000
    return st.integers(0, last).map(lambda ms: datetime.fromtimestamp(ms / 1000, UTC))


OTHER_SCALARS: Mapping[type[Shape], SearchStrategy[object]] = {
    BlobShape: st.binary(max_size=50),
    FloatShape: st.floats(allow_nan=False, allow_infinity=False),
    BooleanShape: st.booleans(),
    TimestampShape: moments(),
}
