"""Labels of a picture, and which of them a caller wants."""

from dataclasses import dataclass

from vidimus.geometry import BoundingBox

MOST_LABELS = 1000
DEFAULT_CONFIDENCE = 55.0


@dataclass(frozen=True, slots=True)
class LabelInstance:
    """One object in the picture; `confidence` is 0..100, and the box may pass the edge."""

    box: BoundingBox
    confidence: float


@dataclass(frozen=True, slots=True)
class PictureLabel:
    """What can be said of a picture in one word.

    `confidence` is 0..100. `instances` are the objects that the word names, best first, and empty
    where they were not looked for. `parents` are all the labels that it is a kind of, nearest
    first.
    """

    name: str
    confidence: float
    instances: tuple[LabelInstance, ...] = ()
    parents: tuple[str, ...] = ()
    aliases: tuple[str, ...] = ()
    categories: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class LabelChoice:
    """Which labels a caller wants: the `limit` surest of those with at least `min_confidence`.

    Where any are included by name or by category, no others are wanted; what is excluded by name
    or by category is not wanted in any case. Each label is judged by itself: to include a label
    includes neither its parents nor its children.
    """

    min_confidence: float = DEFAULT_CONFIDENCE
    limit: int = MOST_LABELS
    included_labels: frozenset[str] = frozenset()
    excluded_labels: frozenset[str] = frozenset()
    included_categories: frozenset[str] = frozenset()
    excluded_categories: frozenset[str] = frozenset()

    def wants(self, name: str, categories: tuple[str, ...]) -> bool:
        """Tell whether a label may be told, whatever its confidence."""
        if name in self.excluded_labels or self.excluded_categories.intersection(categories):
            return False
        if not (self.included_labels or self.included_categories):
            return True
        return name in self.included_labels or bool(
            self.included_categories.intersection(categories)
        )
