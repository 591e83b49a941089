"""Evidence in the words of the taxonomy."""

from dataclasses import replace

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from tests.models.fake_session import card
from tests.vision.seen import seen
from vidimus.vision.label_evidence import (
    LEAST_PROBABILITY,
    PERSON_DOUBT,
    PERSON_HINT,
    class_confidences,
    face_confidences,
    instances_by_label,
    lift,
    text_confidences,
)
from vidimus.vision.taxonomy import read_taxonomy
from vidimus.vision.text_types import TextLine

BOX = (20.0, 10.0, 120.0, 60.0)


def test_objects_are_instances_of_their_label_best_first() -> None:
    sheet = seen((16, 0.9, BOX), (0, 0.8, BOX), (16, 0.6, (0, 0, 200, 100)))
    instances = instances_by_label(sheet)
    assert set(instances) == {"Dog", "Person"}
    first, second = instances["Dog"]
    assert first.confidence == pytest.approx(90, abs=0.01)
    assert second.confidence == pytest.approx(60, abs=0.01)
    assert (first.box.left, first.box.top) == pytest.approx((0.1, 0.1))
    assert (first.box.width, first.box.height) == pytest.approx((0.5, 0.5))
    assert (second.box.width, second.box.height) == pytest.approx((1, 1))


def test_a_label_is_as_probable_as_all_that_is_below_it() -> None:
    taxonomy = read_taxonomy()
    breeds = taxonomy.classes_of("Dog")[:4]
    confidences = class_confidences(seen(classes=dict.fromkeys(breeds, 0.2)))
    assert confidences["Dog"] == pytest.approx(80, abs=0.01)
    for breed in breeds:
        name = taxonomy.label_of_class(breed)
        assert name is not None
        assert confidences[name] <= confidences["Dog"]


@given(st.dictionaries(st.integers(0, 999), st.floats(0, 1), max_size=20))
def test_no_label_is_surer_than_what_it_is_a_kind_of(weights: dict[int, float]) -> None:
    total = sum(weights.values()) or 1.0
    confidences = class_confidences(seen(classes={at: w / total for at, w in weights.items()}))
    for name, confidence in confidences.items():
        for above in read_taxonomy().ancestors(name):
            assert confidences[above] >= confidence - 1e-3


def test_broad_labels_are_told_by_a_law_of_their_own() -> None:
    odds = {"confidence_odds": [1.0, 0.0], "broad_odds": [1.0, 1.0]}
    network = replace(card(), task="image_classifier", parameters=odds)
    (dog, *_) = read_taxonomy().classes_of("Dog")
    breed = read_taxonomy().label_of_class(dog)
    assert breed is not None
    confidences = class_confidences(seen(classes={dog: 0.5}, cards=(network,)))
    assert confidences[breed] == pytest.approx(50)
    assert confidences["Dog"] == pytest.approx(100 / (1 + np.exp(-1)))
    assert confidences["Animal"] == confidences["Dog"]


def test_what_is_hardly_seen_is_not_told() -> None:
    (dog, *_) = read_taxonomy().classes_of("Dog")
    assert "Dog" not in class_confidences(seen(classes={dog: LEAST_PROBABILITY * 0.9}))
    assert "Dog" in class_confidences(seen(classes={dog: LEAST_PROBABILITY * 1.1}))


def test_faces_are_looked_for_where_a_person_may_be() -> None:
    assert face_confidences(seen((0, PERSON_HINT, BOX), faces=(91, 99))) == {"Face": 99}
    assert face_confidences(seen((0, PERSON_HINT * 0.9, BOX), faces=(99,))) == {}
    assert face_confidences(seen((16, 0.9, BOX), faces=(99,))) == {}
    assert face_confidences(seen((0, 0.9, BOX))) == {}


def test_without_a_detector_faces_are_looked_for_everywhere() -> None:
    sheet = seen(faces=(99,))
    sheet.__dict__["objects"] = None
    assert face_confidences(sheet) == {"Face": 99}
    assert instances_by_label(sheet) == {}


def test_text_is_told_where_it_was_read() -> None:
    sheet = seen()
    assert text_confidences(sheet) == {}
    sheet.__dict__["text"] = ()
    assert text_confidences(sheet) == {}
    sheet.__dict__["text"] = (TextLine("EXIT", 71.0, (), ()), TextLine("NOW", 96.0, (), ()))
    assert text_confidences(sheet) == {"Text": 96}


def test_without_a_classifier_no_class_is_told() -> None:
    sheet = seen()
    sheet.__dict__["classes"] = None
    assert class_confidences(sheet) == {}


def test_lifting_gives_ancestors_the_surest_of_what_is_below() -> None:
    lifted = lift({"Dog": 70.0, "Cat": 80.0, "Animal": 75.0, "Book": 5.0})
    assert lifted["Dog"] == 70
    assert lifted["Pet"] == lifted["Animal"] == 80
    assert lifted["Canine"] == 70
    assert lifted["Book"] == 5


GORILLA = 366


@pytest.mark.parametrize("doubt", [PERSON_DOUBT, 0.5])
def test_nobody_is_told_to_be_an_ape(doubt: float) -> None:
    alone = class_confidences(seen(classes={GORILLA: 0.9}))
    assert {"Gorilla", "Primate", "Animal"} <= alone.keys()
    beside = class_confidences(seen((0, doubt, BOX), classes={GORILLA: 0.9}))
    assert not beside


def test_without_a_detector_anybody_may_be_there() -> None:
    sheet = seen(classes={GORILLA: 0.9})
    sheet.__dict__["objects"] = None
    assert not class_confidences(sheet)
