"""Labels made steady over time: told is what more than half of the second around a look shows.

Networks err in single frames: a car is a toilet for a tenth of a second, and a face is lost for
one. A look stands for the time from half-way to the look before to half-way to the next. The
confidence of a label at a look is the median over the second around it, each look weighing as much
of that second as it stands for; where the label was not seen it is 0. A median keeps the edges of
what comes and goes where they are, and a parent stays at least as sure as its child.
"""

from collections.abc import Iterable, Iterator
from dataclasses import dataclass, field, replace
from itertools import pairwise

from vidimus.analyses.label_looks import Labels, Look
from vidimus.vision.label_types import PictureLabel

WINDOW_MS = 1000


@dataclass(frozen=True, slots=True)
class SteadyMoment:
    """The labels at one look, surest first, and the time that it stands for."""

    timestamp_ms: int
    start_ms: float
    end_ms: float
    labels: Labels


@dataclass(slots=True)
class SteadyLabels:
    """The looks of one scene, which begins at `start_ms`; nothing is known of other scenes.

    `looks` are the last ones, `told` of which were told already.
    """

    start_ms: float
    looks: list[Look] = field(default_factory=list)
    told: int = 0

    def hold(self, looks: Iterable[Look]) -> None:
        """Add looks, in their order, and tell nothing yet."""
        self.looks.extend(looks)

    def tell(self) -> list[SteadyMoment]:
        """Return the moments that are known now: those half a window before the last look."""
        moments = []
        known_ms = self.looks[-1].timestamp_ms - WINDOW_MS / 2 if self.looks else 0
        while self.told < len(self.looks) and self.looks[self.told].timestamp_ms <= known_ms:
            moments.append(self._moment(self.told, None))
            self.told += 1
        self._forget()
        return moments

    def end(self, end_ms: float) -> list[SteadyMoment]:
        """Return the moments that are left, now that the scene ends."""
        moments = [self._moment(which, end_ms) for which in range(self.told, len(self.looks))]
        self.told = len(self.looks)
        return moments

    def _moment(self, which: int, end_ms: float | None) -> SteadyMoment:
        look = self.looks[which]
        spans = self._spans(end_ms)
        begin, end = look.timestamp_ms - WINDOW_MS / 2, look.timestamp_ms + WINDOW_MS / 2
        weights = [max(0.0, min(end, last) - max(begin, first)) for first, last in spans]
        if not any(weights):
            weights[which] = 1.0
        return SteadyMoment(look.timestamp_ms, *spans[which], self._told_labels(which, weights))

    def _spans(self, end_ms: float | None) -> list[tuple[float, float]]:
        """Return the time that each look stands for; the last lasts to the scene's end."""
        times = [look.timestamp_ms for look in self.looks]
        middles = [(one + two) / 2 for one, two in pairwise(times)]
        last = max(times[-1], end_ms if end_ms is not None else times[-1])
        bounds = [min(self.start_ms, times[0]), *middles, last]
        return list(pairwise(bounds))

    def _told_labels(self, which: int, weights: list[float]) -> Labels:
        own = {label.name: label for label in self.looks[which].labels}
        labels = [
            replace(label, confidence=confidence, instances=own[name].instances)
            if name in own
            else replace(label, confidence=confidence, instances=())
            for name, (label, confidence) in self._medians(weights)
        ]
        return tuple(sorted(labels, key=_surest_first))

    def _medians(self, weights: list[float]) -> Iterator[tuple[str, tuple[PictureLabel, float]]]:
        """Give each label that more than half of the weight has seen, with its median."""
        seen: dict[str, list[tuple[float, float, PictureLabel]]] = {}
        for look, weight in zip(self.looks, weights, strict=True):
            for label in look.labels if weight > 0 else ():
                seen.setdefault(label.name, []).append((label.confidence, weight, label))
        half = sum(weights) / 2
        for name, sights in seen.items():
            above = 0.0
            for confidence, weight, label in sorted(sights, key=lambda each: -each[0]):
                above += weight
                if above > half:
                    yield name, (label, confidence)
                    break

    def _forget(self) -> None:
        """Let go of looks that no moment to come reaches back to; one more gives the middle."""
        if self.told == len(self.looks):
            return
        reach = self.looks[self.told].timestamp_ms - WINDOW_MS / 2
        while self.told > 1 and self.looks[1].timestamp_ms < reach:
            self.start_ms = (self.looks[0].timestamp_ms + self.looks[1].timestamp_ms) / 2
            del self.looks[0]
            self.told -= 1


def _surest_first(label: PictureLabel) -> tuple[float, int, str]:
    return -label.confidence, len(label.parents), label.name
