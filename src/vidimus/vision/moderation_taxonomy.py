"""The moderation labels: three levels, and what tells each of them here.

The labels are in `moderation_taxonomy.toml`; why each is told by what, or by nothing, is in
docs/explanation/moderation.md.
"""

import tomllib
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from functools import cache
from importlib import resources

import msgspec

from vidimus.errors import ConfigurationError

LEVELS = 3


@dataclass(frozen=True, slots=True)
class ModerationKind:
    """One label of the taxonomy.

    `parent` is "" at the top, `level` counts from 1 there. It is told by the five-class network
    where `sexual`, by `parts` of bodies, by the image classifier for labels that a picture `shows`,
    or by both networks for what is `worn`; by nothing where all are empty.
    """

    name: str
    parent: str
    level: int
    sexual: bool = False
    parts: tuple[str, ...] = ()
    shows: tuple[str, ...] = ()
    worn: tuple[str, ...] = ()


class ModerationTaxonomy:
    """All labels by name, in the order of the file; a name that is no label's raises KeyError."""

    def __init__(self, kinds: Iterable[ModerationKind]) -> None:
        self.kinds: Mapping[str, ModerationKind] = {kind.name: kind for kind in kinds}

    def chain(self, name: str) -> tuple[ModerationKind, ...]:
        """Return the label and those above it, the top level last."""
        kind = self.kinds[name]
        return (kind, *(self.chain(kind.parent) if kind.parent else ()))

    def under(self, name: str) -> tuple[ModerationKind, ...]:
        """Return the label and all below it."""
        above = self.kinds[name]
        return tuple(kind for kind in self.kinds.values() if above in self.chain(kind.name))


class _Row(msgspec.Struct, forbid_unknown_fields=True):
    parent: str = ""
    sexual: bool = False
    parts: tuple[str, ...] = ()
    shows: tuple[str, ...] = ()
    worn: tuple[str, ...] = ()


def parse_moderation_taxonomy(text: str) -> ModerationTaxonomy:
    """Read a taxonomy from TOML.

    Raises ConfigurationError for an unknown key, a parent that does not stand above in the file
    (so there is no cycle), or more than three levels.
    """
    try:
        rows = msgspec.convert(tomllib.loads(text)["labels"], dict[str, _Row])
    except (KeyError, tomllib.TOMLDecodeError, msgspec.ValidationError) as trouble:
        raise ConfigurationError(f"the moderation taxonomy: {trouble}") from trouble
    levels = {"": 0}
    for name, row in rows.items():
        if row.parent not in levels:
            raise ConfigurationError(f"the moderation taxonomy: {row.parent} is not above {name}")
        levels[name] = levels[row.parent] + 1
        if levels[name] > LEVELS:
            raise ConfigurationError(f"the moderation taxonomy: {name} is too deep")
    return ModerationTaxonomy(
        ModerationKind(name, row.parent, levels[name], row.sexual, row.parts, row.shows, row.worn)
        for name, row in rows.items()
    )


@cache
def read_moderation_taxonomy() -> ModerationTaxonomy:
    """Read the taxonomy that comes with vidimus, once."""
    file = resources.files("vidimus.vision") / "moderation_taxonomy.toml"
    return parse_moderation_taxonomy(file.read_text(encoding="utf-8"))
