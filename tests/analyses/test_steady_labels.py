"""Labels over time: errors of single frames go, edges stay."""

from itertools import pairwise

import pytest

from vidimus.analyses.label_looks import Look
from vidimus.analyses.steady_labels import SteadyLabels, SteadyMoment
from vidimus.geometry import BoundingBox
from vidimus.vision.label_types import LabelInstance, PictureLabel

PLACE = LabelInstance(BoundingBox(0, 0, 1, 1), 90)


def told(sights: list[float], every_ms: int = 200) -> list[SteadyMoment]:
    """What is told where one label is seen with these confidences, 0 being not at all."""
    steady = SteadyLabels(0)
    moments = []
    for at, confidence in enumerate(sights):
        label = PictureLabel("Car", confidence, (PLACE,), ("Vehicle",))
        steady.hold([Look(at * every_ms, (label,) if confidence else ())])
        moments += steady.tell()
    return [*moments, *steady.end(len(sights) * every_ms)]


def confidences(moments: list[SteadyMoment]) -> list[float]:
    return [moment.labels[0].confidence if moment.labels else 0 for moment in moments]


def test_one_look_alone_is_not_believed() -> None:
    assert confidences(told([0, 0, 0, 0, 90, 0, 0, 0])) == [0] * 8


def test_a_label_lost_for_one_look_is_told_without_places() -> None:
    moments = told([90, 90, 90, 90, 0, 90, 90, 90])
    assert confidences(moments) == [90] * 8
    assert moments[3].labels[0].instances == (PLACE,)
    assert moments[4].labels[0].instances == ()


def test_edges_stay_where_they_are() -> None:
    sights = [0.0] * 10 + [80.0] * 10 + [0.0] * 10
    assert confidences(told(sights)) == sights


def test_the_confidence_is_the_median_of_the_second_around() -> None:
    moments = told([60, 70, 99, 80, 65])
    assert moments[2].labels[0].confidence == 70


def test_parents_stay_as_sure_as_their_children() -> None:
    steady = SteadyLabels(0)
    for at, (child, parent) in enumerate([(60, 95), (90, 90), (70, 80), (0, 75), (85, 85)]):
        labels = [PictureLabel("Vehicle", parent)]
        if child:
            labels.append(PictureLabel("Car", child, parents=("Vehicle",)))
        steady.hold([Look(at * 200, tuple(labels))])
    for moment in steady.end(1000):
        by_name = {label.name: label.confidence for label in moment.labels}
        assert by_name["Vehicle"] >= by_name["Car"]
        assert [label.name for label in moment.labels] == ["Vehicle", "Car"]


def test_a_look_weighs_as_much_as_the_time_it_stands_for() -> None:
    steady = SteadyLabels(0)
    car = (PictureLabel("Car", 80),)
    # Three close looks without the car stand for less time than two with it.
    steady.hold([Look(at, car if at in (0, 600) else ()) for at in (0, 390, 400, 410, 600)])
    middle = steady.end(1200)[2]
    assert [label.name for label in middle.labels] == ["Car"]


def test_moments_stand_for_all_of_the_scene_and_come_in_order() -> None:
    moments = told([0.0] * 30)
    assert moments[0].start_ms == 0
    assert moments[-1].end_ms == 30 * 200
    for one, two in pairwise(moments):
        assert one.end_ms == two.start_ms
    assert [moment.timestamp_ms for moment in moments] == list(range(0, 6000, 200))


def test_little_is_remembered() -> None:
    steady = SteadyLabels(0)
    for at in range(1000):
        steady.hold([Look(at * 200, ())])
        steady.tell()
        assert len(steady.looks) < 10


def test_one_look_is_all_there_is() -> None:
    assert confidences(told([70])) == [70]
    steady = SteadyLabels(40)
    steady.hold([Look(40, (PictureLabel("Car", 70),))])
    assert [label.name for label in steady.end(40)[0].labels] == ["Car"]


@pytest.mark.parametrize("end_ms", [0, 100])
def test_no_looks_no_moments(end_ms: int) -> None:
    steady = SteadyLabels(0)
    assert steady.tell() == steady.end(end_ms) == []
