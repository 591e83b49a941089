"""Floors under what docs/explanation/labels.md says was measured."""

import contextlib
import io
from pathlib import Path

import pytest
from pycocotools.coco import COCO
from pycocotools.cocoeval import COCOeval

from vidimus.engine.engine import Engine
from vidimus.imaging.decode import decode_picture
from vidimus.vision.label_types import LabelChoice, PictureLabel
from vidimus.vision.labels import detect_labels
from vidimus.vision.taxonomy import read_taxonomy

RIGHT = {
    "bird": {"Animal", "Bird", "Chickadee"},
    "cat": {"Animal", "Mammal", "Pet", "Feline", "Cat"},
    "cat_720p": {"Animal", "Mammal", "Pet", "Feline", "Cat"},
    "dragonfly": {"Animal", "Invertebrate", "Insect", "Dragonfly"},
    "face": {"Person", "Head", "Face"},
    "grace_hopper": {"Person", "Head", "Face", "Accessories", "Tie", "Clothing", "Uniform"},
    "hot_dog": {"Food", "Hot Dog"},
    "kite_and_cold": {"Toy", "Kite", "Person", "Outdoors", "Nature", "Coast"},
    "owl": {"Animal", "Bird"},
    "parrot": {"Animal", "Bird", "Parrot", "Macaw"},
    "pets": {"Animal", "Mammal", "Pet", "Canine", "Dog"},
    "sunflower": {"Plant", "Flower"},
}
"""What may be said of each of the things with a confidence above 70, by eye."""

SPECIFIC = {"bird": "Chickadee", "cat": "Cat", "cat_720p": "Cat", "dragonfly": "Dragonfly"} | {
    "face": "Face",
    "grace_hopper": "Face",
    "hot_dog": "Hot Dog",
    "kite_and_cold": "Kite",
    "owl": "Bird",
    "parrot": "Macaw",
    "pets": "Dog",
    "sunflower": "Plant",
}
"""The surest label that no other label of the answer is a kind of."""


def labels_of(engine: Engine, path: Path, bar: float) -> list[PictureLabel]:
    picture = decode_picture(path.read_bytes(), max_pixels=10**8)
    return detect_labels(engine.look_at(picture), LabelChoice(min_confidence=bar))


@pytest.fixture(scope="module", autouse=True)
def both_networks(engine: Engine) -> None:
    if not (engine.nets.names("object_detector") and engine.nets.names("image_classifier")):
        pytest.skip("the standard pack is not installed")


@pytest.mark.parametrize("name", RIGHT)
def test_things_are_called_what_they_are(engine: Engine, shared: Path, name: str) -> None:
    labels = labels_of(engine, shared / "data/samples/things" / f"{name}.jpg", 55)
    above = {parent for label in labels for parent in label.parents}
    specific = [label.name for label in labels if label.name not in above]
    assert specific[0] == SPECIFIC[name]
    assert {label.name for label in labels if label.confidence > 70} <= RIGHT[name]


def test_instances_find_what_the_bare_network_finds(engine: Engine, shared: Path) -> None:
    """The bare network's average precision here is .285, by benchmarks/labels.py."""
    folder = shared / "data" / "coco50"
    with contextlib.redirect_stdout(io.StringIO()):
        coco = COCO(str(folder / "instances_train2017.json"))
        found = [
            row
            for image in coco.loadImgs(coco.getImgIds())
            for row in rows(engine, coco, folder, image)
        ]
        evaluation = COCOeval(coco, coco.loadRes(found), "bbox")
        evaluation.evaluate()
        evaluation.accumulate()
        evaluation.summarize()
    assert evaluation.stats[0] >= 0.28


def rows(
    engine: Engine, coco: COCO, folder: Path, image: dict[str, object]
) -> list[dict[str, object]]:
    """Return every instance of a picture as COCO's measure reads it."""
    kinds = sorted(coco.getCatIds())
    width, height = float(str(image["width"])), float(str(image["height"]))
    return [
        {
            "image_id": image["id"],
            "category_id": kinds[read_taxonomy().object_of(label.name) or 0],
            "bbox": [
                instance.box.left * width,
                instance.box.top * height,
                instance.box.width * width,
                instance.box.height * height,
            ],
            "score": instance.confidence,
        }
        for label in labels_of(engine, folder / "images" / str(image["file_name"]), 0)
        for instance in label.instances
    ]


def test_a_portrait_shows_a_person_and_clothes(engine: Engine, shared: Path) -> None:
    """All 75 photographs of people: a face each, and nothing else is said that is not worn."""
    worn = read_taxonomy()
    for path in sorted((shared / "data/samples/people").glob("*.jpg")):
        labels = {label.name: label for label in labels_of(engine, path, 55)}
        assert labels["Face"].confidence > 80, path.name
        others = labels.keys() - {"Person", "Head", "Face"}
        assert all("Apparel and Accessories" in worn.label(name).categories for name in others), (
            path.name,
            others,
        )
