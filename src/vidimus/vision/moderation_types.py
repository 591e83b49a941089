"""What moderation says of a picture."""

from dataclasses import dataclass

from vidimus.geometry import BoundingBox


@dataclass(frozen=True, slots=True)
class ModerationLabel:
    """One label with its confidence, 0..100.

    `parent` is "" and `level` 1 at the top of the taxonomy. `boxes` are where, for what was told
    by a network that finds places.
    """

    name: str
    parent: str
    level: int
    confidence: float
    boxes: tuple[BoundingBox, ...] = ()


@dataclass(frozen=True, slots=True)
class ContentType:
    """How the picture was made, with a confidence of 0..100."""

    name: str
    confidence: float


@dataclass(frozen=True, slots=True)
class Moderation:
    """Labels, surest first, parents before their children; content types; and what answered.

    `model_version` names the taxonomy and the networks that were asked, digits and dots.
    """

    labels: tuple[ModerationLabel, ...]
    content_types: tuple[ContentType, ...]
    model_version: str
