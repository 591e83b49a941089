"""The taxonomy as the API has it, and what tells each label."""

import pytest

from vidimus.errors import ConfigurationError
from vidimus.runtime.catalog import load_catalog
from vidimus.vision.moderation_taxonomy import (
    parse_moderation_taxonomy,
    read_moderation_taxonomy,
)
from vidimus.vision.taxonomy import read_taxonomy

KINDS = read_moderation_taxonomy().kinds


def test_52_labels_in_three_levels() -> None:
    levels = [kind.level for kind in KINDS.values()]
    assert [levels.count(level) for level in (1, 2, 3)] == [10, 20, 22]


def test_the_chains_that_users_know() -> None:
    taxonomy = read_moderation_taxonomy()
    chains = {name: [kind.name for kind in taxonomy.chain(name)] for name in KINDS}
    assert chains["Smoking"] == [
        "Smoking",
        "Drugs & Tobacco Paraphernalia & Use",
        "Drugs & Tobacco",
    ]
    assert chains["Weapon Violence"] == ["Weapon Violence", "Graphic Violence", "Violence"]
    assert chains["Gambling"] == ["Gambling"]
    assert {kind.name for kind in taxonomy.under("Alcohol")} == {
        "Alcohol",
        "Alcohol Use",
        "Drinking",
        "Alcoholic Beverages",
    }


def test_parts_are_words_of_the_network_and_tell_one_label_each() -> None:
    words = load_catalog().card("nudenet-320n").parameters["labels"]
    parts = [part for kind in KINDS.values() for part in kind.parts]
    assert set(parts) <= set(words)
    assert len(parts) == len(set(parts))
    assert not any("covered" in part for part in parts)


def test_labels_are_of_the_label_taxonomy_and_their_classes_tell_one_label_each() -> None:
    taxonomy = read_taxonomy()
    classes = [
        {each for name in (*kind.shows, *kind.worn) for each in taxonomy.classes_of(name)}
        for kind in KINDS.values()
    ]
    assert {len(each) for each in classes if each} == {1, 4, 7}
    assert sum(map(len, classes)) == len(set().union(*classes))


def test_what_may_be_harmless_tells_nothing() -> None:
    shown = {name for kind in KINDS.values() for name in kind.shows}
    assert not shown & {"Knife", "Bow", "Wine Glass", "Goblet", "Pill Bottle", "Lighter"}


@pytest.mark.parametrize(
    ("text", "complaint"),
    [
        ('[labels]\n"B" = { parent = "A" }\n"A" = {}', "A is not above B"),
        ('[labels]\n"A" = { parent = "A" }', "A is not above A"),
        (
            '[labels]\n"A" = {}\n"B" = { parent = "A" }\n"C" = { parent = "B" }\n'
            '"D" = { parent = "C" }',
            "D is too deep",
        ),
        ('[labels]\n"A" = { colour = "red" }', "colour"),
        ("[labels", "taxonomy"),
        ("", "labels"),
    ],
)
def test_a_wrong_file_is_refused(text: str, complaint: str) -> None:
    with pytest.raises(ConfigurationError, match=complaint):
        parse_moderation_taxonomy(text)
