"""A written video has the pictures, their times and the sound that it was given."""

import errno
import os
from dataclasses import replace
from fractions import Fraction
from pathlib import Path

import av
import numpy as np
import pytest

from tests.videos import Pixels, make_video, number_of, numbered
from vidimus.errors import ConfigurationError
from vidimus.video import writer
from vidimus.video.frames import open_video
from vidimus.video.video_info import VideoInfo
from vidimus.video.writer import Codec, VideoWriter

INFO = VideoInfo("h264", "mov", 128, 96, Fraction(25), 1000, 25, "LIMITED", 0, "yuv420p", ())


def copy(source: Path, target: Path, codec: Codec = "VP9", sound: bool = True) -> None:
    with (
        open_video(source) as video,
        VideoWriter(target, video.info, source if sound else None, codec) as writer,
    ):
        for frame in video.frames():
            writer.add(frame.pixels, frame.timestamp_ms)


def write_twice(target: Path) -> None:
    with VideoWriter(target, INFO) as writer:
        for _ in range(2):
            writer.add(numbered(0), 0)


def seen(path: Path) -> list[tuple[int, int]]:
    with open_video(path) as video:
        return [(frame.timestamp_ms, number_of(frame.pixels)) for frame in video.frames()]


def sound_of(path: Path) -> list[bytes]:
    with av.open(str(path)) as container:
        return [bytes(packet) for packet in container.demux(audio=0) if packet.size]


@pytest.mark.parametrize(
    ("name", "codec", "expected"),
    [
        ("b.mp4", "VP9", "vp9"),
        ("b.mkv", "VP9", "vp9"),
        ("b.webm", "VP9", "vp9"),
        ("b.mp4", "AV1", "av1"),
        ("b.webm", "AV1", "av1"),
        ("b.mp4", "H.264", "h264"),
        ("b.MKV", "H.264", "h264"),
    ],
)
def test_pictures_and_times(tmp_path: Path, name: str, codec: Codec, expected: str) -> None:
    times = [0, 40, 80, 120, 500, 501, 1000, 1033]
    source = make_video(tmp_path / "a.mp4", len(times), times=times.__getitem__)
    copy(source, tmp_path / name, codec)
    assert seen(tmp_path / name) == [(at, number) for number, at in enumerate(times)]
    with open_video(tmp_path / name) as video:
        assert (video.info.codec, video.info.color_range) == (expected, "LIMITED")
    assert sorted(path.name for path in tmp_path.iterdir()) == ["a.mp4", name]


def test_the_default_is_no_encoder_under_the_gpl(tmp_path: Path) -> None:
    copy(make_video(tmp_path / "a.mp4", 3), tmp_path / "b.mp4")
    with open_video(tmp_path / "b.mp4") as video:
        assert video.info.codec == "vp9"


@pytest.mark.parametrize("ending", ["mp4", "mkv"])
@pytest.mark.parametrize("start_ms", [0, 500])
def test_the_sound_is_copied_in_time(tmp_path: Path, ending: str, start_ms: int) -> None:
    source = make_video(
        tmp_path / "a.mp4", 50, times=lambda number: start_ms + number * 40, sound_from_ms=0
    )
    target = tmp_path / f"b.{ending}"
    copy(source, target)
    assert seen(target) == seen(source)
    given, written = sound_of(source), sound_of(target)
    assert written[-40:] == given[-40:]
    assert len(given) - len(written) <= 1  # What warms a decoder up, which MKV cannot say.


def test_a_start_that_is_not_zero(tmp_path: Path) -> None:
    source = make_video(
        tmp_path / "a.mkv", 25, times=lambda number: 3000 + number * 40, sound_from_ms=3000
    )
    copy(source, tmp_path / "b.mp4")
    assert seen(tmp_path / "b.mp4") == seen(source) == [(n * 40, n) for n in range(25)]
    with open_video(tmp_path / "b.mp4") as video:
        assert abs(video.info.duration_ms - 1000) < 60


def test_without_sound(tmp_path: Path) -> None:
    copy(make_video(tmp_path / "a.mp4", 5, sound_from_ms=0), tmp_path / "b.mp4", sound=False)
    with open_video(tmp_path / "b.mp4") as video:
        assert video.info.audio == ()


def test_turned_pictures_are_written_upright(tmp_path: Path) -> None:
    copy(make_video(tmp_path / "a.mp4", 3, clockwise=90), tmp_path / "b.mp4")
    with open_video(tmp_path / "b.mp4") as video:
        assert (video.info.width, video.info.height, video.info.rotation) == (96, 128, 0)


@pytest.mark.parametrize("codec", ["VP9", "H.264"])
def test_odd_sides(tmp_path: Path, codec: Codec) -> None:
    info = replace(INFO, width=131, height=77)
    with VideoWriter(tmp_path / "b.mp4", info, codec=codec) as writer:
        writer.add(numbered(9, 131, 77), 0)
    with open_video(tmp_path / "b.mp4") as video:
        size = (video.info.width, video.info.height)
        assert size == ((130, 76) if codec == "H.264" else (131, 77))


@pytest.mark.parametrize("height", [96, 720])
def test_colours_come_back(tmp_path: Path, height: int) -> None:
    drawn: Pixels = np.full((height, height, 3), (200, 60, 30), np.uint8)
    with VideoWriter(tmp_path / "b.mp4", replace(INFO, width=height, height=height)) as writer:
        writer.add(drawn, 0)
    with open_video(tmp_path / "b.mp4") as video:
        pixels = next(video.frames()).pixels
    assert np.abs(pixels.astype(int) - drawn).max() <= 8


@pytest.mark.parametrize(
    ("name", "codec", "endings"),
    [
        ("b.avi", "VP9", ".mp4, .mkv or .webm"),
        ("b", "VP9", ".mp4, .mkv or .webm"),
        ("b.webm", "H.264", ".mp4 or .mkv"),
    ],
)
def test_endings_that_name_no_format(tmp_path: Path, name: str, codec: Codec, endings: str) -> None:
    with pytest.raises(ConfigurationError, match=endings):
        VideoWriter(tmp_path / name, INFO, codec=codec)
    assert list(tmp_path.iterdir()) == []


def test_sound_that_the_container_cannot_have(tmp_path: Path) -> None:
    source = make_video(tmp_path / "a.mp4", 3, sound_from_ms=0)
    with pytest.raises(ConfigurationError, match=r"cannot have sound in aac.*\.mkv"):
        VideoWriter(tmp_path / "b.webm", INFO, source)
    assert [path.name for path in tmp_path.iterdir()] == ["a.mp4"]


def test_what_fails_leaves_what_was_there(tmp_path: Path) -> None:
    target = tmp_path / "b.mp4"
    target.write_bytes(b"before")
    with pytest.raises(ValueError, match="not after"):
        write_twice(target)
    assert target.read_bytes() == b"before"
    assert [path.name for path in tmp_path.iterdir()] == ["b.mp4"]


def test_a_folder_that_is_not_there(tmp_path: Path) -> None:
    with pytest.raises(ConfigurationError, match="cannot be written: No such file"):
        VideoWriter(tmp_path / "none" / "b.mp4", INFO)


def test_a_place_that_is_refused_at_the_end(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    def refuse(self: Path, target: Path) -> Path:
        raise OSError(errno.ENOSPC, os.strerror(errno.ENOSPC))

    monkeypatch.setattr(Path, "replace", refuse)
    opened = VideoWriter(tmp_path / "b.mp4", INFO)
    with pytest.raises(ConfigurationError, match="No space left"), opened:
        opened.add(numbered(0), 0)
    assert list(tmp_path.iterdir()) == []


def test_an_encoder_that_pyav_was_built_without(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setitem(writer._ENCODERS, "H.264", ("libnone", {}))
    with pytest.raises(ConfigurationError, match=r"H\.264 cannot be written here.*libnone"):
        VideoWriter(tmp_path / "b.mp4", INFO, codec="H.264")
    assert list(tmp_path.iterdir()) == []


def test_times_have_to_rise(tmp_path: Path) -> None:
    with VideoWriter(tmp_path / "b.mp4", INFO) as writer:
        writer.add(numbered(0), 40)
        with pytest.raises(ValueError, match="40 ms is not after 40 ms"):
            writer.add(numbered(1), 40)
