"""Text of a video: read once a second, and not again where nothing changed."""

from collections.abc import Sequence

import msgspec
import numpy as np
import pytest

from tests.drawn_text import Pixels, draw_sign
from vidimus.analyses.analysis import Finding, Moment, View
from vidimus.analyses.text import ReadText, TextDetection, TextWish
from vidimus.analyses.watch import Watch
from vidimus.engine.engine import Engine
from vidimus.video.frames import frame_of
from vidimus.vision.picture_sheet import PictureSheet
from vidimus.vision.text_filter import TextFilter


@pytest.fixture(scope="module")
def sign() -> Pixels:
    return draw_sign(["PLATFORM 12", "Mind the gap"], 48)[0]


def read(found: Sequence[Finding]) -> list[ReadText]:
    return [msgspec.json.decode(each.value, type=ReadText) for each in found]


def takes(text: TextDetection, engine: Engine, at: int, pixels: Pixels) -> list[Finding]:
    frame = frame_of(at, at * 1000, pixels)
    view = View(frame, lambda given: PictureSheet(engine.nets, engine.faces, given))
    return list(text.take(Moment(at, at * 1000), text.look(view)))


def test_lines_come_before_their_words(engine: Engine, sign: Pixels) -> None:
    found = takes(TextDetection(TextWish()), engine, 3, sign)
    texts = read(found)
    assert [(each.kind, each.text, each.parent_id) for each in texts] == [
        ("LINE", "PLATFORM 12", None),
        ("LINE", "Mind the gap", None),
        ("WORD", "PLATFORM", 0),
        ("WORD", "12", 0),
        ("WORD", "Mind", 1),
        ("WORD", "the", 1),
        ("WORD", "gap", 1),
    ]
    assert [each.id for each in texts] == list(range(7))
    assert [each.subject for each in found] == [f"{number:03d}" for number in range(7)]
    assert {each.timestamp_ms for each in found} == {3000}


def test_a_still_picture_is_read_once_and_told_each_time(engine: Engine, sign: Pixels) -> None:
    text = TextDetection(TextWish())
    first = takes(text, engine, 0, sign)
    lines = text._lines
    noise = np.random.default_rng(1).integers(-2, 3, sign.shape)
    second = takes(text, engine, 1, (sign.astype(int) + noise).clip(0, 255).astype(np.uint8))
    assert text._lines is lines
    assert read(second) == read(first)
    assert {each.timestamp_ms for each in second} == {1000}


def test_a_changed_digit_is_read(engine: Engine) -> None:
    text = TextDetection(TextWish())
    wide = [np.full((1080, 1920, 3), 235, np.uint8) for _ in range(2)]
    for picture, clock in zip(wide, ("Clock 12:41", "Clock 12:47"), strict=True):
        drawn = draw_sign([clock], 40)[0]
        picture[300 : 300 + drawn.shape[0], 200 : 200 + drawn.shape[1]] = drawn
    told = [read(takes(text, engine, at, picture))[0].text for at, picture in enumerate(wide)]
    assert told == ["Clock 12:41", "Clock 12:47"]


def test_a_part_of_a_job_begins_with_a_reading(engine: Engine, sign: Pixels) -> None:
    first, second = TextDetection(TextWish()), TextDetection(TextWish())
    expected = read(takes(first, engine, 0, sign))
    lines = first._lines
    second.restore(first.snapshot())
    for text in (first, second):
        assert read(takes(text, engine, 1, sign)) == expected
        assert text._lines is not lines


def test_only_wanted_words_are_told(engine: Engine, sign: Pixels) -> None:
    wanted = TextFilter(min_width=0.3)
    texts = read(takes(TextDetection(TextWish(wanted)), engine, 0, sign))
    assert [each.text for each in texts if each.kind == "WORD"] == ["PLATFORM"]


def test_at_most_a_hundred_words_a_frame(engine: Engine) -> None:
    lines = [" ".join(f"word{row}{column}" for column in range(10)) for row in range(12)]
    texts = read(takes(TextDetection(TextWish()), engine, 0, draw_sign(lines, 32)[0]))
    assert sum(each.kind == "WORD" for each in texts) == 100


def test_nothing_is_told_where_nothing_is_written(engine: Engine) -> None:
    grey = np.full((240, 320, 3), 127, np.uint8)
    assert takes(TextDetection(TextWish()), engine, 0, grey) == []


def test_one_picture_a_second_is_read(engine: Engine, sign: Pixels) -> None:
    frames = (frame_of(at, at * 100, sign) for at in range(25))
    with Watch(
        {"text": TextDetection(TextWish())},
        lambda given: PictureSheet(engine.nets, engine.faces, given),
    ) as watch:
        found = [finding for _, finding in watch.see(frames)]
        assert watch.finish(2500)["text"].findings == ()
    assert watch.failures == {}
    assert {each.timestamp_ms for each in found} == {0, 1000, 2000}
