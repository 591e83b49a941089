"""Everything about one picture at once is what its operations say one by one."""

from pathlib import Path

import numpy as np
import pytest
from numpy.typing import NDArray

from vidimus.engine.caller import Caller
from vidimus.engine.engine import Engine, read_picture
from vidimus.imaging.decode import Picture
from vidimus.operations.analysis import READERS, Answers, Part, can_tell, read_answers
from vidimus.operations.registry import REGISTRY
from vidimus.vision.face_types import DetectedFace
from vidimus.vision.faces import FaceAnalyzer

Pixels = NDArray[np.uint8]

REQUESTS: dict[Part, dict[str, object]] = {
    Part.FACES: {"Attributes": ["ALL"]},
    Part.PROPERTIES: {"Features": ["IMAGE_PROPERTIES"]},
}


@pytest.fixture(scope="module")
def photo(shared: Path) -> Path:
    return shared / "data" / "samples" / "things" / "grace_hopper.jpg"


@pytest.fixture(scope="module")
def picture(photo: Path) -> Picture:
    return read_picture(photo)


@pytest.fixture(scope="module")
def answers(engine: Engine, picture: Picture) -> Answers:
    return read_answers(engine, picture, engine.look_at(picture), frozenset(Part))


def test_every_part_has_a_reader_and_belongs_to_an_operation() -> None:
    assert READERS.keys() == set(Part)
    assert {reader.operation for reader in READERS.values()} <= REGISTRY.keys()


@pytest.mark.parametrize("part", Part)
def test_a_part_is_what_its_operation_answers(
    engine: Engine, answers: Answers, photo: Path, part: Part
) -> None:
    operation = READERS[part].operation
    if not can_tell(engine, part):
        assert operation not in answers
        return
    request = {"Image": {"Bytes": photo.read_bytes()}, **REQUESTS.get(part, {})}
    answer = REGISTRY[operation].handler(engine, request, Caller.local())
    assert answer.output
    assert answers[operation].items() >= answer.output.items()


def test_only_the_parts_asked_for_are_told(engine: Engine, picture: Picture) -> None:
    sheet = engine.look_at(picture)
    assert read_answers(engine, picture, sheet, [Part.FACES]).keys() == {"DetectFaces"}
    assert "objects" not in sheet.__dict__


def test_faces_are_found_once(
    engine: Engine, picture: Picture, monkeypatch: pytest.MonkeyPatch
) -> None:
    looks: list[object] = []
    detect = FaceAnalyzer.detect_faces

    def counted(self: FaceAnalyzer, pixels: Pixels, *, limit: int = 100) -> list[DetectedFace]:
        looks.append(pixels)
        return detect(self, pixels, limit=limit)

    monkeypatch.setattr(FaceAnalyzer, "detect_faces", counted)
    read_answers(engine, picture, engine.look_at(picture), frozenset(Part))
    assert len(looks) == 1
