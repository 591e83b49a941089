"""The tree of labels: what each is called, what it is a kind of, and which network tells it.

The labels themselves are in `label_taxonomy.toml`; how it is made is in
docs/explanation/labels-taxonomy.md. A parent is true of everything its child names: a car is a
vehicle. What is merely likely, that a toilet is in a bathroom, is no parent.
"""

import tomllib
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from functools import cache
from importlib import resources

import msgspec

from vidimus.errors import ConfigurationError


@dataclass(frozen=True, slots=True)
class TaxonomyLabel:
    """One label.

    `parents` are the labels directly above it, the one that says best what it is first. `aliases`
    are other names of the same thing. `categories` are its own, or else those of its first parent.
    `object_class` is the kind of COCO's 80 that it stands for, `image_classes` are ImageNet's
    classes that lead to it and to none of its children, and `task` is that of the network which
    finds it where neither does. Where a picture may show one of `withheld_beside`, neither this
    label nor one below it is told.
    """

    name: str
    parents: tuple[str, ...]
    aliases: tuple[str, ...]
    categories: tuple[str, ...]
    object_class: int | None = None
    image_classes: tuple[int, ...] = ()
    task: str | None = None
    withheld_beside: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class LeftOut:
    """Classes that a network knows and no label tells: their ImageNet indices, and why."""

    name: str
    image_classes: tuple[int, ...]
    why: str


class Taxonomy:
    """All labels, with what is above and below each.

    Names are told apart by case. A name that is no label's raises KeyError.
    """

    def __init__(self, labels: Iterable[TaxonomyLabel], left_out: Iterable[LeftOut] = ()) -> None:
        self.labels: Mapping[str, TaxonomyLabel] = {label.name: label for label in labels}
        self.left_out = tuple(left_out)
        self._ancestors = {name: self._above(name) for name in self.labels}
        self._classes: dict[str, set[int]] = {name: set() for name in self.labels}
        for label in self.labels.values():
            for name in (label.name, *self._ancestors[label.name]):
                self._classes[name].update(label.image_classes)
        self._of_object = {
            label.object_class: label.name
            for label in self.labels.values()
            if label.object_class is not None
        }
        self._of_class = {
            index: label.name for label in self.labels.values() for index in label.image_classes
        }
        self._of_task = {label.task: label.name for label in self.labels.values() if label.task}

    @property
    def categories(self) -> tuple[str, ...]:
        """Every category that a label is in, by the alphabet."""
        return tuple(sorted({each for label in self.labels.values() for each in label.categories}))

    def label(self, name: str) -> TaxonomyLabel:
        """Return the label of that name."""
        return self.labels[name]

    def ancestors(self, name: str) -> tuple[str, ...]:
        """Name everything above a label, nearest first."""
        return self._ancestors[name]

    def classes_of(self, name: str) -> tuple[int, ...]:
        """Return ImageNet's classes that lead to a label or to anything below it, in order."""
        return tuple(sorted(self._classes[name]))

    def classes_withheld_beside(self, name: str) -> tuple[int, ...]:
        """Return ImageNet's classes that count for nothing where a picture may show `name`."""
        withheld = (each for each in self.labels if name in self.labels[each].withheld_beside)
        return tuple(sorted({index for each in withheld for index in self._classes[each]}))

    def label_of_object(self, index: int) -> str | None:
        """Name the label of one of COCO's 80 kinds."""
        return self._of_object.get(index)

    def label_of_class(self, index: int) -> str | None:
        """Name the label of one of ImageNet's 1000 classes; None when it is left out."""
        return self._of_class.get(index)

    def label_of_task(self, task: str) -> str | None:
        """Name the label of what a network for `task` finds, such as faces."""
        return self._of_task.get(task)

    def object_of(self, name: str) -> int | None:
        """Return COCO's kind of a common object, one that has instances; None for others."""
        return self.labels[name].object_class

    def _above(self, name: str) -> tuple[str, ...]:
        """Walk upwards level by level; a label met twice counts once."""
        found: dict[str, None] = {}
        level: tuple[str, ...] = self.labels[name].parents
        while level:
            fresh = [parent for parent in dict.fromkeys(level) if parent not in found]
            found.update(dict.fromkeys(fresh))
            level = tuple(above for parent in fresh for above in self.labels[parent].parents)
        return tuple(found)


class _LabelRow(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """`"Name" = { ... }` below `[labels]`."""

    parents: tuple[str, ...] = ()
    aliases: tuple[str, ...] = ()
    categories: tuple[str, ...] = ()
    coco: int | None = None
    imagenet: tuple[int, ...] = ()
    task: str | None = None
    withheld_beside: tuple[str, ...] = ()


class _LeftOutRow(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """`"name" = { ... }` below `[left_out]`."""

    imagenet: tuple[int, ...]
    why: str


class _File(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """The whole file."""

    labels: dict[str, _LabelRow]
    left_out: dict[str, _LeftOutRow] = {}


def parse_taxonomy(text: str) -> Taxonomy:
    """Read labels from TOML text.

    Raises ConfigurationError when a key is unknown, a parent is no label, or a label is above
    itself.
    """
    try:
        file = msgspec.convert(tomllib.loads(text), _File)
    except (tomllib.TOMLDecodeError, msgspec.ValidationError) as error:
        raise ConfigurationError(f"The label taxonomy is wrong: {error}.") from error
    _check_parents(file.labels)
    labels = [_label(name, file.labels) for name in file.labels]
    left_out = [LeftOut(name, row.imagenet, row.why) for name, row in file.left_out.items()]
    return Taxonomy(labels, left_out)


@cache
def read_taxonomy() -> Taxonomy:
    """Read the labels that come with vidimus."""
    text = resources.files("vidimus.vision").joinpath("label_taxonomy.toml").read_text("utf-8")
    return parse_taxonomy(text)


def _label(name: str, rows: Mapping[str, _LabelRow]) -> TaxonomyLabel:
    row = rows[name]
    return TaxonomyLabel(
        name,
        row.parents,
        row.aliases,
        _categories(name, rows),
        row.coco,
        row.imagenet,
        row.task,
        row.withheld_beside,
    )


def _categories(name: str, rows: Mapping[str, _LabelRow]) -> tuple[str, ...]:
    """Return a label's own categories, or those of its first parent."""
    row = rows[name]
    if row.categories or not row.parents:
        return row.categories
    return _categories(row.parents[0], rows)


def _check_parents(rows: Mapping[str, _LabelRow]) -> None:
    """Refuse a parent that is no label, and a label that is above itself."""
    settled: set[str] = set()

    def climb(name: str, below: tuple[str, ...]) -> None:
        if name in below:
            path = " > ".join((*below, name))
            raise ConfigurationError(f"The label taxonomy is wrong: {path} goes in a circle.")
        if name not in rows:
            raise ConfigurationError(
                f"The label taxonomy is wrong: {below[-1]!r} has the parent {name!r}, no label."
            )
        if name not in settled:
            for parent in rows[name].parents:
                climb(parent, (*below, name))
            settled.add(name)

    for name in rows:
        climb(name, ())
