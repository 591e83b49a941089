"""Which labels a caller wants."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from vidimus.vision.label_types import LabelChoice

NAMES = st.sampled_from(["Dog", "Cat", "Car"])
CATEGORIES = st.sampled_from(["Animals", "Vehicles"])


def choice(**lists: list[str]) -> LabelChoice:
    return LabelChoice(**{name: frozenset(each) for name, each in lists.items()})  # type: ignore[arg-type]


@pytest.mark.parametrize(
    ("lists", "wanted"),
    [
        ({}, True),
        ({"included_labels": ["Dog"]}, True),
        ({"included_labels": ["dog"]}, False),
        ({"included_labels": ["Cat"]}, False),
        ({"included_categories": ["Animals"]}, True),
        ({"included_labels": ["Cat"], "included_categories": ["Animals"]}, True),
        ({"excluded_labels": ["Dog"]}, False),
        ({"excluded_labels": ["Cat"]}, True),
        ({"excluded_categories": ["Animals"]}, False),
        ({"included_labels": ["Dog"], "excluded_categories": ["Animals"]}, False),
    ],
)
def test_a_dog_among_animals(lists: dict[str, list[str]], wanted: bool) -> None:
    assert choice(**lists).wants("Dog", ("Animals",)) is wanted


@given(
    name=NAMES,
    category=CATEGORIES,
    included=st.frozensets(NAMES),
    excluded=st.frozensets(NAMES),
    categories=st.frozensets(CATEGORIES),
)
def test_to_exclude_is_stronger_than_to_include(
    name: str,
    category: str,
    included: frozenset[str],
    excluded: frozenset[str],
    categories: frozenset[str],
) -> None:
    chosen = LabelChoice(
        included_labels=included, excluded_labels=excluded, included_categories=categories
    )
    if name in excluded:
        assert not chosen.wants(name, (category,))
    elif not included and not categories:
        assert chosen.wants(name, (category,))
    else:
        assert chosen.wants(name, (category,)) == (name in included or category in categories)
