"""What the vision rooms say of a face, in the API's words."""

from collections.abc import Sequence
from typing import cast

from vidimus.engine.portraits import Portrait
from vidimus.gallery.gallery import EnrolledFace
from vidimus.geometry import BoundingBox
from vidimus.vision.face_types import Appearance, Attribute, FaceDetail, Judgement, Landmark
from vidimus.wire import shapes

CORE_LANDMARKS = ("eye_left", "eye_right", "mouth_left", "mouth_right", "nose")


def requested_attributes(names: Sequence[str] | None) -> frozenset[Attribute]:
    """Return what an Attributes member asks for: ALL wins, single ones add to the default."""
    if not names:
        return frozenset()
    if "ALL" in names:
        return frozenset(Attribute)
    return frozenset(Attribute(name) for name in names if name != "DEFAULT")


def bounding_box(box: BoundingBox) -> shapes.BoundingBox:
    """Return a box in the API's words."""
    return {"Width": box.width, "Height": box.height, "Left": box.left, "Top": box.top}


def landmark(mark: Landmark) -> shapes.Landmark:
    """Return a landmark; its type is the kind in camel case."""
    first, *rest = mark.kind.split("_")
    kind = first + "".join(word.capitalize() for word in rest)
    return {"Type": cast(shapes.LandmarkType, kind), "X": mark.point.x, "Y": mark.point.y}


def compared_face(detail: FaceDetail) -> shapes.ComparedFace:
    """Return the part of a description that CompareFaces gives: box, points, pose, quality."""
    return {
        "BoundingBox": bounding_box(detail.box),
        "Confidence": detail.confidence,
        "Landmarks": [landmark(mark) for mark in detail.landmarks if mark.kind in CORE_LANDMARKS],
        "Pose": {"Roll": detail.pose.roll, "Yaw": detail.pose.yaw, "Pitch": detail.pose.pitch},
        "Quality": {
            "Brightness": detail.quality.brightness,
            "Sharpness": detail.quality.sharpness,
        },
    }


def described_face(detail: FaceDetail) -> shapes.ComparedFace:
    """Return what RecognizeCelebrities gives: what CompareFaces does, emotions and smile too."""
    words = compared_face(detail)
    if detail.emotions is not None:
        words["Emotions"] = [_emotion(emotion) for emotion in detail.emotions]
    if detail.smile is not None:
        words["Smile"] = {"Value": detail.smile.value, "Confidence": detail.smile.confidence}
    return words


def face_detail(detail: FaceDetail) -> shapes.FaceDetail:
    """Return a description; what is None in it is left out of the answer."""
    words: shapes.FaceDetail = {
        **compared_face(detail),  # type: ignore[typeddict-item]
        "Landmarks": [landmark(mark) for mark in detail.landmarks],
    }
    if detail.age_range is not None:
        words["AgeRange"] = {"Low": detail.age_range[0], "High": detail.age_range[1]}
    if detail.gender is not None:
        gender = cast(shapes.GenderType, detail.gender.value)
        words["Gender"] = {"Value": gender, "Confidence": detail.gender.confidence}
    if detail.emotions is not None:
        words["Emotions"] = [_emotion(emotion) for emotion in detail.emotions]
    if detail.eye_direction is not None:
        eyes = detail.eye_direction
        words["EyeDirection"] = {
            "Yaw": eyes.yaw,
            "Pitch": eyes.pitch,
            "Confidence": eyes.confidence,
        }
    for member, judgement in _judgements(detail).items():
        if judgement is not None:
            words[member] = {  # type: ignore[literal-required]
                "Value": judgement.value,
                "Confidence": judgement.confidence,
            }
    return words


def _emotion(emotion: Appearance) -> shapes.Emotion:
    return {"Type": cast(shapes.EmotionName, emotion.value), "Confidence": emotion.confidence}


def _judgements(detail: FaceDetail) -> dict[str, Judgement | None]:
    return {
        "Smile": detail.smile,
        "Eyeglasses": detail.eyeglasses,
        "Sunglasses": detail.sunglasses,
        "Beard": detail.beard,
        "Mustache": detail.mustache,
        "EyesOpen": detail.eyes_open,
        "MouthOpen": detail.mouth_open,
        "FaceOccluded": detail.face_occluded,
    }


def enrolled_face(face: EnrolledFace) -> shapes.Face:
    """Return an enrolled face's record; members that it does not have are left out."""
    words: shapes.Face = {
        "FaceId": face.face_id,
        "BoundingBox": bounding_box(face.box),
        "ImageId": face.image_id,
        "Confidence": face.confidence,
        "IndexFacesModelVersion": face.embedder_version,
    }
    if face.external_image_id is not None:
        words["ExternalImageId"] = face.external_image_id
    if face.user_id is not None:
        words["UserId"] = face.user_id
    return words


def unsearched_reasons(portrait: Portrait) -> list[shapes.UnsearchedFaceReason]:
    """Say why a face of a picture was not searched: its quality, or another face is larger."""
    reasons = cast(list[shapes.UnsearchedFaceReason], [*portrait.reasons])
    return reasons or ["FACE_NOT_LARGEST"]
