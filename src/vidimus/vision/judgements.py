"""From measures of a face to the probability of an answer.

Each is a logistic function of one to three measures, fitted to labelled faces. What was
labelled, by whom and how well it fits is in docs/explanation/attributes.md.
"""

import numpy as np
from numpy.typing import NDArray

from vidimus.models.eyes import Eyes
from vidimus.models.face_mesh import MeshPoints
from vidimus.vision.face_types import Judgement

Floats = NDArray[np.float32]
Reals = NDArray[np.float64]

# Points of the mesh: the mouth's corners, and the inner edges of the lips.
_CORNERS = (61, 291)
_UPPER_LIP = 13
_LOWER_LIP = 14

# Beyond these a network's own certainty adds nothing.
_SUREST_SMILE = 0.99
_SUREST_EYE = 0.997


def smile_probabilities(meshes: MeshPoints, happy: Floats | None) -> Reals:
    """Return how probable a smile is on each face, (n,).

    From the mouth's width and how far its corners are above the middle of the lips, as if the
    head faced the camera, and from the share `happy` (n,) of the expressions where there is one.
    """
    width, lift, _ = _mouths(meshes)
    if happy is None:
        return _logistic(20.0 * width + 82.1 * lift - 15.5)
    return _logistic(0.67 * _log_odds(happy, _SUREST_SMILE) + 8.73 * width + 58.1 * lift - 7.63)


def mouth_open_probabilities(meshes: MeshPoints) -> Reals:
    """Return how probable it is that the lips are apart, (n,), from the gap between them."""
    _, _, gap = _mouths(meshes)
    return _logistic(3.51 * np.log(gap + 0.01) + 10.2)


def eyes_open_probabilities(eyes: Eyes, looks: Floats | None) -> Reals:
    """Return how probable it is that both eyes are open, (n,).

    From the area between the lids, and from what the eye-state network makes of both eyes,
    `looks` (n, 2), where it is installed.
    """
    area = np.log(np.maximum(eyes.openness().mean(1), 1e-3))
    if looks is None:
        return _logistic(8.09 * area + 14.7)
    return _logistic(0.29 * _log_odds(looks, _SUREST_EYE).mean(1) + 6.12 * area + 10.5)


def occlusion_probabilities(meshes: MeshPoints) -> Reals:
    """Return how probable it is that mouth, nose or half of the face are covered, (n,).

    From how well the mesh network can follow the face. Sunglasses go unnoticed.
    """
    return _logistic(10.1 - 0.67 * meshes.presence.astype(np.float64))


def judgement(probability: float) -> Judgement:
    """Return the likelier answer and its probability in percent."""
    yes = probability >= 0.5
    return Judgement(bool(yes), float(100 * (probability if yes else 1 - probability)))


def _mouths(meshes: MeshPoints) -> tuple[Reals, Reals, Reals]:
    """Width, lift of the corners, and gap between the lips, in units of the average face."""
    face = meshes.frontal
    left, right = face[:, _CORNERS[0]], face[:, _CORNERS[1]]
    upper, lower = face[:, _UPPER_LIP], face[:, _LOWER_LIP]
    lift = (upper[:, 1] + lower[:, 1]) / 2 - (left[:, 1] + right[:, 1]) / 2
    width: Reals = np.linalg.norm(right - left, axis=1)
    gap: Reals = np.linalg.norm(lower - upper, axis=1)
    return width, np.asarray(lift, np.float64), gap


def _logistic(odds: Reals) -> Reals:
    return np.asarray(1 / (1 + np.exp(-odds)), np.float64)


def _log_odds(probabilities: Floats, surest: float) -> Reals:
    kept = np.clip(probabilities.astype(np.float64), 1 - surest, surest)
    return np.asarray(np.log(kept / (1 - kept)), np.float64)
