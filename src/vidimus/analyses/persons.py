"""The persons of a video: who is where at each moment, by an index that follows each of them.

Bodies are found in five frames a second and followed; who was hidden or away for up to ten seconds
is known again by looks. Who a person is, is neither asked nor told.
"""

from collections.abc import Iterable
from dataclasses import dataclass

import msgspec
import numpy as np
from numpy.typing import NDArray

from vidimus.analyses.analysis import Conclusion, Finding, Moment, Sampling, View
from vidimus.analyses.face_look import EVERY_MS
from vidimus.analyses.person_look import SeenBodies, look_at_persons
from vidimus.analyses.person_tracks import PersonTracks
from vidimus.analyses.seen_person import SeenPerson, subject_of
from vidimus.geometry import BoundingBox
from vidimus.video.scene_change import SceneChange
from vidimus.video.tracking import ByteTracker, TrackSettings
from vidimus.vision.capability import Capability
from vidimus.vision.faces import FaceAnalyzer
from vidimus.vision.picture_nets import PictureNets

FOLLOWING = TrackSettings(
    high_score=0.5,
    low_score=0.1,
    start_score=0.5,
    least_overlap=0.2,
    looks_to_confirm=1,
    reach_per_s=1.0,
)
"""A person is followed from the first sight, and by doubtful boxes where they lie close."""


@dataclass(frozen=True, slots=True)
class PersonWish:
    """Follow all persons; there is nothing to choose."""


class _State(msgspec.Struct, frozen=True):
    tracker: msgspec.Raw
    tracks: msgspec.Raw
    scene: bytes
    begun: int


class PersonTracking:
    """Follows the persons of one video.

    Without an object detector nobody is found; without a person embedder who was lost is known
    again by place alone, and for three seconds.
    """

    def __init__(self, wish: PersonWish, nets: PictureNets, analyzer: FaceAnalyzer) -> None:
        self._nets = nets
        self._analyzer = analyzer
        self._scene = SceneChange()
        self._tracker = ByteTracker(FOLLOWING)
        self._tracks = PersonTracks(nets.person_embedder)
        self._begun = 0

    @property
    def sampling(self) -> Sampling:
        """Five frames a second."""
        return Sampling(EVERY_MS)

    def look(self, view: View) -> SeenBodies:
        """Find the frame's persons and their faces."""
        return look_at_persons(self._nets, self._analyzer, view)

    def take(self, moment: Moment, seen: SeenBodies) -> Iterable[Finding]:
        """Return the persons who are seen now, each under the number of the track."""
        if self._scene.changed(seen.small):
            self._tracker.cut()
            self._tracks.end_scene()
        boxes, scores = _boxes_and_scores(seen)
        numbers = [int(each) for each in self._tracker.update(moment.timestamp_ms, boxes, scores)]
        self._tracks.see(moment.timestamp_ms, numbers, seen.bodies, self._tracker.ended)
        self._begun = max([self._begun, *(number + 1 for number in numbers)])
        return [
            Finding(
                moment.timestamp_ms,
                subject_of(number),
                msgspec.json.encode(
                    SeenPerson(
                        BoundingBox.from_pixels(body.box, seen.width, seen.height), body.face
                    )
                ),
            )
            for number, body in zip(numbers, seen.bodies, strict=True)
            if number >= 0
        ]

    def finish(self, end_ms: int) -> Conclusion:
        """Say which tracks were one person's; persons count from 0 in order of first sight."""
        self._tracks.end_scene()
        dropped = frozenset(self._tracks.fleeting)
        kept = [number for number in range(self._begun) if number not in dropped]
        joined = self._tracks.joined
        first = [number for number in kept if number not in joined]
        index = {number: place for place, number in enumerate(first)}
        final = {number: index[joined.get(number, number)] for number in kept}
        return Conclusion(
            renamed={
                subject_of(number): subject_of(place)
                for number, place in final.items()
                if number != place
            },
            dropped=frozenset(subject_of(number) for number in dropped),
        )

    def snapshot(self) -> bytes:
        """Return the state as JSON."""
        return msgspec.json.encode(
            _State(
                msgspec.Raw(self._tracker.snapshot()),
                msgspec.Raw(self._tracks.snapshot()),
                self._scene.snapshot(),
                self._begun,
            )
        )

    def restore(self, state: bytes) -> None:
        """Go on from a snapshot."""
        read = msgspec.json.decode(state, type=_State)
        self._tracker.restore(bytes(read.tracker))
        self._tracks.restore(bytes(read.tracks))
        self._scene.restore(read.scene)
        self._begun = read.begun


def _boxes_and_scores(seen: SeenBodies) -> tuple[NDArray[np.float32], NDArray[np.float32]]:
    boxes = np.array([body.box for body in seen.bodies], np.float32).reshape(-1, 4)
    return boxes, np.array([body.score for body in seen.bodies], np.float32)


def person_capabilities(nets: PictureNets) -> list[Capability]:
    """Say which networks find persons and know them again; no network is opened."""
    found, known = nets.names("object_detector"), nets.names("person_embedder")
    pull = "run `vidimus models pull --pack standard`"
    return [
        Capability("persons", found, "" if found else pull),
        Capability("the same person after being hidden", known, "" if known else pull),
    ]
