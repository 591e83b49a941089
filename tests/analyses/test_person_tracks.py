"""Persons known again: tracks whose looks are written down as vectors."""

from collections.abc import Sequence
from typing import cast

import numpy as np
import pytest
from numpy.typing import NDArray

from vidimus.analyses.person_look import SeenBody
from vidimus.analyses.person_tracks import BACK_WITHIN_MS, PersonTracks
from vidimus.models.person_embedder import PersonEmbedder

ANNE, BERT, CLEO = (1.0, 0.0, 0.0), (0.0, 1.0, 0.0), (0.0, 0.0, 1.0)


class ColourEmbedder:
    """Takes persons for the colour of their chips."""

    same_person = 0.7

    def embed_persons(self, crops: Sequence[NDArray[np.uint8]]) -> NDArray[np.float32]:
        rows = np.stack([crop.mean((0, 1)) for crop in crops])
        return np.asarray(rows / np.linalg.norm(rows, axis=1, keepdims=True), np.float32)


def body(look: Sequence[float] | None, x: float = 0, height: float = 200) -> SeenBody:
    box = np.array([x, 100, x + height * 0.4, 100 + height], np.float32)
    if look is None:
        return SeenBody(box, 0.9)
    chip = np.full((8, 4, 3), np.array(look) * 200, np.uint8)
    return SeenBody(box, 0.9, None, chip, 0.8)


def tracks(*, blind: bool = False) -> PersonTracks:
    return PersonTracks(None if blind else cast(PersonEmbedder, ColourEmbedder()))


def watch(
    told: PersonTracks, span: tuple[int, int], seen: dict[int, SeenBody], ended: Sequence[int] = ()
) -> None:
    """Show the same bodies from the one time to the other, five times a second."""
    for timestamp in range(*span, 200):
        told.see(timestamp, list(seen), list(seen.values()), ended)
        ended = ()


@pytest.mark.parametrize("away_ms", [1500, BACK_WITHIN_MS - 200])
def test_who_comes_back_within_ten_seconds_is_known_again(away_ms: int) -> None:
    told = tracks()
    watch(told, (0, 3000), {0: body(ANNE)})
    watch(told, (2800 + away_ms, 9000 + away_ms), {1: body(ANNE, 900)}, ended=[0])
    told.end_scene()
    assert told.joined == {1: 0}


def test_who_comes_back_later_is_somebody_new() -> None:
    told = tracks()
    watch(told, (0, 3000), {0: body(ANNE)})
    watch(told, (13_200, 17_000), {1: body(ANNE)}, ended=[0])
    told.end_scene()
    assert told.joined == {}


def test_who_looks_different_is_somebody_new_even_at_the_same_place() -> None:
    told = tracks()
    watch(told, (0, 3000), {0: body(ANNE)})
    watch(told, (4000, 8000), {1: body(BERT)}, ended=[0])
    told.end_scene()
    assert told.joined == {}


def test_two_who_come_back_together_are_told_apart() -> None:
    told = tracks()
    watch(told, (0, 3000), {0: body(ANNE), 1: body(BERT, 400)})
    watch(told, (5000, 9000), {2: body(BERT), 3: body(ANNE, 400)}, ended=[0, 1])
    told.end_scene()
    assert told.joined == {2: 1, 3: 0}


def test_nobody_is_in_two_tracks_at_once() -> None:
    told = tracks()
    watch(told, (0, 3000), {0: body(ANNE)})
    watch(told, (5000, 9000), {1: body(ANNE), 2: body(ANNE, 400)}, ended=[0])
    told.end_scene()
    assert list(told.joined.values()) == [0]


def test_a_person_who_is_hidden_twice_stays_the_first() -> None:
    told = tracks()
    watch(told, (0, 3000), {0: body(ANNE)})
    watch(told, (5000, 8000), {1: body(ANNE)}, ended=[0])
    watch(told, (12_000, 15_000), {2: body(ANNE)}, ended=[1])
    told.end_scene()
    assert told.joined == {1: 0, 2: 0}


def test_without_an_embedder_who_comes_back_near_by_is_taken_for_the_same() -> None:
    told = tracks(blind=True)
    watch(told, (0, 3000), {0: body(None), 1: body(None, 800)})
    watch(told, (4400, 8000), {2: body(None, 820), 3: body(None, 2000)}, ended=[0, 1])
    told.end_scene()
    assert told.joined == {2: 1}


def test_nobody_is_known_again_in_another_scene() -> None:
    told = tracks()
    watch(told, (0, 3000), {0: body(ANNE)})
    told.end_scene()
    watch(told, (3000, 7000), {1: body(ANNE)})
    told.end_scene()
    assert told.joined == {}


def test_what_was_seen_in_one_look_only_is_fleeting_unless_the_scene_ended() -> None:
    told = tracks()
    watch(told, (0, 200), {0: body(ANNE), 1: body(BERT, 400)})
    watch(told, (200, 3000), {1: body(BERT, 400)})
    watch(told, (3000, 3200), {1: body(BERT, 400), 2: body(CLEO)}, ended=[0])
    told.end_scene()
    assert told.fleeting == [0]


def test_few_looks_are_kept_and_those_the_best() -> None:
    told = tracks()
    watch(told, (0, 60_000), {0: body(ANNE)})
    assert len(told.snapshot()) < 1500


@pytest.mark.parametrize("stop_ms", [1000, 3000, 5600])
def test_restored_tracks_go_on_as_if_nothing_had_happened(stop_ms: int) -> None:
    def shown(told: PersonTracks, start: int, end: int) -> None:
        for timestamp in range(start, end, 200):
            there = {0: body(ANNE)} if timestamp < 3000 else {1: body(ANNE), 2: body(BERT, 400)}
            there = {} if 3000 <= timestamp < 5000 else there
            told.see(timestamp, list(there), list(there.values()), [0] if timestamp == 4200 else [])

    whole, broken, later = tracks(), tracks(), tracks()
    shown(whole, 0, 9000)
    shown(broken, 0, stop_ms)
    later.restore(broken.snapshot())
    shown(later, stop_ms, 9000)
    assert later.snapshot() == whole.snapshot()
    assert later.joined == {1: 0}
