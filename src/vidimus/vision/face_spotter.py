"""Finding faces where one that is missed does more harm than one too many: before covering them.

A picture is looked at as it is, mirrored and turned by a quarter each way, by every detector that
is installed, and a lower score is enough. A frame of a video is looked at once, every second one
mirrored, because the frames beside it show the same faces; every few frames it is looked at
closely.
"""

from typing import TYPE_CHECKING

import numpy as np
from numpy.typing import NDArray

from vidimus.models.face_detector import FaceDetections, FaceDetector, suppress_overlaps
from vidimus.vision.face_nets import FaceNets
from vidimus.vision.upright import find_turned_faces

if TYPE_CHECKING:
    from vidimus.runtime.registry import ModelRegistry

Pixels = NDArray[np.uint8]

LEAST_SCORE = 0.4
"""Score (0..1) from which a place counts as a face here, where the API asks for .7."""

DOUBTFUL_SCORE = 0.25
"""Score from which a place that does not count is told of, for somebody to look at."""

SIDEWAYS_SCORE = 0.6
"""Score that a face needs which only shows in the picture turned by a quarter."""

CLOSELY_EVERY = 5
"""So many frames apart a frame is looked at closely: in tiles too, where small faces show."""


class FaceSpotter:
    """Finds every face it can; raises ModelUnavailable when no face detector is installed."""

    def __init__(self, registry: "ModelRegistry") -> None:
        nets = FaceNets(registry)
        best = nets.detector_card.name
        self._detectors = [each.with_least_score(DOUBTFUL_SCORE) for each in nets.detectors]
        self.names = nets.names("face_detector") or (best,)

    def spot_faces(self, pixels: Pixels) -> FaceDetections:
        """Find the faces of an RGB picture (h, w, 3), best score first, doubtful ones too."""
        best, *others = self._detectors
        found = [best.detect_faces(pixels), _mirrored(best, pixels)]
        found += [each.detect_faces(pixels) for each in others]
        for turned in (find_turned_faces(best, pixels, quarters) for quarters in (1, 3)):
            found.append(turned.chosen(turned.scores >= SIDEWAYS_SCORE))
        return _merged(found)

    def spot_in_frame(self, pixels: Pixels, number: int) -> FaceDetections:
        """Find the faces of the frame with this number, best score first, doubtful ones too."""
        detector = self._detectors[0]
        if number % CLOSELY_EVERY == 0:
            return _merged([detector.detect_faces(pixels)])
        if number % 2:
            return _merged([_mirrored(detector, pixels, glance=True)])
        return _merged([detector.glance_at_faces(pixels)])


def _mirrored(detector: FaceDetector, pixels: Pixels, *, glance: bool = False) -> FaceDetections:
    """Look at the picture's mirror image; what is found is told in the picture's own places."""
    mirror = np.ascontiguousarray(pixels[:, ::-1])
    found = detector.glance_at_faces(mirror) if glance else detector.detect_faces(mirror)
    width = pixels.shape[1]
    boxes, points = found.boxes.copy(), found.points.copy()
    boxes[:, [0, 2]] = width - found.boxes[:, [2, 0]]
    points[:, :, 0] = width - points[:, :, 0]
    # The mirror changes which eye and which corner of the mouth is the left one.
    return FaceDetections(boxes, found.scores, points[:, [1, 0, 2, 4, 3]])


def _merged(parts: list[FaceDetections]) -> FaceDetections:
    found = FaceDetections.joined(parts)
    return found.chosen(suppress_overlaps(found.boxes, found.scores, max_overlap=0.5))
