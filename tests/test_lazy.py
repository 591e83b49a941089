"""What is worked out once, and that two instances do not wait for each other."""

import threading
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass

import pytest

from vidimus.lazy import lazy


class Picture:
    def __init__(self, meeting: threading.Barrier | None = None) -> None:
        self.meeting = meeting
        self.times = 0

    @lazy
    def faces(self) -> list[str]:
        """The faces."""
        self.times += 1
        if self.meeting is not None:
            self.meeting.wait(10)
        return ["ada"]

    @lazy
    def count(self) -> int:
        return len(self.faces)


@dataclass(frozen=True)
class Strip:
    side: int

    @lazy
    def area(self) -> int:
        return self.side**2


def test_it_is_worked_out_once_and_may_ask_for_others() -> None:
    picture = Picture()
    assert picture.count == 1
    assert picture.faces is picture.faces
    assert picture.times == 1


def test_two_instances_are_worked_out_at_the_same_time() -> None:
    meeting = threading.Barrier(2)
    pictures = [Picture(meeting), Picture(meeting)]
    with ThreadPoolExecutor(2) as pool:
        found = pool.map(lambda picture: picture.faces, pictures, timeout=20)
        assert list(found) == [["ada"], ["ada"]]


def test_many_threads_get_one_answer() -> None:
    picture = Picture()
    with ThreadPoolExecutor(16) as pool:
        answers = list(pool.map(lambda _: picture.faces, range(200)))
    assert picture.times == 1
    assert all(answer is answers[0] for answer in answers)


def test_what_fails_is_tried_again() -> None:
    picture = Picture(threading.Barrier(1))
    assert picture.meeting is not None
    picture.meeting.abort()
    with pytest.raises(threading.BrokenBarrierError):
        _ = picture.faces
    picture.meeting = None
    assert picture.faces == ["ada"]


def test_values_stay_equal_and_the_class_tells_of_it() -> None:
    strip = Strip(3)
    assert strip.area == 9
    assert strip == Strip(3)
    assert Picture.faces.__doc__ == "The faces."
