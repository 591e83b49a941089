"""Short videos for contract tests, and how to wait for jobs on them."""

import time
from pathlib import Path
from typing import Any

import numpy as np
from PIL import Image, ImageDraw, ImageFont, ImageOps

from tests.videos import Pixels, make_video

RATE = 10
FRAME = (480, 360)


def make_people_film(path: Path, photographs: list[Path], seconds: int = 2) -> Path:
    """Each photograph for some seconds, drifting a little to the right; cuts between them."""
    pictures = [_fitted(each) for each in photographs]
    last = len(pictures) * seconds * RATE

    def draw(number: int) -> Pixels:
        picture = pictures[min(number // (seconds * RATE), len(pictures) - 1)]
        return np.ascontiguousarray(np.roll(picture, number % (seconds * RATE), axis=1))

    return make_video(path, last, draw, RATE)


def make_sign_film(path: Path, text: str, seconds: int = 2) -> Path:
    """Black letters on white, still."""
    sheet = Image.new("RGB", FRAME, "white")
    ImageDraw.Draw(sheet).text((60, 140), text, fill="black", font=ImageFont.load_default(64))
    picture = np.asarray(sheet)
    return make_video(path, seconds * RATE, lambda number: picture, RATE)


def _fitted(photograph: Path) -> Pixels:
    """The middle of a photograph, as large as a frame."""
    with Image.open(photograph) as picture:
        return np.asarray(ImageOps.fit(picture.convert("RGB"), FRAME))


def finished(client: Any, kind: str, job_id: str, **members: Any) -> dict[str, Any]:
    """What a Get tells once a job is no longer in work; fails after four minutes."""
    until = time.monotonic() + 240
    while time.monotonic() < until:
        answer = dict(getattr(client, f"get_{kind}")(JobId=job_id, **members))
        if answer["JobStatus"] != "IN_PROGRESS":
            return answer
        time.sleep(0.25)
    raise AssertionError(f"{kind} {job_id} is still in work")
