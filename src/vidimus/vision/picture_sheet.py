"""What the networks say about one picture, each of them run at most once.

Everything is computed when it is first asked for. Whatever is made of a picture, labels, text,
moderation or equipment, is read from one sheet: faces are found once, and all inputs are cut from
one pyramid.
"""

import numpy as np
from numpy.typing import NDArray

from vidimus.imaging.pyramid import Pyramid
from vidimus.lazy import lazy
from vidimus.models.body_part_detector import BodyParts
from vidimus.models.image_classifier import ImageClasses
from vidimus.models.moderation_classifier import ModerationClasses
from vidimus.models.object_detector import ObjectDetections
from vidimus.vision.equipment_types import Person
from vidimus.vision.face_types import DetectedFace
from vidimus.vision.faces import FaceAnalyzer
from vidimus.vision.persons import find_persons
from vidimus.vision.picture_nets import PictureNets
from vidimus.vision.text import read_text
from vidimus.vision.text_types import TextLine

Pixels = NDArray[np.uint8]


class PictureSheet:
    """One RGB picture (h, w, 3) and what is known of it; made for one picture in one thread."""

    def __init__(self, nets: PictureNets, analyzer: FaceAnalyzer, pixels: Pixels) -> None:
        self.nets = nets
        self.analyzer = analyzer
        self.pyramid = Pyramid(pixels)

    @property
    def pixels(self) -> Pixels:
        """The picture, RGB (h, w, 3)."""
        return self.pyramid.pixels

    @lazy
    def faces(self) -> list[DetectedFace]:
        """The faces, at most 100, largest first."""
        return self.analyzer.detect_faces(self.pixels)

    @lazy
    def faces_at_a_glance(self) -> list[DetectedFace]:
        """Faces for saying that there are some: all that are known, else those one look shows."""
        for known in ("faces", "moving_faces"):
            if known in self.__dict__:
                return list(self.__dict__[known])
        return self.analyzer.glance_at_faces(self.pyramid)

    @lazy
    def moving_faces(self) -> list[DetectedFace]:
        """The faces as a frame among many is scanned for them, at most 100, largest first."""
        return self.analyzer.scan_for_faces(self.pixels)

    @lazy
    def moving_and_far_faces(self) -> list[DetectedFace]:
        """The same, with far faces at which nothing hints."""
        return self.analyzer.scan_for_faces(self.pixels, far=True)

    @lazy
    def objects(self) -> ObjectDetections | None:
        """The objects, best score first; None when no network finds them."""
        detector = self.nets.object_detector
        return None if detector is None else detector.detect_objects(self.pyramid)

    @lazy
    def classes(self) -> ImageClasses | None:
        """What the picture as a whole shows; None when no network tells."""
        classifier = self.nets.image_classifier
        return None if classifier is None else classifier.classify_image(self.pyramid)

    @lazy
    def moderation_classes(self) -> ModerationClasses | None:
        """Whether it is drawn or shows sexual content; None when no network tells."""
        classifier = self.nets.moderation_classifier
        return None if classifier is None else classifier.classify_picture(self.pyramid)

    @lazy
    def body_parts(self) -> BodyParts | None:
        """Bare and covered parts of bodies, best score first; None when no network finds them."""
        detector = self.nets.body_part_detector
        return None if detector is None else detector.detect_body_parts(self.pyramid)

    @lazy
    def persons(self) -> tuple[Person, ...]:
        """The persons and the parts of their bodies that are seen, at most 15, largest first."""
        return find_persons(self)

    @lazy
    def text(self) -> tuple[TextLine, ...]:
        """The lines of text in the order one reads them, at most 100 words; empty without nets."""
        return read_text(self.nets, self.pyramid)
