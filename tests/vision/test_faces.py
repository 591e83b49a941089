import json
import re
from concurrent.futures import ThreadPoolExecutor
from importlib import resources
from pathlib import Path

import numpy as np
import pytest
from numpy.typing import NDArray

from vidimus.imaging.decode import decode_picture
from vidimus.imaging.pyramid import Pyramid
from vidimus.runtime.catalog import load_catalog
from vidimus.runtime.registry import ModelRegistry
from vidimus.runtime.session import InferenceEngine
from vidimus.vision.face_types import Attribute, FaceDetail
from vidimus.vision.faces import FaceAnalyzer

ALL = frozenset(Attribute)
FIVE = {"eye_left", "eye_right", "nose", "mouth_left", "mouth_right"}
UNTOLD = {Attribute.EYEGLASSES, Attribute.SUNGLASSES, Attribute.BEARD, Attribute.MUSTACHE}

Pixels = NDArray[np.uint8]


def read(path: Path) -> Pixels:
    return decode_picture(path.read_bytes(), max_pixels=100_000_000).pixels


@pytest.fixture(scope="session")
def group(shared: Path) -> Pixels:
    """Two men in front, a man and a woman behind them."""
    return read(shared / "data/samples/things/face.jpg")


@pytest.fixture(scope="session")
def conditions(shared: Path) -> Path:
    return shared / "data/samples/conditions"


def place(detail: FaceDetail, kind: str) -> tuple[float, float]:
    (point,) = [mark.point for mark in detail.landmarks if mark.kind == kind]
    return point.x, point.y


def first(
    analyzer: FaceAnalyzer, pixels: Pixels, attributes: frozenset[Attribute] = frozenset()
) -> FaceDetail:
    return analyzer.describe_faces(pixels, analyzer.detect_faces(pixels, limit=1), attributes)[0]


def test_faces_come_largest_first_and_no_more_than_asked_for(
    analyzer: FaceAnalyzer, group: Pixels
) -> None:
    faces = analyzer.detect_faces(group)
    areas = [face.box.area for face in faces]
    assert len(faces) == 4
    assert areas == sorted(areas, reverse=True)
    assert [face.box for face in analyzer.detect_faces(group, limit=2)] == [
        face.box for face in faces[:2]
    ]
    assert all(90 < face.confidence <= 100 for face in faces)


def test_the_default_set_is_five_points_pose_and_quality(
    analyzer: FaceAnalyzer, group: Pixels
) -> None:
    faces = analyzer.detect_faces(group)
    for face, detail in zip(faces, analyzer.describe_faces(group, faces), strict=True):
        assert detail.box == face.box
        assert {mark.kind for mark in detail.landmarks} == FIVE
        assert place(detail, "eye_left")[0] < place(detail, "eye_right")[0]
        assert place(detail, "mouth_left")[0] < place(detail, "mouth_right")[0]
        assert place(detail, "eye_left")[1] < place(detail, "nose")[1]
        assert (detail.smile, detail.gender, detail.emotions) == (None, None, None)


def test_no_faces_are_described_as_none(analyzer: FaceAnalyzer) -> None:
    blank = np.full((300, 400, 3), 127, np.uint8)
    assert analyzer.detect_faces(blank) == []
    assert analyzer.describe_faces(blank, [], ALL) == []


def test_all_thirty_kinds_are_aws_landmark_types(analyzer: FaceAnalyzer, group: Pixels) -> None:
    contract = resources.files("vidimus.wire").joinpath("contract.json").read_text()
    names = set(json.loads(contract)["shapes"]["LandmarkType"]["enum"])
    detail = first(analyzer, group, frozenset({Attribute.LANDMARKS}))
    kinds = [mark.kind for mark in detail.landmarks]
    camel = {re.sub("_(.)", lambda found: found[1].upper(), kind) for kind in kinds}
    assert len(kinds) == 30
    assert camel == names


def test_landmarks_lie_where_they_should_on_an_upright_face(
    analyzer: FaceAnalyzer, people: Path
) -> None:
    detail = first(analyzer, read(people / "face_1.jpg"), ALL)
    x = {mark.kind: mark.point.x for mark in detail.landmarks}
    y = {mark.kind: mark.point.y for mark in detail.landmarks}
    across = [
        "upper_jawline_left",
        "left_eye_left",
        "left_pupil",
        "left_eye_right",
        "nose_left",
        "nose_right",
        "right_eye_left",
        "right_pupil",
        "right_eye_right",
        "upper_jawline_right",
    ]
    down = ["left_eye_brow_up", "left_eye_up", "left_pupil", "left_eye_down", "nose_left"]
    down += ["mouth_up", "mouth_down", "chin_bottom"]
    assert [x[kind] for kind in across] == sorted(x[kind] for kind in across)
    assert [y[kind] for kind in down] == sorted(y[kind] for kind in down)
    assert abs(x["left_pupil"] - x["eye_left"]) < 0.1 * (x["eye_right"] - x["eye_left"])


def test_every_told_attribute_is_given_and_no_other(analyzer: FaceAnalyzer, people: Path) -> None:
    detail = first(analyzer, read(people / "face_1.jpg"), ALL)
    for capability in analyzer.capabilities():
        if capability.answer is Attribute.LANDMARKS:
            continue
        value = getattr(detail, capability.answer.lower())
        assert (value is not None) == capability.told, capability.answer
        assert capability.told != bool(capability.hint)


@pytest.mark.parametrize("attribute", list(Attribute))
def test_an_attribute_asked_for_alone_is_as_among_all(
    analyzer: FaceAnalyzer, group: Pixels, attribute: Attribute
) -> None:
    faces = analyzer.detect_faces(group)
    alone = analyzer.describe_faces(group, faces, frozenset({attribute}))
    together = analyzer.describe_faces(group, faces, ALL)
    field = "landmarks" if attribute is Attribute.LANDMARKS else attribute.value.lower()
    for one, other in zip(alone, together, strict=True):
        assert getattr(one, field) == getattr(other, field)


def test_the_core_pack_tells_what_geometry_can_tell(
    core_analyzer: FaceAnalyzer, people: Path
) -> None:
    told = {capability.answer for capability in core_analyzer.capabilities() if capability.told}
    assert told == {
        Attribute.LANDMARKS,
        Attribute.EYES_OPEN,
        Attribute.MOUTH_OPEN,
        Attribute.SMILE,
        Attribute.FACE_OCCLUDED,
    }
    detail = first(core_analyzer, read(people / "face_6.jpg"), ALL)
    assert detail.smile is not None
    assert detail.smile.value
    assert detail.age_range is None
    assert len(detail.landmarks) == 30


def test_untold_attributes_say_that_one_can_bring_a_network(analyzer: FaceAnalyzer) -> None:
    hints = {each.answer: each.hint for each in analyzer.capabilities()}
    for attribute in UNTOLD:
        assert f"the task {attribute.value.lower()}" in hints[attribute]


@pytest.mark.parametrize("pack", ["analyzer", "core_analyzer"])
def test_poses_have_awss_signs(pack: str, request: pytest.FixtureRequest, conditions: Path) -> None:
    eyes: FaceAnalyzer = request.getfixturevalue(pack)
    straight, right, left, up, down = (
        first(eyes, read(conditions / f"photo{number}.jpeg")).pose for number in (1, 2, 3, 4, 5)
    )
    assert abs(straight.yaw) < 8
    assert right.yaw > 15
    assert left.yaw < -15
    assert up.pitch > straight.pitch + 20
    assert down.pitch < straight.pitch - 10


@pytest.mark.parametrize("pack", ["analyzer", "core_analyzer"])
@pytest.mark.parametrize("quarters", [0, 1, 2, 3])
def test_a_turned_picture_turns_the_points_and_the_roll(
    pack: str, request: pytest.FixtureRequest, people: Path, quarters: int
) -> None:
    analyzer: FaceAnalyzer = request.getfixturevalue(pack)
    upright = read(people / "face_1.jpg")
    turned = np.ascontiguousarray(np.rot90(upright, -quarters))
    expected = analyzer.detect_faces(upright)[0].points
    height, width = upright.shape[:2]
    for _ in range(quarters):
        expected = np.stack([height - expected[:, 1], expected[:, 0]], 1)
        height, width = width, height
    faces = analyzer.detect_faces(turned)
    assert faces
    size = np.linalg.norm(expected[1] - expected[0])
    assert np.linalg.norm(faces[0].points - expected, axis=1).mean() < 0.2 * size
    roll = analyzer.describe_faces(turned, faces)[0].pose.roll
    straight = first(analyzer, upright).pose.roll
    assert abs((roll - straight - 90 * quarters + 180) % 360 - 180) < 8


def test_a_mirrored_picture_mirrors_the_description(analyzer: FaceAnalyzer, people: Path) -> None:
    pixels = read(people / "face_5.jpg")
    one = first(analyzer, pixels, ALL)
    other = first(analyzer, np.ascontiguousarray(pixels[:, ::-1]), ALL)
    assert other.pose.yaw == pytest.approx(-one.pose.yaw, abs=6)
    assert other.pose.pitch == pytest.approx(one.pose.pitch, abs=6)
    left, right = place(one, "mouth_left"), place(other, "mouth_right")
    assert right == pytest.approx((1 - left[0], left[1]), abs=0.02)
    assert one.quality.sharpness == pytest.approx(other.quality.sharpness, abs=3)


def test_a_face_that_passes_the_edge_is_described(analyzer: FaceAnalyzer, people: Path) -> None:
    pixels = np.ascontiguousarray(read(people / "face_1.jpg")[:, 300:])
    detail = first(analyzer, pixels, ALL)
    assert len(detail.landmarks) == 30
    assert min(mark.point.x for mark in detail.landmarks) < 0


def test_many_faces_are_described_as_each_alone(analyzer: FaceAnalyzer, group: Pixels) -> None:
    faces = analyzer.detect_faces(group)
    together = analyzer.describe_faces(group, faces, ALL)
    for face, detail in zip(faces, together, strict=True):
        (alone,) = analyzer.describe_faces(group, [face], ALL)
        assert alone.pose.yaw == pytest.approx(detail.pose.yaw, abs=0.01)
        assert alone.age_range == detail.age_range
        assert alone.smile is not None
        assert detail.smile is not None
        assert alone.smile.confidence == pytest.approx(detail.smile.confidence, abs=0.5)


def test_threads_get_the_same_answers(analyzer: FaceAnalyzer, group: Pixels) -> None:
    def describe(_: int) -> list[FaceDetail]:
        return analyzer.describe_faces(group, analyzer.detect_faces(group), ALL)

    with ThreadPoolExecutor(4) as pool:
        answers = list(pool.map(describe, range(8)))
    assert all(answer == answers[0] for answer in answers)


def test_emotions_are_ranked_shares_of_awss_names(
    standard_analyzer: FaceAnalyzer, people: Path
) -> None:
    detail = first(standard_analyzer, read(people / "face_6.jpg"), ALL)
    assert detail.emotions is not None
    shares = [emotion.confidence for emotion in detail.emotions]
    assert sum(shares) == pytest.approx(100)
    assert shares == sorted(shares, reverse=True)
    assert detail.emotions[0].value == "HAPPY"
    names = {emotion.value for emotion in detail.emotions}
    assert names == {"HAPPY", "SAD", "ANGRY", "SURPRISED", "DISGUSTED", "FEAR", "CALM"}


def test_embeddings_are_unit_vectors_of_the_version(analyzer: FaceAnalyzer, group: Pixels) -> None:
    faces = analyzer.detect_faces(group)
    vectors = analyzer.embed_faces(group, faces, "1.0")
    assert vectors.shape == (4, 128)
    np.testing.assert_allclose(np.linalg.norm(vectors, axis=1), 1, atol=1e-5)
    assert analyzer.embed_faces(group, [], "1.0").shape == (0, 128)


def test_something_over_the_mouth_is_told(analyzer: FaceAnalyzer, people: Path) -> None:
    pixels = read(people / "face_1.jpg").copy()
    bare = first(analyzer, pixels, ALL).face_occluded
    points = analyzer.detect_faces(pixels)[0].points.astype(int)
    (top, bottom), (left, right) = points[[0, 3], 1], points[[3, 4], 0]
    third = (bottom - top) // 3
    pixels[top + third : bottom + 3 * third, left - 2 * third : right + 2 * third] = (110, 150, 190)
    covered = first(analyzer, pixels, ALL).face_occluded
    assert bare is not None
    assert covered is not None
    assert not bare.value
    assert covered.value
    assert covered.confidence > 80


def test_a_profile_is_not_called_covered(analyzer: FaceAnalyzer, conditions: Path) -> None:
    assert first(analyzer, read(conditions / "photo6.jpeg"), ALL).face_occluded is None


def test_asking_for_capabilities_opens_no_network(models_path: Path) -> None:
    opened: list[object] = []

    def refuse() -> InferenceEngine:
        opened.append(None)
        raise AssertionError("a network was opened")

    analyzer = FaceAnalyzer(ModelRegistry(load_catalog(), models_path, refuse))
    assert {each.answer for each in analyzer.capabilities()} == ALL
    assert not opened


def test_a_glance_sees_near_faces_in_the_pictures_own_places(
    analyzer: FaceAnalyzer, group: Pixels
) -> None:
    large = np.repeat(np.repeat(group, 4, axis=0), 4, axis=1)
    glanced = analyzer.glance_at_faces(Pyramid(large))
    assert len(glanced) == 4
    known = analyzer.detect_faces(group)
    for face in glanced:
        nearest = min(known, key=lambda each: abs(each.box.left - face.box.left))
        assert abs(nearest.box.left - face.box.left) < 0.02
        assert abs(nearest.box.width - face.box.width) < 0.03
        np.testing.assert_allclose(face.points, nearest.points * 4, atol=60)
