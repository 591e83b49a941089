"""Frames have their numbers and times whatever container, codec or rate, from any moment."""

import io
from fractions import Fraction
from pathlib import Path

import numpy as np
import pytest

from tests.videos import make_video, number_of, numbered
from vidimus.video.frames import Frame, Video, open_video

Seen = list[tuple[int, int, int]]

KINDS = [
    ("a.mp4", "libx264", "h264"),
    ("a.mov", "libx264", "h264"),
    ("a.mkv", "libx264", "h264"),
    ("a.avi", "libx264", "h264"),
    ("a.mp4", "libx265", "hevc"),
    ("a.mkv", "libx265", "hevc"),
    ("a.webm", "libvpx", "vp8"),
    ("a.webm", "libvpx-vp9", "vp9"),
    ("a.mp4", "libvpx-vp9", "vp9"),
    ("a.mp4", "libsvtav1", "av1"),
    ("a.mkv", "libsvtav1", "av1"),
    ("a.avi", "mjpeg", "mjpeg"),
    ("a.mov", "mjpeg", "mjpeg"),
    ("a.avi", "mpeg4", "mpeg4"),
    ("a.mkv", "mpeg2video", "mpeg2video"),
    ("a.mov", "prores_ks", "prores"),
]


def seen(video: Video, start_ms: int = 0, first_number: int = 0) -> Seen:
    frames = video.frames(start_ms, first_number)
    return [(frame.number, frame.timestamp_ms, number_of(frame.pixels)) for frame in frames]


@pytest.mark.parametrize(("name", "encoder", "codec"), KINDS)
def test_every_container_and_codec(tmp_path: Path, name: str, encoder: str, codec: str) -> None:
    path = make_video(tmp_path / name, 60, codec=encoder)
    with open_video(path) as video:
        assert seen(video) == [(number, number * 40, number) for number in range(60)]
        assert (video.info.codec, video.info.width, video.info.height) == (codec, 128, 96)
        assert (video.info.frame_rate, video.info.duration_ms) == (Fraction(25), 2400)
        assert video.info.frame_count in {None, 60}
        assert (video.skipped, video.info.audio, video.info.rotation) == (0, (), 0)


@pytest.mark.parametrize(("name", "encoder"), [kind[:2] for kind in KINDS])
def test_from_any_moment_as_from_the_start(tmp_path: Path, name: str, encoder: str) -> None:
    path = make_video(tmp_path / name, 60, codec=encoder, options={"g": "12"})
    with open_video(path) as video:
        whole = seen(video)
        for number in (1, 11, 12, 13, 30, 59):
            assert seen(video, whole[number][1], number) == whole[number:]
        assert seen(video) == whole


@pytest.mark.parametrize("name", ["a.mp4", "a.mkv", "a.mov"])
def test_a_rate_that_varies(tmp_path: Path, name: str) -> None:
    times = [0, 33, 34, 100, 1000, 1001, 1040, 5000, 5017, 9000]
    path = make_video(tmp_path / name, 10, times=times.__getitem__)
    with open_video(path) as video:
        whole = seen(video)
        assert whole == [(number, at, number) for number, at in enumerate(times)]
        for number in range(1, 10):
            assert seen(video, times[number], number) == whole[number:]
            assert seen(video, times[number - 1] + 1, number) == whole[number:]


def test_dnxhd(tmp_path: Path) -> None:
    path = make_video(
        tmp_path / "a.mov",
        5,
        lambda number: numbered(number, 256, 144),
        codec="dnxhd",
        pixel_format="yuv422p",
        options={"profile": "dnxhr_sq"},
    )
    with open_video(path) as video:
        assert seen(video) == [(number, number * 40, number) for number in range(5)]
        assert seen(video, 120, 3) == [(3, 120, 3), (4, 160, 4)]


def test_times_are_rounded_down(tmp_path: Path) -> None:
    path = make_video(tmp_path / "a.mp4", 31, rate=Fraction(30000, 1001))
    with open_video(path) as video:
        exact = [number * 1001 / 30 for number in range(31)]
        assert [at for _, at, _ in seen(video)] == [int(at) for at in exact]
        assert video.info.frame_rate == Fraction(30000, 1001)


@pytest.mark.parametrize("name", ["a.mp4", "a.mkv"])
def test_a_start_that_is_not_zero(tmp_path: Path, name: str) -> None:
    path = make_video(tmp_path / name, 30, times=lambda number: 2000 + number * 40)
    with open_video(path) as video:
        whole = seen(video)
        assert whole == [(number, number * 40, number) for number in range(30)]
        assert video.info.duration_ms == 1200
        assert seen(video, 400, 10) == whole[10:]


@pytest.mark.parametrize("name", ["a.mp4", "a.mkv"])
def test_pictures_that_start_after_the_sound(tmp_path: Path, name: str) -> None:
    path = make_video(tmp_path / name, 30, times=lambda number: 500 + number * 40, sound_from_ms=0)
    with open_video(path) as video:
        whole = seen(video)
        assert whole == [(number, 500 + number * 40, number) for number in range(30)]
        assert seen(video, 900, 10) == whole[10:]


@pytest.mark.parametrize("name", ["a.mp4", "a.mkv", "a.webm"])
def test_sound_that_warms_up_before_the_start(tmp_path: Path, name: str) -> None:
    webm = name.endswith("webm")
    path = make_video(
        tmp_path / name,
        25,
        codec="libvpx-vp9" if webm else "libx264",
        sound_from_ms=0,
        sound_codec="libopus" if webm else "aac",
    )
    with open_video(path) as video:
        assert seen(video)[:2] == [(0, 0, 0), (1, 40, 1)]
        (sound,) = video.info.audio
        assert (sound.codec, sound.sample_rate, sound.channels) == (
            "opus" if webm else "aac",
            48_000,
            1,
        )
        assert 990 <= sound.duration_ms <= 1060


def test_an_edit_list_that_cuts_the_beginning(tmp_path: Path) -> None:
    path = make_video(tmp_path / "a.mp4", 60, times=lambda number: number * 40 - 400)
    with open_video(path) as video:
        whole = seen(video)
        assert whole == [(number, number * 40, number + 10) for number in range(50)]
        assert (video.info.duration_ms, video.info.frame_count) == (2000, None)
        for number in (1, 5, 30):
            assert seen(video, whole[number][1], number) == whole[number:]


def test_frames_faster_than_milliseconds_are_thinned(tmp_path: Path) -> None:
    path = make_video(tmp_path / "a.mkv", 60, times=lambda number: number // 3)
    with open_video(path) as video:
        whole = seen(video)
        assert whole == [(number, number, number * 3) for number in range(20)]
        assert seen(video, 7, 7) == whole[7:]
        assert 0 < video.info.frame_rate <= 1000


def test_a_rate_that_is_absurd_is_not_believed(tmp_path: Path) -> None:
    path = make_video(tmp_path / "a.mp4", 10, rate=90_000)
    with open_video(path) as video:
        assert [at for _, at, _ in seen(video)] == [0]
        assert 0 < video.info.frame_rate <= 1000


def test_one_frame(tmp_path: Path) -> None:
    with open_video(make_video(tmp_path / "a.mp4", 1)) as video:
        assert seen(video) == [(0, 0, 0)]
        assert seen(video, 1, 1) == []
        assert video.end_after(0) == 40


def test_beyond_the_end_is_no_frame(tmp_path: Path) -> None:
    with open_video(make_video(tmp_path / "a.mp4", 30)) as video:
        assert seen(video, 1161, 30) == []
        assert seen(video, 1_000_000, 30) == []


def test_when_the_last_frame_ends(tmp_path: Path) -> None:
    with open_video(make_video(tmp_path / "a.mp4", 30, rate=10)) as video:
        last = seen(video)[-1]
        assert last[:2] == (29, 2900)
        assert video.end_after(last[1]) == 3000
        assert video.end_after(0) == 100


def test_a_recording_whose_length_was_never_written(tmp_path: Path) -> None:
    path = make_video(tmp_path / "a.mkv", 50, container_options={"live": "1"})
    with open_video(path) as video:
        assert (video.info.duration_ms, video.info.frame_count) == (2000, 50)
        assert len(seen(video)) == 50
        assert seen(video, 1000, 25)[0] == (25, 1000, 25)


def test_a_file_that_is_open_already_stays_open(tmp_path: Path) -> None:
    content = io.BytesIO(make_video(tmp_path / "a.mp4", 10).read_bytes())
    with open_video(content) as video:
        assert len(seen(video)) == 10
    assert not content.closed


def test_the_name_says_nothing(tmp_path: Path) -> None:
    path = make_video(tmp_path / "a.mkv", 10)
    renamed = path.rename(tmp_path / "a.jpg")
    with open_video(renamed) as video:
        assert video.info.container == "matroska"


def test_asking_again_begins_again(tmp_path: Path) -> None:
    with open_video(make_video(tmp_path / "a.mp4", 30)) as video:
        begun = video.frames()
        assert next(begun).number == 0
        assert len(seen(video)) == 30


def test_frames_outlive_their_video(tmp_path: Path) -> None:
    with open_video(make_video(tmp_path / "a.mp4", 30)) as video:
        frames: list[Frame] = list(video.frames())
    assert [number_of(frame.pixels) for frame in frames] == list(range(30))


def test_real_videos(shared: Path) -> None:
    folder = shared / "data" / "videos"
    expected = {"car-detection.mp4": (377, 768, 432), "bottle-detection.mp4": (1189, 640, 360)}
    for name, (count, width, height) in expected.items():
        with open_video(folder / name) as video:
            times = [frame.timestamp_ms for frame in video.frames()]
            assert (len(times), video.info.width, video.info.height) == (count, width, height)
            assert times == sorted(set(times))
            middle = count // 2
            again = list(video.frames(times[middle], middle))
            assert [frame.timestamp_ms for frame in again] == times[middle:]
            assert np.array_equal(next(video.frames(times[7])).pixels, frame_at(video, 7).pixels)


def frame_at(video: Video, number: int) -> Frame:
    return next(frame for frame in video.frames() if frame.number == number)
