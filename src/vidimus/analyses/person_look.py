"""Persons of one frame of a video: where they are, their faces, and chips to know them again by."""

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from vidimus.analyses.analysis import View
from vidimus.analyses.face_look import faces_of
from vidimus.models.object_detector import PERSON
from vidimus.vision.face_types import FaceDetail
from vidimus.vision.faces import FaceAnalyzer
from vidimus.vision.person_candidates import owners_of_faces
from vidimus.vision.picture_nets import PictureNets

Pixels = NDArray[np.uint8]
Floats = NDArray[np.float32]

_LEAST_SCORE = 0.05
"""Score of the object detector from which a box may carry a track on."""
_SURE_SCORE = 0.5
_SLIMMEST, _BROADEST = 5.0, 1.3
"""Height over width of a whole person; what is outside is cut off or bent."""
_HIDDEN = 0.3
"""Share of a box that other boxes may cover before it shows somebody else too."""
_EDGE = 0.01
"""Share of the frame's sides so near to which a box is taken for cut off."""
_LARGE_ENOUGH = 200.0
"""Pixels of height from which more make nobody easier to know again."""
_SMALL = 64


@dataclass(frozen=True, slots=True, eq=False)
class SeenBody:
    """A person of a frame.

    `box` float32 (4,) in pixels, `score` 0..1, the face with its default attributes if one was
    found on the body. `chip` is the person at the embedder's size, RGB (h, w, 3), None where too
    little is seen; `worth` 0..1 is how much of the person it shows.
    """

    box: Floats
    score: float
    face: FaceDetail | None = None
    chip: Pixels | None = None
    worth: float = 0.0


@dataclass(frozen=True, slots=True, eq=False)
class SeenBodies:
    """The persons of a frame, and the frame itself `small`: RGB (h, 64, 3), to see cuts by.

    `width` and `height` are the frame's own, in pixels.
    """

    bodies: tuple[SeenBody, ...]
    small: Pixels
    width: int
    height: int


def look_at_persons(nets: PictureNets, analyzer: FaceAnalyzer, view: View) -> SeenBodies:
    """Find the persons of a frame, with their faces and with chips of those who are seen whole.

    Nobody is found where no object detector is installed.
    """
    sheet = view.sheet
    height, width = sheet.pixels.shape[:2]
    boxes, scores = _boxes(view)
    faces = _faces(view, analyzer, boxes)
    chips = _chips(nets, sheet.pixels, boxes, scores)
    bodies = tuple(
        SeenBody(box, float(score), face, *chip)
        for box, score, face, chip in zip(boxes, scores, faces, chips, strict=True)
    )
    return SeenBodies(bodies, view.frame.small(_SMALL), width, height)


def _boxes(view: View) -> tuple[Floats, Floats]:
    found = view.sheet.objects
    if found is None:
        return np.zeros((0, 4), np.float32), np.zeros(0, np.float32)
    persons = found.of_class(PERSON, _LEAST_SCORE)
    return persons.boxes, persons.scores


def _faces(view: View, analyzer: FaceAnalyzer, boxes: Floats) -> list[FaceDetail | None]:
    """Return the face of each person (n,), described; None where none was found."""
    described: list[FaceDetail | None] = [None] * len(boxes)
    if not len(boxes):
        return described
    faces = faces_of(view)
    owners = owners_of_faces(faces, list(boxes), view.sheet)
    owned = [(face, owner) for face, owner in zip(faces, owners, strict=True) if owner is not None]
    details = analyzer.describe_faces(view.sheet.pixels, [face for face, _ in owned])
    for detail, (_, owner) in zip(details, owned, strict=True):
        described[owner] = detail
    return described


def _chips(
    nets: PictureNets, pixels: Pixels, boxes: Floats, scores: Floats
) -> Sequence[tuple[Pixels | None, float]]:
    """Return chip and worth of each person (n,); None and 0 for those who are not seen whole."""
    embedder = nets.person_embedder
    if embedder is None:
        return [(None, 0.0)] * len(boxes)
    sure = boxes[scores >= _SURE_SCORE]
    chips: list[tuple[Pixels | None, float]] = []
    for box, score in zip(boxes, scores, strict=True):
        worth = _worth(box, float(score), sure, pixels)
        chip = embedder.chip_of(_cut(pixels, box)) if worth else None
        chips.append((chip, worth))
    return chips


def _worth(box: Floats, score: float, sure: Floats, pixels: Pixels) -> float:
    """Say how much of a person a box shows, 0..1; 0 where it is better not compared at all."""
    high, wide = float(box[3] - box[1]), float(box[2] - box[0])
    whole = _BROADEST <= high / max(wide, 1.0) <= _SLIMMEST
    if score < _SURE_SCORE or not whole or _covered(box, sure) > _HIDDEN:
        return 0.0
    sides = np.array([pixels.shape[1], pixels.shape[0]], np.float32)
    cut_off = (box[:2] < _EDGE * sides).any() or (box[2:] > (1 - _EDGE) * sides).any()
    return score * min(1.0, high / _LARGE_ENOUGH) * (0.5 if cut_off else 1.0)


def _covered(box: Floats, others: Floats) -> float:
    """Return the largest share of a box that one of the other boxes (n, 4) covers."""
    low, high = np.maximum(others[:, :2], box[:2]), np.minimum(others[:, 2:], box[2:])
    shares = np.maximum(high - low, 0).prod(1) / max(float((box[2:] - box[:2]).prod()), 1.0)
    return float(np.where((others == box).all(1), 0, shares).max(initial=0))


def _cut(pixels: Pixels, box: Floats) -> Pixels:
    left, top = (int(value) for value in np.floor(box[:2]))
    right, bottom = (int(value) for value in np.ceil(box[2:]))
    return pixels[max(top, 0) : max(bottom, 1), max(left, 0) : max(right, 1)]
