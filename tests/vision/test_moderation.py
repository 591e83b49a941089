"""Labels from what each network saw, chains, and which networks are asked."""

from pathlib import Path

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from tests.vision.seen import Object, registry_of, seen
from vidimus.engine.engine import Engine
from vidimus.imaging.decode import decode_picture
from vidimus.models.body_part_detector import BodyParts
from vidimus.models.moderation_classifier import ModerationClasses
from vidimus.runtime.catalog import load_catalog
from vidimus.vision.moderation import (
    detect_moderation_labels,
    moderation_capabilities,
    moderation_model_version,
)
from vidimus.vision.moderation_taxonomy import read_moderation_taxonomy
from vidimus.vision.moderation_types import Moderation
from vidimus.vision.picture_nets import PictureNets
from vidimus.vision.picture_sheet import PictureSheet

RIFLE, REVOLVER, BIKINI, SLOT, GOBLET = 764, 763, 445, 800, 572
PERSON, BIRD = 0, 14
WHOLE = (0.0, 0.0, 200.0, 100.0)
Part = tuple[str, float, tuple[float, float, float, float]]


def sheet_of(
    *objects: Object,
    classes: dict[int, float] | None = None,
    explicit: float = 0.0,
    drawn: float = 0.0,
    sexy: float = 0.0,
    parts: tuple[Part, ...] | None = None,
) -> PictureSheet:
    sheet = seen(*objects, classes=classes)
    sheet.__dict__["moderation_classes"] = ModerationClasses({"sexy": sexy}, explicit, drawn)
    sheet.__dict__["body_parts"] = parts and BodyParts(
        np.array([box for _, _, box in parts], np.float32),
        np.array([score for _, score, _ in parts], np.float32),
        tuple(name for name, _, _ in parts),
    )
    return sheet


def told(found: Moderation) -> list[tuple[str, str, int, int]]:
    return [(each.name, each.parent, each.level, round(each.confidence)) for each in found.labels]


def test_an_ordinary_picture_has_no_label() -> None:
    found = detect_moderation_labels(sheet_of(classes={GOBLET: 0.9}, explicit=49, drawn=30))
    assert (found.labels, found.content_types) == ((), ())


def test_a_hit_comes_with_its_chain_parents_first() -> None:
    found = detect_moderation_labels(sheet_of(classes={RIFLE: 0.5, REVOLVER: 0.25, SLOT: 0.2}))
    assert told(found) == [("Violence", "", 1, 75), ("Weapons", "Violence", 2, 75)]
    everything = detect_moderation_labels(sheet_of(classes={SLOT: 0.2}), 0)
    assert told(everything) == [("Gambling", "", 1, 20)]


def test_the_five_class_network_tells_the_top_level_alone() -> None:
    found = detect_moderation_labels(sheet_of(explicit=80))
    assert told(found) == [("Explicit", "", 1, 80)]


def test_the_surest_witness_counts_and_places_are_kept() -> None:
    box = (20.0, 20.0, 40.0, 60.0)
    parts = (("buttocks_exposed", 0.9, box), ("anus_exposed", 0.7, box))
    found = detect_moderation_labels(sheet_of(explicit=60, parts=parts))
    assert told(found) == [
        ("Explicit", "", 1, 90),
        ("Explicit Nudity", "Explicit", 2, 90),
        ("Exposed Buttocks or Anus", "Explicit Nudity", 3, 90),
    ]
    assert all(len(label.boxes) == 2 for label in found.labels)
    assert found.labels[0].boxes[0].left == pytest.approx(0.1)


def test_a_bare_breast_ends_at_the_second_level() -> None:
    found = detect_moderation_labels(
        sheet_of(parts=(("female_breast_exposed", 0.8, WHOLE), ("belly_exposed", 0.9, WHOLE)))
    )
    assert [label.name for label in found.labels] == ["Explicit", "Explicit Nudity"]


def test_what_is_covered_is_no_label() -> None:
    parts = (("female_breast_covered", 0.9, WHOLE), ("buttocks_covered", 0.9, WHOLE))
    assert detect_moderation_labels(sheet_of(parts=parts), 0).labels == ()


def test_parts_of_animals_are_no_parts_of_people() -> None:
    part = (("male_genitalia_exposed", 0.9, (90.0, 40.0, 110.0, 60.0)),)
    bird, person = (BIRD, 0.9, (50.0, 0.0, 150.0, 100.0)), (PERSON, 0.5, WHOLE)
    assert detect_moderation_labels(sheet_of(bird, parts=part)).labels == ()
    assert detect_moderation_labels(sheet_of(bird, person, parts=part)).labels
    elsewhere = (BIRD, 0.9, (0.0, 0.0, 80.0, 100.0))
    assert detect_moderation_labels(sheet_of(elsewhere, parts=part)).labels


def test_swimwear_needs_two_networks() -> None:
    both = detect_moderation_labels(sheet_of(classes={BIKINI: 0.64}, sexy=0.81))
    assert told(both) == [
        ("Swimwear or Underwear", "", 1, 72),
        ("Female Swimwear or Underwear", "Swimwear or Underwear", 2, 72),
    ]
    assert detect_moderation_labels(sheet_of(classes={BIKINI: 0.9}, sexy=0.01)).labels == ()
    assert detect_moderation_labels(sheet_of(sexy=0.99)).labels == ()


def test_illustrated_is_a_content_type() -> None:
    (kind,) = detect_moderation_labels(sheet_of(drawn=70)).content_types
    assert (kind.name, kind.confidence) == ("Illustrated", 70)


@given(
    explicit=st.floats(0, 100),
    sexy=st.floats(0, 1),
    classes=st.dictionaries(st.sampled_from([RIFLE, BIKINI, SLOT, 907, 842]), st.floats(0, 0.2)),
    least=st.floats(0, 100),
)
def test_labels_are_closed_and_in_order(
    explicit: float, sexy: float, classes: dict[int, float], least: float
) -> None:
    found = detect_moderation_labels(sheet_of(classes=classes, explicit=explicit, sexy=sexy), least)
    before: dict[str, float] = {}
    for label in found.labels:
        assert label.confidence >= least
        assert not label.parent or before[label.parent] >= label.confidence
        assert all(label.confidence <= other for other in before.values())
        before[label.name] = label.confidence


def nets_of(*names: str) -> PictureNets:
    """Nets whose registry has these networks installed, by cards without files."""
    from dataclasses import replace

    return PictureNets(
        registry_of(*(replace(load_catalog().card(name), files=()) for name in names))
    )


NSFWJS, LITE0, NUDENET = "nsfwjs-mobilenet-v2", "efficientnet-lite0", "nudenet-320n"


def test_the_version_says_which_networks_were_asked() -> None:
    versions = [moderation_model_version(nets_of(*names)) for names in ((), (NSFWJS, LITE0))]
    assert versions == ["1.0", "1.3"]
    assert moderation_model_version(nets_of(NSFWJS, LITE0, NUDENET)) == "1.7"


def test_capabilities_say_who_tells_what_and_what_to_install() -> None:
    told = {each.answer: each for each in moderation_capabilities(nets_of(NSFWJS, LITE0))}
    upper = [kind for kind in read_moderation_taxonomy().kinds.values() if kind.level <= 2]
    assert len(told) == len(upper) + 1
    assert told["Explicit"].models == (NSFWJS,)
    assert set(told["Swimwear or Underwear"].models) == {NSFWJS, LITE0}
    assert told["Weapons"].models == (LITE0,)
    assert "AGPL-3.0" in told["Explicit Nudity"].hint
    assert told["Hate Symbols"].hint == "no freely licensed network is known"
    assert told["content type Illustrated"].models == (NSFWJS,)
    bare = {each.answer: each for each in moderation_capabilities(nets_of())}
    assert not any(each.told for each in bare.values())
    assert all(each.hint for each in bare.values())
    with_parts = {each.answer: each for each in moderation_capabilities(nets_of(NUDENET))}
    assert with_parts["Explicit"].models == with_parts["Explicit Nudity"].models == (NUDENET,)


def test_a_swimmer_is_in_swimwear_and_nothing_else(engine: Engine, shared: Path) -> None:
    _need_standard_pack(engine)
    samples = shared / "data" / "samples"
    found = moderated(engine, samples / "conditions" / "yoga_swimwear_lighttext.jpg")
    assert [label.name for label in found.labels] == [
        "Swimwear or Underwear",
        "Female Swimwear or Underwear",
    ]


def test_ordinary_photographs_have_no_label(engine: Engine, shared: Path, people: Path) -> None:
    _need_standard_pack(engine)
    samples = shared / "data" / "samples"
    photographs = [*(samples / "things").glob("*.jpg"), *people.glob("face_7*.jpg")]
    photographs += [samples / "conditions" / f"photo{number}.jpeg" for number in (4, 8, 9)]
    flagged = {each.name: moderated(engine, each) for each in sorted(photographs)}
    assert not {name: told(found) for name, found in flagged.items() if found.labels}
    assert not any(found.content_types for found in flagged.values())


def moderated(engine: Engine, photograph: Path) -> Moderation:
    picture = decode_picture(photograph.read_bytes(), max_pixels=10**8)
    return detect_moderation_labels(engine.look_at(picture))


def _need_standard_pack(engine: Engine) -> None:
    if not engine.nets.names("moderation_classifier") or not engine.nets.names("image_classifier"):
        pytest.skip("the networks for moderation are not installed")
