"""The shots and technical cues of stored videos."""

import msgspec

from vidimus.analyses.segments import SEGMENT_MODEL_VERSION, Segment, SegmentWish
from vidimus.engine.caller import Caller
from vidimus.engine.engine import Engine
from vidimus.engine.job_kinds import JobKind
from vidimus.operations.registry import Answer, operation
from vidimus.operations.video_jobs import read_job, start_job
from vidimus.operations.video_words import audio_metadata, segment, video_metadata
from vidimus.wire import shapes

DEFAULT_CONFIDENCE = 50.0
DEFAULT_PIXEL_THRESHOLD = 0.2
DEFAULT_COVERAGE = 99.0


class _Wish(msgspec.Struct):
    """What has to be known of a wish again when its results are read."""

    kinds: list[shapes.SegmentType]


UNTOLD = (
    "shots, black frames and colour bars are measured; slates, credits and studio logos are told "
    "by rules, only on an even ground, and else left out; dissolves between shots are not told"
)


@operation("StartSegmentDetection", partial=UNTOLD)
def start_segment_detection(
    engine: Engine, request: shapes.StartSegmentDetectionRequest, caller: Caller
) -> Answer:
    """Have the shots of a video found, or its technical cues, or both."""
    wish = _wish(request)
    return start_job(engine, JobKind.SEGMENT_DETECTION, request, caller, lambda: wish)


@operation("GetSegmentDetection", partial=UNTOLD)
def get_segment_detection(
    engine: Engine, request: shapes.GetSegmentDetectionRequest, caller: Caller
) -> Answer:
    """Tell the segments of a video, each kind by time."""
    reading = read_job(engine, JobKind.SEGMENT_DETECTION, request, by_subject=True)
    kinds = msgspec.json.decode(reading.job.wish, type=_Wish).kinds
    videos = [] if reading.video is None else [reading.video]
    output: shapes.GetSegmentDetectionResponse = {
        **reading.job_head,
        "VideoMetadata": [video_metadata(video) for video in videos],
        "AudioMetadata": [audio for video in videos for audio in audio_metadata(video)],
        "Segments": [segment(each.value) for each in reading.results(Segment)],
        "SelectedSegmentTypes": [
            {"Type": kind, "ModelVersion": SEGMENT_MODEL_VERSION} for kind in kinds
        ],
    }
    return Answer(output)


def _wish(request: shapes.StartSegmentDetectionRequest) -> SegmentWish:
    """Return what is wanted; a filter of a kind that is not asked for changes nothing."""
    filters = request.get("Filters", {})
    cues, shots = filters.get("TechnicalCueFilter", {}), filters.get("ShotFilter", {})
    black = cues.get("BlackFrame", {})
    return SegmentWish(
        kinds=tuple(dict.fromkeys(request["SegmentTypes"])),
        min_cue_confidence=cues.get("MinSegmentConfidence", DEFAULT_CONFIDENCE),
        min_shot_confidence=shots.get("MinSegmentConfidence", DEFAULT_CONFIDENCE),
        max_pixel_threshold=black.get("MaxPixelThreshold", DEFAULT_PIXEL_THRESHOLD),
        min_coverage_percentage=black.get("MinCoveragePercentage", DEFAULT_COVERAGE),
    )
