"""What redacting needs and what it did, for pictures and videos alike."""

from collections.abc import Iterator
from dataclasses import dataclass

from vidimus.cli.timeline import clock_words
from vidimus.engine.engine import Engine
from vidimus.engine.redaction import KeptPeople
from vidimus.imaging.cover import CoverStyle
from vidimus.vision.face_spotter import FaceSpotter

_MOST_TIMES = 12


@dataclass(frozen=True, slots=True)
class Redactor:
    """What is used for every file of a run."""

    engine: Engine
    spotter: FaceSpotter
    kept: KeptPeople | None
    style: CoverStyle
    least_score: float
    mute: bool

    @property
    def keep_from(self) -> float | None:
        """The similarity (0..100) from which faces stay visible; None where none may."""
        return None if self.kept is None else self.kept.threshold


@dataclass(frozen=True, slots=True)
class RedactedVideo:
    """What was done to a video, in frames.

    `with_faces` counts frames with a face, visible or not, `carried` those on which a face was
    covered by where it was before and after, `with_kept` those on which a face stays visible.
    `doubtful_ms` and `lost_ms` are times that somebody should look at.
    """

    frames: int
    with_faces: int
    carried: int
    with_kept: int
    skipped: int
    doubtful_ms: tuple[int, ...]
    lost_ms: tuple[int, ...]

    @property
    def share_with_faces(self) -> float:
        """The share of frames on which there was a face, 0..1."""
        return self.with_faces / self.frames if self.frames else 0.0


@dataclass(frozen=True, slots=True)
class Redacted:
    """What was done to one file: faces (trails of faces, in a video) covered and left visible."""

    file: str
    output: str
    faces: int
    kept: int
    doubtful: int
    video: RedactedVideo | None = None

    def sentences(self) -> Iterator[str]:
        """Say what may have been missed."""
        if self.video is not None:
            yield from _video_sentences(self.video)
        elif self.doubtful:
            yield (
                f"{self.doubtful} places that may be faces were too faint to be covered; a lower "
                "--least-score covers them."
            )


def _video_sentences(video: RedactedVideo) -> Iterator[str]:
    if video.carried:
        yield (
            f"on {video.carried} of {video.frames} frames a face was not found and is covered by "
            "where it was before or after."
        )
    if video.lost_ms:
        yield f"a face was lost in mid-picture at {_times(video.lost_ms)}: look there."
    if video.doubtful_ms:
        yield (
            f"too faint to be covered, but perhaps a face, at {_times(video.doubtful_ms)}: look "
            "there; a lower --least-score covers them."
        )
    if video.skipped:
        yield f"{video.skipped} damaged frames were left out."


def _times(times_ms: tuple[int, ...]) -> str:
    shown = ", ".join(clock_words(time) for time in times_ms[:_MOST_TIMES])
    more = len(times_ms) - _MOST_TIMES
    return f"{shown} and {more} more" if more > 0 else shown
