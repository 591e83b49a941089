"""`vidimus redact`, run as a user runs it."""

import json
from pathlib import Path

import numpy as np
import pytest
from PIL import Image
from typer.testing import CliRunner, Result

from tests.videos import make_video
from vidimus.cli.main import app
from vidimus.engine.engine import read_picture
from vidimus.errors import InvalidParameter
from vidimus.video.frames import open_video


@pytest.fixture
def home(tmp_path: Path, models_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    monkeypatch.setenv("VIDIMUS_MODELS", str(models_path))
    monkeypatch.setenv("VIDIMUS_HOME", str(tmp_path / "home"))
    return tmp_path / "home"


def run(*arguments: str | Path) -> Result:
    return CliRunner().invoke(app, ["redact", *map(str, arguments)])


@pytest.fixture
def clip(people: Path, tmp_path: Path) -> Path:
    """A face that is gone for five of its twenty frames, with sound."""
    face = np.asarray(
        Image.fromarray(read_picture(people / "face_3.jpg").pixels).resize((240, 240))
    )
    gone = np.full_like(face, 110)
    return make_video(
        tmp_path / "clip.mp4",
        20,
        lambda number: gone if 8 <= number < 13 else face,
        sound_from_ms=0,
    )


def test_pictures_are_written_beside_themselves_without_metadata(
    home: Path, people: Path, tmp_path: Path
) -> None:
    photo = tmp_path / "photo.jpg"
    exif = Image.Exif()
    exif[0x010E] = "where I live"
    with Image.open(people / "face_3.jpg") as image:
        image.save(photo, exif=exif)
    done = run(photo, "--style", "fill")
    assert done.exit_code == 0, done.output
    with Image.open(tmp_path / "photo-redacted.jpg") as covered:
        assert not covered.getexif()
        assert np.asarray(covered).mean() != np.asarray(Image.open(photo)).mean()


def test_a_video_is_covered_through_misses_and_keeps_its_sound(
    home: Path, clip: Path, tmp_path: Path
) -> None:
    output = tmp_path / "covered.mp4"
    done = run(clip, "-o", output, "--json", "--style", "fill")
    assert done.exit_code == 0, done.output
    told = json.loads(done.stdout)
    assert told["faces"] >= 1
    assert told["video"]["frames"] == told["video"]["with_faces"] == 20
    assert told["video"]["carried"] == 5
    with open_video(output) as covered, open_video(clip) as before:
        assert covered.info.audio
        pairs = zip(covered.frames(), before.frames(), strict=True)
        middles = [
            float(
                np.abs(
                    after.pixels[90:150, 90:150].astype(int) - frame.pixels[90:150, 90:150]
                ).mean()
            )
            for after, frame in pairs
        ]
    assert min(middles) > 20


def test_a_listed_face_stays_visible(home: Path, people: Path, clip: Path, tmp_path: Path) -> None:
    output = tmp_path / "covered.mkv"
    done = run(clip, "-o", output, "--keep", people / "face_3_0.jpg", "--mute", "--json")
    assert done.exit_code == 0, done.output
    told = json.loads(done.stdout)
    assert (told["kept"], told["video"]["with_kept"] > 0) == (1, True)
    with open_video(output) as covered:
        assert not covered.info.audio


def test_a_bad_file_keeps_no_other_from_being_redacted(
    home: Path, people: Path, tmp_path: Path
) -> None:
    bad = tmp_path / "bad.mp4"
    bad.write_bytes(b"no video")
    done = run(bad, people / "face_3.jpg", "-o", tmp_path / "covered")
    assert done.exit_code == 1
    assert "bad.mp4" in done.stderr
    assert [path.name for path in (tmp_path / "covered").iterdir()] == ["face_3.jpg"]


def test_nothing_is_overwritten_by_mistake(home: Path, people: Path, tmp_path: Path) -> None:
    photo = people / "face_3.jpg"
    for arguments in ((photo, "-o", photo), (photo, photo.parent, "-o", photo.parent)):
        assert isinstance(run(*arguments).exception, InvalidParameter)
    (tmp_path / "notes.txt").write_text("no picture")
    assert isinstance(run(tmp_path).exception, InvalidParameter)


def test_a_format_that_cannot_be_written_is_refused_at_once(
    home: Path, clip: Path, tmp_path: Path
) -> None:
    refused = run(clip, "-o", tmp_path / "covered.avi").exception
    assert isinstance(refused, InvalidParameter)
    assert ".mkv" in str(refused)
