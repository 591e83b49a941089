"""`vidimus analyze video`, run as a user runs it."""

import json
from pathlib import Path

import numpy as np
import pytest
from PIL import Image
from typer.testing import CliRunner, Result

from tests.videos import make_video
from vidimus.cli.main import app
from vidimus.engine.engine import read_picture
from vidimus.errors import InvalidParameter, VidimusError
from vidimus.video.frames import open_video


@pytest.fixture
def home(tmp_path: Path, models_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    monkeypatch.setenv("VIDIMUS_MODELS", str(models_path))
    monkeypatch.setenv("VIDIMUS_HOME", str(tmp_path / "home"))
    return tmp_path / "home"


def run(*arguments: str | Path) -> Result:
    return CliRunner().invoke(app, ["analyze", "video", *map(str, arguments)])


@pytest.fixture
def clip(people: Path, tmp_path: Path) -> Path:
    """Somebody for a second, nobody for four, and the same person again for a second."""
    portraits = [
        np.asarray(Image.fromarray(read_picture(people / name).pixels).resize((320, 320)))
        for name in ("face_3.jpg", "face_3_0.jpg")
    ]
    nobody = np.full((320, 320, 3), 100, np.uint8)

    def draw(number: int) -> np.ndarray:
        return portraits[0] if number < 10 else portraits[1] if number >= 50 else nobody

    return make_video(tmp_path / "clip.mp4", 60, draw, rate=10)


def test_a_person_who_comes_back_is_one_lane_with_two_appearances(
    home: Path, clip: Path, tmp_path: Path
) -> None:
    page, copy = tmp_path / "report.html", tmp_path / "annotated.mp4"
    done = run(clip, "--only", "people,shots", "-o", page, "-o", copy)
    assert done.exit_code == 0, done.output
    assert "Person 1" in done.stdout
    assert "Person 2" not in done.stdout
    assert "celebrities import" in " ".join(done.stderr.split())
    text = page.read_text(encoding="utf-8")
    assert '"name": "Person 1", "spans": [[0, ' in text
    assert "2 appearances" in text
    with open_video(copy) as drawn:
        assert len(list(drawn.frames())) == 60
        assert (drawn.info.width, drawn.info.height) == (320, 320)


def test_answers_are_in_the_words_of_the_operations(home: Path, clip: Path) -> None:
    told = json.loads(run(clip, "--only", "shots,people", "--json").stdout)
    assert told.keys() == {"File", "GetSegmentDetection", "GetPersonTracking"}
    segments = told["GetSegmentDetection"]["Segments"]
    assert {each["Type"] for each in segments} <= {"SHOT", "TECHNICAL_CUE"}
    assert told["GetSegmentDetection"]["VideoMetadata"][0]["FrameRate"] == 10


def test_what_cannot_be_written_is_refused_before_the_clip_is_watched(
    home: Path, clip: Path, tmp_path: Path
) -> None:
    for output in (clip, tmp_path / "report.pdf"):
        assert isinstance(run(clip, "-o", output).exception, InvalidParameter)
    assert isinstance(run(clip, "--only", "ghosts").exception, InvalidParameter)


def test_what_is_no_video_is_refused(home: Path, tmp_path: Path) -> None:
    bad = tmp_path / "bad.mp4"
    bad.write_bytes(b"no video")
    assert isinstance(run(bad).exception, VidimusError)
