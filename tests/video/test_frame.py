"""Pictures of a frame: upright, in the right colours, small without a large one being made."""

from concurrent.futures import ThreadPoolExecutor
from fractions import Fraction
from pathlib import Path

import av
import cv2
import numpy as np
import pytest
from av.video.reformatter import ColorRange, Colorspace

from tests.videos import Pixels, make_video, number_of, numbered
from vidimus.video.frames import Frame, frame_of, open_video
from vidimus.video.orientation import Orientation, read_orientation

CORNERS = ((255, 0, 0), (0, 255, 0), (0, 0, 255), (255, 255, 0))
"""Colours of the corners from the upper left, clockwise."""


def cornered(number: int, width: int = 128, height: int = 96) -> Pixels:
    pixels = np.zeros((height, width, 3), np.uint8)
    y, x = height // 2, width // 2
    pixels[:y, :x], pixels[:y, x:], pixels[y:, x:], pixels[y:, :x] = CORNERS
    return pixels


def corners(pixels: Pixels) -> list[int]:
    """Which of CORNERS each corner has, from the upper left, clockwise."""
    height, width = pixels.shape[:2]
    y, x = height // 4, width // 4
    places = ((y, x), (y, width - x), (height - y, width - x), (height - y, x))
    found = [pixels[place].astype(int) for place in places]
    return [int(np.argmin([abs(each - np.array(one)).sum() for one in CORNERS])) for each in found]


def first_frame(path: Path) -> Frame:
    with open_video(path) as video:
        return next(video.frames())


@pytest.mark.parametrize(
    ("clockwise", "mirrored", "expected"),
    [
        (0, False, [0, 1, 2, 3]),
        (90, False, [3, 0, 1, 2]),
        (180, False, [2, 3, 0, 1]),
        (270, False, [1, 2, 3, 0]),
        (0, True, [1, 0, 3, 2]),
        (180, True, [3, 2, 1, 0]),
    ],
)
def test_pictures_are_turned_upright(
    tmp_path: Path, clockwise: int, mirrored: bool, expected: list[int]
) -> None:
    path = make_video(tmp_path / "a.mp4", 3, cornered, clockwise=clockwise, mirrored=mirrored)
    sideways = clockwise in {90, 270}
    with open_video(path) as video:
        assert video.info.rotation == clockwise
        assert (video.info.width, video.info.height) == ((96, 128) if sideways else (128, 96))
        for frame in video.frames():
            assert corners(frame.pixels) == expected
            assert corners(frame.small(48)) == expected
            assert frame.pixels.shape == (frame.height, frame.width, 3)
            assert frame.luma(48).shape == ((64, 48) if sideways else (36, 48))


def test_a_mirrored_quarter_turn(tmp_path: Path) -> None:
    """As FFmpeg applies the matrix: what was right goes up, what was below goes left."""
    path = make_video(tmp_path / "a.mp4", 1, cornered, clockwise=270, mirrored=True)
    assert corners(first_frame(path).pixels) == [2, 1, 0, 3]


@pytest.mark.parametrize("quarters", [0, 1, 2, 3])
@pytest.mark.parametrize("mirrored", [False, True])
def test_the_matrix_of_an_orientation(quarters: int, mirrored: bool) -> None:
    """Move the corners by the matrix itself, and compare with how the picture is turned."""
    cos, sin = [(1, 0), (0, 1), (-1, 0), (0, -1)][quarters]
    flip = -1 if mirrored else 1
    matrix = np.array([cos * flip, sin * flip, 0, -sin, cos, 0, 0, 0, 1 << 14], np.int32)
    orientation = read_orientation((matrix * (1 << 16)).astype(np.int32).tobytes())
    assert orientation == Orientation(quarters, mirrored)
    picture = cornered(0)
    moved: dict[tuple[int, int], int] = {}
    for which, (x, y) in enumerate([(-1, -1), (1, -1), (1, 1), (-1, 1)]):
        there = (flip * cos * x - sin * y, flip * sin * x + cos * y)
        moved[there] = which
    expected = [moved[place] for place in [(-1, -1), (1, -1), (1, 1), (-1, 1)]]
    assert corners(orientation.upright(picture)) == expected


def test_a_matrix_that_is_none() -> None:
    assert read_orientation(b"") == Orientation()
    assert read_orientation(bytes(36)) == Orientation()


def test_colours_come_back(tmp_path: Path) -> None:
    path = make_video(tmp_path / "a.mp4", 1, cornered, options={"qp": "8"})
    frame = first_frame(path)
    for pixels in (frame.pixels, frame.small(64)):
        y, x = pixels.shape[0] // 4, pixels.shape[1] // 4
        assert np.abs(pixels[y, x].astype(int) - CORNERS[0]).max() <= 6
        assert np.abs(pixels[-y, -x].astype(int) - CORNERS[2]).max() <= 6


@pytest.mark.parametrize(("height", "matrix"), [(480, "ITU601"), (720, "ITU709")])
@pytest.mark.parametrize("named", [True, False])
def test_colours_of_a_matrix_that_is_not_named(height: int, matrix: str, named: bool) -> None:
    """BT.709 from 720 lines on and BT.601 below, unless the video says otherwise."""
    width = height * 4 // 3
    drawn = np.full((height, width, 3), (200, 60, 30), np.uint8)
    picture = av.VideoFrame.from_ndarray(drawn, format="rgb24").reformat(
        format="yuv420p", dst_colorspace=Colorspace[matrix].value, dst_color_range=ColorRange.MPEG
    )
    if not named:
        picture.colorspace = 2
    pixels = Frame(0, 0, picture, Orientation()).pixels
    assert np.abs(pixels.astype(int) - drawn).max() <= 3


def test_a_matrix_whose_number_has_no_meaning() -> None:
    picture = av.VideoFrame.from_ndarray(numbered(5), format="rgb24").reformat(format="yuv422p10le")
    picture.colorspace = 74
    frame = Frame(0, 0, picture, Orientation())
    assert number_of(frame.pixels) == number_of(frame.small(64)) == 5
    assert frame.luma(16).shape == (12, 16)


def test_small_pictures_are_averages(tmp_path: Path) -> None:
    path = make_video(tmp_path / "a.mp4", 1, lambda _: numbered(0b1010_1100_0101_1001, 640, 480))
    frame = first_frame(path)
    wanted = cv2.resize(frame.pixels, (64, 48), interpolation=cv2.INTER_AREA)
    assert frame.small(64).shape == (48, 64, 3)
    assert np.abs(frame.small(64).astype(int) - wanted).mean() < 3
    assert number_of(frame.small(64)) == 0b1010_1100_0101_1001


def test_nothing_is_made_larger() -> None:
    frame = frame_of(3, 120, numbered(5))
    assert (frame.number, frame.timestamp_ms, frame.width, frame.height) == (3, 120, 128, 96)
    assert frame.small(1000).shape == (96, 128, 3)
    assert frame.luma(1000).shape == (96, 128)
    assert frame.small(1).shape == (1, 1, 3)
    assert np.array_equal(frame.pixels, numbered(5))


@pytest.mark.parametrize("pixel_format", ["yuv420p", "yuv422p", "yuv444p", "yuv420p10le"])
def test_luma_is_in_the_range_of_the_video(tmp_path: Path, pixel_format: str) -> None:
    path = make_video(tmp_path / "a.mp4", 1, lambda _: numbered(0xFF00), pixel_format=pixel_format)
    luma = first_frame(path).luma(128)
    assert np.abs(luma[:, :48].astype(int) - 16).max() <= 2
    assert np.abs(luma[:, 80:].astype(int) - 235).max() <= 2


def test_luma_of_the_full_range(tmp_path: Path) -> None:
    path = make_video(tmp_path / "a.avi", 1, lambda _: numbered(0xFF00), codec="mjpeg")
    with open_video(path) as video:
        assert video.info.color_range == "FULL"
        luma = next(video.frames()).luma(128)
    assert luma[:, :48].max() <= 3
    assert luma[:, 80:].min() >= 252


def test_odd_sides(tmp_path: Path) -> None:
    path = make_video(
        tmp_path / "a.webm", 2, lambda number: numbered(number, 131, 77), codec="libvpx-vp9"
    )
    frame = first_frame(path)
    assert frame.pixels.shape == (77, 131, 3)
    assert frame.small(64).shape == (38, 64, 3)
    assert frame.luma(64).shape == (38, 64)


def test_pictures_are_made_once_and_not_written_to() -> None:
    frame = frame_of(0, 0, numbered(1))
    assert frame.pixels is frame.pixels
    assert frame.small(64) is frame.small(64)
    with pytest.raises(ValueError, match="read-only"):
        frame.pixels[:] = 0


def test_any_thread_may_ask(tmp_path: Path) -> None:
    path = make_video(tmp_path / "a.mp4", 120, rate=Fraction(30))
    with open_video(path) as video, ThreadPoolExecutor(4) as pool:
        asked = [
            pool.submit(lambda one: (number_of(one.pixels), number_of(one.small(64))), frame)
            for frame in video.frames()
        ]
        assert [each.result() for each in asked] == [(number, number) for number in range(120)]
