"""Each attribute of a face: which networks tell it, and how their words become AWS's.

An attribute that no installed network tells is left out of a description, never guessed.
"""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from vidimus.vision.capability import Capability
from vidimus.vision.face_nets import FaceNets
from vidimus.vision.face_sheet import FaceSheet
from vidimus.vision.face_types import (
    Appearance,
    Attribute,
    EyeDirection,
    Judgement,
)
from vidimus.vision.judgements import (
    eyes_open_probabilities,
    judgement,
    mouth_open_probabilities,
    occlusion_probabilities,
    smile_probabilities,
)

Floats = NDArray[np.float32]
CORE = "run `vidimus models pull --pack core`"
STANDARD = "run `vidimus models pull --pack standard`"


OCCLUSION_TASK = "face_occluded"
# Degrees and sharpness (0..100) beyond which the mesh network may lose an uncovered face.
_OCCLUSION_YAW = 40
_OCCLUSION_PITCH = 35
_OCCLUSION_SHARPNESS = 20


Value = tuple[int, int] | Appearance | tuple[Appearance, ...] | Judgement | EyeDirection

EMOTION_NAMES = {
    "happy": "HAPPY",
    "sad": "SAD",
    "angry": "ANGRY",
    "surprised": "SURPRISED",
    "disgusted": "DISGUSTED",
    "fearful": "FEAR",
    "neutral": "CALM",
}
"""AWS's names of the expressions; no network here knows CONFUSED, so it is never said."""

# The true age lay between so much below and above the estimate for nineteen of twenty sitters.
_YEARS_BELOW = 8
_YEARS_ABOVE = 20
# Of a young face the range is narrower: these shares of the estimate, at most the years above.
_SHARE_BELOW = 0.25
_SHARE_ABOVE = 0.6


@dataclass(frozen=True, slots=True)
class AttributeReader:
    """How one attribute is read.

    `field` is its name in FaceDetail. A network for every task in `needs` must be installed;
    those for `betters` better the answer, one for `instead` gives it alone. `read` gives a value
    for each face of a sheet.
    """

    field: str
    read: Callable[[FaceSheet], Sequence[Value | None]]
    needs: tuple[str, ...]
    betters: tuple[str, ...] = ()
    instead: str = ""
    hint: str = STANDARD

    def models(self, nets: FaceNets) -> tuple[str, ...]:
        """Name the installed networks that tell the attribute; none when one is missing."""
        own = nets.names(self.instead) if self.instead else ()
        if own or not all(nets.names(task) for task in self.needs):
            return own
        return tuple(name for task in self.needs + self.betters for name in nets.names(task))


def age_ranges(sheet: FaceSheet) -> list[tuple[int, int]]:
    """Return a wide range of ages for each face."""
    found = sheet.ages_and_genders
    return [] if found is None else [age_range(float(age)) for age in found[0]]


def age_range(age: float) -> tuple[int, int]:
    """Return the range of years around an estimate; it leans up because the network leans down."""
    below = min(_YEARS_BELOW, _SHARE_BELOW * age)
    above = min(_YEARS_ABOVE, _SHARE_ABOVE * age)
    return max(0, int(age - below)), max(1, round(age + above))


def genders(sheet: FaceSheet) -> list[Appearance]:
    """Return which gender each face appears to be of."""
    found = sheet.ages_and_genders
    if found is None:
        return []
    return [
        Appearance("Male" if male >= 0.5 else "Female", float(100 * max(male, 1 - male)))
        for male in found[1].astype(float)
    ]


def emotions(sheet: FaceSheet) -> list[tuple[Appearance, ...]]:
    """Return each face's expressions, largest share first; the shares add up to 100."""
    net, shares = sheet.nets.expressions, sheet.expressions
    if net is None or shares is None:
        return []
    names = [EMOTION_NAMES[label] for label in net.labels]
    return [_ranked(dict(zip(names, row, strict=True))) for row in shares]


def smiles(sheet: FaceSheet) -> list[Judgement]:
    """Return whether each face smiles."""
    if sheet.meshes is None:
        return []
    net, shares = sheet.nets.expressions, sheet.expressions
    happy = None if net is None or shares is None else shares[:, net.labels.index("happy")]
    return [judgement(float(each)) for each in smile_probabilities(sheet.meshes, happy)]


def mouths_open(sheet: FaceSheet) -> list[Judgement]:
    """Return whether the lips of each face are apart."""
    if sheet.meshes is None:
        return []
    return [judgement(float(each)) for each in mouth_open_probabilities(sheet.meshes)]


def eyes_open(sheet: FaceSheet) -> list[Judgement]:
    """Return whether the eyes of each face are open."""
    return [judgement(float(each)) for each in _eyes_open(sheet)]


def occlusions(sheet: FaceSheet) -> list[Judgement | None]:
    """Return whether something covers each face; None where the mesh cannot tell.

    It cannot when the head is turned far away or the face is out of focus: then the network
    loses the face with nothing in front of it.
    """
    own = sheet.yes_no(OCCLUSION_TASK)
    if own is not None:
        return [judgement(float(each)) for each in own]
    if sheet.meshes is None:
        return []
    clear = (
        (np.abs(sheet.poses[:, 1]) <= _OCCLUSION_YAW)
        & (np.abs(sheet.poses[:, 2]) <= _OCCLUSION_PITCH)
        & (sheet.qualities[:, 1] >= _OCCLUSION_SHARPNESS)
    )
    covered = occlusion_probabilities(sheet.meshes)
    return [
        judgement(float(probability)) if seen else None
        for probability, seen in zip(covered, clear, strict=True)
    ]


def eye_directions(sheet: FaceSheet) -> list[EyeDirection]:
    """Return where the eyes look; the confidence is how probable it is that they are open."""
    if sheet.gazes is None:
        return []
    return [
        EyeDirection(float(yaw), float(pitch), float(100 * probability))
        for (yaw, pitch), probability in zip(sheet.gazes, _eyes_open(sheet), strict=True)
    ]


def _eyes_open(sheet: FaceSheet) -> NDArray[np.float64]:
    if sheet.eyes is None:
        return np.zeros(0)
    return eyes_open_probabilities(sheet.eyes, sheet.open_eyes)


def _ranked(shares: Mapping[str, float]) -> tuple[Appearance, ...]:
    total = sum(float(share) for share in shares.values())
    ranked = sorted(shares.items(), key=lambda pair: -pair[1])
    return tuple(Appearance(name, 100 * float(share) / total) for name, share in ranked)


def _answers(task: str) -> Callable[[FaceSheet], list[Judgement]]:
    def read(sheet: FaceSheet) -> list[Judgement]:
        found = sheet.yes_no(task)
        return [] if found is None else [judgement(float(each)) for each in found]

    return read


def _asked(task: str) -> AttributeReader:
    """An attribute for which no network ships, but one of the user's own may answer."""
    hint = f"no network under a free licence is known; add your own for the task {task}"
    return AttributeReader(task, _answers(task), needs=(task,), hint=hint)


READERS: Mapping[Attribute, AttributeReader] = {
    Attribute.AGE_RANGE: AttributeReader("age_range", age_ranges, needs=("age_gender",)),
    Attribute.GENDER: AttributeReader("gender", genders, needs=("age_gender",)),
    Attribute.EMOTIONS: AttributeReader("emotions", emotions, needs=("emotion",)),
    Attribute.SMILE: AttributeReader(
        "smile", smiles, needs=("face_mesh",), betters=("emotion",), hint=CORE
    ),
    Attribute.MOUTH_OPEN: AttributeReader(
        "mouth_open", mouths_open, needs=("face_mesh",), hint=CORE
    ),
    Attribute.EYES_OPEN: AttributeReader(
        "eyes_open", eyes_open, needs=("face_mesh", "iris"), betters=("eye_state",), hint=CORE
    ),
    Attribute.EYE_DIRECTION: AttributeReader(
        "eye_direction", eye_directions, needs=("gaze", "gaze_head_pose", "face_mesh", "iris")
    ),
    Attribute.FACE_OCCLUDED: AttributeReader(
        "face_occluded", occlusions, needs=("face_mesh",), instead=OCCLUSION_TASK, hint=CORE
    ),
    Attribute.EYEGLASSES: _asked("eyeglasses"),
    Attribute.SUNGLASSES: _asked("sunglasses"),
    Attribute.BEARD: _asked("beard"),
    Attribute.MUSTACHE: _asked("mustache"),
}
"""Every attribute but LANDMARKS, which are part of each description."""


def capability_of(attribute: Attribute, nets: FaceNets) -> Capability:
    """Say by which networks an attribute is told here, or what to install; opens none."""
    if attribute is Attribute.LANDMARKS:
        mesh = nets.names("face_mesh")
        models, hint = mesh and mesh + nets.names("iris"), CORE
    else:
        reader = READERS[attribute]
        models, hint = reader.models(nets), reader.hint
    return Capability(attribute, models, "" if models else hint)
