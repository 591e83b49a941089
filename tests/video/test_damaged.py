"""Damaged places are skipped and counted; what is broken says so in words; nothing hangs."""

import io
import random
import wave
from pathlib import Path

import av
import numpy as np
import pytest

from tests.videos import Pixels, make_video
from vidimus.errors import InvalidS3Object, UnreadableVideo, VideoTooLarge, VidimusError
from vidimus.storage.object_file import READ_AT_ONCE_BYTES, DistantParts, ObjectFile
from vidimus.video.frames import Video, VideoLimits, open_video

FAST_START = {"movflags": "faststart"}
SECONDS = 12
RATE = 10


def grain(number: int) -> Pixels:
    """A picture that cannot be compressed well, so that its bytes are most of the file."""
    return np.random.default_rng(number).integers(0, 256, (96, 128, 3), np.uint8)


def large_grain(number: int) -> Pixels:
    return np.tile(grain(number), (8, 8, 1))


@pytest.fixture(scope="module")
def whole(tmp_path_factory: pytest.TempPathFactory) -> bytes:
    """An MP4 of twelve seconds at ten frames a second, with its index before its pictures."""
    path = tmp_path_factory.mktemp("whole") / "a.mp4"
    options = {"g": "10", "bf": "0"}
    make_video(path, SECONDS * RATE, grain, RATE, options=options, container_options=FAST_START)
    return path.read_bytes()


def times(video: Video, start_ms: int = 0) -> list[int]:
    return [frame.timestamp_ms for frame in video.frames(start_ms)]


def scrambled(content: bytes, share: float, size: int) -> bytes:
    """The file with noise in it from a place on that is given as a share of its length."""
    at = int(len(content) * share)
    noise = random.Random(size).randbytes(size)
    return content[:at] + noise + content[at + size :]


def reason_of(content: bytes) -> str:
    with pytest.raises(UnreadableVideo) as told, open_video(io.BytesIO(content)) as video:
        times(video)
    assert not isinstance(told.value, VideoTooLarge)
    return told.value.message


def test_isolated_damage_is_skipped_and_counted(whole: bytes) -> None:
    with open_video(io.BytesIO(scrambled(whole, 0.5, 30_000))) as video:
        left = times(video)
        assert 0 < video.skipped < 20
        assert left[-1] == 11_900
        assert len(left) >= 100
        assert set(left) < set(range(0, 12_000, 100))


def test_damage_before_the_moment_asked_for_is_not_counted(whole: bytes) -> None:
    with open_video(io.BytesIO(scrambled(whole, 0.2, 30_000))) as video:
        assert times(video, 9_000) == list(range(9_000, 12_000, 100))
        assert video.skipped == 0


def test_after_a_seek_the_same_frames_are_left(whole: bytes) -> None:
    with open_video(io.BytesIO(scrambled(whole, 0.5, 30_000))) as video:
        left = times(video)
        for start in left[30:90:7]:
            assert times(video, start) == [at for at in left if at >= start]


def test_damage_that_does_not_end(whole: bytes) -> None:
    assert "nothing can be decoded after 0:0" in reason_of(scrambled(whole, 0.1, len(whole)))


@pytest.mark.parametrize("share", [0.3, 0.6, 0.85])
def test_a_file_cut_short_says_where(whole: bytes, share: float) -> None:
    reason = reason_of(whole[: int(len(whole) * share)])
    assert "cut short: it says that it lasts 0:12, and ends at 0:" in reason


def test_a_file_cut_short_gives_the_frames_that_are_there(whole: bytes) -> None:
    given: list[int] = []
    with (
        open_video(io.BytesIO(whole[: len(whole) // 2])) as video,
        pytest.raises(UnreadableVideo, match="cut short"),
    ):
        given.extend(frame.number for frame in video.frames())
    assert len(given) > 50


def test_a_matroska_file_cut_short(tmp_path: Path) -> None:
    content = make_video(tmp_path / "a.mkv", SECONDS * RATE, grain, RATE).read_bytes()
    assert "cut short" in reason_of(content[: len(content) // 2])


def test_an_index_that_is_missing(tmp_path: Path) -> None:
    content = make_video(tmp_path / "a.mp4", 20).read_bytes()
    assert "its index is missing" in reason_of(content[: len(content) // 2])


def test_no_bytes() -> None:
    assert reason_of(b"").startswith("The video has no bytes; MP4")


@pytest.mark.parametrize(
    "content",
    [
        b"hello world\n" * 100,
        b"\x89PNG\r\n\x1a\n" + bytes(1000),
        b"\xff\xd8\xff\xe0" + bytes(1000),
        b"#EXTM3U\n#EXT-X-TARGETDURATION:9\n#EXTINF:9,\nfile:///etc/hostname\n#EXT-X-ENDLIST\n",
        b"ffconcat version 1.0\nfile '/etc/hostname'\n",
        bytes(100_000),
        random.Random(0).randbytes(100_000),
    ],
)
def test_what_is_no_video(content: bytes) -> None:
    assert "is not a video; MP4, MOV, MKV, WebM and AVI files are read" in reason_of(content)


def test_sound_alone(tmp_path: Path) -> None:
    with av.open(tmp_path / "a.mp4", "w") as container:
        stream = container.add_stream("aac", rate=48_000)
        samples = av.AudioFrame.from_ndarray(np.zeros((2, 1024), np.float32), format="fltp")
        samples.sample_rate = 48_000
        container.mux(stream.encode(samples))
        container.mux(stream.encode(None))
    assert "only sound" in reason_of((tmp_path / "a.mp4").read_bytes())
    with wave.open(str(tmp_path / "a.wav"), "wb") as sound:
        sound.setnchannels(1)
        sound.setsampwidth(2)
        sound.setframerate(8000)
        sound.writeframes(bytes(8000))
    assert "not a video" in reason_of((tmp_path / "a.wav").read_bytes())


def test_no_frame_at_all(tmp_path: Path) -> None:
    with av.open(tmp_path / "a.mp4", "w") as container:
        stream = container.add_stream("libx264", rate=25)
        stream.width = stream.height = 64
        stream.pix_fmt = "yuv420p"
        container.start_encoding()
    assert "no" in reason_of((tmp_path / "a.mp4").read_bytes())


def test_pictures_in_a_codec_that_is_not_read(tmp_path: Path) -> None:
    path = make_video(tmp_path / "a.mkv", 3, codec="ffv1")
    assert "are in ffv1, which is not read: H.264" in reason_of(path.read_bytes())


def test_a_path_that_is_not_there(tmp_path: Path) -> None:
    with pytest.raises(UnreadableVideo, match="cannot be read: No such file"):
        open_video(tmp_path / "missing.mp4")
    with pytest.raises(UnreadableVideo, match="cannot be read: Is a directory"):
        open_video(tmp_path)


def test_more_than_is_taken_on(tmp_path: Path) -> None:
    path = make_video(tmp_path / "a.mp4", 50)
    size = path.stat().st_size
    with open_video(path, VideoLimits(size, 2000, 128 * 96)) as video:
        assert len(times(video)) == 50
    with pytest.raises(VideoTooLarge, match=f"{size} .* {size - 1} bytes"):
        open_video(path, VideoLimits(max_bytes=size - 1))
    with pytest.raises(VideoTooLarge, match="128 x 96 pixels, at most 12287"):
        open_video(path, VideoLimits(max_pixels=128 * 96 - 1))
    with pytest.raises(VideoTooLarge, match="too long"):
        open_video(path, VideoLimits(max_ms=1999))


def test_frames_that_go_on_beyond_what_the_header_says(tmp_path: Path) -> None:
    path = make_video(tmp_path / "a.mkv", 50)
    said = path.read_bytes()
    at = said.index(b"\x44\x89\x88") + 3  # Duration: an element of eight bytes.
    path.write_bytes(said[:at] + np.array(100.0, ">f8").tobytes() + said[at + 8 :])
    with open_video(path, VideoLimits(max_ms=1000)) as video:
        assert video.info.duration_ms == 100
        with pytest.raises(VideoTooLarge, match="too long"):
            times(video)


def test_an_object_that_goes_away_in_the_middle(tmp_path: Path) -> None:
    path = make_video(tmp_path / "a.mkv", 60, large_grain, codec="mjpeg")
    content = path.read_bytes()
    assert len(content) > 2 * READ_AT_ONCE_BYTES

    def read_part(start: int, end: int) -> bytes:
        if start > 0:
            raise InvalidS3Object("there is no such object")
        return content[start:end]

    size = len(content)
    gone = ObjectFile(DistantParts(size, read_part), size, "one")
    with pytest.raises(InvalidS3Object, match="no such object"), open_video(gone) as video:
        times(video)


@pytest.mark.parametrize(
    ("name", "encoder"),
    [
        ("a.mp4", "libx264"),
        ("a.mkv", "libx265"),
        ("a.avi", "mpeg4"),
        ("a.webm", "libvpx-vp9"),
        ("a.mp4", "libsvtav1"),
        ("a.mov", "mjpeg"),
    ],
)
def test_whatever_bytes_are_changed_it_ends(tmp_path: Path, name: str, encoder: str) -> None:
    content = make_video(tmp_path / name, 20, codec=encoder).read_bytes()
    chance = random.Random(name + encoder)
    ended: list[str] = []
    for _ in range(60):
        changed = bytearray(content)
        for _ in range(chance.choice([1, 3, 30])):
            changed[chance.randrange(len(changed))] = chance.randrange(256)
        cut = chance.choice([len(changed), chance.randrange(len(changed))])
        try:
            with open_video(io.BytesIO(bytes(changed[:cut]))) as video:
                given = times(video)
                assert given == sorted(set(given))
                times(video, 400)
        except VidimusError as told:
            ended.append(told.message)
    assert all(len(reason) > 20 for reason in ended)
