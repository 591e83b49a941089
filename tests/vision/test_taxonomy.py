from collections import Counter

import pytest
from hypothesis import given
from hypothesis import strategies as st

from vidimus.errors import ConfigurationError
from vidimus.vision.taxonomy import Taxonomy, TaxonomyLabel, parse_taxonomy, read_taxonomy
from vidimus.wire.model import StringShape, load_contract

TAXONOMY = read_taxonomy()
names = st.sampled_from(sorted(TAXONOMY.labels))

# Told by heart and spread over the order: one class too many or too few would move what follows.
ANCHORS = {
    0: "Tench",
    51: "Dinosaur",
    96: "Toucan",
    101: "Elephant",
    134: "Crane Bird",
    151: "Chihuahua",
    207: "Golden Retriever",
    248: "Husky",
    281: "Tabby Cat",
    291: "Lion",
    340: "Zebra",
    366: "Gorilla",
    388: "Giant Panda",
    402: "Acoustic Guitar",
    413: "Assault Rifle",
    456: "Bow",
    463: "Bucket",
    471: "Cannon",
    483: "Castle",
    508: "Computer Keyboard",
    517: "Construction Crane",
    531: "Wristwatch",
    571: "Gas Pump",
    609: "Jeep",
    643: "Mask",
    682: "Obelisk",
    724: "Pirate Ship",
    763: "Revolver",
    800: "Slot Machine",
    817: "Sports Car",
    852: "Tennis Ball",
    878: "Typewriter",
    899: "Water Jug",
    923: "Meal",
    945: "Bell Pepper",
    963: "Pizza",
    970: "Mountain",
    985: "Flower",
    999: "Toilet Paper",
}
OBJECTS = {0: "Person", 8: "Boat", 16: "Dog", 32: "Ball", 44: "Spoon", 67: "Mobile Phone"}


def test_every_class_leads_to_one_label_or_is_left_out_with_a_reason() -> None:
    told = [index for label in TAXONOMY.labels.values() for index in label.image_classes]
    silent = [index for each in TAXONOMY.left_out for index in each.image_classes]
    assert sorted(told + silent) == list(range(1000))
    assert all(each.why for each in TAXONOMY.left_out)
    assert all(TAXONOMY.label_of_class(index) is None for index in silent)


def test_every_kind_of_object_has_a_label_of_its_own() -> None:
    assert len({TAXONOMY.label_of_object(kind) for kind in range(80)} - {None}) == 80
    kinds = [TAXONOMY.object_of(name) for name in TAXONOMY.labels]
    assert sorted(kind for kind in kinds if kind is not None) == list(range(80))


@pytest.mark.parametrize(("index", "name"), ANCHORS.items())
def test_classes_lead_to_what_they_show(index: int, name: str) -> None:
    assert TAXONOMY.label_of_class(index) == name


@pytest.mark.parametrize(("kind", "name"), OBJECTS.items())
def test_kinds_lead_to_what_they_are(kind: int, name: str) -> None:
    assert TAXONOMY.label_of_object(kind) == name


def test_there_are_enough_labels() -> None:
    assert len(TAXONOMY.labels) >= 700


def test_a_caller_can_filter_by_every_name() -> None:
    shape = load_contract().shapes["GeneralLabelsFilterValue"]
    assert isinstance(shape, StringShape)
    assert shape.pattern is not None
    for name in (*TAXONOMY.labels, *TAXONOMY.categories):
        assert shape.pattern.matches(name), name
        assert 1 <= len(name) <= 50


def test_no_name_means_two_things_whatever_its_case() -> None:
    said = Counter(
        name.casefold()
        for label in TAXONOMY.labels.values()
        for name in (label.name, *label.aliases)
    )
    assert [name for name, times in said.items() if times > 1] == []


def test_every_label_can_be_told() -> None:
    def told(label: TaxonomyLabel) -> bool:
        return bool(label.object_class is not None or label.image_classes or label.task)

    reached = {
        name
        for label in TAXONOMY.labels.values()
        if told(label)
        for name in (label.name, *TAXONOMY.ancestors(label.name))
    }
    assert reached == set(TAXONOMY.labels)


def test_of_persons_nothing_is_told_but_that_there_are_some() -> None:
    below = {name for name in TAXONOMY.labels if "Person" in TAXONOMY.ancestors(name)}
    assert below == {"Head", "Face"}
    described = {
        label.name for label in TAXONOMY.labels.values() if "Person Description" in label.categories
    }
    assert described == below | {"Person"}
    assert TAXONOMY.label_of_task("face_detector") == "Face"


def test_nobody_is_taken_for_an_ape() -> None:
    withheld = TAXONOMY.classes_withheld_beside("Person")
    assert withheld == TAXONOMY.classes_of("Primate") == tuple(range(365, 385))
    assert TAXONOMY.classes_withheld_beside("Dog") == ()
    named = {name for label in TAXONOMY.labels.values() for name in label.withheld_beside}
    assert named <= set(TAXONOMY.labels)


@pytest.mark.parametrize(
    ("name", "classes"),
    [
        ("Weapon", {413, 456, 471, 657, 744, 763, 764}),
        ("Gun", {413, 763, 764}),
        ("Alcohol", {440, 441, 907, 966}),
        ("Gambling", {800}),
        ("Swimwear", {445, 638, 639, 842}),
        ("Helmet", {518, 560, 715}),
        ("Mask", {570, 643, 691, 796}),
        ("Hat", {433, 439, 452, 515, 667, 793, 808}),
        ("Glove", {658}),
        ("Frisbee", set()),
    ],
)
def test_the_classes_of_a_label_are_its_own_and_those_below(name: str, classes: set[int]) -> None:
    assert set(TAXONOMY.classes_of(name)) == classes


@given(names)
def test_what_is_above_a_parent_is_above_the_child(name: str) -> None:
    above = TAXONOMY.ancestors(name)
    assert name not in above
    assert len(set(above)) == len(above)
    parents = TAXONOMY.label(name).parents
    assert above[: len(parents)] == parents
    assert set(above) == {*parents, *(each for one in parents for each in TAXONOMY.ancestors(one))}


@given(names)
def test_no_parent_is_named_that_another_parent_brings(name: str) -> None:
    parents = TAXONOMY.label(name).parents
    brought = {each for one in parents for each in TAXONOMY.ancestors(one)}
    assert not brought.intersection(parents)


@given(names)
def test_a_parent_has_all_the_classes_of_its_children(name: str) -> None:
    for above in TAXONOMY.ancestors(name):
        assert set(TAXONOMY.classes_of(name)) <= set(TAXONOMY.classes_of(above))


@given(names)
def test_every_label_is_in_a_category_its_own_or_its_first_parents(name: str) -> None:
    label = TAXONOMY.label(name)
    assert label.categories
    assert set(label.categories) <= set(TAXONOMY.categories)


@given(st.lists(st.lists(st.integers(0, 30), max_size=3), min_size=1, max_size=20))
def test_ancestors_are_all_that_can_be_reached_upwards(rows: list[list[int]]) -> None:
    # Each label's parents are among those before it, so that there is no circle.
    edges = [sorted({parent for parent in row if parent < at}) for at, row in enumerate(rows)]
    labels = [
        TaxonomyLabel(str(at), tuple(map(str, parents)), (), ("Things",))
        for at, parents in enumerate(edges)
    ]
    taxonomy = Taxonomy(labels)
    reached: list[set[int]] = []
    for parents in edges:
        reached.append(set(parents).union(*(reached[parent] for parent in parents)))
    for at, above in enumerate(reached):
        assert sorted(map(int, taxonomy.ancestors(str(at)))) == sorted(above)


def test_categories_come_from_the_first_parent_unless_a_label_has_its_own() -> None:
    taxonomy = parse_taxonomy(
        """
        [labels]
        "Tool" = { categories = ["Tools"] }
        "Toy" = { categories = ["Toys"] }
        "Hammer" = { parents = ["Tool", "Toy"] }
        "Mallet" = { parents = ["Hammer"] }
        "Gavel" = { parents = ["Hammer"], categories = ["Law"] }
        """
    )
    categories = {name: label.categories for name, label in taxonomy.labels.items()}
    assert categories["Hammer"] == categories["Mallet"] == ("Tools",)
    assert categories["Gavel"] == ("Law",)


@pytest.mark.parametrize(
    ("row", "problem"),
    [
        ('"Dog" = { parents = ["Canine"] }', "'Dog' has the parent 'Canine', no label"),
        ('"Dog" = { parents = ["Dog"] }', "Dog > Dog goes in a circle"),
        (
            '"A" = { parents = ["B"] }\n"B" = { parents = ["C"] }\n"C" = { parents = ["A"] }',
            "A > B > C > A goes in a circle",
        ),
        ('"Dog" = { parrents = [] }', "parrents"),
        ('"Dog" = {', "wrong"),
    ],
)
def test_a_wrong_file_is_refused_with_what_is_wrong(row: str, problem: str) -> None:
    with pytest.raises(ConfigurationError, match=problem):
        parse_taxonomy(f"[labels]\n{row}\n")


def test_an_unknown_name_is_no_label() -> None:
    with pytest.raises(KeyError):
        TAXONOMY.label("Unicorn")
