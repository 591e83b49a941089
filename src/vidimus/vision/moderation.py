"""Moderation: what a picture shows that a platform may not want, as far as the networks can tell.

Each network is a witness for some labels of the taxonomy; a label's confidence is that of its
surest witness or of the surest label below it. Labels without a witness are never answered.
"""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from math import sqrt

import numpy as np
from numpy.typing import NDArray

from vidimus.geometry import BoundingBox
from vidimus.models.object_detector import PERSON
from vidimus.vision.capability import Capability
from vidimus.vision.label_evidence import LEAST_PROBABILITY
from vidimus.vision.moderation_taxonomy import ModerationKind, read_moderation_taxonomy
from vidimus.vision.moderation_types import ContentType, Moderation, ModerationLabel
from vidimus.vision.picture_nets import PictureNets
from vidimus.vision.picture_sheet import PictureSheet
from vidimus.vision.taxonomy import read_taxonomy

DEFAULT_CONFIDENCE = 50.0
LEAST_CONFIDENCE = 1.0
"""What is less sure than this is not told, however low the caller's bar."""
_EDITION = 1
"""Raised when the taxonomy, a mapping or a confidence changes."""
_WITNESSES = {"moderation_classifier": 1, "image_classifier": 2, "body_part_detector": 4}
_ANIMALS_AND_FOOD = (*range(14, 24), *range(46, 56))
"""Kinds of the object detector of which the body part network takes parts for parts of people."""
_SURE_OBJECT = 0.5
_PERHAPS_A_PERSON = 0.3


@dataclass(slots=True)
class _Sighting:
    """How sure the surest witness of one label is, 0..100, and where it was seen."""

    confidence: float = 0.0
    boxes: list[BoundingBox] = field(default_factory=list)

    def add(self, confidence: float, boxes: Iterable[BoundingBox] = ()) -> None:
        self.confidence = max(self.confidence, confidence)
        self.boxes.extend(boxes)


def detect_moderation_labels(
    sheet: PictureSheet, min_confidence: float = DEFAULT_CONFIDENCE
) -> Moderation:
    """Say what of the taxonomy a picture shows with at least `min_confidence`, 0..100.

    A label comes with all above it, which are at least as sure.
    """
    bar = max(min_confidence, LEAST_CONFIDENCE)
    seen = _lifted(_sightings(sheet))
    kinds = read_moderation_taxonomy().kinds
    labels = [
        ModerationLabel(name, kinds[name].parent, kinds[name].level, each.confidence, boxes)
        for name, each in seen.items()
        for boxes in [tuple(each.boxes)]
        if each.confidence >= bar
    ]
    labels.sort(key=lambda label: (-label.confidence, label.level, label.name))
    types = tuple(each for each in _content_types(sheet) if each.confidence >= bar)
    return Moderation(tuple(labels), types, moderation_model_version(sheet.nets))


def moderation_model_version(nets: PictureNets) -> str:
    """Return the edition of the taxonomy and, as a number, which networks are asked.

    That number adds 1 for the five-class network, 2 for the image classifier and 4 for the body
    part network.
    """
    asked = sum(number for task, number in _WITNESSES.items() if nets.names(task))
    return f"{_EDITION}.{asked}"


def moderation_capabilities(nets: PictureNets) -> list[Capability]:
    """Say for each label of the two upper levels which networks tell it or one below it.

    Content types come last. No network is opened.
    """
    taxonomy = read_moderation_taxonomy()
    told = [
        _capability(nets, name, taxonomy.under(name))
        for name, kind in taxonomy.kinds.items()
        if kind.level <= 2
    ]
    return [*told, _capability_of(nets, "content type Illustrated", {"moderation_classifier"})]


# --- witnesses


def _sightings(sheet: PictureSheet) -> dict[str, _Sighting]:
    """Ask every witness about every label."""
    seen = {name: _Sighting() for name in read_moderation_taxonomy().kinds}
    for kind in read_moderation_taxonomy().kinds.values():
        if kind.sexual and sheet.moderation_classes is not None:
            seen[kind.name].add(sheet.moderation_classes.explicit)
        if kind.shows:
            seen[kind.name].add(_shown(sheet, kind.shows))
        if kind.worn:
            seen[kind.name].add(_worn(sheet, kind.worn))
    for name, box, confidence in _bare_parts(sheet):
        for kind in read_moderation_taxonomy().kinds.values():
            if name in kind.parts:
                seen[kind.name].add(confidence, [box])
    return seen


def _shown(sheet: PictureSheet, labels: tuple[str, ...]) -> float:
    """Return how sure it is that the picture shows something of these labels."""
    if sheet.classes is None:
        return 0.0
    chance = sheet.classes.probabilities[_classes_of(labels)].sum(keepdims=True)
    if chance[0] < LEAST_PROBABILITY:
        return 0.0
    return float(sheet.nets.confidence_law("image_classifier").percent(chance)[0])


def _worn(sheet: PictureSheet, labels: tuple[str, ...]) -> float:
    """Return the geometric mean of both networks' chances that somebody wears these.

    Either of them alone is often wrong, and in different pictures: the classifier takes portraits
    for swimwear, the five-class network takes dressed people for undressed ones.
    """
    if sheet.classes is None or sheet.moderation_classes is None:
        return 0.0
    clothing = float(sheet.classes.probabilities[_classes_of(labels)].sum())
    return 100 * sqrt(clothing * sheet.moderation_classes.chances["sexy"])


def _classes_of(labels: tuple[str, ...]) -> list[int]:
    """Return ImageNet's classes that lead to any of these labels, each once."""
    return sorted({index for name in labels for index in read_taxonomy().classes_of(name)})


def _bare_parts(sheet: PictureSheet) -> list[tuple[str, BoundingBox, float]]:
    """Return parts of people with their places and confidences; those of animals are left out."""
    found = sheet.body_parts
    if found is None:
        return []
    width, height = sheet.pyramid.width, sheet.pyramid.height
    confidences = sheet.nets.confidence_law("body_part_detector").percent(found.scores)
    return [
        (name, BoundingBox.from_pixels(box, width, height), float(confidence))
        for name, box, confidence in zip(found.names, found.boxes, confidences, strict=True)
        if not _is_of_something_else(sheet, box)
    ]


def _is_of_something_else(sheet: PictureSheet, box: NDArray[np.float32]) -> bool:
    """Tell whether the middle of a part lies in an animal or food, and in no person."""
    if sheet.objects is None:
        return False
    x, y = (box[:2] + box[2:]) / 2
    boxes = sheet.objects.boxes
    around = (boxes[:, 0] <= x) & (x <= boxes[:, 2]) & (boxes[:, 1] <= y) & (y <= boxes[:, 3])
    there = sheet.objects.chosen(around)
    other = np.isin(there.classes, _ANIMALS_AND_FOOD) & (there.scores >= _SURE_OBJECT)
    return bool(other.any()) and not len(there.of_class(PERSON, _PERHAPS_A_PERSON))


def _content_types(sheet: PictureSheet) -> list[ContentType]:
    """Return Illustrated; the network doesn't tell what is drawn from what is animated."""
    classes = sheet.moderation_classes
    return [] if classes is None else [ContentType("Illustrated", classes.drawn)]


def _lifted(seen: Mapping[str, _Sighting]) -> dict[str, _Sighting]:
    """Give every label what was seen of it and of all below it."""
    taxonomy = read_moderation_taxonomy()
    lifted = {name: _Sighting() for name in seen}
    for name, sighting in seen.items():
        for kind in taxonomy.chain(name):
            lifted[kind.name].add(sighting.confidence, sighting.boxes)
    return lifted


# --- capabilities

_INSTALL = {
    "moderation_classifier": "run `vidimus models pull nsfwjs-mobilenet-v2`",
    "image_classifier": "run `vidimus models pull efficientnet-lite0`",
    "body_part_detector": "name AGPL-3.0 in the setting accepted_licences and run "
    "`vidimus models pull nudenet-320n`",
}
_NOTHING_KNOWN = "no freely licensed network is known"


def _capability(nets: PictureNets, answer: str, kinds: Iterable[ModerationKind]) -> Capability:
    """Say which networks tell one of the kinds; a kind may need two of them."""
    ways = [way for kind in kinds for way in _ways(kind)]
    told = [way for way in ways if all(nets.names(task) for task in way)]
    if told or not ways:
        tasks = dict.fromkeys(task for way in told for task in sorted(way))
        return Capability(
            answer, tuple(nets.names(task)[0] for task in tasks), "" if told else _NOTHING_KNOWN
        )
    return _capability_of(nets, answer, ways[0])


def _capability_of(nets: PictureNets, answer: str, tasks: Iterable[str]) -> Capability:
    """Say whether networks for all the tasks are there, else how to get the first missing one."""
    missing = [task for task in sorted(tasks) if not nets.names(task)]
    if missing:
        return Capability(answer, (), _INSTALL[missing[0]])
    return Capability(answer, tuple(nets.names(task)[0] for task in sorted(tasks)))


def _ways(kind: ModerationKind) -> list[frozenset[str]]:
    """Return the sets of tasks any of which tells the kind."""
    ways = {
        frozenset({"moderation_classifier"}): kind.sexual,
        frozenset({"image_classifier"}): bool(kind.shows),
        frozenset({"image_classifier", "moderation_classifier"}): bool(kind.worn),
        frozenset({"body_part_detector"}): bool(kind.parts),
    }
    return [way for way, there in ways.items() if there]
