"""The networks that look at whole pictures and at bodies, each opened when it is first needed.

A property is None when no network for its task is installed; answers then lack what it tells.
"""

from functools import cached_property
from typing import TYPE_CHECKING

from vidimus.models.body_part_detector import BodyPartDetector
from vidimus.models.confidence_law import ConfidenceLaw, confidence_law
from vidimus.models.image_classifier import ImageClassifier
from vidimus.models.moderation_classifier import ModerationClassifier
from vidimus.models.object_detector import ObjectDetector, open_object_detector

if TYPE_CHECKING:
    from vidimus.runtime.catalog import ModelCard
    from vidimus.runtime.registry import ModelRegistry
    from vidimus.runtime.session import ModelSession

Opened = tuple["ModelCard", "ModelSession"]


class PictureNets:
    """Opens networks through the registry, which opens each file once whoever asks."""

    def __init__(self, registry: "ModelRegistry") -> None:
        self._registry = registry

    def names(self, task: str) -> tuple[str, ...]:
        """Name the installed networks for `task`, best first; none is opened."""
        return tuple(card.name for card in self._registry.cards_for(task))

    def confidence_law(self, task: str, parameter: str = "confidence_odds") -> ConfidenceLaw:
        """Return what turns the scores of the best network for `task` into confidences."""
        card = self._registry.card_for(task)
        return ConfidenceLaw() if card is None else confidence_law(card, parameter)

    @cached_property
    def object_detector(self) -> ObjectDetector | None:
        """What finds objects of 80 kinds."""
        opened = self._opened("object_detector")
        return open_object_detector(*opened) if opened else None

    @cached_property
    def image_classifier(self) -> ImageClassifier | None:
        """What tells which of a thousand classes a picture or a crop shows."""
        opened = self._opened("image_classifier")
        return ImageClassifier(*opened) if opened else None

    @cached_property
    def moderation_classifier(self) -> ModerationClassifier | None:
        """What tells whether a picture is drawn, and whether it shows sexual content."""
        opened = self._opened("moderation_classifier")
        return ModerationClassifier(*opened) if opened else None

    @cached_property
    def body_part_detector(self) -> BodyPartDetector | None:
        """What finds bare and covered parts of bodies; installed only on request."""
        opened = self._opened("body_part_detector")
        return BodyPartDetector(*opened) if opened else None

    def _opened(self, task: str) -> Opened | None:
        """Open the best network for `task`."""
        card = self._registry.card_for(task)
        return None if card is None else (card, self._registry.session(card.name))
