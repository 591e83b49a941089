"""What each network saw in a picture, in the words of the label taxonomy.

Detectors tell objects with boxes. The classifier tells how probable each of a thousand classes is;
a label's probability is the sum over all classes that lead to it or to anything below it, so that
"Dog" is sure where the breed is not. Faces are looked for where a person may be.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from functools import cache
from typing import TYPE_CHECKING

import numpy as np
from numpy.typing import NDArray

from vidimus.geometry import BoundingBox
from vidimus.models.object_detector import PERSON
from vidimus.vision.label_types import LabelInstance
from vidimus.vision.taxonomy import Taxonomy, read_taxonomy

if TYPE_CHECKING:
    from vidimus.vision.picture_sheet import PictureSheet

LEAST_PROBABILITY = 0.02
"""What the classifier thinks less probable it does not see, however low the caller's bar."""

PERSON_HINT = 0.3
"""Score of a person from which a look for faces is worth its time."""

PERSON_DOUBT = 0.05
"""Score from which there may be a person, so that nobody is ever told to be an ape."""

_PERSON_LABEL = "Person"

_BROAD = 5
"""So many labels with classes of their own make what they all are a broad label."""


def instances_by_label(
    sheet: "PictureSheet", least_confidence: float = 0.0
) -> dict[str, tuple[LabelInstance, ...]]:
    """Return the objects that the detector found, best first, by the name of their label."""
    found = sheet.objects
    if found is None:
        return {}
    confidences = sheet.nets.confidence_law("object_detector").percent(found.scores)
    width, height = sheet.pyramid.width, sheet.pyramid.height
    instances: dict[str, list[LabelInstance]] = {}
    for at in np.flatnonzero(confidences >= least_confidence):
        name = read_taxonomy().label_of_object(int(found.classes[at]))
        if name is not None:
            place = BoundingBox.from_pixels(found.boxes[at], width, height)
            instances.setdefault(name, []).append(LabelInstance(place, float(confidences[at])))
    return {name: tuple(each) for name, each in instances.items()}


def class_confidences(sheet: "PictureSheet") -> dict[str, float]:
    """Return how sure the classifier is of each label that it sees, 0..100."""
    probabilities = _class_probabilities(sheet)
    if probabilities is None:
        return {}
    sums = _sums(read_taxonomy())
    # A matrix product would wake threads that hold up the networks': 8 ms a picture, for nothing.
    probabilities = np.add.reduceat(probabilities[sums.classes], sums.starts)
    single = sheet.nets.confidence_law("image_classifier").percent(probabilities)
    broad = sheet.nets.confidence_law("image_classifier", "broad_odds").percent(probabilities)
    # A parent stays as sure as its child whatever the two laws are.
    confidences = np.where(sums.broad, np.maximum(single, broad), single)
    seen = np.flatnonzero(probabilities >= LEAST_PROBABILITY)
    return {sums.names[at]: float(confidences[at]) for at in seen}


def face_confidences(sheet: "PictureSheet") -> dict[str, float]:
    """Return how sure it is that there is a face, 0..100; empty where none was seen."""
    name = read_taxonomy().label_of_task("face_detector")
    if name is None or not _may_show_persons(sheet):
        return {}
    faces = sheet.faces_at_a_glance
    return {name: max(face.confidence for face in faces)} if faces else {}


def text_confidences(sheet: "PictureSheet") -> dict[str, float]:
    """Return how sure it is that there is text, 0..100, where it was read already.

    Text is not looked for: the quickest look takes as long as both other networks together and
    takes window bars and collars for letters.
    """
    name = read_taxonomy().label_of_task("text_detector")
    lines = sheet.__dict__.get("text")
    if name is None or not lines:
        return {}
    return {name: max(line.confidence for line in lines)}


def lift(confidences: Mapping[str, float]) -> dict[str, float]:
    """Give every label above a label at least its confidence."""
    lifted = dict(confidences)
    for name, confidence in confidences.items():
        for above in read_taxonomy().ancestors(name):
            lifted[above] = max(lifted.get(above, 0.0), confidence)
    return lifted


def _may_show_persons(sheet: "PictureSheet", least_score: float = PERSON_HINT) -> bool:
    """Tell whether the detector saw a person, or there is none to ask."""
    found = sheet.objects
    return found is None or bool(len(found.of_class(PERSON, least_score)))


def _class_probabilities(sheet: "PictureSheet") -> NDArray[np.float32] | None:
    """Return the classes' probabilities, float32 (1000,), without those withheld beside persons."""
    if sheet.classes is None:
        return None
    if not _may_show_persons(sheet, PERSON_DOUBT):
        return sheet.classes.probabilities
    told = sheet.classes.probabilities.copy()
    told[list(read_taxonomy().classes_withheld_beside(_PERSON_LABEL))] = 0
    return told


@dataclass(frozen=True, slots=True)
class _Sums:
    """The labels that classes lead to, by name.

    The classes of the label at `i` are those of `classes` from `starts[i]` up to the next start.
    `broad` bool (labels,) marks those that sum up many labels: they are right more often than one
    label is at the same probability, for what is taken for the wrong chair is still furniture.
    """

    names: tuple[str, ...]
    classes: NDArray[np.int64]
    starts: NDArray[np.int64]
    broad: NDArray[np.bool_]


@cache
def _sums(taxonomy: Taxonomy) -> _Sums:
    classes = {name: taxonomy.classes_of(name) for name in taxonomy.labels}
    names = tuple(name for name in classes if classes[name])
    named = [{taxonomy.label_of_class(at) for at in classes[name]} for name in names]
    counts = [len(classes[name]) for name in names]
    return _Sums(
        names,
        np.array([at for name in names for at in classes[name]], np.int64),
        np.cumsum([0, *counts[:-1]]),
        np.array([len(each) >= _BROAD for each in named]),
    )
