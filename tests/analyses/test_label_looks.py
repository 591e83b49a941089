"""Which pictures are looked at: regularly, closer where labels come or go, never twice alike."""

from functools import partial

import numpy as np
import pytest

from tests.vision.seen import seen
from vidimus.analyses.label_looks import Glimpse, LabelLooks, Labels, Look, Pace
from vidimus.vision.label_types import LabelChoice
from vidimus.vision.labels import detect_labels
from vidimus.vision.picture_sheet import PictureSheet

CAR = (2, 0.9, (20.0, 10.0, 120.0, 60.0))
EVERYTHING = LabelChoice(min_confidence=50)


class Scene:
    """Pictures every 100 ms, of which those in `shown` show a car; counts who is looked at."""

    def __init__(self, pace: Pace | None = None, still: bool = False) -> None:
        self.asked = 0
        self.still = still
        self.looks = LabelLooks(self.see, pace or Pace())

    def see(self, sheet: PictureSheet) -> Labels:
        self.asked += 1
        return tuple(detect_labels(sheet, EVERYTHING))

    def glimpse(self, at: int, car: bool) -> Glimpse:
        luma = np.full((72, 128), 100, np.uint8)
        if not self.still:
            luma[:16, :16] = at * 37 % 200
        return Glimpse(at * 100, luma, seen(CAR) if car else seen())

    def show(self, pictures: int, shown: range) -> list[Look]:
        looks = [
            look for at in range(pictures) for look in self.looks.add(self.glimpse(at, at in shown))
        ]
        return [*looks, *self.looks.settle()]


def edges(looks: list[Look]) -> list[int]:
    """Times of the first look with other labels than the look before."""
    names = [{label.name for label in look.labels} for look in looks]
    return [looks[at].timestamp_ms for at in range(1, len(looks)) if names[at] != names[at - 1]]


@pytest.mark.parametrize("begin", [4, 5, 6, 7, 9, 11])
def test_what_comes_and_goes_is_known_to_a_tenth_of_a_second(begin: int) -> None:
    looks = Scene().show(60, range(begin, begin + 21))
    assert edges(looks) == [begin * 100, (begin + 21) * 100]


def test_few_pictures_are_looked_at() -> None:
    scene = Scene()
    looks = scene.show(60, range(21, 40))
    assert scene.asked == len(looks) == 15 + 1 + 2 * 2
    assert [look.timestamp_ms for look in looks] == sorted(look.timestamp_ms for look in looks)


def test_a_single_sight_is_worth_no_closer_look() -> None:
    scene = Scene()
    scene.show(60, range(20, 21))
    assert scene.asked == 15 + 1


def test_a_picture_like_one_that_was_looked_at_is_not_looked_at_again() -> None:
    scene = Scene(still=True)
    looks = scene.show(60, range(0))
    assert len(looks) == 16
    assert scene.asked == 2


def test_pictures_that_drift_are_compared_with_the_one_that_was_looked_at() -> None:
    scene = Scene(still=True)
    for at in range(60):
        glimpse = scene.glimpse(at, car=False)
        glimpse.luma = glimpse.luma.copy()
        glimpse.luma[:16, :16] += np.uint8(at)
        scene.looks.add(glimpse)
    assert scene.asked > 5


def test_every_picture_is_looked_at_where_that_is_wanted() -> None:
    scene = Scene(Pace(every_ms=0), still=True)
    assert len(scene.show(20, range(3))) == scene.asked == 20


def test_nothing_is_kept_once_all_is_settled() -> None:
    scene = Scene()
    before = scene.show(15, range(6, 30))
    looks = [*before]
    for at in range(15, 40):
        looks += scene.looks.add(scene.glimpse(at, at < 30))
    looks += scene.looks.settle()
    assert edges(looks) == [600, 3000]
    assert scene.looks.settle() == []


def test_no_pictures_no_looks() -> None:
    assert LabelLooks(partial(Scene().see), Pace()).settle() == []
