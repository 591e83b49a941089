"""Watching a clip in this process, without jobs: one decode, and all that was found in memory."""

from collections.abc import Collection, Iterable, Iterator, Mapping
from dataclasses import dataclass, field
from pathlib import Path

from PIL import Image

from vidimus.analyses.analysis import Analysis, Conclusion, Finding
from vidimus.analyses.appearances import Appearances
from vidimus.analyses.watch import Watch
from vidimus.cli.clip_part import ClipPart
from vidimus.cli.page import data_address
from vidimus.cli.photos import sha256_of
from vidimus.cli.progress import Passes
from vidimus.engine.analyses import RECIPES, Footage
from vidimus.engine.engine import Engine
from vidimus.engine.job_kinds import JobKind
from vidimus.engine.people_library import LIBRARY
from vidimus.engine.record import Act
from vidimus.errors import VidimusError
from vidimus.video.frames import Frame, Video
from vidimus.video.video_info import VideoInfo

APPEARANCES = "Appearances"
"""The name of the analysis that says who comes back; the others are named by their kind."""

MOST_STILLS = 150
"""So many pictures of the whole video are kept, evenly apart and at least a second."""

_STILL_WIDTH = 176
_STILL_QUALITY = 62

KINDS = {
    ClipPart.SHOTS: (JobKind.SEGMENT_DETECTION,),
    ClipPart.PEOPLE: (JobKind.PERSON_TRACKING, JobKind.CELEBRITY_RECOGNITION),
    ClipPart.MODERATION: (JobKind.CONTENT_MODERATION,),
    ClipPart.LABELS: (JobKind.LABEL_DETECTION,),
    ClipPart.TEXT: (JobKind.TEXT_DETECTION,),
}
"""The analyses that tell each part."""


@dataclass(frozen=True, slots=True)
class Still:
    """A small picture of the whole frame at a time, as its own address."""

    timestamp_ms: int
    image: str


@dataclass(frozen=True, slots=True)
class WatchedClip:
    """A clip and all that was found in it, by the analysis's name; findings in order of time.

    `concluded` is what was said of subjects at the end, `every_ms` how often each analysis looked,
    `failures` why an analysis told nothing. `end_ms` is when the last frame ends.
    """

    path: Path
    info: VideoInfo
    end_ms: int
    frames: int
    skipped: int
    findings: Mapping[str, tuple[Finding, ...]]
    concluded: Mapping[str, Conclusion]
    every_ms: Mapping[str, int]
    failures: Mapping[str, str]
    stills: tuple[Still, ...]

    def tells(self, name: str) -> bool:
        """Say whether the analysis of this name was carried out to the end."""
        return name in self.concluded


@dataclass(slots=True)
class _Reel:
    """Notes what passes by: small pictures, and when the last frame was."""

    every_ms: int
    stills: list[Still] = field(default_factory=list)
    frames: int = 0
    last_ms: int = 0

    def pass_on(self, frames: Iterable[Frame]) -> Iterator[Frame]:
        for frame in frames:
            self.frames += 1
            self.last_ms = frame.timestamp_ms
            if frame.timestamp_ms >= len(self.stills) * self.every_ms:
                image = Image.fromarray(frame.small(_STILL_WIDTH))
                self.stills.append(Still(frame.timestamp_ms, data_address(image, _STILL_QUALITY)))
            yield frame


def watch_clip(
    engine: Engine, path: Path, video: Video, parts: Collection[ClipPart], passes: Passes
) -> WatchedClip:
    """Watch a clip once and tell its parts; a part that cannot be told here is in `failures`."""
    footage = Footage(video.info, lambda: path.open("rb"))
    analyses, refused = _analyses(engine, footage, parts)
    every_ms = {name: each.sampling.every_ms for name, each in analyses.items()}
    reel = _Reel(max(1000, video.info.duration_ms // MOST_STILLS))
    frames = passes.follow("watching", reel.pass_on(video.frames()), video.info.duration_ms)
    found: dict[str, list[Finding]] = {name: [] for name in analyses}
    with Watch(analyses, engine.open_sheet, engine.settings.cores) as watch:
        for name, finding in watch.see(frames):
            found[name].append(finding)
        for _ in frames:
            pass  # Nobody wants the rest, but its length and its pictures are shown.
        end_ms = video.end_after(reel.last_ms) if reel.frames else 0
        concluded = watch.finish(end_ms)
    _record_names(engine, path, concluded.get(JobKind.CELEBRITY_RECOGNITION))
    failures = {**refused, **{name: _reason(why) for name, why in watch.failures.items()}}
    return WatchedClip(
        path=path,
        info=video.info,
        end_ms=max(end_ms, 1),
        frames=reel.frames,
        skipped=video.skipped,
        findings={name: _concluded(found[name], each) for name, each in concluded.items()},
        concluded=concluded,
        every_ms=every_ms,
        failures=failures,
        stills=tuple(reel.stills),
    )


def _analyses(
    engine: Engine, footage: Footage, parts: Collection[ClipPart]
) -> tuple[dict[str, Analysis], dict[str, str]]:
    """Make the analyses by name; returns with them why others cannot be made."""
    made: dict[str, Analysis] = {}
    refused: dict[str, str] = {}
    for kind in (kind for part in ClipPart if part in parts for kind in KINDS[part]):
        if kind is JobKind.CELEBRITY_RECOGNITION and engine.people_library.find() is None:
            refused[kind] = "nobody was made known: see `vidimus celebrities import`"
            continue
        try:
            made[kind] = _analysis(engine, kind, footage)
        except VidimusError as trouble:
            refused[kind] = trouble.message
    if ClipPart.PEOPLE in parts:
        version = engine.model_version
        made[APPEARANCES] = Appearances(engine.faces, engine.scales.scale, version)
    return made, refused


def _analysis(engine: Engine, kind: JobKind, footage: Footage) -> Analysis:
    recipe = RECIPES[kind]
    if kind is JobKind.CELEBRITY_RECOGNITION:
        return recipe.make(engine, recipe.wish(engine.settings.known_people_threshold), footage)
    return recipe.make(engine, recipe.wish(), footage)


def _record_names(engine: Engine, path: Path, end: Conclusion | None) -> None:
    """Write into the ledger that known people were looked for in the clip, and who was found."""
    collection = engine.people_library.find()
    if end is None or collection is None:
        return
    act = Act(
        operation="RecognizeCelebrities",
        model_version=collection.embedder_version,
        collection_id=LIBRARY,
        details={"video_sha256": sha256_of(path)},
        threshold=engine.settings.known_people_threshold,
        found=end.matched,
        matched=end.persons,
    )
    engine.people_library.record(act, None)


def _concluded(found: Iterable[Finding], end: Conclusion) -> tuple[Finding, ...]:
    """Return the findings with their final subjects, in the order of time."""
    everything = (*(each for each in found if each.subject not in end.dropped), *end.findings)
    return tuple(
        sorted(
            (
                Finding(
                    each.timestamp_ms,
                    end.renamed.get(each.subject, each.subject),
                    each.value,
                    each.series,
                )
                for each in everything
            ),
            key=lambda each: (each.timestamp_ms, each.subject),
        )
    )


def _reason(trouble: Exception) -> str:
    if isinstance(trouble, VidimusError):
        return trouble.message
    return f"it failed unexpectedly: {type(trouble).__name__}: {trouble}"
