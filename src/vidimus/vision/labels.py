"""Labels: what a picture shows, from its objects, its faces and what it looks like as a whole."""

from vidimus.imaging.colours import DominantColour, dominant_colours
from vidimus.vision.capability import Capability
from vidimus.vision.label_evidence import (
    class_confidences,
    face_confidences,
    instances_by_label,
    lift,
    text_confidences,
)
from vidimus.vision.label_types import LabelChoice, LabelInstance, PictureLabel
from vidimus.vision.picture_nets import PictureNets
from vidimus.vision.picture_sheet import PictureSheet
from vidimus.vision.taxonomy import read_taxonomy

LABEL_MODEL_VERSION = "1.0"
"""Names this taxonomy, these networks and these confidences; it changes when answers do."""


def detect_labels(sheet: PictureSheet, choice: LabelChoice | None = None) -> list[PictureLabel]:
    """Say what a picture shows: the labels that `choice` wants, the surest first.

    A label's confidence is that of the surest witness: its best instance, the classifier, a face,
    text that was read, or any label below it. Of labels as sure as each other the more general
    comes first, so that a list that is cut short never lacks what a label in it is a kind of.
    """
    choice = choice or LabelChoice()
    instances = instances_by_label(sheet, choice.min_confidence)
    labels = [
        _label(name, confidence, instances.get(name, ()))
        for name, confidence in _confidences(sheet, instances).items()
        if confidence >= choice.min_confidence
    ]
    wanted = [label for label in labels if choice.wants(label.name, label.categories)]
    wanted.sort(key=lambda label: (-label.confidence, len(label.parents), label.name))
    return wanted[: choice.limit]


def instance_colours(
    sheet: PictureSheet, instance: LabelInstance, limit: int
) -> tuple[DominantColour, ...]:
    """Return at most `limit` colours that the box of an instance mostly consists of."""
    pixels = sheet.pyramid.within(_COLOURS_SIDE)
    height, width = pixels.shape[:2]
    x1, y1, x2, y2 = instance.box.to_pixels(width, height).round().astype(int)
    left, top = min(max(x1, 0), width - 1), min(max(y1, 0), height - 1)
    return dominant_colours(pixels[top : max(y2, top + 1), left : max(x2, left + 1)], None, limit)


def label_capabilities(nets: PictureNets) -> list[Capability]:
    """Say which networks tell labels; no network is opened."""
    objects, classes = nets.names("object_detector"), nets.names("image_classifier")
    faces = nets.names("face_detector")
    return [
        Capability("labels with boxes", objects, _hint(objects, "yolox-nano")),
        Capability("labels of scenes and things", classes, _hint(classes, "efficientnet-lite0")),
        Capability("labels of faces", faces, _hint(faces, "yunet")),
    ]


_COLOURS_SIDE = 512


def _confidences(
    sheet: PictureSheet, instances: dict[str, tuple[LabelInstance, ...]]
) -> dict[str, float]:
    """Return the confidence of every label that any network saw, and of all above it."""
    witnesses = [
        {name: each[0].confidence for name, each in instances.items()},
        class_confidences(sheet),
        face_confidences(sheet),
        text_confidences(sheet),
    ]
    surest: dict[str, float] = {}
    for witness in witnesses:
        for name, confidence in witness.items():
            surest[name] = max(surest.get(name, 0.0), confidence)
    return lift(surest)


def _label(name: str, confidence: float, instances: tuple[LabelInstance, ...]) -> PictureLabel:
    taxonomy = read_taxonomy()
    label = taxonomy.label(name)
    return PictureLabel(
        name,
        confidence,
        instances,
        taxonomy.ancestors(name),
        label.aliases,
        label.categories,
    )


def _hint(models: tuple[str, ...], name: str) -> str:
    return "" if models else f"run `vidimus models pull {name}`"
