"""Points for faces that lie on their side or stand on their head.

Detectors learn from upright photographs. They find turned faces too, with less confidence, but
put the points where those of an upright face would be. The mesh network knows such a mistake:
its presence is high only when its crop is upright. So a face that the detector is not sure of is
shown to it turned by eight angles, and the mesh of the best one gives the points.

A face on its side a detector often misses. Where it finds none at all it looks again at the
picture turned by a quarter each way: photographs taken sideways are common.
"""

import numpy as np
from numpy.typing import NDArray

from vidimus.models.face_detector import FaceDetections, FaceDetector
from vidimus.models.face_frame import FaceFrames
from vidimus.models.face_mesh import FaceMesh, MeshPoints

Pixels = NDArray[np.uint8]
Floats = NDArray[np.float32]

_MOST_FACES = 8
"""So many doubtful faces of one picture get a second look, largest first; each costs 12 ms."""

_EIGHTHS = np.arange(8) * np.float32(np.pi / 4)
_FOLLOWED = 12.0
"""Presence (log-odds) from which a mesh is believed: upright faces have 15 and more."""

_TURNED = np.radians(20)
_APART = 0.25
"""A detector's points are kept unless the mesh's are turned by more than the one against them,
or on the mean farther away than the other, in face scales (upright faces: 0.08)."""


_SURE_SIDEWAYS = 0.8
"""Score that a face of a picture turned by a quarter needs: nobody said that it lies sideways."""


def find_faces(detector: FaceDetector, pixels: Pixels) -> FaceDetections:
    """Find the faces of an RGB picture (h, w, 3), sideways ones where there are no others."""
    found = detector.detect_faces(pixels)
    if len(found):
        return found
    turned = [find_turned_faces(detector, pixels, quarters) for quarters in (1, 3)]
    best = max(turned, key=lambda each: float(each.scores.max(initial=0)))
    return best.chosen(best.scores >= _SURE_SIDEWAYS)


def find_turned_faces(detector: FaceDetector, pixels: Pixels, quarters: int) -> FaceDetections:
    """Find faces in the picture turned counter-clockwise by quarters (1 or 3).

    Their places are told in the picture as it stands.
    """
    height, width = pixels.shape[:2]
    found = detector.detect_faces(np.ascontiguousarray(np.rot90(pixels, quarters)))
    low, high = found.boxes[:, :2], found.boxes[:, 2:]
    corners = np.stack([low, high], 1)

    def back(places: Floats) -> Floats:
        x, y = places[..., 0], places[..., 1]
        turned = (width - y, x) if quarters == 1 else (y, height - x)
        return np.stack(turned, -1).astype(np.float32)

    places = back(corners)
    boxes = np.concatenate([places.min(1), places.max(1)], 1)
    return FaceDetections(boxes, found.scores, back(found.points))


def set_upright(
    mesh: FaceMesh, pixels: Pixels, found: FaceDetections, sure_score: float
) -> FaceDetections:
    """Return the faces with better points for those that lie turned.

    Only faces with a score below `sure_score` are looked at.
    """
    doubtful = np.flatnonzero(found.scores < sure_score)
    doubtful = doubtful[np.argsort(-found.sides[doubtful], kind="stable")][:_MOST_FACES]
    if not len(doubtful):
        return found
    points = found.points.copy()
    boxes = found.boxes[doubtful]
    points[doubtful] = _better_points(mesh, pixels, boxes, points[doubtful])
    return FaceDetections(found.boxes, found.scores, points)


def _better_points(mesh: FaceMesh, pixels: Pixels, boxes: Floats, points: Floats) -> Floats:
    """Look at each face as it is, and where that is no good, at eight angles."""
    better = points.copy()
    meshes = mesh.find_points(pixels, FaceFrames(points))
    for place in np.flatnonzero((meshes.presence < _FOLLOWED) | _is_off(points, meshes)):
        seen = meshes.chosen(np.array([place]))
        if seen.presence[0] < _FOLLOWED:
            seen = _best_view(mesh, pixels, boxes[place])
        settled = mesh.find_points(pixels, FaceFrames(seen.five_points))
        is_better = _is_off(points[place : place + 1], settled)[0]
        if settled.presence[0] >= _FOLLOWED and is_better and _is_in(boxes[place], settled):
            better[place] = settled.five_points[0]
    return better


def _best_view(mesh: FaceMesh, pixels: Pixels, box: Floats) -> MeshPoints:
    views = np.stack([_model_points(box, angle) for angle in _EIGHTHS])
    meshes = mesh.find_points(pixels, FaceFrames(views))
    return meshes.chosen(np.array([np.argmax(meshes.presence)]))


def _is_off(points: Floats, meshes: MeshPoints) -> NDArray[np.bool_]:
    """Say for each face whether its points are far from where its mesh has them."""
    frames, found = FaceFrames(points), FaceFrames(meshes.five_points)
    turn = np.abs((found.angles - frames.angles + np.pi) % (2 * np.pi) - np.pi)
    apart = np.linalg.norm(meshes.five_points - points, axis=2).mean(1) / found.scales
    return np.asarray((turn > _TURNED) | (apart > _APART))


def _is_in(box: Floats, mesh: MeshPoints) -> bool:
    """Say whether a mesh is of the face in `box`: a half covered one's may be its neighbour's."""
    middle = mesh.five_points[0].mean(0)
    return bool((middle >= box[:2]).all() and (middle <= box[2:]).all())


def _model_points(box: Floats, angle: float) -> Floats:
    """The five points of an average face that fills `box` when turned by `angle`."""
    side = float(np.sqrt(np.prod(np.maximum(box[2:] - box[:2], 1))))
    upright = np.array([[-0.2, -0.16], [0.2, -0.16], [0, 0.03], [-0.16, 0.24], [0.16, 0.24]])
    cosine, sine = np.cos(angle), np.sin(angle)
    turned = upright @ np.array([[cosine, sine], [-sine, cosine]])
    return np.asarray((box[:2] + box[2:]) / 2 + side * turned, np.float32)
