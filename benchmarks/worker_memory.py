"""How much memory a worker takes on an hour of 1080p, from its first minute to its last.

A minute of drawn, moving pictures is encoded once and its packets are repeated until the hour is
full. A worker of its own carries out the jobs that are named; its resident memory (and that of
nothing else) is read every second.

    .venv/bin/python benchmarks/worker_memory.py --models FOLDER [--jobs faces,labels]
"""

import argparse
import os
import platform
import statistics
import subprocess
import sys
import time
from datetime import date
from pathlib import Path
from tempfile import TemporaryDirectory

import av
import numpy as np
from av.video.stream import VideoStream
from numpy.typing import NDArray

from vidimus.analyses.face_search import FaceSearchWish
from vidimus.analyses.faces import FaceWish
from vidimus.analyses.labels import LabelWish
from vidimus.analyses.segments import SegmentWish
from vidimus.analyses.text import TextWish
from vidimus.engine.engine import open_records
from vidimus.engine.job_kinds import JobKind
from vidimus.engine.jobs import JobOrder, ObjectPlace
from vidimus.settings import Settings

WIDTH, HEIGHT, RATE, SECONDS = 1920, 1080, 25, 60
WISHES = {
    "faces": (JobKind.FACE_DETECTION, FaceWish()),
    "labels": (JobKind.LABEL_DETECTION, LabelWish()),
    "segments": (JobKind.SEGMENT_DETECTION, SegmentWish(("TECHNICAL_CUE", "SHOT"))),
    "text": (JobKind.TEXT_DETECTION, TextWish()),
    "search": (JobKind.FACE_SEARCH, FaceSearchWish("people")),
}


def drawn(number: int, portraits: list[NDArray[np.uint8]]) -> NDArray[np.uint8]:
    """A gradient that moves, and a portrait (if there are any) that crosses it."""
    ramp = (np.arange(WIDTH) + 3 * number) % 256
    picture = np.broadcast_to(ramp.astype(np.uint8)[None, :, None], (HEIGHT, WIDTH, 3)).copy()
    if portraits:
        face = portraits[number // (5 * RATE) % len(portraits)]
        left = number % (5 * RATE) * 10
        picture[300 : 300 + face.shape[0], left : left + face.shape[1]] = face
    return picture


def read_portraits(folder: Path | None) -> list[NDArray[np.uint8]]:
    if folder is None:
        return []
    from PIL import Image

    paths = sorted(folder.glob("face_?.jpg"))
    return [np.asarray(Image.open(path).convert("RGB").resize((400, 400))) for path in paths]


def encode_minute(path: Path, portraits: list[NDArray[np.uint8]]) -> None:
    with av.open(path, "w") as container:
        stream = container.add_stream("libx264", rate=RATE, options={"preset": "ultrafast"})
        assert isinstance(stream, VideoStream)
        stream.width, stream.height, stream.pix_fmt = WIDTH, HEIGHT, "yuv420p"
        stream.gop_size = 2 * RATE
        for number in range(SECONDS * RATE):
            picture = av.VideoFrame.from_ndarray(drawn(number, portraits), format="rgb24")
            container.mux(stream.encode(picture))
        container.mux(stream.encode(None))


def repeat_minute(minute: Path, path: Path, minutes: int) -> None:
    with av.open(path, "w") as out:
        stream = None
        for turn in range(minutes):
            with av.open(minute) as source:
                video = source.streams.video[0]
                stream = stream or out.add_stream_from_template(video)
                shift = int(turn * SECONDS / video.time_base)
                for packet in source.demux(video):
                    if packet.dts is not None and packet.pts is not None:
                        packet.dts, packet.pts = packet.dts + shift, packet.pts + shift
                        packet.stream = stream
                        out.mux(packet)


def resident_mb(process_id: int) -> float:
    fields = Path(f"/proc/{process_id}/status").read_text().split("VmRSS:")[1].split()
    return int(fields[0]) / 1024


def watch_worker(settings: Settings, job_ids: list[str]) -> tuple[list[tuple[float, float]], float]:
    """Run a worker until the jobs are done; returns progress and megabytes, and the seconds."""
    command = [sys.executable, "-m", "vidimus", "worker", "--home", str(settings.home)]
    environment = os.environ | {"VIDIMUS_MODELS": settings.models, "VIDIMUS_LOG_LEVEL": "error"}
    process = subprocess.Popen(command, env=environment)
    samples: list[tuple[float, float]] = []
    began = time.monotonic()
    try:
        with open_records(settings) as records:
            while any(
                records.jobs.describe(each).state in {"QUEUED", "IN_PROGRESS"} for each in job_ids
            ):
                time.sleep(1)
                progress = records.jobs.progress(records.jobs.describe(job_ids[0]))
                samples.append((progress, resident_mb(process.pid)))
            for each in job_ids:
                job = records.jobs.describe(each)
                print(f"{job.kind}: {job.state} {job.message or ''}")
    finally:
        process.terminate()
        process.wait(timeout=60)
    return samples, time.monotonic() - began


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--models", required=True)
    parser.add_argument("--portraits", type=Path)
    parser.add_argument("--minutes", type=int, default=60)
    parser.add_argument("--jobs", default="faces")
    options = parser.parse_args()
    with TemporaryDirectory() as folder:
        home = Path(folder)
        bucket = home / "buckets" / "films"
        bucket.mkdir(parents=True)
        encode_minute(home / "minute.mp4", read_portraits(options.portraits))
        repeat_minute(home / "minute.mp4", bucket / "hour.mp4", options.minutes)
        settings = Settings(home=home, models=options.models)
        place = ObjectPlace("films", "hour.mp4")
        with open_records(settings) as records:
            orders = [
                JobOrder(kind, place, wish)
                for kind, wish in map(WISHES.get, options.jobs.split(","))
            ]  # type: ignore[misc]
            job_ids = [records.jobs.submit(order) for order in orders]
        samples, took = watch_worker(settings, job_ids)
    print(
        f"\n{date.today()}, {platform.machine()}, {os.cpu_count()} cores: {options.jobs}, ", end=""
    )
    print(f"{options.minutes} minutes of {WIDTH}x{HEIGHT} in {took:.0f} s")
    print("| part of the video | median MB | most MB |\n|---|---|---|")
    for part in range(6):
        inside = [mb for done, mb in samples if part / 6 < done <= (part + 1) / 6]
        if inside:
            print(f"| {part + 1} of 6 | {statistics.median(inside):.0f} | {max(inside):.0f} |")


if __name__ == "__main__":
    main()
