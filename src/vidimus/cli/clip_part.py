"""What can be asked for of a clip."""

from enum import StrEnum

from vidimus.errors import InvalidParameter


class ClipPart(StrEnum):
    """One of the things that can be told; they are shown in this order."""

    SHOTS = "shots"
    PEOPLE = "people"
    MODERATION = "moderation"
    LABELS = "labels"
    TEXT = "text"


def parts_of(only: str) -> frozenset[ClipPart]:
    """Return the parts named, by commas; raises InvalidParameter for others."""
    names = [name.strip() for name in only.split(",") if name.strip()]
    unknown = [name for name in names if name not in set(ClipPart)]
    if unknown or not names:
        raise InvalidParameter(f"--only {','.join(unknown)}: there are {', '.join(ClipPart)}")
    return frozenset(ClipPart(name) for name in names)
