"""Redacting one video on the command line: two passes, with progress, and the sound copied."""

from pathlib import Path

import numpy as np
from rich.console import Console

from vidimus.cli.photos import sha256_of
from vidimus.cli.progress import Passes, open_passes
from vidimus.cli.redacted import Redacted, RedactedVideo, Redactor
from vidimus.engine.redaction import KeptPeople
from vidimus.engine.video_redaction import CoverCount, FaceFollower, Followed, cover_frames
from vidimus.video.frames import Video, open_video
from vidimus.video.writer import VideoWriter


def redact_video(redactor: Redactor, source: Path, output: Path, console: Console) -> Redacted:
    """Cover the faces of a video and write it; raises what opening or writing a video raises."""
    limits = redactor.engine.video_limits
    audio_from = None if redactor.mute else source
    with (
        open_video(source, limits) as video,
        VideoWriter(output, video.info, audio_from=audio_from) as writer,
        open_passes(console, source.name) as passes,
    ):
        followed = _follow(redactor, video, passes)
        if redactor.kept is not None:
            _record(redactor.kept, source, followed)
        count = _write(redactor, video, followed, writer, passes)
    kept = sum(trail.ever_stays_visible(redactor.keep_from) for trail in followed.trails)
    return Redacted(
        file=str(source),
        output=str(output),
        faces=len(followed.trails) - kept,
        kept=kept,
        doubtful=len(followed.doubtful_ms),
        video=RedactedVideo(
            frames=count.frames,
            with_faces=count.with_faces,
            carried=count.carried,
            with_kept=count.kept,
            skipped=video.skipped,
            doubtful_ms=followed.doubtful_ms,
            lost_ms=followed.lost_ms,
        ),
    )


def _follow(redactor: Redactor, video: Video, passes: Passes) -> Followed:
    follower = FaceFollower(redactor.spotter, redactor.kept, redactor.least_score)
    frames = passes.follow("looking for faces", video.frames(), video.info.duration_ms)
    return follower.follow(frames)


def _write(
    redactor: Redactor, video: Video, followed: Followed, writer: VideoWriter, passes: Passes
) -> CoverCount:
    count = CoverCount()
    frames = passes.follow("covering them", video.frames(), video.info.duration_ms)
    covered = cover_frames(frames, followed, redactor.style, count, redactor.keep_from)
    for frame, pixels in covered:
        writer.add(pixels, frame.timestamp_ms)
    return count


def _record(kept: KeptPeople, source: Path, followed: Followed) -> None:
    """Write into the ledger how alike each trail's face was at the most to who may be seen."""
    checked = [trail.highest_similarities for trail in followed.trails if trail.checks]
    kept.record(sha256_of(source), np.array(checked, np.float32).reshape(len(checked), len(kept)))
