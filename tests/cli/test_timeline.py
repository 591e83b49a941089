"""Lanes and boxes of a timeline."""

import pytest

from vidimus.cli.timeline import Course, Kind, Span, SpanMaker, clock_words
from vidimus.geometry import BoundingBox

LEFT, RIGHT = BoundingBox(0.0, 0.2, 0.1, 0.1), BoundingBox(0.4, 0.2, 0.1, 0.1)


def course(*times: int) -> Course:
    return Course(Kind.PEOPLE, "Ada", times, (LEFT, RIGHT)[: len(times)], hold_ms=300)


def test_a_box_moves_between_two_sights() -> None:
    box = course(1000, 1200).box_at(1100)
    assert box is not None
    assert box.left == pytest.approx(0.2)


def test_a_box_is_held_for_a_while_and_not_before_it_was_seen() -> None:
    assert course(1000, 5000).box_at(1299) == LEFT
    assert course(1000, 5000).box_at(1300) is None
    assert course(1000).box_at(999) is None
    assert course(1000).box_at(1200) == LEFT


def test_sights_close_together_are_one_span() -> None:
    maker = SpanMaker(200)
    for time, confidence in ((0, 80.0), (200, 90.0), (700, None), (5000, 70.0)):
        maker.add(time, confidence)
    assert maker.spans(5100) == (Span(0, 900, 90.0), Span(5000, 5100, 70.0))


def test_nothing_seen_is_no_span() -> None:
    assert SpanMaker(200).spans(1000) == ()


@pytest.mark.parametrize(
    ("time", "words", "with_tenths"),
    [(0, "0:00", "0:00.0"), (7450, "0:07", "0:07.4"), (3_723_000, "1:02:03", "1:02:03.0")],
)
def test_times_read_as_on_a_player(time: int, words: str, with_tenths: str) -> None:
    assert clock_words(time) == words
    assert clock_words(time, tenths=True) == with_tenths
