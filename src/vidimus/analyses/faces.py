"""The faces of a video: what each looks like at each moment.

What changes from moment to moment is measured at each: box, points, pose, quality, and if asked for
expression, smile, eyes and mouth. What belongs to the person, the apparent age and gender, beard
and mustache, is measured on the best face of a track so far and said of it from there on.
"""

from collections.abc import Iterable
from dataclasses import dataclass, replace

import msgspec

from vidimus.analyses.analysis import Conclusion, Finding, Moment, Sampling, View
from vidimus.analyses.face_crop import FaceCrop, Resemblance, ScaleOf
from vidimus.analyses.face_look import EVERY_MS, SeenFaces, look_at_faces
from vidimus.analyses.face_tracks import FaceTracks
from vidimus.analyses.seen_person import subject_of
from vidimus.vision.face_types import Attribute, FaceDetail
from vidimus.vision.faces import FaceAnalyzer

OF_THE_PERSON = frozenset(
    {Attribute.AGE_RANGE, Attribute.GENDER, Attribute.BEARD, Attribute.MUSTACHE}
)
"""Attributes measured once on a track's best face."""

OF_THE_MOMENT = frozenset(
    {
        Attribute.EMOTIONS,
        Attribute.EYEGLASSES,
        Attribute.EYES_OPEN,
        Attribute.LANDMARKS,
        Attribute.MOUTH_OPEN,
        Attribute.SMILE,
        Attribute.SUNGLASSES,
    }
)
"""Attributes measured on every face; occlusion and gaze are told of pictures only, as at Amazon."""

_BETTER = 1.3
"""A face that is so many times as good for comparing is measured in place of the one before."""


@dataclass(frozen=True, slots=True)
class FaceWish:
    """Describe the faces: the default set, or with all attributes that a video can have."""

    all_attributes: bool = False


class _Measured(msgspec.Struct, frozen=True):
    """What the best face of a track looks like, and how good for comparing it was, 0..1."""

    worth: float
    detail: FaceDetail


class _State(msgspec.Struct, frozen=True):
    tracks: msgspec.Raw
    measured: dict[int, _Measured]


class FaceDetection:
    """Finds and describes the faces of one video.

    `version` is the face model by which tracks are told apart, on its scale; the default set needs
    no tracks.
    """

    def __init__(
        self, wish: FaceWish, analyzer: FaceAnalyzer, scale_of: ScaleOf, version: str
    ) -> None:
        self._wish = wish
        self._analyzer = analyzer
        self._tracks = FaceTracks(Resemblance(analyzer, scale_of, version))
        self._measured: dict[int, _Measured] = {}

    @property
    def sampling(self) -> Sampling:
        """Five frames a second."""
        return Sampling(EVERY_MS)

    def look(self, view: View) -> SeenFaces:
        """Find and describe the frame's faces."""
        wanted = OF_THE_MOMENT if self._wish.all_attributes else frozenset()
        return look_at_faces(self._analyzer, view, wanted, cropped=self._wish.all_attributes)

    def take(self, moment: Moment, seen: SeenFaces) -> Iterable[Finding]:
        """Return the faces that are seen now, largest first."""
        details = [face.detail for face in seen.faces]
        if self._wish.all_attributes:
            details = self._with_what_lasts(moment, seen)
        return [
            Finding(moment.timestamp_ms, subject_of(place), msgspec.json.encode(detail))
            for place, detail in enumerate(details)
        ]

    def finish(self, end_ms: int) -> Conclusion:
        """Return nothing: all was said in its time."""
        return Conclusion()

    def snapshot(self) -> bytes:
        """Return the state as JSON."""
        return msgspec.json.encode(_State(msgspec.Raw(self._tracks.snapshot()), self._measured))

    def restore(self, state: bytes) -> None:
        """Go on from a snapshot."""
        read = msgspec.json.decode(state, type=_State)
        self._tracks.restore(bytes(read.tracks))
        self._measured = read.measured

    def _with_what_lasts(self, moment: Moment, seen: SeenFaces) -> list[FaceDetail]:
        """Return the faces with what their tracks tell of the person."""
        followed = self._tracks.follow(moment.timestamp_ms, seen)
        for track in followed.ended:
            self._measured.pop(track.number, None)
        for number, face in zip(followed.numbers, seen.faces, strict=True):
            if number >= 0 and face.crop is not None:
                self._measure(number, face.crop)
        return [
            _completed(face.detail, self._measured.get(number))
            for number, face in zip(followed.numbers, seen.faces, strict=True)
        ]

    def _measure(self, number: int, crop: FaceCrop) -> None:
        """Measure a face of a track that is its first, or clearly its best."""
        known = self._measured.get(number)
        if known is not None and crop.worth < _BETTER * known.worth:
            return
        (detail,) = self._analyzer.describe_faces(crop.pixels, [crop.as_face()], OF_THE_PERSON)
        self._measured[number] = _Measured(crop.worth, detail)


def _completed(detail: FaceDetail, measured: _Measured | None) -> FaceDetail:
    if measured is None:
        return detail
    best = measured.detail
    return replace(
        detail,
        age_range=best.age_range,
        gender=best.gender,
        beard=best.beard,
        mustache=best.mustache,
    )
