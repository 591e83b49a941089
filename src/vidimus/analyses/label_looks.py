"""Which pictures of a scene the networks look at for labels, and what they say.

They look at regular times, and again between two looks where labels come or go: there the interval
is halved until the change is known to `fine_ms`. A picture that hardly differs from one that was
looked at is not looked at again.
"""

from collections.abc import Callable, Iterable, Iterator, Sequence
from dataclasses import dataclass, field

from vidimus.analyses.picture_change import Luma, is_still
from vidimus.vision.label_types import PictureLabel
from vidimus.vision.picture_sheet import PictureSheet

Labels = tuple[PictureLabel, ...]
Names = frozenset[str]

STALE_MS = 4000
"""So long at most one look speaks for the pictures after it."""


@dataclass(frozen=True, slots=True)
class Pace:
    """When to look: every `every_ms`, and to within `fine_ms` where labels come or go.

    With `every_ms` of 0 every picture is looked at, also where nothing has changed.
    """

    every_ms: int = 400
    fine_ms: int = 80


@dataclass(slots=True, eq=False)
class Glimpse:
    """A picture that may be looked at: `luma` (h, w), some 128 wide, tells what has changed.

    `labels` is None until the networks have spoken, or another picture for this one.
    """

    timestamp_ms: int
    luma: Luma
    sheet: PictureSheet
    labels: Labels | None = None
    seen_ms: int = 0

    @property
    def names(self) -> Names:
        """Names of the labels that it shows."""
        return frozenset(label.name for label in self.labels or ())

    def speaks_for(self, other: "Glimpse") -> bool:
        """Tell whether what was seen here is what would be seen there."""
        near = abs(other.timestamp_ms - self.seen_ms) <= STALE_MS
        return self.labels is not None and near and is_still(self.luma, other.luma)


@dataclass(frozen=True, slots=True)
class Look:
    """What one picture shows."""

    timestamp_ms: int
    labels: Labels


@dataclass(slots=True)
class LabelLooks:
    """Looks at the pictures of one scene, which come in order.

    A stretch is one regular look and the pictures after it up to the next. It is settled when the
    two regular looks after it are known: a label in a single look is likely an error of that look,
    and not worth closer ones.
    """

    see: Callable[[PictureSheet], Labels]
    pace: Pace
    due_ms: int = 0
    before: Names | None = None
    _stretches: list[list[Glimpse]] = field(default_factory=list)

    def add(self, glimpse: Glimpse) -> list[Look]:
        """Return the looks that are settled now."""
        if self._stretches and glimpse.timestamp_ms < self.due_ms:
            self._stretches[-1].append(glimpse)
            return []
        every = self.pace.every_ms
        self.due_ms = (glimpse.timestamp_ms // every + 1) * every if every else 0
        self._begin_stretch(glimpse)
        return self._settle_first() if len(self._stretches) > 2 else []

    def settle(self) -> list[Look]:
        """Return all looks still open, the last picture looked at: no more are kept."""
        if self._stretches and len(self._stretches[-1]) > 1:
            self._begin_stretch(self._stretches[-1].pop())
        looks = []
        while self._stretches:
            looks += self._settle_first()
        return looks

    def _begin_stretch(self, glimpse: Glimpse) -> None:
        self._look(glimpse, [stretch[0] for stretch in self._stretches[-1:]])
        self._stretches.append([glimpse])

    def _settle_first(self) -> list[Look]:
        stretch, after = self._stretches[0], self._stretches[1:]
        if after and self._changes():
            self._look_closer([*stretch, after[0][0]])
        self.before = stretch[0].names
        del self._stretches[0]
        return [Look(each.timestamp_ms, each.labels) for each in stretch if each.labels is not None]

    def _changes(self) -> bool:
        """Tell whether labels come or go in the first stretch, errors of single looks left out."""
        first, *after = [stretch[0].names for stretch in self._stretches[:3]]
        before = first if self.before is None else self.before
        begin = _in_two(before, first, after[0])
        return begin != _in_two(first, *after) if len(after) > 1 else begin != after[0]

    def _look_closer(self, glimpses: Sequence[Glimpse]) -> None:
        """Halve the time between two looks whose labels differ, until it is short enough."""
        first, last = glimpses[0], glimpses[-1]
        span = last.timestamp_ms - first.timestamp_ms
        if len(glimpses) < 3 or span <= self.pace.fine_ms or first.names == last.names:
            return
        middle = first.timestamp_ms + span / 2
        inner = range(1, len(glimpses) - 1)
        which = min(inner, key=lambda each: abs(glimpses[each].timestamp_ms - middle))
        self._look(glimpses[which], (first, last))
        self._look_closer(glimpses[: which + 1])
        self._look_closer(glimpses[which:])

    def _look(self, glimpse: Glimpse, known: Iterable[Glimpse]) -> None:
        """Ask the networks, unless a picture like this was looked at."""
        like = next(self._like(glimpse, known), None) if self.pace.every_ms else None
        if like is None:
            glimpse.labels, glimpse.seen_ms = self.see(glimpse.sheet), glimpse.timestamp_ms
        else:
            # Later pictures are compared with the one that was looked at: nothing drifts away.
            glimpse.labels, glimpse.seen_ms, glimpse.luma = like.labels, like.seen_ms, like.luma

    def _like(self, glimpse: Glimpse, known: Iterable[Glimpse]) -> Iterator[Glimpse]:
        return (each for each in known if each.speaks_for(glimpse))


def _in_two(one: Names, two: Names, three: Names) -> Names:
    return (one & two) | (two & three) | (one & three)
