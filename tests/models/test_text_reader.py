"""Reading strips: letters, doubled letters, blanks, places, batches, and lines on their heads."""

from collections.abc import Mapping
from dataclasses import replace
from typing import Any

import numpy as np
import pytest
from numpy.typing import NDArray

from tests.models.fake_session import FakeSession, card
from vidimus.errors import ConfigurationError
from vidimus.models.text_reader import Reading, TextDirection, TextRecognizer
from vidimus.runtime.catalog import InputLayout, ModelCard
from vidimus.runtime.session import Arrays

LETTERS = "ab."
Row = list[tuple[str, float]]


class Recognizing(FakeSession):
    """Answers the same steps for every strip: (letter, chance), "" for nothing, " " for a blank."""

    def __init__(self, steps: Row, faint: dict[int, float] | None = None) -> None:
        super().__init__(self._answer_all)
        self._steps = steps
        self._faint = faint or {}
        self.widths: list[int] = []

    @property
    def metadata(self) -> Mapping[str, str]:
        return {"character": "\n".join(LETTERS)}

    def _answer_all(self, inputs: Arrays) -> dict[str, NDArray[Any]]:
        strips = inputs["data"]
        self.widths.append(strips.shape[3])
        answer = np.zeros((len(strips), strips.shape[3] // 8, len(LETTERS) + 2), np.float32)
        answer[:, :, 0] = 0.01
        for step, (letter, chance) in enumerate(self._steps[: answer.shape[1]]):
            places = {"": 0, " ": len(LETTERS) + 1}
            answer[:, step, places.get(letter, 1 + LETTERS.find(letter))] = chance
        for step, chance in self._faint.items():
            answer[:, step, -1] = chance
        return {"chances": answer}


def recognizer_card() -> ModelCard:
    return replace(card(stride=8), input=InputLayout(height=48, channels="BGR"))


def strip(width: int) -> NDArray[np.uint8]:
    return np.full((48, width, 3), 200, np.uint8)


def read(session: FakeSession, *widths: int) -> list[Reading]:
    net = TextRecognizer(recognizer_card(), session)
    return net.read_lines([strip(width) for width in widths])


def test_repeats_are_one_letter_unless_nothing_lies_between() -> None:
    steps = [("a", 0.9), ("a", 0.8), ("b", 0.7), ("", 0.9), ("b", 0.6)]
    (reading,) = read(Recognizing(steps), 80)
    assert reading.text == "abb"
    np.testing.assert_allclose(reading.chances, [0.9, 0.7, 0.6])
    np.testing.assert_allclose(reading.places, [0.1, 0.25, 0.45])


def test_blanks_do_not_count_for_the_chance() -> None:
    (reading,) = read(Recognizing([("a", 0.9), (" ", 0.2), ("b", 0.7)]), 80)
    assert reading.text == "a b"
    assert reading.chance == pytest.approx(0.8)


@pytest.mark.parametrize(("faint", "text"), [(0.2, "aa. b"), (0.05, "aa.b")])
def test_a_blank_that_is_half_seen_is_read_behind_a_stop(faint: float, text: str) -> None:
    steps = [("a", 0.9), ("", 0.7), ("a", 0.9), (".", 0.9), ("", 0.7), ("", 0.7), ("b", 0.9)]
    (reading,) = read(Recognizing(steps, {1: faint, 5: faint}), 80)
    assert reading.text == text
    assert len(reading.text) == len(reading.chances) == len(reading.places)


def test_no_second_blank_beside_a_blank() -> None:
    steps = [(".", 0.9), ("", 0.7), (" ", 0.9), ("", 0.7), ("b", 0.9)]
    (reading,) = read(Recognizing(steps, {1: 0.3, 3: 0.3}), 80)
    assert reading.text == ". b"


def test_an_empty_strip_reads_nothing() -> None:
    (reading,) = read(Recognizing([]), 80)
    assert (reading.text, reading.chance) == ("", 0.0)


def test_what_lies_behind_a_strip_is_not_read() -> None:
    steps = [("a", 0.9), ("", 0.9), ("", 0.9), ("", 0.9), ("b", 0.9)]
    short, longer = read(Recognizing(steps), 17, 24)
    assert (short.text, longer.text) == ("a", "a")
    assert [reading.text for reading in read(Recognizing(steps), 40)] == ["ab"]


def test_readings_stand_in_the_order_of_the_strips() -> None:
    steps: Row = [("a", 0.9)] * 3 + [("", 0.9)] * 6 + [("b", 0.9)]
    session = Recognizing(steps)
    widths = [300, 40, 50, 300, 45]
    assert [reading.text for reading in read(session, *widths)] == ["ab", "a", "a", "ab", "a"]


def test_batches_hold_at_most_eight_of_like_widths() -> None:
    session = Recognizing([])
    read(session, *[60] * 11, 500, 20)
    assert sorted(session.batches) == [1, 1, 3, 8]
    assert sorted(session.widths) == [64, 64, 64, 512]
    assert read(session) == []


def test_batches_are_no_wider_than_their_answers_are_worth() -> None:
    session = Recognizing([])
    read(session, *[200] * 7, 900)
    assert sorted(session.batches) == [1, 1, 3, 3]


def test_a_file_that_names_no_characters_is_refused() -> None:
    with pytest.raises(ConfigurationError, match="characters"):
        TextRecognizer(recognizer_card(), FakeSession(lambda inputs: {}))


def test_strips_on_their_heads() -> None:
    seen: list[NDArray[Any]] = []

    def answer(inputs: Arrays) -> dict[str, NDArray[Any]]:
        seen.append(inputs["data"])
        down = inputs["data"].reshape(len(inputs["data"]), -1).max(axis=1) / 255
        return {"chances": np.stack([1 - down, down], axis=1)}

    layout = InputLayout(channels="BGR")
    net = TextDirection(replace(card(width=192, height=48), input=layout), FakeSession(answer))
    strips = [np.full((20, width, 3), shade, np.uint8) for width, shade in [(500, 255), (20, 51)]]
    np.testing.assert_allclose(net.upside_down(strips * 5), [1.0, 0.2] * 5)
    assert [each.shape for each in seen] == [(8, 3, 48, 192), (2, 3, 48, 192)]
    assert (seen[0][1, :, :, 48:] == 0).all()
    assert len(net.upside_down([])) == 0
