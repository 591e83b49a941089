"""Real networks on frames made of photographs: who is found, named and told apart."""

from collections.abc import Iterator
from pathlib import Path
from uuid import uuid4

import msgspec
import numpy as np
import pytest
from numpy.typing import NDArray
from PIL import Image

from vidimus.analyses.analysis import Analysis, Conclusion, Finding
from vidimus.analyses.celebrities import Celebrities, CelebrityWish, RecognizedPerson
from vidimus.analyses.face_search import FaceSearch, FaceSearchWish, PersonMatches
from vidimus.analyses.seen_person import SeenPerson
from vidimus.analyses.watch import Watch
from vidimus.engine.engine import Engine, read_picture
from vidimus.engine.people_file import PersonEntry
from vidimus.evaluation.photographs import Photograph
from vidimus.storage.known_people import KnownPerson
from vidimus.video.frames import Frame, frame_of

LEFT, RIGHT = 40, 340
SHOWN = ((0, 10, "face_3_1", LEFT), (10, 20, "face_7_1", LEFT), (5, 15, "face_9_1", RIGHT))
"""From which look to which, five a second, who is shown where: 3 gives way to 7 by a cut."""


def frames(people: Path) -> Iterator[Frame]:
    portraits = {name: portrait(people / f"{name}.jpg") for _, _, name, _ in SHOWN}
    for look in range(20):
        pixels = np.full((360, 640, 3), 90, np.uint8)
        for first, last, name, left in SHOWN:
            if first <= look < last:
                pixels[40:300, left : left + 260] = portraits[name]
        yield frame_of(5 * look, 200 * look, pixels)


def portrait(path: Path) -> NDArray[np.uint8]:
    return np.asarray(Image.open(path).convert("RGB").resize((260, 260)), np.uint8)


def watch(engine: Engine, people: Path, analysis: Analysis) -> tuple[list[Finding], Conclusion]:
    with Watch({"it": analysis}, engine.open_sheet) as watching:
        findings = [finding for _, finding in watching.see(frames(people))]
        assert not watching.failures
        conclusion = watching.finish(4000)["it"]
    kept = [each for each in findings if each.subject not in conclusion.dropped]
    return kept, conclusion


def times(findings: list[Finding], conclusion: Conclusion) -> dict[str, list[int]]:
    told: dict[str, list[int]] = {}
    for each in findings:
        subject = conclusion.renamed.get(each.subject, each.subject)
        told.setdefault(subject, []).append(each.timestamp_ms)
    return told


@pytest.fixture
def collection(engine: Engine, people: Path) -> str:
    """A collection that knows three and nine, and somebody who is not shown."""
    collection_id = str(uuid4())
    engine.enrollment.create_collection(collection_id, engine.model_version)
    for person in (3, 9, 12):
        picture = read_picture(people / f"face_{person}_0.jpg")
        engine.enrollment.index_faces(collection_id, picture, external_image_id=str(person))
    return collection_id


def test_people_of_a_collection_are_found_where_they_are(
    engine: Engine, people: Path, collection: str
) -> None:
    wish = FaceSearchWish(collection)
    analysis = FaceSearch(wish, engine.faces, engine.gallery, engine.scales.scale)
    findings, conclusion = watch(engine, people, analysis)
    names = {
        subject: [
            match.face.external_image_id
            for match in msgspec.json.decode(value, type=PersonMatches).matches
        ]
        for subject, value in conclusion.subjects.items()
    }
    assert names == {"0000000000": ["3"], "0000000001": ["9"]}
    assert times(findings, conclusion) == {
        "0000000000": list(range(0, 2000, 200)),
        "0000000001": list(range(1000, 3000, 200)),
        "0000000002": list(range(2000, 4000, 200)),
    }
    first = msgspec.json.decode(findings[0].value, type=SeenPerson)
    assert first.face is not None
    assert LEFT / 640 < first.face.box.left < RIGHT / 640
    assert len(first.face.landmarks) == 5


def test_known_people_are_named_where_they_are(engine: Engine, people: Path) -> None:
    person = KnownPerson("grace7", "Grace", (), None)
    engine.people_library.clear()
    photograph = Photograph("grace7", people / "face_7.jpg", "face_7.jpg")
    (report,) = engine.people_import.import_people([PersonEntry(person, (photograph,))])
    assert str(report.outcome) == "added"
    try:
        wish, scale_of = CelebrityWish(80.0), engine.scales.scale
        analysis = Celebrities(
            wish, engine.faces, engine.people_library, scale_of, engine.model_version
        )
        findings, conclusion = watch(engine, people, analysis)
    finally:
        engine.people_library.clear()
    assert times(findings, conclusion) == {"grace7": list(range(2000, 4000, 200))}
    known = msgspec.json.decode(conclusion.subjects["grace7"], type=RecognizedPerson)
    assert known.person.name == "Grace"
    assert 80 <= known.confidence <= 100
