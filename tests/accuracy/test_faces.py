"""Floors for finding and embedding faces in real photographs, for each installed network."""

import json
from pathlib import Path

import cv2
import numpy as np
import pytest
from numpy.typing import NDArray

from vidimus.engine.engine import Engine
from vidimus.errors import ModelUnavailable
from vidimus.imaging.decode import decode_picture
from vidimus.models.face_detector import FaceDetections, FaceDetector, open_face_detector
from vidimus.models.face_embedder import FaceEmbedder, open_face_embedder

pytestmark = [pytest.mark.slow, pytest.mark.timeout(600)]

Pixels = NDArray[np.uint8]
DETECTORS = ("yunet", "centerface")
EMBEDDERS = ("omz-reid-0095", "dlib-resnet")
LIFELESS = ("bird", "cat", "cat_720p", "dragonfly", "hot_dog", "owl", "parrot", "pets", "sunflower")


def read(path: Path) -> Pixels:
    return decode_picture(path.read_bytes(), max_pixels=100_000_000).pixels


@pytest.fixture(params=DETECTORS)
def detector(request: pytest.FixtureRequest, engine: Engine) -> FaceDetector:
    card = engine.models.catalog.card(request.param)
    if not engine.models.installed(card):
        pytest.skip(f"{card.name} is not installed")
    return open_face_detector(card, engine.models.session(card.name))


@pytest.fixture(params=EMBEDDERS)
def embedder(request: pytest.FixtureRequest, engine: Engine) -> FaceEmbedder:
    card = engine.models.catalog.card(request.param)
    if not engine.models.installed(card):
        pytest.skip(f"{card.name} is not installed")
    return open_face_embedder(card, engine.models.session(card.name))


def holds(box: NDArray[np.float32], points: NDArray[np.float64], slack: float) -> bool:
    return bool(((points >= box[:2] - slack) & (points <= box[2:] + slack)).all())


def test_one_face_in_each_portrait(detector: FaceDetector, people: Path) -> None:
    for path in sorted(people.glob("*.jpg")):
        found = detector.detect_faces(read(path))
        assert len(found) == 1, path.name
        left, right, nose, mouth_left, mouth_right = found.points[0]
        assert left[0] < nose[0] < right[0], path.name
        assert mouth_left[0] < mouth_right[0], path.name
        assert max(left[1], right[1]) < nose[1] < min(mouth_left[1], mouth_right[1]), path.name


def test_both_detectors_point_at_the_same_places(engine: Engine, people: Path) -> None:
    cards = [engine.models.catalog.card(name) for name in DETECTORS]
    if not all(engine.models.installed(card) for card in cards):
        pytest.skip("one detector is not installed")
    both = [open_face_detector(card, engine.models.session(card.name)) for card in cards]
    for path in sorted(people.glob("face_*_0.jpg")):
        one, other = (detector.detect_faces(read(path)) for detector in both)
        assert np.abs(one.points[0] - other.points[0]).max() < 0.12 * one.sides[0], path.name


def test_no_face_in_animals_and_food(detector: FaceDetector, shared: Path) -> None:
    folder = shared / "data" / "samples" / "things"
    found = {name: len(detector.detect_faces(read(folder / f"{name}.jpg"))) for name in LIFELESS}
    assert sum(found.values()) == 0, found


def test_everyday_pictures(detector: FaceDetector, shared: Path) -> None:
    """Of 25 faces whose eyes are five pixels apart or more; the false ones lie outside persons."""
    folder = shared / "data" / "coco50"
    content = json.loads((folder / "person_keypoints_train2017.json").read_text())
    present = found_again = false = 0
    for image in content["images"]:
        found = detector.detect_faces(read(folder / "images" / image["file_name"]))
        persons = [row for row in content["annotations"] if row["image_id"] == image["id"]]
        explained = np.zeros(len(found), bool)
        for row in persons:
            explained |= _in_upper_part(found, row["bbox"])
            face = np.array(row["keypoints"], float).reshape(-1, 3)[:3]
            width = float(np.hypot(*(face[1, :2] - face[2, :2])))
            if (face[:, 2] > 0).all() and width >= 5:
                hits = [holds(box, face[:, :2], width * 0.3) for box in found.boxes]
                present += 1
                found_again += any(hits)
                explained |= np.array(hits, bool)
        false += int((~explained).sum())
    assert present == 25
    assert found_again >= 19
    assert false <= 2


def _in_upper_part(found: FaceDetections, bbox: list[float]) -> NDArray[np.bool_]:
    left, top, width, height = bbox
    x, y = ((found.boxes[:, :2] + found.boxes[:, 2:]) / 2).T
    inside: NDArray[np.bool_] = (
        (x >= left) & (x <= left + width) & (y >= top) & (y <= top + height * 0.6)
    )
    return inside


def small_faces(folder: Path, width: int) -> tuple[Pixels, list[tuple[float, float]]]:
    """Twenty portraits in a 1920x1080 landscape, their faces `width` pixels wide, and where."""
    landscape = read(folder / "samples" / "things" / "kite_and_cold.jpg")
    canvas = np.asarray(cv2.resize(landscape, (1920, 1080)), np.uint8)
    centers = []
    paths = sorted((folder / "congress" / "members").glob("*.jpg"))[:200:10]
    for index, path in enumerate(paths):
        # In these portraits of 256 pixels a face is 108 pixels wide at the median.
        side = round(256 * width / 108)
        portrait = cv2.resize(read(path), (side, side), interpolation=cv2.INTER_AREA)
        left, top = 40 + index % 5 * 370, 20 + index // 5 * 260
        canvas[top : top + side, left : left + side] = portrait
        centers.append((left + side * 0.5, top + side * 0.45))
    return canvas, centers


def test_faces_of_forty_pixels_in_full_hd(detector: FaceDetector, shared: Path) -> None:
    canvas, centers = small_faces(shared / "data", 40)
    found = detector.detect_faces(canvas)
    missed = [
        center
        for center in centers
        if not any(holds(box, np.array([center]), 8) for box in found.boxes)
    ]
    assert missed == []
    assert len(found) == len(centers)


def test_a_far_face_beside_a_near_one(detector: FaceDetector, shared: Path) -> None:
    near = read(shared / "data" / "samples" / "people" / "face_3.jpg")
    found = 0
    portraits = sorted((shared / "data" / "congress" / "members").glob("*.jpg"))[:200:10]
    for path in portraits:
        canvas = np.full((1080, 1920, 3), 120, np.uint8)
        canvas[300:1000, 100:800] = cv2.resize(near, (700, 700))
        canvas[200:295, 1300:1395] = cv2.resize(read(path), (95, 95), interpolation=cv2.INTER_AREA)
        found += len(detector.detect_faces(canvas)) == 2
    assert found >= len(portraits) - 1


def test_a_hundred_faces_at_once(detector: FaceDetector, people: Path) -> None:
    canvas = np.full((1500, 1500, 3), 90, np.uint8)
    paths = sorted(people.glob("*.jpg"))
    for index in range(100):
        portrait = cv2.resize(read(paths[index % len(paths)]), (150, 150))
        top, left = index // 10 * 150, index % 10 * 150
        canvas[top : top + 150, left : left + 150] = portrait
    assert len(detector.detect_faces(canvas)) >= 98


@pytest.mark.parametrize("margin", [0.0, -0.1, -0.2])
def test_a_face_that_fills_four_thousand_pixels(
    detector: FaceDetector, people: Path, margin: float
) -> None:
    for path in sorted(people.glob("face_[1-8].jpg")):
        pixels = read(path)
        x1, y1, x2, y2 = detector.detect_faces(pixels).boxes[0]
        dx, dy = margin * (x2 - x1), margin * (y2 - y1)
        top, left = max(0, int(y1 - dy)), max(0, int(x1 - dx))
        face = pixels[top : int(y2 + dy), left : int(x2 + dx)]
        scale = 4000 / max(face.shape[:2])
        large = np.asarray(cv2.resize(face, None, fx=scale, fy=scale), np.uint8)
        found = detector.detect_faces(large)
        assert len(found) == 1, path.name
        assert found.sides[0] > 2000, path.name


@pytest.mark.parametrize("side", [80, 97, 128])
def test_small_pictures(detector: FaceDetector, people: Path, side: int) -> None:
    for path in sorted(people.glob("face_[1-8].jpg")):
        small = np.asarray(
            cv2.resize(read(path), (side, side), interpolation=cv2.INTER_AREA), np.uint8
        )
        assert len(detector.detect_faces(small)) == 1, path.name


def test_alone_or_together_a_face_embeds_the_same(
    detector: FaceDetector, embedder: FaceEmbedder, people: Path
) -> None:
    portraits = [read(people / f"face_{number}.jpg") for number in range(1, 11)]
    canvas = np.concatenate([np.asarray(cv2.resize(p, (300, 300)), np.uint8) for p in portraits], 1)
    points = detector.detect_faces(canvas).points
    assert len(points) == 10
    together = embedder.embed_faces(canvas, points)
    alone = np.concatenate([embedder.embed_faces(canvas, one[None]) for one in points])
    np.testing.assert_allclose(together, alone, atol=1e-5)
    again = embedder.embed_faces(canvas, points)
    np.testing.assert_array_equal(together, again)


def test_a_person_is_nearest_to_oneself(
    engine: Engine, embedder: FaceEmbedder, people: Path
) -> None:
    """Fifteen synthetic people: one photograph each enrolled, the other four searched."""
    paths = sorted(people.glob("*.jpg"))
    labels = np.array([int(path.stem.split("_")[1]) for path in paths])
    vectors = []
    for path in paths:
        pixels = read(path)
        (face,) = engine.faces.detect_faces(pixels)
        vectors.append(embedder.embed_faces(pixels, np.asarray(face.points)[None])[0])
    enrolled = np.array([path.stem.count("_") == 1 for path in paths])
    scores = np.stack(vectors)[~enrolled] @ np.stack(vectors)[enrolled].T
    right = labels[enrolled][scores.argmax(1)] == labels[~enrolled]
    assert right.mean() >= 0.9


def test_a_missing_version_is_refused(engine: Engine) -> None:
    with pytest.raises(ModelUnavailable, match=r"0\.0"):
        engine.models.embedder_of_version("0.0")
