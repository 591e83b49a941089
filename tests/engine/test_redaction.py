"""Redacting pictures: everybody is covered but who is surely somebody listed."""

import json
from collections.abc import Sequence
from pathlib import Path

import numpy as np
import pytest
from numpy.typing import NDArray

from vidimus.engine.engine import Engine, read_picture
from vidimus.engine.redaction import KeptPeople, redact_picture
from vidimus.errors import InvalidParameter
from vidimus.imaging.cover import CoverStyle
from vidimus.imaging.decode import Picture
from vidimus.vision.face_spotter import FaceSpotter

Pixels = NDArray[np.uint8]


@pytest.fixture(scope="module")
def spotter(engine: Engine) -> FaceSpotter:
    return FaceSpotter(engine.models)


def picture(people: Path, *names: str) -> Picture:
    """Portraits side by side."""
    portraits = [read_picture(people / f"{name}.jpg").pixels for name in names]
    height = min(each.shape[0] for each in portraits)
    return Picture(np.concatenate([each[:height] for each in portraits], axis=1), "0" * 64, "PNG")


def keeping(engine: Engine, people: Path, names: Sequence[str]) -> KeptPeople:
    return KeptPeople(engine, [read_picture(people / f"{name}.jpg") for name in names], 90.0)


@pytest.mark.parametrize("style", CoverStyle)
def test_no_face_is_left(
    engine: Engine, spotter: FaceSpotter, people: Path, style: CoverStyle
) -> None:
    """What is left of a face is not like the person any more, whatever covers it."""
    before = picture(people, "face_3", "face_7")
    done = redact_picture(spotter, before, style)
    assert (done.covered, done.kept) == (2, 0)
    faces = engine.faces.detect_faces(before.pixels)
    embeddings = [
        engine.faces.embed_faces(pixels, faces, engine.model_version)
        for pixels in (before.pixels, done.pixels)
    ]
    scale = engine.scales.scale(engine.model_version)
    for same, other in zip(*embeddings, strict=True):
        assert scale.similarity(float(same @ other)) < 50


def test_who_is_listed_stays_visible_and_the_ledger_knows(
    engine: Engine, spotter: FaceSpotter, people: Path
) -> None:
    both = picture(people, "face_3", "face_7")
    kept = keeping(engine, people, ["face_3_0"])
    done = redact_picture(spotter, both, CoverStyle.FILL, kept=kept)
    assert (done.covered, done.kept) == (1, 1)
    middle = both.width // 2
    same = (done.pixels == both.pixels).all(axis=2)
    assert same[:, : middle - 40].mean() > 0.97
    assert same[:, middle + 40 :].mean() < 0.9
    (row,) = engine.ledger.tail(1)
    assert row.entry.operation == "CompareFaces"
    assert json.dumps(row.entry.details).count("sha256") == 2


def test_a_photograph_without_a_face_is_refused(engine: Engine) -> None:
    blank = Picture(np.zeros((200, 200, 3), np.uint8), "0" * 64, "PNG")
    with pytest.raises(InvalidParameter, match="keep"):
        KeptPeople(engine, [blank], 90.0)


def test_a_picture_without_faces_is_left_as_it_is(
    engine: Engine, spotter: FaceSpotter, people: Path
) -> None:
    blank = Picture(np.full((200, 300, 3), 90, np.uint8), "0" * 64, "PNG")
    kept = keeping(engine, people, ["face_3"])
    done = redact_picture(spotter, blank, CoverStyle.BLUR, kept=kept)
    assert (done.covered, done.kept, len(done.doubtful)) == (0, 0, 0)
    assert np.array_equal(done.pixels, blank.pixels)
