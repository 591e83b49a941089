"""The networks that look at whole pictures and at bodies, each opened when it is first needed.

A property is None when no network for its task is installed; answers then lack what it tells.
"""

from typing import TYPE_CHECKING

from vidimus.lazy import lazy
from vidimus.models.body_part_detector import BodyPartDetector
from vidimus.models.body_pose import BodyFinder, BodyPose
from vidimus.models.confidence_law import ConfidenceLaw, confidence_law
from vidimus.models.hands import HandReader, PalmFinder
from vidimus.models.image_classifier import ImageClassifier
from vidimus.models.mask_detector import MaskDetector
from vidimus.models.moderation_classifier import ModerationClassifier
from vidimus.models.object_detector import ObjectDetector, open_object_detector
from vidimus.models.part_cover import PartCover
from vidimus.models.person_embedder import PersonEmbedder
from vidimus.models.text_detector import TextDetector
from vidimus.models.text_reader import TextDirection, TextRecognizer

if TYPE_CHECKING:
    from vidimus.runtime.catalog import ModelCard
    from vidimus.runtime.registry import ModelRegistry
    from vidimus.runtime.session import ModelSession

Opened = tuple["ModelCard", "ModelSession"]


class PictureNets:
    """Opens networks through the registry, which opens each file once whoever asks."""

    def __init__(self, registry: "ModelRegistry") -> None:
        self._registry = registry
        self._part_covers: dict[str, PartCover | None] = {}

    def open_all(self) -> None:
        """Open every network that is installed, so that no picture waits for one."""
        for name, part in vars(type(self)).items():
            if isinstance(part, lazy):
                getattr(self, name)

    def names(self, task: str) -> tuple[str, ...]:
        """Name the installed networks for `task`, best first; none is opened."""
        return tuple(card.name for card in self._registry.cards_for(task))

    def confidence_law(self, task: str, parameter: str = "confidence_odds") -> ConfidenceLaw:
        """Return what turns the scores of the best network for `task` into confidences."""
        card = self._registry.card_for(task)
        return ConfidenceLaw() if card is None else confidence_law(card, parameter)

    @lazy
    def object_detector(self) -> ObjectDetector | None:
        """What finds objects of 80 kinds."""
        opened = self._opened("object_detector")
        return open_object_detector(*opened) if opened else None

    @lazy
    def image_classifier(self) -> ImageClassifier | None:
        """What tells which of a thousand classes a picture or a crop shows."""
        opened = self._opened("image_classifier")
        return ImageClassifier(*opened) if opened else None

    @lazy
    def moderation_classifier(self) -> ModerationClassifier | None:
        """What tells whether a picture is drawn, and whether it shows sexual content."""
        opened = self._opened("moderation_classifier")
        return ModerationClassifier(*opened) if opened else None

    @lazy
    def body_part_detector(self) -> BodyPartDetector | None:
        """What finds bare and covered parts of bodies; installed only on request."""
        opened = self._opened("body_part_detector")
        return BodyPartDetector(*opened) if opened else None

    @lazy
    def text_detector(self) -> TextDetector | None:
        """What finds lines of text."""
        opened = self._opened("text_detector")
        return TextDetector(*opened) if opened else None

    @lazy
    def text_recognizer(self) -> TextRecognizer | None:
        """What reads a line."""
        opened = self._opened("text_recognizer")
        return TextRecognizer(*opened) if opened else None

    @lazy
    def text_direction(self) -> TextDirection | None:
        """What tells lines that stand on their heads."""
        opened = self._opened("text_direction")
        return TextDirection(*opened) if opened else None

    @lazy
    def body_finder(self) -> BodyFinder | None:
        """What finds the nearest body in a picture and how it is turned."""
        opened = self._opened("person_pose_detector")
        return BodyFinder(*opened) if opened else None

    @lazy
    def body_pose(self) -> BodyPose | None:
        """What finds the points of a body."""
        opened = self._opened("person_pose")
        return BodyPose(*opened) if opened else None

    @lazy
    def person_embedder(self) -> PersonEmbedder | None:
        """What tells whether two crops of persons show the same one."""
        opened = self._opened("person_embedder")
        return PersonEmbedder(*opened) if opened else None

    @lazy
    def palm_finder(self) -> PalmFinder | None:
        """What finds palms."""
        opened = self._opened("palm_detector")
        return PalmFinder(*opened) if opened else None

    @lazy
    def hand_reader(self) -> HandReader | None:
        """What finds the points of a hand and tells left from right."""
        opened = self._opened("hand")
        return HandReader(*opened) if opened else None

    @lazy
    def mask_detector(self) -> MaskDetector | None:
        """What tells faces with a mask from bare ones."""
        opened = self._opened("face_mask")
        return MaskDetector(*opened) if opened else None

    def part_cover(self, task: str) -> PartCover | None:
        """Return the operator's own network for `head_cover` or `hand_cover`."""
        if task not in self._part_covers:
            opened = self._opened(task)
            self._part_covers[task] = PartCover(*opened) if opened else None
        return self._part_covers[task]

    def _opened(self, task: str) -> Opened | None:
        """Open the best network for `task`."""
        card = self._registry.card_for(task)
        return None if card is None else (card, self._registry.session(card.name))
