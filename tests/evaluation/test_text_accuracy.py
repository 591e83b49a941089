"""Shares of characters and words that were read."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from vidimus.evaluation.text_accuracy import character_accuracy, edit_distance, word_accuracy

texts = st.text("abc ", max_size=8)
lines = st.lists(st.text("abc", min_size=1, max_size=5), max_size=4)


@pytest.mark.parametrize(
    ("first", "second", "distance"),
    [("", "", 0), ("abc", "", 3), ("exit", "exits", 1), ("kitten", "sitting", 3), ("ab", "ba", 2)],
)
def test_known_distances(first: str, second: str, distance: int) -> None:
    assert edit_distance(first, second) == distance


@given(texts, texts, texts)
def test_distance_is_a_metric(first: str, second: str, third: str) -> None:
    there = edit_distance(first, second)
    assert there == edit_distance(second, first)
    assert (there == 0) == (first == second)
    assert edit_distance(first, third) <= there + edit_distance(second, third)
    assert abs(len(first) - len(second)) <= there <= max(len(first), len(second))


@given(lines, st.randoms())
def test_order_does_not_matter(truth: list[str], random: object) -> None:
    shuffled = sorted(truth, key=lambda line: hash((line, str(random))))
    assert character_accuracy(truth, shuffled) == 1
    assert word_accuracy(truth, shuffled) == 1


@given(lines, lines)
def test_accuracies_are_shares(truth: list[str], read: list[str]) -> None:
    assert 0 <= character_accuracy(truth, read) <= 1
    assert 0 <= word_accuracy(truth, read) <= 1


@pytest.mark.parametrize(
    ("read", "characters", "words"),
    [
        (["EXIT", "Gate 23"], 1, 1),
        (["Gate 23", "EXIT"], 1, 1),
        (["EX1T", "Gate 23"], 10 / 11, 2 / 3),
        (["EXIT", "Gate", "23"], 1, 1),
        (["EXIT"], 4 / 11, 1 / 3),
        (["EXIT", "Gate 23", "noise"], 6 / 11, 3 / 4),
        ([], 0, 0),
    ],
)
def test_known_accuracies(read: list[str], characters: float, words: float) -> None:
    truth = ["EXIT", "Gate 23"]
    assert character_accuracy(truth, read) == pytest.approx(characters)
    assert word_accuracy(truth, read) == pytest.approx(words)


def test_nothing_to_read() -> None:
    assert (character_accuracy([], []), word_accuracy([], [])) == (1, 1)
    assert (character_accuracy([], ["ghost"]), word_accuracy([], ["ghost"])) == (0, 0)
