"""A calibration says where it comes from."""

from dataclasses import replace
from datetime import date

import numpy as np

from tests.evaluation.people import embedded_people
from vidimus.evaluation.tabulate import Apparatus, Outcome, Source, calibrate

APPARATUS = Apparatus("9.1", "test-embedder", {"net.onnx": "ab" * 32}, "test-detector")
SOURCE = Source("made-up people", 122, date(2026, 3, 1), ("p000/wrong.jpg",), ("a note",))


def outcome() -> Outcome:
    return calibrate(embedded_people(60), APPARATUS, SOURCE, replicates=50)


def test_provenance_is_enough_to_make_it_again() -> None:
    table = outcome().calibration
    facts = table.provenance
    assert (table.version, table.embedder) == ("9.1", "test-embedder")
    assert (facts.date, facts.data_set, facts.detector) == (
        "2026-03-01",
        "made-up people",
        "test-detector",
    )
    assert (facts.pictures, facts.faces, facts.subjects) == (122, 120, 60)
    assert (facts.impostor_pairs, facts.mated_pairs) == (60 * 59 * 2, 60)
    assert facts.embedder_files == {"net.onnx": "ab" * 32}
    assert facts.excluded == ("p000/wrong.jpg",)
    assert facts.skipped == ("p000/blurred.jpg",)
    assert facts.notes == ("a note",)
    assert facts.tail.variable == "-ln(1 - score)"
    assert "bootstrap over subjects, 50 replicates" in facts.interval


def test_right_labels_raise_no_suspicion() -> None:
    assert outcome().suspects == ()


def test_one_person_under_two_labels_is_pointed_at() -> None:
    people = embedded_people(60)
    rows = people.embeddings.copy()
    rows[7] = rows[100]
    found = calibrate(replace(people, embeddings=rows), APPARATUS, SOURCE, replicates=50).suspects
    twins = [suspect for suspect in found if "one person" in suspect.reason]
    names = {people.photographs[7].name, people.photographs[100].name}
    assert names == {twins[0].first, twins[0].second}
    assert np.isclose(twins[0].score, 1.0)


def test_two_people_under_one_label_are_pointed_at() -> None:
    people = embedded_people(60)
    rows = people.embeddings.copy()
    rows[7] = -rows[6]
    found = calibrate(replace(people, embeddings=rows), APPARATUS, SOURCE, replicates=50).suspects
    assert [(each.first, each.second, each.reason) for each in found] == [
        ("p003/6.jpg", "p003/7.jpg", "one label, perhaps two people")
    ]
