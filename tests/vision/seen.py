"""A sheet whose networks have already spoken."""

from pathlib import Path
from typing import cast

import numpy as np

from vidimus.geometry import BoundingBox
from vidimus.models.image_classifier import ImageClasses
from vidimus.models.object_detector import ObjectDetections
from vidimus.runtime.catalog import Catalog, ModelCard
from vidimus.runtime.registry import ModelRegistry
from vidimus.runtime.session import InferenceEngine
from vidimus.vision.face_types import DetectedFace
from vidimus.vision.faces import FaceAnalyzer
from vidimus.vision.picture_nets import PictureNets
from vidimus.vision.picture_sheet import PictureSheet

Object = tuple[int, float, tuple[float, float, float, float]]


def registry_of(*cards: ModelCard) -> ModelRegistry:
    """A registry of networks that nobody opens."""
    return ModelRegistry(Catalog(cards), Path("nowhere"), lambda: cast(InferenceEngine, None))


def seen(
    *objects: Object,
    classes: dict[int, float] | None = None,
    faces: tuple[float, ...] = (),
    size: tuple[int, int] = (200, 100),
    cards: tuple[ModelCard, ...] = (),
) -> PictureSheet:
    """A grey picture of `size` in which these objects (kind, score, box) were seen.

    `classes` are the probabilities of ImageNet's classes, `faces` the confidences of faces;
    `cards` are the networks that are installed.
    """
    registry = registry_of(*cards)
    pixels = np.full((size[1], size[0], 3), 127, np.uint8)
    sheet = PictureSheet(PictureNets(registry), FaceAnalyzer(registry), pixels)
    kinds, scores, boxes = zip(*objects, strict=True) if objects else ((), (), ())
    sheet.__dict__["objects"] = ObjectDetections(
        np.array(boxes, np.float32).reshape(-1, 4),
        np.array(scores, np.float32),
        np.array(kinds, np.int64),
    )
    probabilities = np.zeros(1000, np.float32)
    for which, probability in (classes or {}).items():
        probabilities[which] = probability
    sheet.__dict__["classes"] = ImageClasses(probabilities, np.zeros(1280, np.float32))
    nowhere = BoundingBox(0, 0, 1, 1)
    sheet.__dict__["faces_at_a_glance"] = [
        DetectedFace(nowhere, confidence, np.zeros((5, 2), np.float32)) for confidence in faces
    ]
    return sheet
