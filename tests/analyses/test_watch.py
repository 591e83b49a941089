import threading
from collections.abc import Iterator

import pytest
from hypothesis import given
from hypothesis import strategies as st

from tests.analyses.counting import Counting, frames, no_sheet
from vidimus.analyses.analysis import Finding, Moment
from vidimus.analyses.watch import MOST_THREADS, Chunks, Watch, WatchState
from vidimus.errors import StorageUnavailable
from vidimus.video.frames import Frame


def failing(stage: str, trouble: Exception) -> Counting:
    """An analysis that cannot look at the frame with number 3, or cannot take it."""

    def refuse(number: int) -> None:
        if number == 3:
            raise trouble

    def taking(moment: Moment, seen: object) -> list[Finding]:
        refuse(moment.number)
        return []

    analysis = Counting()
    if stage == "look":
        analysis.trouble = refuse
    else:
        analysis.take = taking  # type: ignore[method-assign]
    return analysis


def test_every_analysis_sees_the_frames_it_needs_and_in_order() -> None:
    each, some = Counting(), Counting(every_ms=100)
    with Watch({"each": each, "some": some}, no_sheet) as watch:
        found = list(watch.see(frames(26)))
    assert each.looked == [40 * number for number in range(26)]
    assert some.looked == [0, 120, 200, 320, 400, 520, 600, 720, 800, 920, 1000]
    assert len(found) == 26 + 11
    assert [finding.timestamp_ms for name, finding in found if name == "some"] == some.looked


def test_frames_that_nobody_needs_are_not_looked_at() -> None:
    counting = Counting(every_ms=10_000)
    with Watch({"rare": counting}, no_sheet) as watch:
        list(watch.see(frames(100)))
    assert counting.looked == [0]


def test_no_more_frames_are_under_way_than_the_threads_can_use() -> None:
    begun = 0
    gate = threading.Event()

    def counted() -> Iterator[Frame]:
        nonlocal begun
        for frame in frames(50):
            begun += 1
            yield frame

    def wait(number: int) -> None:
        gate.wait(10)

    def note_and_open() -> None:
        seen.append(begun)
        gate.set()

    with Watch({"slow": Counting(trouble=wait)}, no_sheet, threads=2) as watch:
        findings = watch.see(counted())
        seen: list[int] = []
        threading.Timer(0.2, note_and_open).start()
        assert len(list(findings)) == 50
    assert seen[0] <= 5


def test_many_cores_have_no_more_frames_in_hand_than_eight() -> None:
    assert Watch({}, no_sheet, threads=64).threads == MOST_THREADS
    assert Watch({}, no_sheet, threads=2).threads == 2


@pytest.mark.parametrize("stage", ["look", "take"])
def test_an_analysis_that_fails_is_left_out_and_the_others_go_on(stage: str) -> None:
    bad, good = failing(stage, LookupError("the third")), Counting()
    with Watch({"bad": bad, "good": good}, no_sheet) as watch:
        list(watch.see(frames(10)))
        concluded = watch.finish(400)
    assert str(watch.failures["bad"]) == "the third"
    assert list(concluded) == ["good"]
    assert good.count == 10


def test_an_analysis_that_cannot_go_on_is_left_out() -> None:
    with Watch({"bad": Counting(), "good": Counting()}, no_sheet) as watch:
        watch.resume(WatchState({}, {"bad": b"no JSON", "good": b"5"}))
        found = list(watch.see(frames(1)))
    assert list(watch.failures) == ["bad"]
    assert [finding.value for _, finding in found] == [b"5"]


@pytest.mark.parametrize("stage", ["look", "take"])
def test_a_storage_that_is_away_ends_the_watch_and_no_analysis(stage: str) -> None:
    counting = failing(stage, StorageUnavailable("away"))
    with (
        Watch({"it": counting}, no_sheet) as watch,
        pytest.raises(StorageUnavailable, match="away"),
    ):
        list(watch.see(frames(10)))
    assert not watch.failures
    assert list(watch.analyses) == ["it"]


def test_no_analysis_waits_for_another() -> None:
    meeting = threading.Barrier(2)

    def meet(moment: Moment, seen: object) -> list[Finding]:
        if moment.number == 0:
            meeting.wait(10)
        return []

    one, other = Counting(), Counting()
    one.take = other.take = meet  # type: ignore[method-assign]
    with Watch({"one": one, "other": other}, no_sheet) as watch:
        list(watch.see(frames(10)))
    assert not watch.failures


def test_no_analysis_stays_behind_by_more_than_two_seconds() -> None:
    gate = threading.Event()
    shown: list[int] = []

    def slow(moment: Moment, seen: object) -> list[Finding]:
        if not gate.is_set():
            threading.Timer(0.3, gate.set).start()
            gate.wait(10)
            behind.append(shown[-1] - moment.timestamp_ms)
        return []

    def showing() -> Iterator[Frame]:
        for frame in frames(200):
            shown.append(frame.timestamp_ms)
            yield frame

    behind: list[int] = []
    counting = Counting()
    counting.take = slow  # type: ignore[method-assign]
    with Watch({"slow": counting}, no_sheet) as watch:
        list(watch.see(showing()))
    assert 1000 < behind[0] <= 2000 + 40


def test_a_watch_without_analyses_sees_nothing() -> None:
    counting = Counting()
    with Watch({"one": counting}, no_sheet) as watch:
        watch.leave_out("one")
        assert list(watch.see(frames(3))) == []


@given(chunk_ms=st.integers(40, 900), every_ms=st.sampled_from([0, 90, 200, 400]))
def test_a_watch_in_chunks_by_many_workers_finds_what_one_finds(
    chunk_ms: int, every_ms: int
) -> None:
    with Watch({"it": Counting(every_ms)}, no_sheet) as watch:
        whole = list(watch.see(frames(40)))
    parts = []
    state = WatchState({}, {})
    for start in range(0, 1600, chunk_ms):
        inside = [frame for frame in frames(40) if start <= frame.timestamp_ms < start + chunk_ms]
        with Watch({"it": Counting(every_ms)}, no_sheet) as another:
            another.resume(state)
            parts += list(another.see(inside))
            state = another.state()
    assert parts == whole


@given(chunk_ms=st.integers(1, 500))
def test_chunks_lose_no_frame(chunk_ms: int) -> None:
    chunks = Chunks(frames(12))
    numbers = []
    while (following := chunks.next) is not None:
        end_ms = (following.timestamp_ms // chunk_ms + 1) * chunk_ms
        numbers += [frame.number for frame in chunks.until(end_ms)]
    assert numbers == list(range(12))
    assert chunks.last is not None
    assert chunks.last.number == 11
