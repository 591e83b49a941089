"""Labels of pictures whose networks have spoken, and of real photographs."""

from pathlib import Path

import numpy as np
import pytest

from tests.vision.seen import registry_of, seen
from vidimus.engine.engine import Engine
from vidimus.geometry import BoundingBox
from vidimus.imaging.decode import decode_picture
from vidimus.runtime.catalog import Catalog, load_catalog
from vidimus.runtime.registry import ModelRegistry
from vidimus.runtime.session import SessionOptions, open_engine
from vidimus.vision.faces import FaceAnalyzer
from vidimus.vision.label_types import LabelChoice, LabelInstance, PictureLabel
from vidimus.vision.labels import detect_labels, instance_colours, label_capabilities
from vidimus.vision.picture_nets import PictureNets
from vidimus.vision.picture_sheet import PictureSheet

BOX = (20.0, 10.0, 120.0, 60.0)
EVERYTHING = LabelChoice(min_confidence=0)


def test_a_label_has_its_place_in_the_taxonomy() -> None:
    labels = {label.name: label for label in detect_labels(seen((67, 0.9, BOX)))}
    phone = labels["Mobile Phone"]
    assert "Electronics" in phone.parents
    assert "Cell Phone" in phone.aliases
    assert phone.categories
    assert len(phone.instances) == 1
    assert labels["Electronics"].instances == ()


def test_the_surest_witness_counts() -> None:
    sheet = seen((0, 0.8, BOX), faces=(97.0,))
    labels = {label.name: label.confidence for label in detect_labels(sheet)}
    assert labels == {"Person": 97, "Head": 97, "Face": 97}


def test_labels_as_sure_as_each_other_come_the_general_first() -> None:
    labels = detect_labels(seen((16, 0.9, BOX), (2, 0.9, BOX)), EVERYTHING)
    places = {label.name: place for place, label in enumerate(labels)}
    for label in labels:
        assert all(places[above] < places[label.name] for above in label.parents)


def test_bar_and_length() -> None:
    sheet = seen((16, 0.9, BOX), (16, 0.6, BOX), (2, 0.6, BOX))
    labels = {label.name: label for label in detect_labels(sheet, LabelChoice(min_confidence=70))}
    assert "Car" not in labels
    assert len(labels["Dog"].instances) == 1
    assert [label.name for label in detect_labels(sheet, LabelChoice(limit=2))] == [
        label.name for label in detect_labels(sheet)
    ][:2]
    assert detect_labels(sheet, LabelChoice(limit=0)) == []
    assert detect_labels(sheet, LabelChoice(min_confidence=100)) == []


def test_filters_count_before_the_length() -> None:
    sheet = seen((16, 0.9, BOX), (2, 0.6, BOX))
    choice = LabelChoice(limit=1, included_labels=frozenset({"Car"}))
    assert [label.name for label in detect_labels(sheet, choice)] == ["Car"]


def test_colours_of_an_instance_are_those_in_its_box() -> None:
    sheet = seen()
    sheet.pixels[10:60, 20:120] = (200, 0, 0)
    inside = LabelInstance(BoundingBox(0.1, 0.1, 0.5, 0.5), 90)
    (red,) = instance_colours(sheet, inside, 5)
    assert (red.red, red.green, red.blue) == (200, 0, 0)
    past_the_edge = LabelInstance(BoundingBox(-1, 0.1, 1.5, 0.5), 90)
    assert {colour.simplified for colour in instance_colours(sheet, past_the_edge, 5)} >= {"red"}
    sliver = LabelInstance(BoundingBox(1, 1, 0, 0), 90)
    assert len(instance_colours(sheet, sliver, 5)) == 1


def test_what_is_not_installed_is_said_with_what_to_pull() -> None:
    capabilities = label_capabilities(PictureNets(registry_of()))
    assert not any(capability.told for capability in capabilities)
    assert all("vidimus models pull" in capability.hint for capability in capabilities)


def test_what_is_installed_is_named(engine: Engine) -> None:
    told = {each.answer: each.models for each in label_capabilities(engine.nets)}
    assert told["labels of scenes and things"] == engine.nets.names("image_classifier")
    assert all(told.values())


# --- real networks on real photographs


@pytest.fixture(scope="module")
def things(shared: Path) -> Path:
    return shared / "data" / "samples" / "things"


def sheet_of(engine: Engine, path: Path) -> PictureSheet:
    return engine.look_at(decode_picture(path.read_bytes(), max_pixels=10**8))


def labels_of(engine: Engine, path: Path, bar: float = 55) -> dict[str, PictureLabel]:
    labels = detect_labels(sheet_of(engine, path), LabelChoice(min_confidence=bar))
    return {label.name: label for label in labels}


def test_the_core_pack_alone_gives_labels_without_boxes(
    models_path: Path, things: Path, tmp_path: Path
) -> None:
    cards = tuple(card for card in load_catalog().cards if card.pack == "core")
    registry = ModelRegistry(
        Catalog(cards), models_path, lambda: open_engine(SessionOptions(cache=tmp_path))
    )
    pixels = decode_picture((things / "pets.jpg").read_bytes(), max_pixels=10**8).pixels
    sheet = PictureSheet(PictureNets(registry), FaceAnalyzer(registry), pixels)
    labels = {label.name: label for label in detect_labels(sheet)}
    assert labels["Dog"].confidence > 55
    assert not any(label.instances for label in labels.values())


def test_a_large_photograph_is_labelled_like_its_small_self(engine: Engine, things: Path) -> None:
    sheet = sheet_of(engine, things / "cat.jpg")
    large = np.repeat(np.repeat(sheet.pixels, 6, axis=0), 6, axis=1)
    large_labels = detect_labels(PictureSheet(engine.nets, engine.faces, large))
    small = {label.name: label.confidence for label in detect_labels(sheet)}
    assert {label.name for label in large_labels} == set(small)
    assert all(abs(label.confidence - small[label.name]) < 10 for label in large_labels)
